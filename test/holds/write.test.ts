// Writing: what the holders want stands at the end, whoever came or went meanwhile.
import { describe, expect, it } from 'vitest';
import { write } from '../../functions/engine/hold.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { bench, combine, errors, original, settleSeconds } from './bench.ts';

const isolated = ['sg-none'];

describe('write', () => {
  it('writes once, and finds it done the next time', async () => {
    const at = bench();
    expect(await at.contain('a', isolated)).toBe('written');
    expect(await at.contain('a', isolated)).toBe('stood');
    expect(at.writes).toEqual([isolated]);
  });

  it('writes again what drifted', async () => {
    const at = bench();
    await at.contain('a', isolated);
    at.value = ['sg-theirs'];
    expect(await at.contain('a', isolated)).toBe('written');
    expect(await at.record()).toMatchObject({ original, holders: { a: isolated } });
  });

  it('writes what all holders want together', async () => {
    const at = bench({ combine });
    await at.contain('a', ['sg-a']);
    await at.contain('b', ['sg-b']);
    expect(at.value).toEqual(['sg-a', 'sg-b']);
  });

  it('hands on what was prepared for the own value, and prepares any other', async () => {
    const seen: unknown[] = [];
    const prepare = async (_aws: unknown, _id: string, to: Json) => `for ${JSON.stringify(to)}`;
    const at = bench({
      combine,
      prepare,
      write: async (_aws, _id, to, prepared) => {
        seen.push([to, prepared]);
        at.value = to;
      },
    });
    const first = await at.take('a', ['sg-a']);
    if (first.state === 'held') await write(at.tools, at.held, 'a', first, { prepared: 'made before' });
    const second = await at.take('b', ['sg-b']);
    if (second.state === 'held') await write(at.tools, at.held, 'b', second, { prepared: 'made before' });
    expect(seen).toEqual([
      [['sg-a'], 'made before'],
      [['sg-a', 'sg-b'], 'for ["sg-a","sg-b"]'],
    ]);
  });

  it('writes once more when somebody came meanwhile', async () => {
    const at = bench({ combine });
    at.meanwhile = () => at.take('b', ['sg-b']);
    expect(await at.contain('a', ['sg-a'])).toBe('written');
    expect(at.writes).toEqual([['sg-a'], ['sg-a', 'sg-b']]);
  });

  it('writes nothing for an incident that was released since', async () => {
    const at = bench();
    const taken = await at.take('a', isolated);
    await at.release('a');
    at.writes.length = 0;
    if (taken.state !== 'held') throw new Error('It should hold.');
    await expect(write(at.tools, at.held, 'a', taken)).rejects.toThrow('a no longer holds test/groups eni-1');
    expect(at.writes).toEqual([]);
  });

  it('puts back what it wrote after the release', async () => {
    const at = bench();
    at.meanwhile = () => at.release('a');
    await expect(at.contain('a', isolated)).rejects.toThrow('it was released meanwhile');
    expect(at.value).toEqual(original);
    expect(await at.record()).toMatchObject({ phase: 'free', leaving: {} });
  });

  it('puts back for the others what it wrote after the release', async () => {
    const at = bench({ combine });
    at.meanwhile = async () => {
      await at.contain('b', ['sg-b']);
      await at.release('a');
    };
    await expect(at.contain('a', ['sg-a'])).rejects.toThrow('it was released meanwhile');
    expect(at.value).toEqual(['sg-b']);
    expect(await at.record()).toMatchObject({ holders: { b: ['sg-b'] }, leaving: {} });
  });
});

describe('a write that fails', () => {
  it.each([
    ['without an answer', errors.timedOut],
    ['with a fault of AWS', errors.broken],
  ])('%s is remembered as uncertain', async (_, failure) => {
    const at = bench();
    at.failure = failure;
    await expect(at.contain('a', isolated)).rejects.toBe(failure);
    const until = new Date(at.now.getTime() + settleSeconds * 1000).toISOString();
    expect(await at.record()).toMatchObject({ phase: 'held', holders: { a: isolated }, uncertainUntil: until });
  });

  it('because AWS said no leaves no doubt', async () => {
    const at = bench();
    at.failure = errors.denied;
    await expect(at.contain('a', isolated)).rejects.toBe(errors.denied);
    expect(await at.record()).toMatchObject({ holders: { a: isolated }, uncertainUntil: null });
  });

  it('is made good by the next call', async () => {
    const at = bench();
    at.failure = errors.timedOut;
    await at.contain('a', isolated).catch(() => 'as expected');
    expect(await at.contain('a', isolated)).toBe('written');
    expect(await at.release('a')).toEqual({ state: 'released', original });
    expect((await at.record()).uncertainUntil).not.toBeNull();
  });
});
