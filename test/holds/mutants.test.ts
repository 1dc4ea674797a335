// Each condition of the hold protocol, taken out, must cost an original or a containment within the runs that the protocol itself passes.
import { describe, expect, it } from 'vitest';
import { protocol } from './incidents.ts';
import { grow, mutants } from './mutants.ts';
import { firstViolation, runs } from './prove.ts';

describe('a hold protocol without one of its conditions is found out', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    '%s',
    { timeout: 30_000 + runs },
    async (_, mutant) => {
      const seed = await firstViolation(mutant.noticed, await grow(mutant), new Map());
      expect(seed, `no violation in ${runs} runs`).toBeDefined();
    },
  );

  it('is the protocol itself but for that', async () => {
    const same = await grow({
      name: 'nothing',
      from: 'The hold protocol.',
      to: 'The hold protocol.',
      noticed: async () => {},
    });
    expect(Object.keys(same).sort()).toEqual(Object.keys(protocol).sort());
  });

  it('is not made where the fragment no longer stands, or stands twice', async () => {
    const mutant = { name: 'old', to: '', noticed: async () => {} };
    await expect(grow({ ...mutant, from: 'what never stood there' })).rejects.toThrow(
      'finds it 0 times instead of once',
    );
    await expect(grow({ ...mutant, from: 'const ' })).rejects.toThrow('instead of once');
  });
});
