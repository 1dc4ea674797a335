// Originals beside the ledger: who changes the ledger alone has nothing put back that was not there.
import { describe, expect, it } from 'vitest';
import { type HoldRecord, holdKey } from '../../functions/engine/hold.ts';
import type { Original, Originals } from '../../functions/engine/originals.ts';
import { memoryLedger } from '../../gameday/memory-ledger.ts';
import { memoryOriginals } from '../../gameday/memory-originals.ts';
import { bench, combine, original, settleSeconds } from './bench.ts';

const isolated = ['sg-none'];
const evil = ['sg-evil'];
const older = ['sg-older'];

const setUp = (around: (originals: Originals) => Originals = (originals) => originals) => {
  const all: Original[] = [];
  const at = bench({ combine }, memoryLedger(), around(memoryOriginals(all)));
  /** By somebody who can write the ledger, and nothing else. */
  const tamper = async (change: (record: HoldRecord) => HoldRecord) => {
    const key = holdKey(at.held);
    const record = change(await at.record());
    if (!(await at.tools.ledger.write('holds', key, record, await at.version()))) throw new Error('not changed');
    at.writes.length = 0;
  };
  return { at, all, tamper };
};

describe('an original', () => {
  it('is kept with the hold, as AWS answered it, before anything is written', async () => {
    const { at, all } = setUp();
    expect(await at.take('a', isolated)).toMatchObject({ state: 'held', unkept: '' });
    expect(at.writes).toEqual([]);
    expect(all).toEqual([
      {
        hold: holdKey(at.held),
        version: 1,
        setting: 'test/groups',
        settingVersion: 3,
        id: 'eni-1',
        original,
        from: 'aws',
        incident: 'a',
        at: at.now.toISOString(),
      },
    ]);
    await at.contain('a', isolated);
    expect(await at.release('a')).toEqual({ state: 'released', original });
  });

  it('is kept side by side with the hold: each waits here until the other has begun', async () => {
    const ledger = memoryLedger();
    const originals = memoryOriginals([]);
    const [written, kept] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const at = bench(
      {},
      {
        ...ledger,
        write: async (...record) => {
          written.resolve();
          await kept.promise;
          return ledger.write(...record);
        },
      },
      {
        ...originals,
        keep: async (one) => {
          kept.resolve();
          await written.promise;
          await originals.keep(one);
        },
      },
    );
    expect(await at.take('a', isolated)).toMatchObject({ state: 'held', unkept: '' });
  });

  it('that could not be kept stops no containment, is told, and wants a person who forces it', async () => {
    const { at } = setUp((originals) => ({
      ...originals,
      keep: () => Promise.reject(Object.assign(new Error('Please reduce your request rate.'), { name: 'SlowDown' })),
    }));
    const taken = await at.take('a', isolated);
    expect(taken).toMatchObject({ state: 'held', unkept: 'SlowDown: Please reduce your request rate.' });
    await at.contain('a', isolated);
    expect(at.value).toEqual(isolated);
    expect(await at.release('a')).toEqual({ state: 'doubted', original, kept: [] });
    expect(at.value).toEqual(isolated);
    expect(await at.record()).toMatchObject({ phase: 'held', holders: { a: isolated }, conflict: null });
    expect(await at.release('a', 'force')).toEqual({ state: 'released', original });
  });

  it('is kept by the next try where whoever took the hold died before', async () => {
    let dead = true;
    const { at, all } = setUp(({ keep, ...rest }) => ({
      ...rest,
      keep: async (one) => (dead ? undefined : keep(one)),
    }));
    await at.take('a', isolated);
    dead = false;
    await at.contain('a', isolated);
    expect(all).toMatchObject([{ version: 1, original, from: 'aws' }]);
    expect(await at.release('a')).toEqual({ state: 'released', original });
  });

  it('is not what reads as wanted: that may be ours', async () => {
    const { at, all } = setUp();
    await at.contain('a', isolated);
    all.length = 0;
    await at.contain('a', isolated);
    await at.contain('b', isolated);
    expect(all).toEqual([]);
  });

  it('that the next hold takes over while AWS still answers what was written is confirmed by the one before', async () => {
    const { at, all } = setUp();
    await at.contain('a', isolated);
    await at.release('a');
    at.stale = isolated;
    await at.contain('b', ['sg-other']);
    expect(all.map(({ from, version }) => [from, version])).toEqual([
      ['aws', 1],
      ['before', 4],
    ]);
    expect(await at.release('b')).toEqual({ state: 'released', original });
  });

  it('can’t be looked at: then nothing is put back, and the release goes on later', async () => {
    let isDown = false;
    const { at } = setUp(({ kept, ...rest }) => ({
      ...rest,
      kept: (hold) => (isDown ? Promise.reject(new Error('no answer')) : kept(hold)),
    }));
    await at.contain('a', isolated);
    isDown = true;
    await expect(at.release('a', 'force')).rejects.toThrow('no answer');
    expect(at.value).toEqual(isolated);
    isDown = false;
    expect(await at.release('a')).toEqual({ state: 'released', original });
  });
});

describe('a ledger that was changed', () => {
  it.each(['restore', 'force'] as const)('has nothing put back by %s, and goes on holding', async (mode) => {
    const { at, tamper } = setUp();
    await at.contain('a', isolated);
    await tamper((record) => ({ ...record, original: evil }));
    expect(await at.release('a', mode)).toMatchObject({
      state: 'doubted',
      original: evil,
      kept: [{ original, incident: 'a', where: 'memory' }],
    });
    expect(at.writes).toEqual([]);
    expect(at.value).toEqual(isolated);
    expect(await at.record()).toMatchObject({ phase: 'held', holders: { a: isolated } });
    expect(await at.release('a', 'keep')).toEqual({ state: 'let-go' });
    expect(at.writes).toEqual([]);
  });

  it('gets no witness by containing again, or by another incident', async () => {
    const { at, all, tamper } = setUp();
    await at.contain('a', isolated);
    await tamper((record) => ({ ...record, original: isolated, wrote: [], holders: {} }));
    await at.contain('a', isolated);
    await at.contain('b', isolated);
    await at.release('b');
    expect(all).toHaveLength(1);
    expect(await at.release('a')).toMatchObject({ state: 'doubted', original: isolated, kept: [{ original }] });
  });

  it('does not bring back what was there before an earlier hold', async () => {
    const { at, tamper } = setUp();
    at.value = older;
    await at.contain('a', isolated);
    await at.release('a');
    at.seconds(settleSeconds + 1);
    at.value = original;
    await at.contain('b', isolated);
    await tamper((record) => ({ ...record, original: older }));
    expect(await at.release('b')).toMatchObject({ state: 'doubted', original: older, kept: [{ original }] });
  });

  it('makes no past by pretending that one was just released', async () => {
    const { at, tamper } = setUp();
    await at.contain('a', isolated);
    const last = { original: evil, wrote: [isolated], releasedAt: at.now.toISOString(), by: 'a' };
    await tamper((record) => ({ ...record, phase: 'free', original: null, holders: {}, wrote: [], last }));
    await at.contain('a', isolated);
    expect(await at.release('a', 'force')).toMatchObject({ state: 'doubted', original: evil, kept: [{ original }] });
    expect(at.writes).not.toContainEqual(evil);
  });

  it('that speaks of a hold long ago is refused, and not believed', async () => {
    const { at, tamper } = setUp();
    await at.contain('a', isolated);
    await at.release('a');
    at.seconds(settleSeconds + 1);
    at.value = isolated;
    await tamper((record) => ({
      ...record,
      phase: 'held',
      original: evil,
      holders: { a: isolated },
      wrote: [isolated],
    }));
    expect(await at.release('a', 'force')).toMatchObject({ state: 'doubted', original: evil });
    expect(at.writes).toEqual([]);
  });
});
