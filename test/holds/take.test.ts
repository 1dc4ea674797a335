// Taking: the original goes on record before anything is written.
import { describe, expect, it } from 'vitest';
import { combined, holdKey, take } from '../../functions/engine/hold.ts';
import { memoryLedger } from '../../gameday/memory-ledger.ts';
import { gone } from '../../playbooks/language/aws.ts';
import { bench, combine, original, settleSeconds } from './bench.ts';

const isolated = ['sg-none'];

describe('take', () => {
  it('puts the original and the holder on record, and writes nothing', async () => {
    const at = bench();
    expect(await at.take('a', isolated)).toEqual({ state: 'held', version: 1, read: original, original });
    expect(await at.record()).toMatchObject({
      setting: 'test/groups',
      settingVersion: 3,
      account: '111122223333',
      region: 'eu-west-1',
      id: 'eni-1',
      phase: 'held',
      original,
      holders: { a: isolated },
      watching: {},
      wrote: [isolated],
    });
    expect(at.writes).toEqual([]);
  });

  it('only watches what is as wanted already', async () => {
    const at = bench();
    at.value = isolated;
    expect(await at.take('a', isolated)).toEqual({ state: 'watching', original: isolated });
    expect(await at.record()).toMatchObject({ phase: 'free', original: null, holders: {}, watching: { a: isolated } });
    await at.take('a', isolated);
    expect(await at.version()).toBe(1);
  });

  it('holds what it watched when that was opened since', async () => {
    const at = bench();
    at.value = isolated;
    await at.take('a', isolated);
    at.value = original;
    expect(await at.take('a', isolated)).toMatchObject({ state: 'held', original });
    expect(await at.record()).toMatchObject({ holders: { a: isolated }, watching: {} });
  });

  it('keeps the first original when a second one joins', async () => {
    const at = bench();
    await at.contain('a', isolated);
    expect(await at.take('b', isolated)).toMatchObject({ state: 'held', read: isolated, original });
    expect(await at.record()).toMatchObject({ original, holders: { a: isolated, b: isolated }, wrote: [isolated] });
  });

  it('notes what stands where holders differ', async () => {
    const at = bench({ combine });
    await at.contain('a', ['sg-a']);
    await at.take('b', ['sg-b']);
    expect(await at.record()).toMatchObject({
      holders: { a: ['sg-a'], b: ['sg-b'] },
      wrote: [['sg-a'], ['sg-a', 'sg-b']],
    });
  });

  it('refuses what the setting can not satisfy for both, and says who holds', async () => {
    const at = bench();
    await at.contain('a', ['sg-a']);
    expect(await at.take('b', ['sg-b'])).toEqual({ state: 'incompatible', holders: ['a'] });
    expect(await at.record()).toMatchObject({ holders: { a: ['sg-a'] } });
  });

  it('says when the thing is gone, and keeps no record', async () => {
    const at = bench();
    at.value = gone;
    expect(await at.take('a', isolated)).toEqual({ state: 'gone' });
    expect(await at.version()).toBe(0);
  });

  it('changes nothing when it is called again', async () => {
    const at = bench();
    await at.contain('a', isolated);
    expect(await at.take('a', isolated)).toEqual({ state: 'held', version: 1, read: isolated, original });
    expect(await at.version()).toBe(1);
  });

  it('replaces the own wish', async () => {
    const at = bench();
    await at.take('a', ['sg-a']);
    await at.take('a', ['sg-b']);
    expect(await at.record()).toMatchObject({ original, holders: { a: ['sg-b'] } });
  });

  it('starts over when somebody else was faster', async () => {
    const at = bench();
    const { setting } = at.held;
    let reads = 0;
    const slow = {
      ...at.held,
      setting: {
        ...setting,
        read: async (...of: Parameters<typeof setting.read>) => {
          const value = await setting.read(...of);
          if (reads++ === 0) await at.contain('b', isolated);
          return value;
        },
      },
    };
    expect(await take(at.tools, slow, 'a', isolated)).toMatchObject({ state: 'held', version: 2, original });
    expect(reads).toBe(2);
  });

  it('gives up in words after a hundred tries', async () => {
    const at = bench({}, { ...memoryLedger(), write: async () => false });
    await expect(at.take('a', isolated)).rejects.toThrow('Taking a hold on test/groups eni-1: gave up after 100 tries');
  });
});

describe('what AWS answers late', () => {
  const released = async () => {
    const at = bench();
    await at.contain('a', isolated);
    await at.release('a');
    return at;
  };

  it('is not taken for the original within settleSeconds after a release', async () => {
    const at = await released();
    at.seconds(settleSeconds - 1);
    at.stale = isolated;
    expect(await at.take('b', ['sg-b'])).toMatchObject({ state: 'held', original });
  });

  it('is somebody’s wish after that', async () => {
    const at = await released();
    at.seconds(settleSeconds);
    at.value = isolated;
    expect(await at.take('b', ['sg-b'])).toMatchObject({ state: 'held', original: isolated });
  });

  it('is neither watched nor found to stand, however much it looks as wanted', async () => {
    const at = await released();
    at.stale = isolated;
    expect(await at.contain('b', isolated)).toBe('written');
    expect(at.value).toEqual(isolated);
  });

  it('does not count as standing between holders who differ', async () => {
    const at = bench({ combine });
    await at.contain('a', ['sg-a']);
    await at.contain('b', ['sg-b']);
    await at.release('b');
    at.stale = ['sg-a', 'sg-b'];
    expect(await at.contain('c', ['sg-b'])).toBe('written');
    expect(at.value).toEqual(['sg-a', 'sg-b']);
  });

  it('of an earlier hold is no conflict in the next one', async () => {
    const at = await released();
    await at.contain('b', ['sg-b']);
    at.stale = isolated;
    expect(await at.release('b')).toEqual({ state: 'released', original });
  });
});

describe('holdKey', () => {
  it('names the account, the Region and the setting', () => {
    expect(holdKey(bench().held)).toBe('111122223333/eu-west-1/test/groups/eni-1');
  });

  it('puts what all Regions share in one place', async () => {
    const at = bench({ scope: 'global' });
    await at.take('a', isolated);
    expect(holdKey(at.held)).toBe('111122223333/global/test/groups/eni-1');
    expect(await at.record()).toMatchObject({ region: 'global' });
  });
});

describe('combined', () => {
  it.each([
    ['nobody', {}, undefined],
    ['one', { a: ['sg-a'] }, ['sg-a']],
    ['two who agree', { a: ['sg-a'], b: ['sg-a'] }, ['sg-a']],
    ['two who differ', { a: ['sg-a'], b: ['sg-b'] }, undefined],
  ])('%s', (_, holders, stands) => {
    expect(combined(bench().held.setting, holders)).toEqual(stands);
  });

  it('asks the setting where it can', () => {
    expect(combined(bench({ combine }).held.setting, { a: ['sg-b'], b: ['sg-a'] })).toEqual(['sg-a', 'sg-b']);
  });
});
