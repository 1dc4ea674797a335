// The rails where they stand: on the whole path from an event to the account, and before the first hold. What stops says so.
import { describe, expect, it } from 'vitest';
import { incidentKey, openIncident, updateIncident } from '../../functions/engine/incident.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import { type DraftPlan, makePlan } from '../../functions/engine/plan.ts';
import { receive } from '../../functions/engine/receive.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import type { ConfigInput, Mode } from '../../functions/rails/config.ts';
import { cachedSwitch } from '../../functions/rails/switch.ts';
import type { PracticeOptions } from '../../gameday/practice.ts';
import { bucket } from '../../playbooks/resources/s3.ts';
import {
  altered,
  type Ground,
  ground,
  here,
  leakedKey,
  on,
  onlyIncident,
  openBucket,
  own,
  stolenKey,
} from './ground.ts';

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

  it('turned off in the middle: what is still open stays open, and is told', async () => {
    const { staged, incident, turn } = await turning(openBucket);
    const { world } = staged.practice;
    world.inject(({ write, session }) => (write && !session.startsWith('stage') ? 'denied' : undefined));
    const { incident: failed } = await staged.practice.contain(incident);
    expect(failed).toMatchObject({ phase: 'holding', outcome: 'failed' });
    world.inject(undefined);
    turn('observe');
    const before = staged.writes().length;
    expect((await staged.practice.contain(failed)).incident).toMatchObject({ outcome: 'failed' });
    expect(staged.writes().length).toBe(before);
    const steps = (await readJournal(staged.practice.ledger, incident.id)).flatMap((block) => block.entries);
    expect(steps.find(({ step }) => step === 'halted')?.result).toMatch(
      /^kill switch: the kill switch is on 'observe'/,
    );
    turn('on');
    expect((await staged.practice.contain(failed)).incident).toMatchObject({ outcome: 'contained' });
  });

  it('turned off while one setting is written: the next is not, and that is told', async () => {
    const { staged, incident, turn } = await turning(stolenKey);
    staged.practice.world.inject(({ write, session }) => {
      if (write && session.startsWith('disable-access-key')) turn('off');
      return undefined;
    });
    const { incident: halted } = await staged.practice.contain(incident);
    expect(staged.writes()).toHaveLength(1);
    expect(halted).toMatchObject({ phase: 'holding', outcome: 'partly-contained' });
    const [written, ...others] = halted.changes;
    expect(written?.state).toBe('verified');
    expect(others.length).toBeGreaterThan(0);
    for (const { note } of others) expect(note).toContain("the kill switch is 'off'");
    turn('on');
    expect((await staged.practice.contain(halted)).incident.outcome).toBe('contained');
  });

  it('turned off while a person is asked: nothing more is taken as evidence either', async () => {
    const { staged, incident, turn } = await turning((options) =>
      ground('isolate-instance', 'crypto-miner', {
        ...options,
        config: on({ playbooks: { 'isolate-instance': { mode: 'ask' } } }),
      }),
    );
    turn('off');
    const engine = { ...staged.practice.engine('isolate-instance'), readSwitch: async () => 'off' as const };
    const plan = await makePlan(engine, incident, engine.now().toISOString());
    const { evidence } = plan as DraftPlan;
    expect(evidence).not.toEqual([]);
    await updateIncident(engine, incident.id, (before) => ({
      ...before,
      phase: 'waiting',
      disposition: 'ask',
      evidence,
    }));
    await playbookHandler(engine)({ do: 'contain', incident: incident.id, playbook: 'isolate-instance' });
    expect(staged.writes()).toEqual([]);
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

describe('by hand', () => {
  const byHand = async (input: ConfigInput) => {
    const staged = await openBucket({ config: on(input), answer: silent });
    const { bucket: id } = staged.arranged as { bucket: string };
    const name = 'block-public-bucket';
    const target = { type: bucket.type, id, partition: 'aws', account: own, region: here, detail: {} };
    const { incident } = await openIncident(staged.practice.engine('console'), {
      key: incidentKey(bucket, target, name),
      playbook: name,
      target,
      options: {},
      disposition: 'contain',
      because: 'asked for by hand',
      finding: null,
      openedBy: 'arn:aws:iam::111122223333:user/oncall',
      approval: null,
    });
    return { staged, incident: (await staged.practice.contain(incident)).incident };
  };

  it.each<[string, ConfigInput, string]>([
    ['goes on', {}, 'contained'],
    ['with the playbook off', { playbooks: { 'block-public-bucket': { mode: 'off' } } }, 'refused'],
    ['with the switch on observe', { mode: 'observe' }, 'planned'],
    ['with an exemption', { protected: [{ ...entry, arn: 'arn:aws:s3:::*' }] }, 'refused'],
    [
      'with no budget',
      { playbooks: { 'block-public-bucket': { budget: { LOW: none, MEDIUM: none, HIGH: none } } } },
      'expired',
    ],
  ])('%s', async (_what, input, outcome) => {
    const { staged, incident } = await byHand(input);
    expect(incident).toMatchObject({ outcome, admission: { way: 'by hand' } });
    expect(staged.writes().length > 0).toBe(outcome === 'contained');
  });
});

describe('what no rail lets through is told', () => {
  it.each<[string, ConfigInput, RegExp]>([
    ['the switch off', { mode: 'off' }, /kill switch: the kill switch is 'off'/],
    ['an account that is not answered for', { accounts: ['444455556666'] }, /answered for: account 111122223333/],
  ])('%s', async (_what, input, reason) => {
    const { staged, response } = await respond(stolenKey, input);
    expect(response.received.told).toMatchObject([{ do: 'tell', reason: expect.stringMatching(reason) }]);
    expect(staged.practice.notices()).toMatchObject([{ happened: 'told', reason: expect.stringMatching(reason) }]);
  });

  it('what is ignored is not', async () => {
    const staged = await stolenKey({ config: on() });
    const { received } = await staged.practice.respond(altered(staged.event, ['detail', 'service', 'archived'], true));
    expect(received.told).toMatchObject([{ do: 'ignore' }]);
    expect(staged.practice.notices()).toEqual([]);
  });
});
