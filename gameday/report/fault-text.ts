// The trials with faults in words, for a terminal. What stands in a story may come from whoever made the resource: no control character gets through.
import type { Story } from '../faults/play.ts';
import type { FaultReport } from './drill-report.ts';

const clean = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');

const meanings = {
  wanted: 'ended as if nothing had gone wrong',
  told: 'ended otherwise, and said so with the reason',
  waiting: 'wait for a person, who was asked',
  alarmed: 'stopped, raised the alarm, and ended well when sent again',
  broken: 'BROKE A PROMISE',
} as const;

const kindsSaid = {
  single: 'each call with each fault',
  pairs: 'all pairs of kinds of faults',
  'all-pairs': "all pairs of faults of each playbook's shortest scenario",
  random: 'several faults at random',
} as const;

/** One story whole. */
export const storySaid = ({ trial, end, outcome, reason, met, wrong }: Story): readonly string[] => [
  trial,
  ...met.map((one) => `  ${clean(one)}`),
  `  outcome: ${outcome}${reason ? `, ${clean(reason)}` : ''}`,
  `  ${meanings[end]}`,
  ...wrong.map((one) => `  - ${clean(one)}`),
];

/** A story that broke a promise, and the command that plays it again. */
export const brokenSaid = (story: Story, seed: number): readonly string[] => [
  ...storySaid(story),
  `  npx firebreak drill --seed ${seed} --replay '${story.trial}'`,
];

const most = 5;

/** The counts, and the first of what is broken with the command that plays it again. */
export const faultsSaid = ({ kind, seed, part, trials, counts, pairs, broken }: FaultReport): readonly string[] => [
  '',
  `${trials} trials with faults (${kindsSaid[kind]}, seed ${seed}${part ? `, part ${part.index + 1} of ${part.of}` : ''}):`,
  ...Object.entries(counts)
    .filter(([end, count]) => count > 0 || end === 'broken')
    .map(
      ([end, count]) => `  ${String(count).padStart(String(trials).length)} ${meanings[end as keyof typeof counts]}`,
    ),
  ...(pairs
    ? [`  ${pairs.together} pairs met in one run; ${pairs.apart} never do, as one ends the run before the other`]
    : []),
  ...broken.slice(0, most).flatMap((story) => ['', ...brokenSaid(story, seed)]),
];
