// An approval binds to the plan that a person was shown: to what it changes, from which value.
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { approve } from '../../functions/engine/answer.ts';
import { contain } from '../../functions/engine/contain.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import { receive } from '../../functions/engine/receive.ts';
import { createPractice } from '../../gameday/practice.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { playbooks } from '../laws/staged.ts';

const person = 'arn:aws:iam::111122223333:user/oncall';

/** A finding on which disable-access-key asks first, and the incident that waits. */
const asked = async () => {
  const practice = createPractice({ playbooks, seed: 5, latency: 'none' });
  const { stage, world } = practice;
  const iam = stage.aws(IAMClient);
  await iam.send(new CreateUserCommand({ UserName: 'build' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
  const key = AccessKey?.AccessKeyId ?? '';
  const event = guardDutyEvent({
    type: 'Persistence:IAMUser/AnomalousBehavior',
    severity: 5,
    account: stage.account,
    region: stage.region,
    at: stage.now,
    resource: { accessKey: { id: key, userName: 'build', userType: 'IAMUser' } },
  });
  const engine = practice.engine('disable-access-key');
  const received = await receive(engine, event);
  if ('unreadable' in received) throw new Error(received.unreadable);
  const id = received.incidents[0]?.incident.id ?? '';
  const setStatus = (Status: 'Active' | 'Inactive') =>
    iam.send(new UpdateAccessKeyCommand({ UserName: 'build', AccessKeyId: key, Status }));
  const writes = () => world.calls.filter(({ write, session }) => write && !session.startsWith('stage'));
  return { practice, engine, id, setStatus, writes, waiting: await contain(engine, id) };
};

describe('approval', () => {
  it('nothing is written before somebody answers; evidence is asked for', async () => {
    const { waiting, writes } = await asked();
    expect(waiting).toMatchObject({ phase: 'waiting', outcome: 'waiting', asked: 1 });
    expect(writes()).toEqual([]);
    expect(waiting.evidence.map(({ state }) => state)).toEqual(['complete']);
  });

  it('an approved plan is carried out, and dates what it denies by the writing, not by the asking', async () => {
    const { practice, engine, id } = await asked();
    practice.world.clock.advance(2 * 3_600_000);
    await approve(engine, id, { by: person });
    const contained = await contain(engine, id);
    const deny = contained.changes.find(({ setting }) => setting === 'iam/user-session-deny');
    const dated = deny?.to as { issuedBefore: string } | undefined;
    expect(Date.parse(dated?.issuedBefore ?? '')).toBeGreaterThan(practice.world.clock.now().getTime());
    expect(contained.approval).toMatchObject({ by: person });
  });

  it('a plan that changed since asks anew, and after two differing plans refuses', async () => {
    const { engine, id, setStatus, writes } = await asked();
    await approve(engine, id, { by: person });
    await setStatus('Inactive');
    expect(await contain(engine, id)).toMatchObject({ phase: 'waiting', asked: 2, approval: null });
    await approve(engine, id, { by: person });
    await setStatus('Active');
    expect(await contain(engine, id)).toMatchObject({ phase: 'ended', outcome: 'refused' });
    expect(writes()).toEqual([]);
  });

  it('asked for again, the same plan is the same question', async () => {
    const { practice, engine, id, writes } = await asked();
    for (let times = 0; times < 4; times++) {
      // As one that was answered before any rail asked, and is answered so once more.
      const entry = await practice.ledger.read('incidents', id);
      const incident = entry?.value as Incident;
      const approval = { hash: 'of another plan', plannedAt: '', by: person, at: '' };
      await practice.ledger.write('incidents', id, { ...incident, approval }, entry?.version ?? 0);
      expect(await contain(engine, id)).toMatchObject({ phase: 'waiting', asked: 1, approval: null });
    }
    expect(writes()).toEqual([]);
  });

  it('an answer to what does not wait is refused in words', async () => {
    const { engine, id } = await asked();
    await approve(engine, id, { by: person });
    await contain(engine, id);
    await expect(approve(engine, id, { by: person })).rejects.toThrow(/does not wait for an approval/);
  });
});
