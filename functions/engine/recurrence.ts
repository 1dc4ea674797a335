// Once, whatever arrives: what a further finding means for the incident that there is. Pure.
import type { Finding, Severity } from '../../playbooks/language/finding.ts';
import { stricter } from '../rails/decision.ts';
import { type Incident, isOver, type Opening } from './incident.ts';
import { isNews, sighted } from './sighting.ts';

/** A finding that has passed the event rails, on its way to the incident of its key. */
export type Answering = Opening & { readonly finding: Finding };

const severities: readonly Severity[] = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const isMoreSevere = ({ severity }: Finding, than: Finding | null): boolean =>
  severities.indexOf(severity) > severities.indexOf(than?.severity ?? 'INFORMATIONAL');

/** How far the incident was let go when it came in; a later rail may have made it ask. */
const admittedTo = ({ admission, disposition }: Incident): Incident['disposition'] => admission?.do ?? disposition;

/** Whether the finding allows more, or weighs more, than what the incident was decided by. */
const rises = (incident: Incident, { finding, disposition }: Answering): boolean =>
  stricter(admittedTo(incident), disposition) > 0 || isMoreSevere(finding, incident.finding);

/** Longer than any workflow runs: what still waits then has lost its workflow. */
const waitHoursMax = 72;

const isLost = ({ phase, openedAt, admission }: Incident, now: Date): boolean =>
  (phase === 'new' || phase === 'waiting') &&
  now.getTime() - Date.parse(admission?.at ?? openedAt) > waitHoursMax * 3_600_000;

/** Holds on record, and nothing of it stands: it has failed, whatever its phase. */
const hasFailed = ({ phase, outcome }: Incident): boolean => phase === 'holding' && outcome === 'failed';

/**
 * Whether the incident takes the finding up. One that is under way, waits or holds does; one that has ended, has failed or was lost only
 * takes what it has seen already and what allows no more than before, so that nobody can plant one that swallows the attack.
 */
export const takesUp = (incident: Incident, answering: Answering, now: Date): boolean => {
  if (!isOver(incident) && !hasFailed(incident) && !isLost(incident, now)) return true;
  if (isLost(incident, now)) return false;
  return !isNews(incident.seen, answering.finding) && !rises(incident, answering);
};

/** It tells of what went on before the last write, and whoever wrote looks for himself whether that stands. */
const isOlderThanContainment = ({ wroteAt }: Incident, { updatedAt }: Finding): boolean =>
  wroteAt !== null && Date.parse(updatedAt) <= Date.parse(wroteAt);

/** The incident with the finding on record. What waits decides anew where the finding rises above it. */
export const takenUp = (incident: Incident, answering: Answering, now: Date): Incident => {
  const { finding, disposition, because, admission } = answering;
  const isHeld = incident.phase === 'holding' || incident.phase === 'containing';
  const checked = !isHeld || isOlderThanContainment(incident, finding);
  const seen = sighted(incident.seen, finding, checked);
  const noted = seen === incident.seen ? incident : { ...incident, seen };
  if (incident.phase !== 'new' && incident.phase !== 'waiting') return noted;
  if (!rises(incident, answering))
    // It was claimed and never started; what is started by a fresh finding is no old story.
    return noted.phase === 'new' && noted !== incident && noted.admission
      ? { ...noted, admission: { ...noted.admission, at: now.toISOString() } }
      : noted;
  const further = stricter(admittedTo(incident), disposition) > 0;
  return {
    ...noted,
    finding: isMoreSevere(finding, incident.finding) ? finding : incident.finding,
    disposition: further ? disposition : admittedTo(incident),
    because: further ? because : incident.because,
    admission: {
      ...(admission ?? { way: finding.channel, rails: [] }),
      do: further ? disposition : admittedTo(incident),
      at: now.toISOString(),
    },
  };
};

/**
 * What is to be done with the incident: its execution started (a second start of the same one does nothing), its question answered because
 * it need not be asked any more, asked once more because it weighs more, or its containment looked at.
 */
export type Next = 'start' | 'resume' | 'ask again' | 'check' | 'nothing';

export const nextFor = (before: Incident, after: Incident): Next => {
  if (after.phase === 'new') return 'start';
  if (after.phase === 'waiting') {
    // However often it comes: whoever was to bring the answer may have died before.
    if (after.disposition === 'contain') return 'resume';
    return after.admission?.at === before.admission?.at ? 'nothing' : 'ask again';
  }
  return after.phase === 'holding' && after.seen.some(({ checked }) => !checked) ? 'check' : 'nothing';
};
