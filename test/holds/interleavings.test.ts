// The hold protocol under every order of steps that twenty thousand seeds make, with deaths, stale reads and lost answers.
import { describe, expect, it } from 'vitest';
import { prove, runs } from './prove.ts';
import { beside, meddled, outside, overlap } from './scenario.ts';

const limit = { timeout: 30_000 + runs };

describe('holds', () => {
  it('overlap: contained while anybody holds, the original when nobody does', limit, async () => {
    const seen = await prove(overlap);
    // A generator that no longer makes these would prove nothing.
    const often = ['stale read', 'dies before it', 'dies after it', 'no answer, done', 'no answer, undone', 'denied'];
    for (const what of [...often, 'shared', 'released', 'untouched', 'foreseen'])
      expect(seen.get(what), what).toBeGreaterThan(runs / 100);
    expect(seen.get('overtaken')).toBeGreaterThan(runs / 200);
  });

  it('beside: what is kept beside the ledger never speaks against an original', limit, async () => {
    const seen = await prove(beside);
    for (const what of ['dies before it', 'dies after it', 'shared', 'released', 'untouched'])
      expect(seen.get(what), what).toBeGreaterThan(runs / 100);
    // Whoever takes a hold dies before its original is kept; whoever comes next keeps it, but for very few.
    expect(seen.get('unconfirmed') ?? 0).toBeLessThan(runs / 1000);
  });

  it(
    'outside: what somebody else wrote survives a plain release, and force puts the original over it',
    limit,
    async () => {
      const seen = await prove(outside);
      for (const what of ['conflict', 'released', 'let-go']) expect(seen.get(what), what).toBeGreaterThan(runs / 4);
    },
  );

  it('meddled: no value of ours outlives its holders, whenever somebody else writes', limit, async () => {
    const seen = await prove(meddled);
    expect(seen.get('conflict')).toBeGreaterThan(runs / 100);
  });
});
