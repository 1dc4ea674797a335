// A person's answer: who gave it, to which plan, in time; and what can't be answered any more.
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { approve, deny, unanswerable } from '../../functions/engine/answer.ts';
import { contain } from '../../functions/engine/contain.ts';
import type { Engine } from '../../functions/engine/engine.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import { receive } from '../../functions/engine/receive.ts';
import { defineConfig } from '../../functions/rails/config.ts';
import { approverOf } from '../../functions/rails/four-eyes.ts';
import { createPractice } from '../../gameday/practice.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { playbooks } from '../laws/staged.ts';

const person = 'arn:aws:iam::111122223333:user/oncall';
const session = 'arn:aws:sts::111122223333:assumed-role/Responder/ceo';
const role = 'arn:aws:iam::111122223333:role/Responder';

const waiting = async () => {
  const practice = createPractice({ playbooks, seed: 5, latency: 'none' });
  const { stage, world } = practice;
  const iam = stage.aws(IAMClient);
  await iam.send(new CreateUserCommand({ UserName: 'build' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
  const event = guardDutyEvent({
    type: 'Persistence:IAMUser/AnomalousBehavior',
    severity: 5,
    account: stage.account,
    region: stage.region,
    at: stage.now,
    resource: { accessKey: { id: AccessKey?.AccessKeyId ?? '', userName: 'build', userType: 'IAMUser' } },
  });
  const engine = practice.engine('disable-access-key');
  const received = await receive(engine, event);
  if ('unreadable' in received) throw new Error(received.unreadable);
  const id = received.incidents[0]?.incident.id ?? '';
  const writes = () => world.calls.filter(({ write, session: by }) => write && !by.startsWith('stage'));
  return { practice, engine, id, writes, incident: await contain(engine, id) };
};

const steps = async ({ ledger }: Engine, id: string) =>
  (await readJournal(ledger, id)).flatMap(({ entries }) => entries).map(({ step, result }) => [step, result]);

describe('who answers', () => {
  it.each([
    [person, person],
    ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:root'],
    [session, role],
    ['arn:aws-cn:sts::111122223333:assumed-role/Responder/a', 'arn:aws-cn:iam::111122223333:role/Responder'],
    ['arn:aws:sts::111122223333:federated-user/ceo', undefined],
    ['ceo', undefined],
    ['', undefined],
  ])('%s is %s', (arn, approver) => {
    expect(approverOf(arn)).toBe(approver);
  });

  it('a name that the caller chose answers nothing', async () => {
    const { engine, id } = await waiting();
    const by = 'arn:aws:sts::111122223333:federated-user/ceo';
    await expect(approve(engine, id, { by })).rejects.toThrow(/says nothing of who that is/);
    await expect(deny(engine, id, { by })).rejects.toThrow(/says nothing of who that is/);
    expect(await contain(engine, id)).toMatchObject({ phase: 'waiting', approval: null });
  });

  it('whoever asked for it can not approve it where that is configured, under no session name', async () => {
    const { practice, engine, id } = await waiting();
    const entry = await practice.ledger.read('incidents', id);
    await practice.ledger.write(
      'incidents',
      id,
      { ...(entry?.value as object), openedBy: session, admission: { at: '', way: 'by hand', do: 'ask', rails: [] } },
      entry?.version ?? 0,
    );
    const config = defineConfig({ mode: 'on', playbooks: { 'disable-access-key': {} } });
    const by = session.replace('ceo', 'somebody-else');
    await expect(approve({ ...engine, config }, id, { by })).rejects.toThrow(/somebody else has to approve it/);
    expect(await approve({ ...engine, config }, id, { by: person })).toMatchObject({ approval: { by: person } });
  });
});

describe('an approval', () => {
  it('binds to the plan, and stands in the journal with its reason', async () => {
    const { engine, id, incident } = await waiting();
    const approved = await approve(engine, id, { by: session, reason: 'seen it', hash: incident.plan?.hash ?? '' });
    expect(approved.approval).toMatchObject({ by: role, hash: incident.plan?.hash });
    expect(await steps(engine, id)).toContainEqual(['approved', `by ${role}: seen it`]);
    expect(await contain(engine, id)).toMatchObject({ phase: 'holding' });
  });

  it('of another plan than the one on record counts for nothing', async () => {
    const { engine, id, writes } = await waiting();
    await expect(approve(engine, id, { by: person, hash: 'another' })).rejects.toThrow(/changed while it was shown/);
    expect(await contain(engine, id)).toMatchObject({ phase: 'waiting', approval: null });
    expect(writes()).toEqual([]);
  });

  it('given twice before anything is done is the first one', async () => {
    const { engine, id } = await waiting();
    const first = await approve(engine, id, { by: person });
    expect((await approve(engine, id, { by: session })).approval).toEqual(first.approval);
  });

  it('comes too late where nobody answered in time: the incident expires, and nothing is written', async () => {
    const { practice, engine, id, writes } = await waiting();
    practice.world.clock.advance(239 * 60_000);
    expect(unanswerable(await practice.read(id), practice.world.clock.now())).toBeUndefined();
    practice.world.clock.advance(60_000);
    expect(unanswerable(await practice.read(id), practice.world.clock.now())).toMatch(
      /expired: it was asked at .* nobody answered within 4 hours/,
    );
    await expect(approve(engine, id, { by: person })).rejects.toThrow(/ended at .* as expired/);
    expect(await contain(engine, id)).toMatchObject({ phase: 'ended', outcome: 'expired', approval: null });
    await expect(deny(engine, id, { by: person })).rejects.toThrow(/as expired/);
    expect(writes()).toEqual([]);
  });
});

describe('a denial', () => {
  it('ends it with the reason, and nobody can approve it any more', async () => {
    const { engine, id, writes } = await waiting();
    expect(await deny(engine, id, { by: session, reason: 'a load test' })).toMatchObject({
      phase: 'ended',
      outcome: 'denied',
      reason: `Denied by ${role}: a load test`,
    });
    expect(await steps(engine, id)).toContainEqual(['ended', `denied: Denied by ${role}: a load test`]);
    await expect(approve(engine, id, { by: person })).rejects.toThrow(
      /ended at .* as denied\. Denied by .*a load test/,
    );
    expect(await contain(engine, id)).toMatchObject({ outcome: 'denied' });
    expect(writes()).toEqual([]);
  });

  it('counts more than an approval that nobody has acted upon', async () => {
    const { engine, id, writes } = await waiting();
    await approve(engine, id, { by: person });
    await deny(engine, id, { by: person });
    expect(await contain(engine, id)).toMatchObject({ phase: 'ended', outcome: 'denied', approval: null });
    expect(writes()).toEqual([]);
  });

  it('does not end what is contained', async () => {
    const { engine, id } = await waiting();
    await approve(engine, id, { by: person });
    await contain(engine, id);
    await expect(deny(engine, id, { by: person })).rejects.toThrow(/was approved at .*user\/oncall, and it is holding/);
    expect(await contain(engine, id)).toMatchObject({ phase: 'holding' });
  });
});
