// What comes after containment: an interface attached since is drift; containing again takes it in. And an instance with nothing to cut.
import { describe, expect, it } from 'vitest';
import { check } from '../../functions/engine/check.ts';
import { differences } from '../laws/staged.ts';
import { attachAnother, isolating } from './isolating.ts';

describe('an interface attached after containment', () => {
  it('is drift, told by name; containing again takes it in, and a release gives it back as well', async () => {
    const { respond, practice } = await isolating();
    const { incident } = await respond();
    const first = incident.changes.find(({ setting }) => setting === 'ec2/network-interface-isolation');
    const eni = await attachAnother(practice.stage.aws, incident);
    const checked = await check(practice.engine('check'), incident.id);
    expect(`${checked.outcome}: ${checked.reason}`).toMatch(new RegExp(`^drifted: .*${eni}`));
    const { incident: again } = await practice.contain(incident);
    expect(again.outcome).toBe('contained');
    const before = practice.world.snapshot();
    const { incident: released } = await practice.release(again, 'restore');
    expect(released.changes.find(({ id }) => id === eni)).toMatchObject({ state: 'released', from: first?.from });
    expect(differences(before, practice.world.snapshot()).join('\n')).toContain(eni);
  });
});

describe('an instance without interfaces', () => {
  it('is refused, not contained', async () => {
    const { practice, event } = await isolating();
    for (const { ec2 } of Object.values(practice.world.state.accounts['111122223333']?.regions ?? {}) as {
      ec2: { networkInterfaces: object };
    }[])
      ec2.networkInterfaces = {};
    const { executions } = await practice.respond(event);
    const incident = executions.find(({ incident: { playbook } }) => playbook === 'isolate-instance')?.incident;
    expect(incident).toMatchObject({ outcome: 'refused', phase: 'ended' });
    expect(incident?.reason).toMatch(/nothing to contain/);
  });
});
