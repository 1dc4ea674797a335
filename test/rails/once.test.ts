// Once, whatever arrives: by whatever ways and however often a detection comes, it is one incident; and none swallows the next attack.
import { IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { approve } from '../../functions/engine/answer.ts';
import { contain } from '../../functions/engine/contain.ts';
import { type Received, receive } from '../../functions/engine/receive.ts';
import type { Mode } from '../../functions/rails/config.ts';
import type { Response } from '../../gameday/practice.ts';
import { type GuardDutyOptions, guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { securityHubGuardDutyEvent } from '../../playbooks/events/securityhub.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { altered, type Ground, here, on, onlyIncident, openBucket, own, stolenKey } from './ground.ts';

const administrator = '999988887777';
const config = on({ administrators: [administrator] });
const compromised = 'CredentialAccess:IAMUser/CompromisedCredentials';

const later = ({ practice }: Ground, minutes: number): Date =>
  new Date(practice.stage.now.getTime() + minutes * 60_000);

const arranged = ({ arranged: json }: Ground) => json as { key: string; userName: string; userId: string };

/** What GuardDuty says of the arranged key. */
const ofKey = (staged: Ground, part: Partial<GuardDutyOptions> = {}): GuardDutyOptions => ({
  type: compromised,
  severity: 8,
  account: own,
  region: here,
  at: staged.practice.stage.now,
  resource: {
    accessKey: {
      id: arranged(staged).key,
      userName: arranged(staged).userName,
      userType: 'IAMUser',
      principalId: arranged(staged).userId,
    },
  },
  ...part,
});

const ofBucket = (staged: Ground): GuardDutyOptions => ({
  type: 'Policy:S3/BucketAnonymousAccessGranted',
  severity: 8,
  account: own,
  region: here,
  at: staged.practice.stage.now,
  resource: { buckets: [{ name: (staged.arranged as { bucket: string }).bucket }] },
});

/** One detection in all its ways, five times each, an update among them. */
const allWays = (options: GuardDutyOptions): readonly Json[] => {
  const updated = { ...options, at: new Date(options.at.getTime() + 15 * 60_000), count: 2 };
  const ways = [
    guardDutyEvent(options),
    guardDutyEvent({ ...options, receivedIn: administrator }),
    securityHubGuardDutyEvent(options),
    securityHubGuardDutyEvent({ ...options, receivedIn: administrator }),
    guardDutyEvent(updated),
    securityHubGuardDutyEvent(updated),
  ];
  return [...ways, ...ways, ...ways, ...ways, ...ways];
};

const received = async (engine: Parameters<typeof receive>[0], event: Json): Promise<Received> => {
  const got = await receive(engine, event);
  if ('unreadable' in got) throw new Error(got.unreadable);
  return got;
};

const generations = async ({ practice }: Ground): Promise<number> =>
  (await practice.ledger.list('incidents', '')).length;

describe('one detection by every way is one incident', () => {
  const orders: readonly (readonly [string, (events: readonly Json[]) => readonly Json[]])[] = [
    ['in order', (events) => events],
    ['the other way round', (events) => events.toReversed()],
    ['mixed up', (events) => events.toSorted((a, b) => JSON.stringify(a).length * 7 - JSON.stringify(b).length * 11)],
  ];
  const detections = [
    ['a key', stolenKey, ofKey],
    ['a bucket', openBucket, ofBucket],
  ] as const;

  for (const [what, make, options] of detections)
    it.each(orders)(`${what}: %s`, async (_order, ordered) => {
      const alone = await make({ config });
      await alone.practice.respond(guardDutyEvent(options(alone)));
      const staged = await make({ config });
      const responses: Response[] = [];
      for (const event of ordered(allWays(options(staged)))) responses.push(await staged.practice.respond(event));
      expect(await generations(staged)).toBe(1);
      expect(await onlyIncident(staged)).toMatchObject({ outcome: 'contained', generation: 1 });
      expect(responses.flatMap(({ executions }) => executions)).toHaveLength(1);
      expect(staged.writes()).toEqual(alone.writes());
    });

  it.each(detections)('%s: all at once', async (_what, make, options) => {
    const staged = await make({ config });
    const responses = await Promise.all(allWays(options(staged)).map((event) => staged.practice.respond(event)));
    expect(await generations(staged)).toBe(1);
    const starts = new Set(responses.flatMap(({ received: { starts } }) => starts.map(({ incident }) => incident)));
    expect(starts.size).toBe(1);
    expect(await onlyIncident(staged)).toMatchObject({ outcome: 'contained' });
  });

  it('in an observing deployment it is planned once, too', async () => {
    const staged = await stolenKey({ config: on({ mode: 'observe', administrators: [administrator] }) });
    for (const event of allWays(ofKey(staged)).slice(0, 4)) await staged.practice.respond(event);
    expect(await onlyIncident(staged)).toMatchObject({ outcome: 'planned' });
    expect(staged.writes()).toEqual([]);
  });
});

/** A key's finding on which the playbook asks, and the incident that waits. */
const waiting = async (part: Partial<GuardDutyOptions> = {}, options: Parameters<typeof stolenKey>[0] = {}) => {
  const staged = await stolenKey({ config, ...options });
  const engine = staged.practice.engine('disable-access-key');
  const event = guardDutyEvent(ofKey(staged, { type: 'Persistence:IAMUser/AnomalousBehavior', severity: 5, ...part }));
  const [first] = (await received(engine, event)).incidents;
  const id = first?.incident.id ?? '';
  expect(await contain(engine, id)).toMatchObject({ phase: 'waiting' });
  return { ...staged, engine, id, event };
};

describe('what waits decides anew when it rises', () => {
  it('the mode: a finding that the playbook acts upon by itself', async () => {
    const staged = await waiting();
    const { incidents } = await received(staged.engine, guardDutyEvent(ofKey(staged)));
    expect(incidents).toMatchObject([{ next: 'resume', incident: { id: staged.id, disposition: 'contain' } }]);
    expect(await contain(staged.engine, staged.id)).toMatchObject({ phase: 'holding' });
    expect(staged.writes()).not.toEqual([]);
  });

  it('the severity: what cheap findings had used up', async () => {
    const used = { containments: 0, perSeconds: 3600 };
    const staged = await waiting(
      { type: compromised, severity: 2 },
      { config: on({ budgets: { containments: { LOW: used } } }) },
    );
    expect((await staged.practice.read(staged.id)).rails).toMatchObject([{ rule: 'budget', do: 'ask' }]);
    const { incidents } = await received(staged.engine, guardDutyEvent(ofKey(staged, { severity: 8 })));
    expect(incidents).toMatchObject([{ next: 'resume' }]);
    expect(await contain(staged.engine, staged.id)).toMatchObject({ phase: 'holding' });
  });

  it('the severity where a person is asked all the same: asked once more, not twice', async () => {
    const staged = await waiting();
    const before = staged.practice.notices().length;
    const severe = guardDutyEvent(ofKey(staged, { type: 'Impact:IAMUser/AnomalousBehavior', severity: 8 }));
    expect((await received(staged.engine, severe)).incidents).toMatchObject([{ next: 'ask again' }]);
    expect((await received(staged.engine, severe)).incidents).toMatchObject([{ next: 'nothing' }]);
    expect(staged.practice.notices().length).toBe(before + 1);
    expect(await staged.practice.read(staged.id)).toMatchObject({
      phase: 'waiting',
      asked: 1,
      finding: { severity: 'HIGH' },
    });
  });

  it('a switch that can be read again', async () => {
    let position: Mode | undefined;
    const readSwitch = async () => {
      if (position) return position;
      throw new Error('AccessDenied');
    };
    const staged = await waiting({ type: compromised }, { readSwitch });
    position = 'on';
    expect((await received(staged.engine, staged.event)).incidents).toMatchObject([{ next: 'resume' }]);
    expect(await contain(staged.engine, staged.id)).toMatchObject({ phase: 'holding' });
  });

  it('what says no more changes nothing, and neither does whoever calls again', async () => {
    const staged = await waiting();
    expect((await received(staged.engine, staged.event)).incidents).toMatchObject([{ next: 'nothing' }]);
    for (let times = 0; times < 5; times++)
      expect(await contain(staged.engine, staged.id)).toMatchObject({ phase: 'waiting', asked: 1 });
    await approve(staged.engine, staged.id, { by: 'arn:aws:iam::111122223333:user/oncall' });
    expect(await contain(staged.engine, staged.id)).toMatchObject({ phase: 'holding' });
  });
});

describe('nobody can plant an incident that swallows the attack', () => {
  it('one that was claimed and never started is started', async () => {
    const staged = await stolenKey({ config });
    const engine = staged.practice.engine('receive');
    await received(engine, staged.event);
    const { received: again, executions } = await staged.practice.respond(staged.event);
    expect(again.starts).toHaveLength(1);
    expect(executions.map(({ incident }) => incident.outcome)).toEqual(['contained']);
  });

  it('one that was claimed long ago asks, and by a fresh finding it does not', async () => {
    const staged = await stolenKey({ config, answer: 'silence' });
    const { incidents } = await received(staged.practice.engine('receive'), staged.event);
    staged.practice.world.clock.advance(2 * 3_600_000);
    const [only] = incidents;
    if (!only) throw new Error('It opened nothing.');
    const fresh = await staged.practice.respond(guardDutyEvent(ofKey(staged, { at: later(staged, 120), count: 2 })));
    expect(fresh.executions.map(({ incident }) => incident.outcome)).toEqual(['contained']);
    const other = await stolenKey({ config, answer: 'silence' });
    const [stale] = (await received(other.practice.engine('receive'), other.event)).incidents;
    other.practice.world.clock.advance(2 * 3_600_000);
    if (!stale) throw new Error('It opened nothing.');
    expect((await other.practice.contain(stale.incident)).incident).toMatchObject({ outcome: 'expired' });
    expect(other.writes()).toEqual([]);
  });

  it('one that has lost its workflow takes nothing up', async () => {
    const staged = await waiting();
    staged.practice.world.clock.advance(80 * 3_600_000);
    const fresh = guardDutyEvent(ofKey(staged, { at: later(staged, 80 * 60), count: 2 }));
    const { incidents } = await received(staged.engine, fresh);
    expect(incidents).toMatchObject([{ opened: true, incident: { generation: 2 } }]);
    const other = await waiting();
    other.practice.world.clock.advance(80 * 3_600_000);
    expect((await received(other.engine, other.event)).incidents).toMatchObject([{ opened: true }]);
  });

  it.each<[string, Parameters<typeof stolenKey>[0], string, (staged: Ground) => void]>([
    [
      'failed',
      {},
      'failed',
      ({ practice }) =>
        practice.world.inject(({ write, session }) => (write && !session.startsWith('stage') ? 'denied' : undefined)),
    ],
    [
      'denied',
      { answer: 'deny', config: on({ playbooks: { 'disable-access-key': { mode: 'ask' } } }) },
      'denied',
      () => {},
    ],
    [
      'expired',
      { answer: 'silence', config: on({ playbooks: { 'disable-access-key': { mode: 'ask' } } }) },
      'expired',
      () => {},
    ],
    ['observed', { config: on({ mode: 'observe' }) }, 'planned', () => {}],
  ])('one that was %s is tried anew by news, and not by a duplicate', async (_what, options, outcome, hinder) => {
    const staged = await stolenKey({ config, ...options });
    hinder(staged);
    const { executions } = await staged.practice.respond(staged.event);
    expect(executions.map(({ incident }) => incident.outcome)).toEqual([outcome]);
    staged.practice.world.inject(undefined);
    const duplicate = await staged.practice.respond(staged.event);
    expect(duplicate.received).toMatchObject({ starts: [], resumes: [], checks: [] });
    const news = await staged.practice.respond(guardDutyEvent(ofKey(staged, { at: later(staged, 15), count: 2 })));
    expect(news.executions.map(({ incident }) => incident.generation)).toEqual([2]);
    expect(news.executions[0]?.incident.outcome).toBe(outcome === 'failed' ? 'contained' : outcome);
  });

  it('what was observed is contained by the same finding once the switch is on', async () => {
    let position: Mode = 'observe';
    const staged = await stolenKey({ config, readSwitch: async () => position });
    await staged.practice.respond(staged.event);
    expect(staged.writes()).toEqual([]);
    position = 'on';
    const { executions } = await staged.practice.respond(staged.event);
    expect(executions.map(({ incident }) => incident.outcome)).toEqual(['contained']);
  });

  it('a late duplicate does not contain again what a person has released', async () => {
    const staged = await stolenKey({ config });
    const { incident } = await staged.respond();
    await staged.practice.release(incident, 'force');
    const before = staged.writes().length;
    await staged.practice.respond(securityHubGuardDutyEvent(ofKey(staged)));
    expect(staged.writes().length).toBe(before);
    const news = await staged.practice.respond(guardDutyEvent(ofKey(staged, { at: later(staged, 30), count: 3 })));
    expect(news.executions.map((one) => one.incident.outcome)).toEqual(['contained']);
  });
});

describe('a finding that comes again after containment', () => {
  const contained = async () => {
    const staged = await stolenKey({ config });
    const { incident } = await staged.respond();
    expect(incident.outcome).toBe('contained');
    const news = (minutes: number) => guardDutyEvent(ofKey(staged, { at: later(staged, minutes), count: 2 }));
    return { ...staged, incident, news, written: staged.writes().length };
  };

  it('is looked after: a check, no second containment', async () => {
    const { practice, incident, news, writes, written } = await contained();
    const told = practice.notices().length;
    const { received: got, executions, checked } = await practice.respond(news(15));
    expect(got).toMatchObject({ starts: [], checks: [incident.id] });
    expect(executions).toEqual([]);
    expect(checked).toMatchObject([{ outcome: 'contained' }]);
    expect(writes().length).toBe(written);
    expect(practice.notices().length).toBe(told);
  });

  it('of what went on before containment, that comes late, asks for none', async () => {
    const { practice, incident, event } = await contained();
    const before = new Date(Date.parse(incident.wroteAt ?? '') - 1);
    const late = altered(
      altered(event, ['detail', 'updatedAt'], before.toISOString()),
      ['detail', 'service', 'count'],
      7,
    );
    expect((await practice.respond(late)).received.checks).toEqual([]);
    const after = altered(late, ['detail', 'updatedAt'], new Date(before.getTime() + 2).toISOString());
    expect((await practice.respond(after)).received.checks).toEqual([incident.id]);
  });

  it('once for each news, not for each duplicate', async () => {
    const { practice, news } = await contained();
    expect((await practice.respond(news(15))).checked).toHaveLength(1);
    expect((await practice.respond(news(15))).checked).toHaveLength(0);
    expect((await practice.respond(news(30))).checked).toHaveLength(1);
  });

  it('and not for an older one that comes late', async () => {
    const { practice, news, event } = await contained();
    expect((await practice.respond(news(30))).checked).toHaveLength(1);
    expect((await practice.respond(news(15))).checked).toHaveLength(0);
    expect((await practice.respond(event)).checked).toHaveLength(0);
  });

  it('again, where whoever should have looked died before', async () => {
    const { practice, news, incident } = await contained();
    const engine = practice.engine('receive');
    await received(engine, news(15));
    expect((await practice.respond(news(15))).received.checks).toEqual([incident.id]);
  });

  it('escalates where the hold has drifted', async () => {
    const staged = await contained();
    const { practice, incident, news } = staged;
    const { key, userName } = arranged(staged);
    await practice.stage
      .aws(IAMClient)
      .send(new UpdateAccessKeyCommand({ UserName: userName, AccessKeyId: key, Status: 'Active' }));
    const told = practice.notices().length;
    const { checked } = await practice.respond(news(15));
    expect(checked).toMatchObject([{ id: incident.id, outcome: 'drifted' }]);
    expect(practice.notices().slice(told)).toMatchObject([{ happened: 'drifted' }]);
    expect(await practice.read(incident.id)).toMatchObject({ outcome: 'drifted' });
  });
});
