// A failing trial with as few faults as still break it: that is where to look.
import type { Ground } from './ground.ts';
import { play, type Story } from './play.ts';
import type { Trial } from './trial.ts';

/** Every trial with one thing fewer. */
const simpler = (trial: Trial): readonly Trial[] => [
  ...(trial.happening ? [{ ...trial, happening: null }] : []),
  ...trial.injections.map((_, index) => ({ ...trial, injections: trial.injections.toSpliced(index, 1) })),
];

/** Leaves out one thing after the other, as long as a promise is broken without it. */
export const shrink = async (ground: Ground, trial: Trial, story: Story): Promise<Story> => {
  for (const candidate of simpler(trial)) {
    if (candidate.injections.length === 0 && candidate.happening === null) continue;
    const smaller = await play(ground, candidate, new Set());
    if (smaller.end === 'broken') return shrink(ground, candidate, smaller);
  }
  return story;
};
