// When AWS has no room: an incident comes again instead of failing, says nothing too early, and is told in the end if there never is room.
import { EC2Client, ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { check } from '../../functions/engine/check.ts';
import { readIncident } from '../../functions/engine/incident.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import { cachedSwitch } from '../../functions/rails/switch.ts';
import type { Call } from '../../gameday/account/world.ts';
import type { PracticeOptions, Response } from '../../gameday/practice.ts';
import { type Ground, ground, on } from '../rails/ground.ts';

const minutes = (count: number): number => count * 60_000;

const miner = (options?: Partial<PracticeOptions>) => ground('isolate-instance', 'crypto-miner', options);

const commandIs =
  (...names: readonly string[]) =>
  ({ command }: Call): boolean =>
    names.includes(command);

/** From now on AWS refuses such calls of ours until so many minutes have passed. */
const refuse = ({ practice: { world } }: Ground, isRefused: (call: Call) => boolean, forMinutes: number): void => {
  const until = world.clock.now().getTime() + minutes(forMinutes);
  world.inject((call) =>
    call.at < until && !call.session.startsWith('stage') && isRefused(call) ? 'throttled' : undefined,
  );
};

const isolations = (staged: Ground) =>
  staged
    .calls()
    .filter(({ command, outcome }) => command === 'ModifyNetworkInterfaceAttribute' && outcome === 'ok')
    .filter(({ input }) => 'Groups' in (input as object));

const contained = (staged: Ground) => staged.practice.notices().filter(({ happened }) => happened === 'contained');

const pathOf = ({ executions }: Response): readonly string[] =>
  executions.flatMap(({ path }) => path.map(({ state }) => state));

/** When people were told first. */
const toldAt = async ({ practice }: Ground, id: string): Promise<number> => {
  const entries = (await readJournal(practice.ledger, id)).flatMap((block) => block.entries);
  return Date.parse(entries.find(({ step }) => step === 'notice')?.at ?? '');
};

const minutesFrom = (staged: Ground, begun: number): number =>
  (staged.practice.world.clock.now().getTime() - begun) / 60_000;

describe('no room for a while', () => {
  it.each([
    ['to contain', ['ModifyNetworkInterfaceAttribute'], 5],
    ['to look at the instance', ['DescribeInstances'], 5],
    ['to make the isolation group', ['CreateSecurityGroup'], 5],
    ['to see what holds, and whether it does', ['DescribeNetworkInterfaces'], 5],
  ])('%s: it is contained in the end, once, and told once', async (_what, commands, forMinutes) => {
    const staged = await miner();
    refuse(staged, commandIs(...commands), forMinutes);
    const { response, incident } = await staged.respond();
    expect(incident).toMatchObject({ outcome: 'contained', disposition: 'contain', refusals: 0, turn: null });
    expect(await staged.harm()).toBe(false);
    const interfaces = new Set(isolations(staged).map(({ input }) => JSON.stringify(input)));
    expect(isolations(staged)).toHaveLength(interfaces.size);
    expect(staged.practice.notices()).toHaveLength(1);
    expect(pathOf(response)).toContain('Wait its turn');
    expect(response.executions.every(({ status }) => status === 'SUCCEEDED')).toBe(true);
  });

  it('to verify: nobody hears that it is contained before somebody has seen it', async () => {
    const staged = await miner();
    let since = Number.POSITIVE_INFINITY;
    staged.practice.world.inject(({ command, session, at, write }) => {
      if (command === 'ModifyNetworkInterfaceAttribute') since = Math.min(since, at);
      const full = !write && !session.startsWith('stage') && at > since && at < since + minutes(4);
      return full ? 'throttled' : undefined;
    });
    const { incident } = await staged.respond();
    expect(incident.outcome).toBe('contained');
    expect(contained(staged)).toHaveLength(1);
    expect(await toldAt(staged, incident.id)).toBeGreaterThan(since + minutes(4));
  });

  it('for evidence: containment does not wait for it, and it is asked for again', async () => {
    const staged = await miner();
    const begun = staged.practice.world.clock.now().getTime();
    refuse(staged, commandIs('CreateSnapshots'), 6);
    const { incident } = await staged.respond();
    expect(Date.parse(incident.firstEffectAt ?? '') - begun).toBeLessThan(minutes(1));
    expect(incident.evidence.map(({ state }) => state)).not.toContain('failed');
    expect(incident.evidence.map(({ state }) => state)).not.toContain('pending');
    expect(minutesFrom(staged, begun)).toBeGreaterThan(6);
  });

  it('for what only protects: people hear at once that it is contained, and not once more', async () => {
    const staged = await miner();
    const begun = staged.practice.world.clock.now().getTime();
    refuse(staged, commandIs('ModifyInstanceAttribute', 'CreateTags'), 8);
    const { incident } = await staged.respond();
    expect(incident.changes.map(({ state }) => state)).not.toContain('deferred');
    expect(incident.changes.every(({ state }) => state === 'verified')).toBe(true);
    const [notice, ...others] = contained(staged);
    expect(others).toEqual([]);
    expect((await toldAt(staged, incident.id)) - begun).toBeLessThan(minutes(2));
    expect(notice?.reason).toMatch(/Still to come: .*termination/);
  });
});

describe('no room just when somebody has approved it', () => {
  it('it comes again by itself, and nobody is asked once more', async () => {
    let asked = 0;
    const staged = await miner({
      config: on({ playbooks: { 'isolate-instance': { mode: 'ask' } } }),
      answer: () => {
        asked += 1;
        refuse(staged, commandIs('DescribeInstances'), 5);
        return 'approve';
      },
    });
    const { incident } = await staged.respond();
    expect(incident).toMatchObject({ outcome: 'contained', asked: 1 });
    expect(asked).toBe(1);
  });
});

describe('no room for the watch', () => {
  it('it leaves nothing behind that only a workflow would take up, and tells what stands open', async () => {
    const staged = await miner({ config: on({ playbooks: { 'isolate-instance': { onDrift: 'reapply' } } }) });
    const { incident } = await staged.respond();
    const [change] = incident.changes.filter(({ setting }) => setting === 'ec2/network-interface-isolation');
    await staged.practice.stage.wait(600);
    await staged.practice.stage.aws(EC2Client).send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: change?.id,
        Groups: [...((change?.from ?? []) as readonly string[])],
      }),
    );
    refuse(staged, commandIs('ModifyNetworkInterfaceAttribute'), 10);
    await staged.practice.watch();
    expect(await staged.practice.read(incident.id)).toMatchObject({ phase: 'holding', turn: null });
    expect(staged.practice.notices().at(-1)).toMatchObject({ outcome: 'drifted' });
    await staged.practice.stage.wait(1200);
    await staged.practice.watch();
    await staged.practice.stage.wait(600);
    await staged.practice.watch();
    expect(await staged.harm()).toBe(false);
  });
});

describe('the switch is turned off while something is still to come', () => {
  it.each([
    ['evidence', ['CreateSnapshots']],
    ['what only protects', ['ModifyInstanceAttribute']],
  ])('%s: the workflow ends all the same, and says what was not done', async (_what, commands) => {
    let position: 'on' | 'off' = 'on';
    // Believed for 5 s, as by a deployed function: what had begun by then is done.
    const readSwitch = cachedSwitch(
      async () => position,
      () => staged.practice.world.clock.now(),
    );
    const staged: Awaited<ReturnType<typeof miner>> = await miner({ readSwitch });
    staged.practice.world.inject((call) => {
      if (call.session.startsWith('stage') || !commandIs(...commands)(call)) return undefined;
      position = 'off';
      return 'throttled';
    });
    const { response, incident } = await staged.respond();
    expect(pathOf(response).length).toBeLessThan(60);
    expect(incident.outcome).toBe('contained');
    expect(incident.evidence.map(({ state }) => state)).not.toContain('planned');
    const undone = [...incident.changes, ...incident.evidence].map(({ note }) => note).join(' ');
    expect(undone).toMatch(/switch/);
    expect(contained(staged)).toHaveLength(2);
  });
});

describe('never any room', () => {
  it('to contain: that is told within minutes, as a failure, with what AWS said, and the workflow ends', async () => {
    const staged = await miner();
    const begun = staged.practice.world.clock.now().getTime();
    refuse(staged, commandIs('ModifyNetworkInterfaceAttribute'), 600);
    const { response, incident } = await staged.respond();
    expect(['failed', 'partly-contained']).toContain(incident.outcome);
    expect(incident.reason).toMatch(/network-interface-isolation.*RequestLimitExceeded/);
    expect(staged.practice.notices()).toHaveLength(1);
    expect(((await toldAt(staged, incident.id)) - begun) / 60_000).toBeLessThan(25);
    expect(pathOf(response).length).toBeLessThan(100);
  });

  it('to look at all: it ends as failed, nothing is changed, and somebody hears of it', async () => {
    const staged = await miner();
    const begun = staged.practice.world.clock.now().getTime();
    refuse(staged, ({ service }) => service === 'EC2', 600);
    const { incident } = await staged.respond();
    expect(incident).toMatchObject({ outcome: 'failed', phase: 'ended', changes: [] });
    expect(incident.reason).toMatch(/RequestLimitExceeded/);
    expect(staged.practice.notices()).toHaveLength(1);
    expect(minutesFrom(staged, begun)).toBeLessThan(25);
  });

  it('for what only protects: it is told once more, by name, once nobody waits for it any longer', async () => {
    const staged = await miner();
    refuse(staged, commandIs('ModifyInstanceAttribute'), 600);
    const { incident } = await staged.respond();
    expect(incident.outcome).toBe('contained');
    const [first, second, ...others] = contained(staged);
    expect(others).toEqual([]);
    expect(first?.reason).toMatch(/Still to come/);
    expect(second?.reason).toMatch(/Not done, though it contains nothing by itself: .*termination/);
    expect(incident.changes.filter(({ state }) => state === 'open').length).toBeGreaterThan(0);
  });

  it('has patience anew for whoever takes it up again', async () => {
    const staged = await miner();
    refuse(staged, commandIs('ModifyNetworkInterfaceAttribute'), 600);
    const { incident } = await staged.respond();
    refuse(staged, commandIs('ModifyNetworkInterfaceAttribute'), 5);
    const again = await staged.practice.contain(incident);
    expect(again.incident.outcome).toBe('contained');
  });
});

describe('whoever checks by hand while AWS has no room', () => {
  it('is told that there is no answer, and the record stays as it was', async () => {
    const staged = await miner();
    const { incident } = await staged.respond();
    const before = await readIncident({ ledger: staged.practice.ledger }, incident.id);
    refuse(staged, ({ service, write }) => service === 'EC2' && !write, 600);
    await expect(check(staged.practice.engine('check'), incident.id)).rejects.toThrow(
      /no room for EC2 Describe.*asks again/,
    );
    expect(await readIncident({ ledger: staged.practice.ledger }, incident.id)).toEqual(before);
  });
});
