// Forged events: none of them writes anything on the account, and of each a person hears.
import { describe, expect, it } from 'vitest';
import { action, closed, forgedEvents, request } from './forged-events.ts';
import { leakedKey, onlyIncident, openBucket, openByConfig, openByControl, silent, stolenKey } from './ground.ts';

describe('events', () => {
  it.each([
    ['a stolen key', stolenKey],
    ['a leaked key', leakedKey],
    ['an open bucket', openBucket],
    ['a bucket by a Config rule', openByConfig],
    ['a bucket by a control', openByControl],
  ] as const)('what is not forged writes: %s', async (_what, make) => {
    const staged = await make(silent());
    await staged.practice.respond(staged.event);
    expect(staged.writes()).not.toEqual([]);
    expect(await staged.harm()).toBe(false);
  });

  it.each([
    ['a custom action', action('blockpublicbucket')],
    ['a request', request({})],
  ] as const)('what is not forged writes: %s', async (_what, forge) => {
    const staged = await openBucket(silent());
    await staged.practice.respond(forge(staged));
    expect(staged.writes()).not.toEqual([]);
  });

  it.each(forgedEvents.map(([what, ...forged]) => [what, forged] as const))(
    '%s',
    async (_what, [make, forge, input]) => {
      const staged = await make(silent(input));
      let heard: readonly string[];
      try {
        const { received, executions } = await staged.practice.respond(forge(staged));
        const ended = executions.map(({ incident }) => `${incident.outcome}: ${incident.reason}`);
        heard = [...received.told.map(({ reason }) => reason), ...received.gaps, ...ended];
      } catch (error) {
        heard = [(error as Error).message];
      }
      expect(staged.writes()).toEqual([]);
      expect(heard.join('\n')).toMatch(/\w+ \w+/);
      expect(await staged.harm()).toBe(true);
    },
  );

  it('Config says non-compliant of what stands closed: planned, nothing written', async () => {
    const staged = await openBucket(silent());
    await staged.practice.respond(staged.event);
    const before = staged.writes().length;
    await staged.practice.release(await onlyIncident(staged), 'keep');
    const { executions } = await staged.practice.respond(closed(staged));
    expect(executions.map((one) => one.incident.outcome)).toEqual(['planned']);
    expect(staged.writes().length).toBe(before);
  });

  it('one event sent a hundred times is one containment', async () => {
    const staged = await stolenKey(silent());
    const once = await stolenKey(silent());
    await once.practice.respond(once.event);
    for (let times = 0; times < 100; times++) await staged.practice.respond(staged.event);
    expect(staged.writes()).toEqual(once.writes());
  });
});

it('tries at least twenty kinds', () => {
  expect(forgedEvents.length).toBeGreaterThanOrEqual(40);
});
