// Counts trials as they end: how many ended how, what each kind of call met, and every story that broke a promise. Pure data, so that several
// processes can each count their share.
import type { Operation } from './inject.ts';
import { type End, ends, type Story } from './play.ts';

export type Counts = Readonly<Record<End, number>>;

/** What one kind of call met with one fault, in all scenarios of the playbook. The worst story stands for them. */
export type Cell = { readonly fault: string; readonly counts: Counts; readonly story: Story };

/** One kind of call: 'isolate-instance contain: EC2 ModifyNetworkInterfaceAttribute'. */
export type Row = {
  readonly playbook: string;
  readonly phase: string;
  readonly by: string;
  readonly name: string;
  readonly write: boolean;
  readonly cells: readonly Cell[];
};

export type Tally = {
  readonly trials: number;
  readonly counts: Counts;
  readonly rows: readonly Row[];
  /** Pairs of faults that met their calls in one run, by their spelling; and those that were tried and never did: one ends the run before the other. */
  readonly pairs: { readonly together: readonly string[]; readonly apart: readonly string[] };
  /** No more than a person would read; `counts.broken` says how many there were. */
  readonly broken: readonly Story[];
};

const brokenMax = 50;

const none: Counts = { wanted: 0, told: 0, waiting: 0, alarmed: 0, broken: 0 };

export const noTally: Tally = { trials: 0, counts: none, rows: [], pairs: { together: [], apart: [] }, broken: [] };

const sum = (a: Counts, b: Counts): Counts => ({
  wanted: a.wanted + b.wanted,
  told: a.told + b.told,
  waiting: a.waiting + b.waiting,
  alarmed: a.alarmed + b.alarmed,
  broken: a.broken + b.broken,
});

const worse = (a: Story, b: Story): Story => (ends.indexOf(b.end) > ends.indexOf(a.end) ? b : a);

export const worstEnd = (counts: Counts): End => ends.findLast((end) => counts[end] > 0) ?? 'wanted';

const mergeBy = <T>(items: readonly T[], key: (item: T) => string, merge: (a: T, b: T) => T): readonly T[] => {
  const merged = new Map<string, T>();
  for (const item of items) {
    const found = merged.get(key(item));
    merged.set(key(item), found === undefined ? item : merge(found, item));
  }
  return [...merged.values()];
};

const mergeCells = (cells: readonly Cell[]): readonly Cell[] =>
  mergeBy(
    cells,
    ({ fault }) => fault,
    (a, b) => ({ fault: a.fault, counts: sum(a.counts, b.counts), story: worse(a.story, b.story) }),
  );

const mergeRows = (rows: readonly Row[]): readonly Row[] =>
  mergeBy(
    rows,
    ({ playbook, phase, by, name }) => `${playbook} ${phase} ${by} ${name}`,
    (a, b) => ({ ...a, write: a.write || b.write, cells: mergeCells([...a.cells, ...b.cells]) }),
  );

const mergePairs = (all: readonly Tally['pairs'][]): Tally['pairs'] => {
  const together = new Set(all.flatMap((pairs) => pairs.together));
  const apart = new Set(all.flatMap((pairs) => pairs.apart).filter((pair) => !together.has(pair)));
  return { together: [...together].toSorted(), apart: [...apart].toSorted() };
};

/** What several processes have counted, together. */
export const mergeTallies = (tallies: readonly Tally[]): Tally => ({
  trials: tallies.reduce((count, { trials }) => count + trials, 0),
  counts: tallies.reduce((counts, tally) => sum(counts, tally.counts), none),
  rows: mergeRows(tallies.flatMap(({ rows }) => rows)),
  pairs: mergePairs(tallies.map(({ pairs }) => pairs)),
  broken: tallies.flatMap(({ broken }) => broken).slice(0, brokenMax),
});

/** One story. `met` is the call that it is about; a trial of several faults is about none. */
export const tallyOf = (
  story: Story,
  playbook: string,
  met: { readonly fault: string; readonly operation: Operation } | null,
): Tally => {
  const counts = { ...none, [story.end]: 1 };
  const { phase = '', by = '', name = '', write = false } = met?.operation ?? {};
  return {
    trials: 1,
    counts,
    rows: met ? [{ playbook, phase, by, name, write, cells: [{ fault: met.fault, counts, story }] }] : [],
    pairs: noTally.pairs,
    broken: story.end === 'broken' ? [story] : [],
  };
};
