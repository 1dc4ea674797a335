// The rails where they stand: on the whole path from an event to the account, and before the first hold. What stops says so.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { readJournal } from '../../functions/engine/journal.ts';
import { receive } from '../../functions/engine/receive.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import type { ConfigInput, Mode } from '../../functions/rails/config.ts';
import { cachedSwitch } from '../../functions/rails/switch.ts';
import { createPractice, type PracticeOptions } from '../../gameday/practice.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { guardDuty } from '../../playbooks/language/answer.ts';
import { evidence } from '../../playbooks/language/evidence.ts';
import { type Bearing, playbook } from '../../playbooks/language/playbook.ts';
import { allow } from '../../playbooks/language/statement.ts';
import { ec2Instance } from '../../playbooks/resources/ec2.ts';
import { playbooks } from '../laws/staged.ts';
import { type Ground, here, leakedKey, on, onlyIncident, openBucket, own, stolenKey } from './ground.ts';

const entry = { owner: 'payments', reason: 'card terminals', until: '2026-12-31' };
const silent = 'silence' as const;
const none = { containments: 0, perSeconds: 3600 };

const respond = async (make: typeof stolenKey, input: ConfigInput, options: Partial<PracticeOptions> = {}) => {
  const staged = await make({ config: on(input), answer: silent, ...options });
  const response = await staged.practice.respond(staged.event);
  return { staged, response, incident: response.executions[0]?.incident };
};

describe('each stops before the first hold, writes nothing, and says by which rule', () => {
  it.each<[string, typeof stolenKey, ConfigInput, string, RegExp]>([
    [
      'the switch on observe',
      stolenKey,
      { mode: 'observe' },
      'planned',
      /kill switch: the kill switch is on 'observe'/,
    ],
    [
      'an exempt user',
      stolenKey,
      { protected: [{ ...entry, arn: `arn:aws:iam::${own}:user/*` }] },
      'refused',
      /^protected: it is exempt by protected\[0\]/,
    ],
    [
      'an exempt bucket',
      openBucket,
      { protected: [{ ...entry, arn: 'arn:aws:s3:::*' }] },
      'refused',
      /^protected: it is exempt/,
    ],
    [
      'an exempt account',
      leakedKey,
      { protected: [{ ...entry, account: own }] },
      'refused',
      /^protected: it is exempt/,
    ],
    [
      'a crown jewel',
      stolenKey,
      { crownJewels: [{ arn: `arn:aws:iam::${own}:user/*`, owner: 'a', reason: 'b' }] },
      'expired',
      /Nobody answered/,
    ],
    [
      'a playbook that asks',
      openBucket,
      { playbooks: { 'block-public-bucket': { mode: 'ask' } } },
      'expired',
      /Nobody answered/,
    ],
    [
      'a playbook that plans',
      openBucket,
      { playbooks: { 'block-public-bucket': { mode: 'plan' } } },
      'planned',
      /playbooks\.block-public-bucket\.mode is 'plan'/,
    ],
    [
      'no budget left',
      openBucket,
      { playbooks: { 'block-public-bucket': { budget: { LOW: none, MEDIUM: none, HIGH: none } } } },
      'expired',
      /Nobody answered/,
    ],
    [
      "Firebreak's own user, by its role",
      stolenKey,
      { ownRoles: [`arn:aws:iam::${own}:user/*`] },
      'expired',
      /Nobody answered/,
    ],
  ])('%s', async (_what, make, input, outcome, reason) => {
    const { staged, incident } = await respond(make, input);
    expect(incident).toMatchObject({ outcome });
    expect(incident?.reason).toMatch(reason);
    expect(staged.writes()).toEqual([]);
    expect(await staged.practice.ledger.list('holds', '')).toEqual([]);
    expect(await staged.harm()).toBe(true);
  });

  it('what asks goes on with an approval, and only then', async () => {
    const input = { crownJewels: [{ arn: `arn:aws:iam::${own}:user/*`, owner: 'payments', reason: 'regulated' }] };
    const { incident, staged } = await respond(stolenKey, input, { answer: 'approve' });
    expect(incident).toMatchObject({ outcome: 'contained', asked: 1, rails: [{ rule: 'crown jewel', do: 'ask' }] });
    const entries = (await readJournal(staged.practice.ledger, incident?.id ?? '')).flatMap((block) => block.entries);
    expect(entries.find(({ step }) => step === 'rail')).toMatchObject({ subject: 'crown jewel', to: 'ask' });
    expect(staged.practice.notices()[0]).toMatchObject({
      needsAnswer: true,
      reason: expect.stringContaining('crown jewel: it is one by crownJewels[0]'),
    });
  });

  it('an exempt resource is not exempt when its day is over', async () => {
    const { incident } = await respond(stolenKey, { protected: [{ ...entry, account: own, until: '2026-11-01' }] });
    expect(incident).toMatchObject({ outcome: 'contained', rails: [] });
  });

  it('the first deployment writes nothing, whatever comes', async () => {
    for (const make of [stolenKey, leakedKey, openBucket]) {
      const { staged, incident } = await respond(make, { mode: 'observe' });
      expect(incident?.outcome).toBe('planned');
      expect(incident?.changes.length).toBeGreaterThan(0);
      expect(staged.practice.notices()).toHaveLength(1);
      expect(staged.writes()).toEqual([]);
    }
  });
});

describe('a rail that cannot be read asks a person', () => {
  const asked = async (staged: Ground): Promise<string> => {
    await staged.practice.respond(staged.event);
    expect(staged.writes()).toEqual([]);
    const { outcome, because, rails } = await onlyIncident(staged);
    expect(outcome).toBe('expired');
    return [because, ...rails.map(({ reason }) => reason)].join('\n');
  };
  const failing = async (): Promise<never> => {
    throw new Error('AccessDenied');
  };

  it('the switch', async () => {
    const staged = await stolenKey({ config: on(), answer: silent, readSwitch: failing });
    expect(await asked(staged)).toMatch(/kill switch can't be read \(AccessDenied\)/);
  });

  it('the organizational units', async () => {
    const input = on({ protected: [{ ...entry, ou: 'ou-ab12-cdef3456' }] });
    expect(await asked(await stolenKey({ config: input, answer: silent, unitsOf: failing }))).toMatch(/AccessDenied/);
    expect(await asked(await stolenKey({ config: input, answer: silent }))).toMatch(/nothing here can read them/);
  });

  it('the budget', async () => {
    const staged = await stolenKey({ config: on(), answer: silent });
    const { read } = staged.practice.ledger;
    const process = staged.practice.engine('disable-access-key');
    const received = await receive(process, staged.event);
    if ('unreadable' in received) throw new Error(received.unreadable);
    const incident = received.incidents[0]?.incident.id ?? '';
    const ledger = {
      ...staged.practice.ledger,
      read: (...[collection, key]: Parameters<typeof read>) =>
        collection === 'budgets' ? failing() : read(collection, key),
    };
    await playbookHandler({ ...process, ledger })({ do: 'contain', incident, playbook: 'disable-access-key' });
    expect(staged.writes()).toEqual([]);
    expect(await onlyIncident(staged)).toMatchObject({ phase: 'waiting', rails: [{ rule: 'budget', do: 'ask' }] });
  });
});

describe('the switch is in force at every step', () => {
  const turning = async (make: typeof stolenKey) => {
    let position: Mode = 'on';
    const staged = await make({ config: on(), answer: silent, readSwitch: async () => position });
    const engine = staged.practice.engine('receive');
    const received = await receive(engine, staged.event);
    if ('unreadable' in received) throw new Error(received.unreadable);
    const [first] = received.incidents;
    if (!first) throw new Error('It opened nothing.');
    return {
      staged,
      incident: first.incident,
      turn: (to: Mode) => {
        position = to;
      },
    };
  };

  it.each([
    ['observe', 'planned'],
    ['off', 'refused'],
  ] as const)('turned to %s between the event and the first hold', async (to, outcome) => {
    const { staged, incident, turn } = await turning(stolenKey);
    turn(to);
    expect((await staged.practice.contain(incident)).incident).toMatchObject({ outcome });
    expect(staged.writes()).toEqual([]);
  });

  it('turned off while it holds: nothing more is written, what stands is told as it is, and a release goes on', async () => {
    const { staged, incident, turn } = await turning(openBucket);
    const { incident: contained } = await staged.practice.contain(incident);
    expect(contained.outcome).toBe('contained');
    turn('off');
    const before = staged.writes().length;
    expect((await staged.practice.contain(contained)).incident.outcome).toBe('contained');
    expect(staged.writes().length).toBe(before);
    const { incident: released } = await staged.practice.release(contained, 'force');
    expect(released.outcome).toBe('released');
    expect(await staged.harm()).toBe(true);
  });

  it('is believed for 5 s at most', async () => {
    let position: Mode = 'on';
    const staged = await stolenKey({ config: on(), answer: silent });
    const { clock } = staged.practice.world;
    const readSwitch = cachedSwitch(async () => position, clock.now);
    const engine = { ...staged.practice.engine('receive'), readSwitch };
    await readSwitch();
    position = 'off';
    clock.advance(5000);
    expect(await receive(engine, staged.event)).toMatchObject({
      incidents: [],
      told: [{ reason: expect.stringContaining('kill switch') }],
    });
  });
});

describe('a burst of forged findings', () => {
  it('takes no more than the budget, and each other one asks', async () => {
    const most = 2;
    const name = 'block-public-bucket';
    const definition = playbooks.get(name);
    if (!definition) throw new Error(name);
    const staged = await openBucket({
      config: on({
        playbooks: { [name]: { budget: { LOW: none, MEDIUM: none, HIGH: { containments: most, perSeconds: 3600 } } } },
      }),
      answer: silent,
    });
    const { bucket } = staged.arranged as { bucket: string };
    const exists = await stagedBuckets(staged, 6);
    const events = [bucket, ...exists].map((one) =>
      guardDutyEvent({
        type: 'Policy:S3/BucketAnonymousAccessGranted',
        severity: 8,
        account: own,
        region: here,
        at: staged.practice.stage.now,
        resource: { buckets: [{ name: one }] },
      }),
    );
    const responses = await Promise.all(events.map((event) => staged.practice.respond(event)));
    const outcomes = responses.flatMap(({ executions }) => executions.map(({ incident }) => incident.outcome));
    expect(outcomes.filter((one) => one === 'contained')).toHaveLength(most);
    expect(outcomes.filter((one) => one === 'expired')).toHaveLength(events.length - most);
    expect(staged.practice.notices().filter(({ needsAnswer }) => needsAnswer)).toHaveLength(events.length - most);
  });
});

/** More buckets that stand open as the first one does. */
const stagedBuckets = async ({ practice }: Ground, many: number): Promise<readonly string[]> => {
  const names = Array.from({ length: many }, (_, index) => `forged-${index}`);
  for (const Bucket of names)
    await practice.stage
      .aws(S3Client)
      .send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: here } }));
  return names;
};

describe('evidence has a budget of its own', () => {
  let asked: string[] = [];
  const snapshots = evidence<null>({
    name: 'test/snapshot',
    permissions: [allow('ec2:CreateSnapshots')],
    reuseSeconds: 0,
    request: async (_aws, subject) => {
      asked.push(subject);
      return { reference: subject, state: 'complete', note: '', manifest: null };
    },
  });
  const preserving = playbook({
    title: 'Snapshot an instance',
    containment: 'evidence',
    resource: ec2Instance,
    answers: [guardDuty('Behavior:EC2/*')],
    approval: 'automatic',
    settings: {},
    evidence: { snapshots },
    permissions: [],
    observe: async ({ id }) => ({ id }),
    preserve: ({ id }, take) => [take.snapshots(id)],
    bearing: (): Bearing => ({ arns: [], tags: {}, shares: [] }),
    contain: () => [],
    residual: () => [],
  });
  const play = async (input: ConfigInput, answer: 'approve' | 'silence') => {
    asked = [];
    const practice = createPractice({
      playbooks: new Map([['snapshot', preserving]]),
      seed: 1,
      latency: 'none',
      config: on(input),
      answer,
    });
    const event = guardDutyEvent({
      type: 'Behavior:EC2/TrafficVolumeUnusual',
      severity: 5,
      account: own,
      region: here,
      at: practice.stage.now,
      resource: { instance: { id: 'i-0a1b2c3d4e5f60001' } },
    });
    const { executions } = await practice.respond(event);
    return executions[0]?.incident;
  };
  const used = { requests: 0, perSeconds: 3600 };
  const exhausted = { budgets: { evidence: { LOW: used, MEDIUM: used, HIGH: used, CRITICAL: used } } };

  it('within it, evidence is taken', async () => {
    expect(await play({}, 'silence')).toMatchObject({ outcome: 'preserved' });
    expect(asked).toHaveLength(1);
  });

  it('beyond it a person is asked, and nothing is taken before the answer', async () => {
    expect(await play(exhausted, 'silence')).toMatchObject({
      outcome: 'expired',
      rails: [{ rule: 'evidence budget', do: 'ask' }],
    });
    expect(asked).toEqual([]);
    expect(await play(exhausted, 'approve')).toMatchObject({ outcome: 'preserved' });
    expect(asked).toHaveLength(1);
  });

  it('a playbook that contains goes on without it, and says that it is missing', async () => {
    const definition = playbooks.get('disable-access-key');
    const principal = definition?.evidence.principal;
    if (!definition || !principal) throw new Error('disable-access-key takes evidence of the principal');
    const making = {
      ...definition,
      evidence: { principal: { ...principal, permissions: [allow('iam:CreateSomething')] } },
    };
    const { incident } = await respond(stolenKey, exhausted, { playbooks: new Map([['disable-access-key', making]]) });
    expect(incident).toMatchObject({
      outcome: 'contained',
      rails: [{ rule: 'evidence budget', do: 'contain' }],
      evidence: [
        { state: 'failed', note: expect.stringMatching(/^Not asked for: what HIGH findings may use is used up/) },
      ],
    });
  });
});
