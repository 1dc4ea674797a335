// Four eyes where it goes on record: no way in gets round it, and who somebody is only AWS says.
import { describe, expect, it } from 'vitest';
import { contain } from '../../functions/engine/contain.ts';
import type { Engine } from '../../functions/engine/engine.ts';
import { incidentKey, openIncident } from '../../functions/engine/incident.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import { makePlan } from '../../functions/engine/plan.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import { admitRelease } from '../../functions/rails/admission.ts';
import { type ConfigInput, defineConfig } from '../../functions/rails/config.ts';
import { approverOf } from '../../functions/rails/four-eyes.ts';
import { type Turned, turned, turnsUp } from '../../functions/rails/turning.ts';
import { bucket } from '../../playbooks/resources/s3.ts';
import { here, on, openBucket, own } from './ground.ts';

const name = 'block-public-bucket';
const alice = `arn:aws:iam::${own}:user/alice`;
const bob = `arn:aws:iam::${own}:user/bob`;
const session = (called: string) => `arn:aws:sts::${own}:assumed-role/Responder/${called}`;
const federated = `arn:aws:sts::${own}:federated-user/bob`;

type Chosen = NonNullable<ConfigInput['playbooks']>[string];

/** Asked for by hand, by this caller, with what stands approved by then. */
const asked = async (chosen: Chosen, by: string, approvedBy?: string, input: ConfigInput = {}) => {
  const staged = await openBucket({ config: on({ ...input, playbooks: { [name]: chosen } }) });
  const { bucket: id } = staged.arranged as { bucket: string };
  const target = { type: bucket.type, id, partition: 'aws', account: own, region: here, detail: {} };
  const engine = staged.practice.engine(name);
  const at = engine.now().toISOString();
  const planning = await makePlan(engine, { id: 'look', playbook: name, target, options: {}, finding: null }, at);
  if (!('plan' in planning)) throw new Error('There is no plan.');
  const { incident } = await openIncident(engine, {
    key: incidentKey(bucket, target, name),
    playbook: name,
    target,
    options: {},
    disposition: approvedBy ? 'ask' : 'contain',
    because: 'asked for by hand',
    finding: null,
    openedBy: by,
    approval: approvedBy ? { hash: planning.plan.hash, plannedAt: at, by: approvedBy, at } : null,
    admission: { at, way: 'by hand', do: 'contain', rails: [] },
  });
  return { staged, engine, incident };
};

const contained = async (chosen: Chosen, by: string) => {
  const { staged, engine, incident } = await asked({ approverMustDiffer: false, ...chosen }, by);
  await staged.practice.contain(incident);
  return { staged, engine, id: incident.id, before: staged.writes().length };
};

const letGo = (engine: Engine, id: string, mode: string) =>
  playbookHandler(engine)({ do: 'release', incident: id, playbook: name, mode });

describe('who somebody is', () => {
  it.each([
    [alice, alice],
    [session('bob'), `arn:aws:iam::${own}:role/Responder`],
    [`arn:aws:iam::${own}:root`, `arn:aws:iam::${own}:root`],
    // As emulators name whom they don't know.
    [`arn:aws:sts::${own}:user/moto`, `arn:aws:sts::${own}:user/moto`],
    [federated, undefined],
    ['alice', undefined],
  ])('%s is %s', (arn, who) => {
    expect(approverOf(arn)).toBe(who);
  });
});

describe('a release', () => {
  it.each([
    ['the same user', alice, alice],
    ['the same role in another session', session('alice'), session('bob')],
    ['a name that the caller chose', alice, federated],
    ['a bare name', alice, 'bob'],
  ])('%s: is not put on record, and nothing is released', async (_what, by, arn) => {
    const { staged, engine, id, before } = await contained({ releaserMustDiffer: true }, by);
    for (const mode of ['restore', 'force', 'keep'] as const) {
      await expect(admitRelease(engine, id, mode, arn)).rejects.toThrow(/releaserMustDiffer|nothing of who that is/);
      await expect(letGo(engine, id, mode)).rejects.toThrow(/Nobody has asked to release/);
    }
    expect(await staged.practice.read(id)).toMatchObject({ releaseRequest: null, phase: 'holding' });
    expect(staged.writes()).toHaveLength(before);
  });

  it('of somebody else goes on', async () => {
    const { staged, engine, id, before } = await contained({ releaserMustDiffer: true }, alice);
    await admitRelease(engine, id, 'force', session('bob'));
    await letGo(engine, id, 'force');
    expect(staged.writes().length).toBeGreaterThan(before);
    const role = `arn:aws:iam::${own}:role/Responder`;
    expect((await staged.practice.read(id)).releaseRequest).toMatchObject({ mode: 'force', by: role });
    const entries = (await readJournal(staged.practice.ledger, id)).flatMap((block) => block.entries);
    expect(entries.find(({ step }) => step === 'release asked for')?.result).toBe(
      `force by ${role} (${session('bob')})`,
    );
  });

  it('of what a detector asked for is anybody’s', async () => {
    const staged = await openBucket({ config: on({ playbooks: { [name]: { releaserMustDiffer: true } } }) });
    await staged.practice.respond(staged.event);
    const [entry] = await staged.practice.ledger.list('incidents', '');
    const engine = staged.practice.engine(name);
    expect(await admitRelease(engine, entry?.key ?? '', 'force', engine.actor)).toMatchObject({
      releaseRequest: { mode: 'force' },
    });
  });

  it.each([
    [undefined, ['restore', 'keep', 'force']],
    ['force', ['restore', 'keep']],
    [true, []],
  ] as const)('%s lets whoever asked for it do %j', async (releaserMustDiffer, allowed) => {
    const chosen = releaserMustDiffer === undefined ? {} : { releaserMustDiffer };
    const { engine, id } = await contained(chosen, alice);
    const done: string[] = [];
    for (const mode of ['restore', 'keep', 'force'] as const)
      await admitRelease(engine, id, mode, alice).then(
        () => done.push(mode),
        () => undefined,
      );
    expect(done).toEqual(allowed);
  });
});

describe('an approval that an incident is opened with', () => {
  const jewel: ConfigInput = { crownJewels: [{ arn: 'arn:aws:s3:::*', owner: 'a', reason: 'b' }] };

  it.each([
    ['his own', alice, 'waiting'],
    ['of a name that the caller chose', federated, 'waiting'],
    ['of another', bob, 'holding'],
  ])('%s, where a rail asks', async (_what, by, phase) => {
    const { staged, engine, incident } = await asked({ approverMustDiffer: true }, alice, by, jewel);
    expect(await contain(engine, incident.id)).toMatchObject({ phase });
    expect(staged.writes().length > 0).toBe(phase === 'holding');
  });

  it('his own is the plain question, where no rail asks', async () => {
    const { engine, incident } = await asked({ approverMustDiffer: true }, alice, alice);
    expect(await contain(engine, incident.id)).toMatchObject({ phase: 'holding' });
  });

  it('of the plan alone answers no rail', async () => {
    const { staged, engine, incident } = await asked({ approverMustDiffer: false }, alice, bob, jewel);
    const entry = await staged.practice.ledger.read('incidents', incident.id);
    const approval = { ...incident.approval, planOnly: true };
    await staged.practice.ledger.write('incidents', incident.id, { ...incident, approval }, entry?.version ?? 0);
    expect(await contain(engine, incident.id)).toMatchObject({ phase: 'waiting', approval: null, asked: 1 });
    expect(staged.writes()).toEqual([]);
  });
});

describe('the switch', () => {
  const at = new Date('2026-11-02T03:04:05.000Z');
  const by = (arn: string, to: Turned['position']) => ({ to, arn, at, reason: '' });
  const bound = defineConfig({ switchMustDiffer: true });

  it('remembers who turned it down until it is on again', () => {
    const first = turned(bound, { position: 'on', down: [] }, by(session('x'), 'observe'));
    expect(first).toEqual({
      position: 'observe',
      by: `arn:aws:iam::${own}:role/Responder`,
      arn: session('x'),
      at: at.toISOString(),
      reason: '',
      down: [`arn:aws:iam::${own}:role/Responder`],
    });
    const lower = turned(bound, first, by(alice, 'off'));
    expect(lower.down).toHaveLength(2);
    expect(() => turned(bound, lower, by(alice, 'observe'))).toThrow(/user\/alice turned the kill switch down/);
    const higher = turned(bound, lower, by(bob, 'observe'));
    expect(higher.down).toEqual(lower.down);
    expect(() => turned(bound, higher, by(session('y'), 'on'))).toThrow(/role\/Responder turned the kill switch down/);
    expect(turned(bound, higher, by(bob, 'on')).down).toEqual([]);
  });

  it('is turned by nobody without a name, where two people are wanted', () => {
    for (const to of ['off', 'on'] as const)
      expect(() => turned(bound, { position: 'observe', down: [] }, by(federated, to))).toThrow(/who that is/);
    expect(turned(defineConfig({}), { position: 'off', down: [federated] }, by(federated, 'on')).position).toBe('on');
  });

  it.each([
    ['off', 'observe', true],
    ['observe', 'on', true],
    ['on', 'on', false],
    ['on', 'observe', false],
    ['observe', 'off', false],
  ] as const)('from %s to %s is up: %s', (position, to, up) => {
    expect(turnsUp({ position, down: [] }, to)).toBe(up);
  });
});
