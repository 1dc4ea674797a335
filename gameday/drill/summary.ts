// The figures of a whole drill. Pure.
import type { DrillReport, DrillResult } from '../report/drill-report.ts';
import { wasSoAlready } from '../report/story.ts';

const count = <T>(items: readonly T[], holds: (item: T) => boolean): number => items.filter(holds).length;

const median = (sorted: readonly number[]): number | null => {
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return Math.round((lower + upper) / 2);
};

const outcomesOf = (results: readonly DrillResult[]): DrillReport['summary']['outcomes'] => {
  const counted: Partial<Record<NonNullable<DrillResult['outcome']> | 'none', number>> = {};
  for (const { outcome } of results) counted[outcome ?? 'none'] = (counted[outcome ?? 'none'] ?? 0) + 1;
  return counted;
};

export const summaryOf = (results: readonly DrillResult[]): DrillReport['summary'] => {
  const firstEffects = results
    .flatMap(({ times }) => (times.firstEffect === null ? [] : [times.firstEffect]))
    .toSorted((a, b) => a - b);
  const calls = results.flatMap((result) => result.calls.list);
  const evidence = results.flatMap((result) => result.evidence);
  const changes = results.flatMap((result) => result.changes);
  const written = changes.filter((change) => change.afterContain.state === 'verified' && !wasSoAlready(change));
  return {
    scenarios: results.length,
    held: count(results, ({ held }) => held),
    outcomes: outcomesOf(results),
    accountsRestored: count(results, ({ account }) => account.restored === true),
    firstEffect: { median: median(firstEffects), worst: firstEffects.at(-1) ?? null },
    calls: {
      total: calls.length,
      reads: count(calls, ({ write }) => !write),
      writes: count(calls, ({ write }) => write),
    },
    evidence: { taken: evidence.length, complete: count(evidence, ({ state }) => state === 'complete') },
    settings: {
      changed: written.length,
      putBack: count(written, ({ afterRelease, afterForce }) => (afterForce ?? afterRelease)?.state === 'released'),
    },
  };
};
