// What waits and needs no person any more goes on by itself; what came again is looked after. Whoever received it sees to both.
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../functions/engine/engine.ts';
import { receiveHandler } from '../../functions/receive.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { here, on, onlyIncident, own, stolenKey } from '../rails/ground.ts';

type Options = Parameters<typeof stolenKey>[0];

/** A key that waits for a person's word, and findings on which the playbook acts by itself. */
const waitingKey = async (options: Options = {}) => {
  const staged = await stolenKey({ config: on(), answer: 'silence', ...options });
  const { key, userName, userId } = staged.arranged as { key: string; userName: string; userId: string };
  const finding = (type: string, severity: number, minutes = 0) =>
    guardDutyEvent({
      type,
      severity,
      account: own,
      region: here,
      at: new Date(staged.practice.stage.now.getTime() + minutes * 60_000),
      resource: { accessKey: { id: key, userName, userType: 'IAMUser', principalId: userId } },
    });
  const ends = staged.practice.respond(finding('Persistence:IAMUser/AnomalousBehavior', 5));
  await staged.practice.stage.wait(60);
  const incident = await onlyIncident(staged);
  expect(incident).toMatchObject({ phase: 'waiting', question: { token: expect.stringMatching(/./) } });
  const severe = (minutes = 0) => finding('CredentialAccess:IAMUser/CompromisedCredentials', 8, minutes);
  const sent = () =>
    staged.practice.world.calls
      .filter(({ command }) => command.startsWith('SendTask'))
      .map(({ command, session, outcome }) => [command, session.replace(/-\d+$/, ''), outcome]);
  return { ...staged, ends, id: incident.id, severe, sent };
};

describe('a finding on which nobody has to be asked', () => {
  it('wakes the workflow that waits: the same execution contains at once', async () => {
    const staged = await waitingKey();
    const before = staged.practice.world.clock.now().getTime();
    const { received, executions } = await staged.practice.respond(staged.severe());
    expect(received).toMatchObject({ starts: [], resumes: [{ incident: staged.id }] });
    expect(executions).toMatchObject([{ status: 'SUCCEEDED', incident: { id: staged.id, outcome: 'contained' } }]);
    expect(executions).toEqual((await staged.ends).executions);
    expect((executions[0]?.endedAt ?? 0) - before).toBeLessThan(120_000);
    expect(await staged.practice.settled()).toHaveLength(1);
    expect(staged.sent()).toEqual([['SendTaskSuccess', 'answer', 'ok']]);
    expect(await staged.practice.read(staged.id)).toMatchObject({ approval: null });
  });

  it('comes again where whoever received it died before: it is woken all the same', async () => {
    const staged = await waitingKey();
    const deaf = { ...staged.practice.engine('receive'), resume: undefined } as unknown as Engine;
    await receiveHandler(deaf)(staged.severe());
    expect(await staged.practice.read(staged.id)).toMatchObject({ phase: 'waiting', disposition: 'contain' });
    const { received, executions } = await staged.practice.respond(staged.severe());
    expect(received.resumes).toHaveLength(1);
    expect(executions).toMatchObject([{ incident: { outcome: 'contained' } }]);
    await staged.ends;
  });

  it('is woken by a call that fails at first, as Lambda makes it again', async () => {
    const staged = await waitingKey();
    let left = 3;
    staged.practice.world.inject(({ command }) => {
      if (command !== 'SendTaskSuccess' || left === 0) return undefined;
      left -= 1;
      return 'server-error';
    });
    const { executions } = await staged.practice.respond(staged.severe());
    expect(executions).toMatchObject([{ incident: { outcome: 'contained' } }]);
    expect(staged.sent().map(([, , outcome]) => outcome)).toHaveLength(4);
  });

  it('where nobody wakes it, is found when the time to wait is up', async () => {
    const staged = await waitingKey();
    staged.practice.world.inject(({ command }) => (command === 'SendTaskSuccess' ? 'denied' : undefined));
    await expect(staged.practice.respond(staged.severe())).rejects.toThrow(/not authorized/i);
    expect((await staged.ends).executions).toMatchObject([{ status: 'SUCCEEDED', incident: { outcome: 'contained' } }]);
  });

  it('is brought once, however many say so at once', async () => {
    const staged = await waitingKey();
    await Promise.all([staged.severe(), staged.severe(1), staged.severe(2)].map((one) => staged.practice.respond(one)));
    expect(await staged.practice.settled()).toHaveLength(1);
    expect(staged.sent().filter(([, , outcome]) => outcome === 'ok')).toHaveLength(1);
    expect(await onlyIncident(staged)).toMatchObject({ outcome: 'contained' });
  });
});

/** What the function that receives asks of others. */
const heard = async (
  event: (staged: Awaited<ReturnType<typeof waitingKey>>) => Json,
  failing: readonly string[] = [],
) => {
  const staged = await waitingKey();
  const calls: string[] = [];
  const note =
    (what: string) =>
    async (one: unknown): Promise<void> => {
      calls.push(`${what} ${JSON.stringify(one)}`);
      if (failing.includes(what)) throw new Error(`${what} failed`);
    };
  const ports = { start: note('start'), resume: note('resume'), check: note('check') };
  const call = receiveHandler({ ...staged.practice.engine('receive'), ...ports })(event(staged));
  return { ...staged, calls, call };
};

describe('the function that receives', () => {
  it('has what it took up carried on by itself', async () => {
    const { calls, call, id } = await heard((staged) => staged.severe());
    expect(await call).toMatchObject({ resumes: [{ incident: id }], seen: [id] });
    expect(calls).toEqual([`resume "${id}"`]);
  });

  it('fails where that can not be begun, so that the event comes again', async () => {
    const { call, calls } = await heard((staged) => staged.severe(), ['resume']);
    await expect(call).rejects.toThrow('resume failed');
    expect(calls).toHaveLength(1);
  });

  it('one that can not be begun keeps no other from it', async () => {
    const staged = await stolenKey({ config: on() });
    const { incident } = await staged.respond();
    const calls: string[] = [];
    const start: NonNullable<Engine['start']> = async ({ playbook }) => {
      calls.push(`start ${playbook}`);
      throw new Error('no start');
    };
    const check: NonNullable<Engine['check']> = async (id) => {
      calls.push(`check ${id}`);
    };
    const { key, userName, userId } = staged.arranged as { key: string; userName: string; userId: string };
    const later = new Date(staged.practice.stage.now.getTime() + 15 * 60_000);
    const again = guardDutyEvent({
      type: 'CredentialAccess:IAMUser/CompromisedCredentials',
      severity: 8,
      account: own,
      region: here,
      at: later,
      count: 2,
      resource: { accessKey: { id: key, userName, userType: 'IAMUser', principalId: userId } },
    });
    const engine = { ...staged.practice.engine('receive'), start, check };
    expect(await receiveHandler(engine)(again)).toMatchObject({ checks: [incident.id] });
    expect(calls).toEqual([`check ${incident.id}`]);
    const refusing = async () => {
      throw new Error('no check');
    };
    await expect(receiveHandler({ ...engine, check: refusing })(again)).rejects.toThrow('no check');
  });
});
