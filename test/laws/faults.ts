// Law 5: whatever single call fails, in whatever way, the end is contained and told, or not contained and told why; no original is lost.
// Here a sample of all trials, a different one for each scenario; npm run drill:faults plays every one of them.
import { describe, expect, it } from 'vitest';
import { prepare } from '../../gameday/faults/ground.ts';
import { play } from '../../gameday/faults/play.ts';
import { singles } from '../../gameday/faults/trials.ts';
import { cases, playbooks, title } from './staged.ts';

const sampleEvery = 23;

/** Plays one half of all cases, so that two processes share the work. */
export const playFaults = (half: 0 | 1): void => {
  const mine = [...cases.entries()].filter(([index]) => index % 2 === half);
  describe.each(mine.map(([index, one]) => [title(one), index, one] as const))('%s', (_title, index, one) => {
    it('5. what fails ends contained and told, or not contained and told why', { timeout: 900_000 }, async () => {
      const { playbook: name, definition: playbook, name: scenarioName, scenario } = one;
      const ground = await prepare({ name, playbook, scenarioName, scenario, seed: 7 }, playbooks);
      const sample = singles(ground).filter(
        ({ happening }, number) => happening !== null || number % sampleEvery === index % sampleEvery,
      );
      const released = new Set<string>();
      const broken: string[] = [];
      for (const trial of sample) {
        const story = await play(ground, trial, released);
        if (story.end === 'broken') broken.push(`${story.trial}: ${story.wrong.join('; ')}`);
      }
      expect(broken, `${sample.length} trials`).toEqual([]);
    });
  });
};
