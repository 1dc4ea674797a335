// Which findings an incident has seen, in which state: so that what comes twice, late or by another way is known again. Pure.
import type { Finding } from '../../playbooks/language/finding.ts';

/** One detection, whatever way it came, as it was seen last. */
export type Sighting = {
  readonly id: string;
  readonly updatedAt: string;
  readonly count: number;
  /** Whether somebody has looked since whether containment stands; true for what came before it. */
  readonly checked: boolean;
};

type Seen = readonly Sighting[];

/** Older ones are forgotten: then a very late duplicate is answered once more, which writes nothing that stands. */
const seenMax = 50;

const known = (seen: Seen, { id }: Pick<Finding, 'id'>): Sighting | undefined => seen.find((one) => one.id === id);

/** Whether the detector says more than was known: it is another finding, or it was seen again since. */
export const isNews = (seen: Seen, finding: Pick<Finding, 'id' | 'updatedAt' | 'count'>): boolean => {
  const before = known(seen, finding);
  return !before || Date.parse(finding.updatedAt) > Date.parse(before.updatedAt) || finding.count > before.count;
};

const later = (a: string, b: string): string => (Date.parse(a) > Date.parse(b) ? a : b);

/** With this finding among them; the same list where it says nothing new. */
export const sighted = (seen: Seen, finding: Pick<Finding, 'id' | 'updatedAt' | 'count'>, checked: boolean): Seen => {
  if (!isNews(seen, finding)) return seen;
  const { id, updatedAt, count } = finding;
  const before = known(seen, finding);
  const sighting: Sighting = {
    id,
    updatedAt: before ? later(updatedAt, before.updatedAt) : updatedAt,
    count: Math.max(count, before?.count ?? 0),
    checked,
  };
  return [...seen.filter((one) => one.id !== id), sighting].slice(-seenMax);
};
