// The network comes back before Auto Scaling and the load balancers look at the instance again.
import { describe, expect, it } from 'vitest';
import { letIn, moves } from '../../gameday/attacker/attacker.ts';
import { cases, differences, stage } from '../laws/staged.ts';

it('puts the network back before the group takes the instance back, and the tag last', async () => {
  const one = cases.find(({ name }) => name === 'crypto-miner');
  if (!one) throw new Error('The scenario crypto-miner is gone.');
  const { respond, practice, calls } = await stage(one);
  const { incident } = await respond();
  const before = calls().length;
  await practice.release(incident, 'restore');
  const writes = calls()
    .slice(before)
    .filter(({ write }) => write)
    .map(({ command, input }) =>
      command === 'ModifyNetworkInterfaceAttribute' && 'Groups' in (input as object) ? 'groups' : command,
    );
  expect(writes.indexOf('groups')).toBeGreaterThanOrEqual(0);
  expect(writes.indexOf('groups')).toBeLessThan(writes.indexOf('ExitStandby'));
  expect(writes.indexOf('ExitStandby')).toBeLessThan(writes.indexOf('DeleteTags'));
});

describe('a release that can not put the network back', () => {
  const conflicting = async () => {
    const one = cases.find(({ name }) => name === 'group-at-minimum');
    const move = moves.find(({ title }) => title === 'gives the interface a group of his own');
    if (!one || !move) throw new Error('The scenario or the move is gone.');
    const staged = await stage(one);
    const { practice } = staged;
    const attacker = letIn(practice, { move, nth: 0, delaySeconds: 0, persists: true });
    const { incident } = await staged.respond();
    await attacker.leave();
    const { incident: conflict } = await practice.release(incident, 'restore');
    expect(conflict).toMatchObject({ outcome: 'conflict', phase: 'holding' });
    expect(conflict.reason).toMatch(/What protects it is held until then/);
    const protecting = conflict.changes.filter(({ effect }) => effect !== 'containing');
    expect(new Set(protecting.map(({ state }) => state))).toEqual(new Set(['waits']));
    // Long enough for health checks to fail and for the group to replace what it takes for broken.
    await practice.world.clock.sleep(3_600_000);
    const left = () =>
      differences(staged.before, practice.world.snapshot()).filter(
        (line) => !/securityGroups|tags › sg-|failingSince/.test(line),
      );
    return { ...staged, conflict, left };
  };

  it('does not give the instance back to its group before, and by force ends whole', async () => {
    const { practice, conflict, left } = await conflicting();
    expect((await practice.release(conflict, 'force')).incident.outcome).toBe('released');
    expect(left()).toEqual([]);
  });

  it('lets go of the network alone by --keep, and puts back the rest', async () => {
    const { practice, conflict, left } = await conflicting();
    expect((await practice.release(conflict, 'keep')).incident.outcome).toBe('released');
    expect(left()).toEqual([expect.stringMatching(/networkInterfaces › eni-\w+ › Groups/)]);
  });
});
