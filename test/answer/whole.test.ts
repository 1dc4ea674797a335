// A person's answer on its whole way: asked by the workflow, given through the function URL, on record, and the workflow goes on.
import { describe, expect, it } from 'vitest';
import { incidentId } from '../../functions/engine/incident.ts';
import { receive } from '../../functions/engine/receive.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import type { Practice } from '../../gameday/practice.ts';
import { onlyIncident } from '../rails/ground.ts';
import { alice, answering, asks, bob, federated, name, responder, session, waits } from './ground.ts';

const token = async (practice: Practice, id: string) => (await practice.read(id)).question?.token;

/** Something goes wrong with the next so many calls of this name. */
const hinder = (
  { world }: Practice,
  what: string,
  fault: 'denied' | 'server-error' | 'crash-after' | 'crash-before',
  times = 1,
) => {
  let left = times;
  world.inject(({ command }) => {
    if (command !== what || left === 0) return undefined;
    left -= 1;
    return fault;
  });
};

describe('an incident that asks', () => {
  it('is approved by a role in some session, and its workflow contains at once', async () => {
    const staged = await waits();
    const before = staged.practice.world.clock.now().getTime();
    const hash = staged.incident.plan?.hash ?? '';
    const { status, said } = await staged.say(session('ceo'), {
      do: 'approve',
      incident: staged.id,
      hash,
      reason: 'seen with\nthe owner',
    });
    expect([status, said]).toEqual([
      200,
      { incident: staged.id, approved: expect.objectContaining({ by: responder, hash }), workflow: 'It goes on.' },
    ]);
    const { executions } = await staged.ends;
    expect(executions.map((one) => [one.status, one.incident.outcome])).toEqual([['SUCCEEDED', 'contained']]);
    expect((executions[0]?.endedAt ?? 0) - before).toBeLessThan(120_000);
    expect(staged.answersSent()).toEqual([
      {
        command: 'SendTaskSuccess',
        input: { taskToken: await token(staged.practice, staged.id), output: '{}' },
        outcome: 'ok',
      },
    ]);
    expect(await staged.journal(staged.id)).toContainEqual(['approved', `by ${responder}: seen with the owner`]);
    expect(await staged.harm()).toBe(false);
  });

  it('is denied: the workflow ends, nothing is written, and people hear who did it', async () => {
    const staged = await waits();
    const { status, said } = await staged.say(alice, { do: 'deny', incident: staged.id, reason: 'a website of ours' });
    const reason = `Denied by ${alice}: a website of ours`;
    expect([status, said]).toMatchObject([200, { outcome: 'denied', reason, workflow: 'It goes on.' }]);
    const { executions } = await staged.ends;
    expect(executions).toMatchObject([{ status: 'SUCCEEDED', incident: { outcome: 'denied', reason } }]);
    expect(staged.answersSent()).toMatchObject([
      { command: 'SendTaskFailure', input: { error: 'Denied', cause: reason }, outcome: 'ok' },
    ]);
    expect(staged.practice.notices().map(({ happened }) => happened)).toEqual(['asked', 'denied']);
    expect(staged.writes()).toEqual([]);
  });

  it('is answered by the person on call wherever something is practised', async () => {
    const staged = await answering({ answer: 'approve' });
    const { incident } = await staged.respond();
    expect(incident).toMatchObject({ outcome: 'contained', approval: { by: expect.stringMatching(/user\/oncall$/) } });
    expect(staged.answersSent().map(({ command, outcome }) => [command, outcome])).toEqual([['SendTaskSuccess', 'ok']]);
  });

  it('asked once more after half of the time, has another token, and the first is worth nothing', async () => {
    const staged = await waits();
    const first = await token(staged.practice, staged.id);
    await staged.practice.stage.wait(2 * 3600);
    expect(await token(staged.practice, staged.id)).not.toBe(first);
    expect((await staged.say(alice, { do: 'approve', incident: staged.id })).status).toBe(200);
    expect((await staged.ends).executions).toMatchObject([{ incident: { outcome: 'contained' } }]);
  });
});

describe('an answer that did not get through', () => {
  it.each(['denied', 'server-error', 'crash-before'] as const)(
    '%s: it is on record, and given again it wakes the workflow',
    async (fault) => {
      const staged = await waits();
      hinder(staged.practice, 'SendTaskSuccess', fault, 3);
      const asked = { do: 'approve', incident: staged.id };
      const first = staged.practice.call(alice, asked);
      if (fault === 'crash-before') await expect(first).rejects.toThrow(/died/);
      else {
        const { statusCode, body } = await first;
        expect(statusCode).toBe(500);
        expect(body).toMatch(
          /^\{"error":"To approve fb-\w+ was attempted.* is approved on record, and its workflow could not be told: .*send it again\."\}$/,
        );
        expect(body).not.toContain((await token(staged.practice, staged.id)) ?? '');
      }
      staged.practice.world.inject(undefined);
      expect(await staged.practice.read(staged.id)).toMatchObject({ phase: 'waiting', approval: { by: alice } });
      expect(await staged.say(alice, asked)).toMatchObject({ status: 200, said: { workflow: 'It goes on.' } });
      expect((await staged.ends).executions).toMatchObject([{ incident: { outcome: 'contained' } }]);
      expect((await staged.journal(staged.id)).filter(([step]) => step === 'approved')).toHaveLength(1);
    },
  );

  it('an approval that nobody gives again is found when the time to wait is up', async () => {
    const staged = await waits();
    hinder(staged.practice, 'SendTaskSuccess', 'crash-before');
    await expect(staged.practice.call(alice, { do: 'approve', incident: staged.id })).rejects.toThrow(/died/);
    const { executions } = await staged.ends;
    expect(executions).toMatchObject([{ status: 'SUCCEEDED', incident: { outcome: 'contained' } }]);
  });

  it('a denial given again ends what waits', async () => {
    const staged = await waits();
    hinder(staged.practice, 'SendTaskFailure', 'crash-before');
    const asked = { do: 'deny', incident: staged.id };
    await expect(staged.practice.call(alice, asked)).rejects.toThrow(/died/);
    const before = staged.practice.world.clock.now().getTime();
    expect(await staged.say(bob, asked)).toMatchObject({ status: 200, said: { reason: `Denied by ${alice}` } });
    const [execution] = (await staged.ends).executions;
    expect(execution).toMatchObject({ status: 'SUCCEEDED', incident: { outcome: 'denied' } });
    expect((execution?.endedAt ?? 0) - before).toBeLessThan(60_000);
    expect(await staged.say(bob, asked)).toMatchObject({
      status: 409,
      said: { error: expect.stringMatching(/as denied\. Denied by .*alice/) },
    });
  });

  it('a denial is given again by nobody whom AWS does not know', async () => {
    const staged = await waits();
    hinder(staged.practice, 'SendTaskFailure', 'crash-before');
    const asked = { do: 'deny', incident: staged.id };
    await expect(staged.practice.call(alice, asked)).rejects.toThrow(/died/);
    const before = staged.answersSent().length;
    expect(await staged.say(federated, asked)).toMatchObject({ status: 403 });
    expect(staged.answersSent()).toHaveLength(before);
    await staged.ends;
  });

  it('a denial that nobody gives again is found when the time to wait is up, and told', async () => {
    const staged = await waits();
    hinder(staged.practice, 'SendTaskFailure', 'crash-before');
    await expect(staged.practice.call(alice, { do: 'deny', incident: staged.id })).rejects.toThrow(/died/);
    expect((await staged.ends).executions).toMatchObject([{ status: 'SUCCEEDED', incident: { outcome: 'denied' } }]);
    expect(staged.practice.notices().map(({ happened }) => happened)).toEqual(['asked', 'denied']);
  });

  it('one whose workflow is lost is carried out by a new one', async () => {
    const staged = await answering({ config: asks() });
    const engine = staged.practice.engine('receive');
    const got = await receive(engine, staged.event);
    const { id } = await onlyIncident(staged);
    expect(got).toMatchObject({ incidents: [{ incident: { id } }] });
    await playbookHandler(staged.practice.engine(name))({ do: 'contain', incident: id, playbook: name });
    expect(await staged.practice.read(id)).toMatchObject({ phase: 'waiting', question: { token: '' } });
    expect(await staged.say(alice, { do: 'approve', incident: id })).toMatchObject({
      status: 200,
      said: { workflow: expect.stringMatching(/has not put its question yet.* goes on with what is on record/) },
    });
    expect(await staged.practice.settled()).toMatchObject([{ incident: { id, outcome: 'contained' } }]);
    expect(staged.answersSent()).toEqual([]);
  });
});

describe('an answer that comes to nothing', () => {
  it('late: nothing is approved any more', async () => {
    const staged = await waits();
    await staged.ends;
    const before = staged.answersSent().length;
    for (const what of ['approve', 'deny'])
      expect(await staged.say(alice, { do: what, incident: staged.id })).toMatchObject({
        status: 409,
        said: { error: expect.stringMatching(/does not wait for an approval any more: it ended at .* as expired/) },
      });
    expect(staged.answersSent()).toHaveLength(before);
    expect(staged.writes()).toEqual([]);
  });

  it('repeated, while it is contained and after', async () => {
    const staged = await waits();
    const asked = { do: 'approve', incident: staged.id };
    const [first, second] = await Promise.all([staged.say(alice, asked), staged.say(bob, asked)]);
    expect(new Set([first.status, second.status])).toEqual(new Set([200, 409]));
    const late = first.status === 409 ? first : second;
    expect(late.said.error).toMatch(
      /was approved already, at .* by arn.* It does not wait for this answer, since it has its answer already|was approved at/,
    );
    await staged.ends;
    expect(await staged.say(alice, asked)).toMatchObject({
      status: 409,
      said: { error: expect.stringMatching(/was approved at .* and it is contained/) },
    });
    expect((await staged.journal(staged.id)).filter(([step]) => step === 'approved')).toHaveLength(1);
  });

  it('to what there is not', async () => {
    const staged = await waits();
    for (const what of ['approve', 'deny', 'show'])
      expect(await staged.say(alice, { do: what, incident: incidentId('none', 1) })).toMatchObject({
        status: 404,
        said: { error: expect.stringMatching(/There is no incident fb-\w+ in this ledger/) },
      });
  });
});
