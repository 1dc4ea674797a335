// Releasing: the last one puts the original back, and what others changed since survives.
import { describe, expect, it } from 'vitest';
import { holdKey } from '../../functions/engine/hold.ts';
import { gone } from '../../playbooks/language/aws.ts';
import { bench, combine, errors, original, settleSeconds } from './bench.ts';

const isolated = ['sg-none'];
const theirs = ['sg-theirs'];

const contained = async (...incidents: readonly string[]) => {
  const at = bench();
  for (const incident of incidents) await at.contain(incident, isolated);
  at.writes.length = 0;
  return at;
};

describe('release', () => {
  it('puts the original back and keeps what was done', async () => {
    const at = await contained('a');
    expect(await at.release('a')).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
    expect(await at.record()).toMatchObject({
      phase: 'free',
      original: null,
      holders: {},
      wrote: [],
      last: { original, wrote: [isolated], releasedAt: at.now.toISOString() },
    });
  });

  it('says the same when it is called again, and writes nothing', async () => {
    const at = await contained('a');
    await at.release('a');
    expect(await at.release('a')).toEqual({ state: 'released', original });
    expect(at.writes).toEqual([original]);
  });

  it('puts back once more what was found to stand all the same', async () => {
    const at = await contained('a');
    await at.release('a');
    at.value = isolated;
    expect(await at.release('a', 'restore', isolated)).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
    expect(await at.record()).toMatchObject({ phase: 'free', holders: {}, last: { original, by: 'a' } });
  });

  it('leaves what somebody else made of it since, unless it is forced', async () => {
    const at = await contained('a');
    await at.release('a');
    at.value = theirs;
    expect(await at.release('a', 'restore', isolated)).toEqual({ state: 'conflict', found: theirs, original });
    expect(at.value).toEqual(theirs);
    expect(await at.release('a', 'force', isolated)).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
  });

  it('puts nothing back that another incident has put back since', async () => {
    const at = await contained('a');
    await at.release('a');
    at.seconds(settleSeconds);
    at.value = theirs;
    await at.contain('b', isolated);
    await at.release('b');
    at.value = isolated;
    await at.release('a', 'force', isolated);
    expect(at.value).toEqual(isolated);
  });

  it('leaves what others hold', async () => {
    const at = await contained('a', 'b');
    expect(await at.release('a')).toEqual({ state: 'shared', holders: ['b'], stands: isolated });
    expect(at.value).toEqual(isolated);
    expect(await at.record()).toMatchObject({ phase: 'held', original, holders: { b: isolated }, leaving: {} });
    expect(await at.release('b')).toEqual({ state: 'released', original });
  });

  it('writes what the others want where that differs', async () => {
    const at = bench({ combine });
    await at.contain('a', ['sg-a']);
    await at.contain('b', ['sg-b']);
    expect(await at.release('a')).toEqual({ state: 'shared', holders: ['b'], stands: ['sg-b'] });
    expect(at.value).toEqual(['sg-b']);
  });

  it('has nothing to put back for who only watched', async () => {
    const at = bench();
    at.value = isolated;
    await at.take('a', isolated);
    expect(await at.release('a')).toEqual({ state: 'untouched' });
    expect(await at.record()).toMatchObject({ phase: 'free', watching: {} });
    expect(at.writes).toEqual([]);
  });

  it('has nothing to do where nobody ever held', async () => {
    const at = bench();
    expect(await at.release('a')).toEqual({ state: 'untouched' });
    expect(await at.version()).toBe(0);
  });

  it('ends as gone when the thing is gone', async () => {
    const at = await contained('a');
    at.value = gone;
    expect(await at.release('a')).toEqual({ state: 'gone' });
    expect(await at.record()).toMatchObject({ phase: 'free', holders: {} });
  });

  it('writes for a holder who came meanwhile', async () => {
    const at = await contained('a');
    at.meanwhile = () => at.take('b', isolated);
    expect(await at.release('a')).toEqual({ state: 'shared', holders: ['b'], stands: isolated });
    expect(at.writes).toEqual([original, isolated]);
    expect(await at.record()).toMatchObject({ original, holders: { b: isolated } });
  });

  it('puts back once more when the others went while it wrote for them', async () => {
    const at = await contained('a', 'b');
    at.meanwhile = () => at.release('b');
    expect(await at.release('a')).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
    expect(await at.record()).toMatchObject({ phase: 'free', leaving: {} });
  });

  it('puts back once more even when it died over its late write', async () => {
    const at = await contained('a', 'b');
    at.meanwhile = async () => {
      await at.release('b');
      at.value = isolated;
      throw errors.timedOut;
    };
    await expect(at.release('a')).rejects.toBe(errors.timedOut);
    expect(await at.record()).toMatchObject({ phase: 'free', leaving: { a: isolated } });
    expect(await at.release('a')).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
  });

  it('is finished by a helper when it stopped half-way', async () => {
    const at = await contained('a');
    at.failure = errors.denied;
    await expect(at.release('a')).rejects.toBe(errors.denied);
    expect(await at.record()).toMatchObject({ phase: 'releasing', original, holders: {}, uncertainUntil: null });
    expect(await at.release('b')).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
  });

  it('goes on where it stopped, and remembers that its write may come late', async () => {
    const at = await contained('a');
    at.failure = errors.timedOut;
    await expect(at.release('a')).rejects.toBe(errors.timedOut);
    expect((await at.record()).uncertainUntil).not.toBeNull();
    expect(await at.release('a')).toEqual({ state: 'released', original });
  });

  it('is undone by who takes the setting while it is being put back', async () => {
    const at = await contained('a');
    at.failure = errors.denied;
    await at.release('a').catch(() => 'as expected');
    expect(await at.contain('b', ['sg-b'])).toBe('written');
    expect(await at.record()).toMatchObject({ phase: 'held', original, holders: { b: ['sg-b'] }, releaser: null });
  });

  it('tells a damaged ledger', async () => {
    const at = await contained('a');
    at.failure = errors.denied;
    await at.release('a').catch(() => 'as expected');
    const key = holdKey(at.held);
    await at.tools.ledger.write('holds', key, { ...(await at.record()), releaser: null }, await at.version());
    at.value = theirs;
    await expect(at.release('a')).rejects.toThrow('the ledger is damaged');
  });
});

describe('a third value', () => {
  const changed = async () => {
    const at = await contained('a');
    at.value = theirs;
    return at;
  };

  it('is a conflict: marked, held as before, nothing written', async () => {
    const at = await changed();
    expect(await at.release('a')).toEqual({ state: 'conflict', found: theirs, original });
    expect(await at.record()).toMatchObject({
      phase: 'held',
      original,
      holders: { a: isolated },
      conflict: { incident: 'a', found: theirs },
      releaser: null,
    });
    expect(at.writes).toEqual([]);
  });

  it('is replaced by force', async () => {
    const at = await changed();
    await at.release('a');
    expect(await at.release('a', 'force')).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
    expect((await at.record()).conflict).toBeNull();
  });

  it('stays with keep, and is the original of the next one', async () => {
    const at = await changed();
    await at.release('a');
    expect(await at.release('a', 'keep')).toEqual({ state: 'let-go' });
    expect(at.value).toEqual(theirs);
    expect(await at.record()).toMatchObject({ phase: 'free', holders: {}, conflict: null });
    expect(await at.take('b', isolated)).toMatchObject({ state: 'held', original: theirs });
  });

  it('is no conflict where the original is back already', async () => {
    const at = await contained('a');
    at.value = original;
    expect(await at.release('a')).toEqual({ state: 'released', original });
  });

  it('that a helper finds goes to who was putting back', async () => {
    const at = await contained('a');
    at.failure = errors.denied;
    await at.release('a').catch(() => 'as expected');
    at.value = theirs;
    expect(await at.release('b')).toMatchObject({ state: 'conflict', found: theirs });
    expect(await at.record()).toMatchObject({ holders: { a: isolated }, conflict: { incident: 'a' } });
  });
});

describe('keep', () => {
  it('lets go of our own value without writing: the next one finds it so', async () => {
    const at = await contained('a');
    expect(await at.release('a', 'keep')).toEqual({ state: 'let-go' });
    expect(await at.take('b', isolated)).toEqual({ state: 'watching', original: isolated });
    expect(await at.take('c', ['sg-c'])).toMatchObject({ state: 'held', original: isolated });
    expect(at.writes).toEqual([]);
  });

  it('lets go of what could not be put back', async () => {
    const at = await contained('a');
    at.failure = errors.denied;
    await at.release('a').catch(() => 'as expected');
    expect(await at.release('a', 'keep')).toEqual({ state: 'let-go' });
    expect(at.value).toEqual(isolated);
  });

  it('does not let go of what another is putting back', async () => {
    const at = await contained('a');
    at.failure = errors.denied;
    await at.release('a').catch(() => 'as expected');
    expect(await at.release('b', 'keep')).toEqual({ state: 'released', original });
    expect(at.value).toEqual(original);
  });

  it('leaves alone what was let go as it stood, though it wrote late for others', async () => {
    const at = await contained('a', 'b');
    at.meanwhile = () => at.release('b', 'keep');
    expect(await at.release('a')).toEqual({ state: 'untouched' });
    expect(at.value).toEqual(isolated);
    expect(await at.record()).toMatchObject({ phase: 'free', leaving: {} });
  });
});
