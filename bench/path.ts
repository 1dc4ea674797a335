// How long the way is from a finding to the first effect and to the end of an incident, counted in states, functions and calls, not in seconds.
// Plays each playbook's main scenario on the practice ground, where every call takes the same time: so time is depth.
import {
  CreateNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { loadScenarios } from '../functions/adapters/catalogue.ts';
import type { Incident } from '../functions/engine/incident.ts';
import { cachedSwitch } from '../functions/rails/switch.ts';
import type { Call } from '../gameday/account/world.ts';
import { evidencePlace } from '../gameday/evidence-bucket.ts';
import { ledgerMilliseconds } from '../gameday/faulty-ledger.ts';
import { createPractice, type Ended, type Practice } from '../gameday/practice.ts';
import type { Json } from '../playbooks/language/json.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Scenario } from '../playbooks/language/scenario.ts';
import { type Judged, judged, limits, saidOf } from './limits.ts';
import { section, table } from './table.ts';

const seed = 1;
/** All calls take as long as the practice ground's ledger. */
const each = ledgerMilliseconds;
/** The ledger in DynamoDB asks so many shards where a prefix names none. */
const shards = 16;
/** States that an incident only passes through while evidence grows. */
const evidenceStates: ReadonlySet<string> = new Set(['Evidence grows', 'Preserve', 'Is it whole?']);

export type Counted = {
  /** Each on its own: 'read', 'write', and 'list', which asks several shards at once where its prefix names none. */
  readonly ledgerReads: number;
  readonly ledgerWrites: number;
  /** Of the resource's account. */
  readonly account: number;
  /** Firebreak's own: the execution's start, originals, notices, the switch. */
  readonly own: number;
  /** Added, as the practice ground needs none: one for each function that called the resource's account. */
  readonly assumeRole: number;
};

export type PathFigures = {
  readonly playbook: string;
  readonly scenario: string;
  readonly outcome: string;
  readonly changes: number;
  readonly states: Judged;
  readonly invocations: Judged;
  readonly depth: Judged;
  readonly transitions: Judged;
  readonly transitionsWithEvidence: number;
  /** Invocations of the whole incident, receive's included, without those that look after evidence. */
  readonly functions: number;
  /** Calls of AWS without the ledger's; and with them. */
  readonly calls: Judged;
  readonly callsWithLedger: Judged;
  readonly counted: Counted;
  /** What the depth is made of: levels on which nothing but the ledger was asked, and the others. */
  readonly levels: {
    readonly receive: number;
    readonly ledger: number;
    readonly account: number;
    readonly assumeRole: number;
  };
  /** Level by level what was under way, until the first effect. */
  readonly way: readonly string[];
};

const ownServices: ReadonlySet<string> = new Set(['SFN', 'SNS', 'SQS', 'Lambda']);
const isOwn = ({ service, account }: Call): boolean => ownServices.has(service) || account === evidencePlace.account;

type Recorded = {
  readonly practice: Practice;
  readonly begun: number;
  readonly ended: Ended;
  readonly calls: readonly Call[];
  readonly ledgerCalls: Practice['ledgerCalls'];
  readonly switchReads: readonly number[];
  /** When hands were asked for that were needed soon. */
  readonly lendings: readonly number[];
};

/** 'isolate-instance contain-7' → 'isolate-instance contain'. */
const functionOf = (session: string): string => session.replace(/-\d+$/, '');
const isEvidenceWait = (session: string): boolean => functionOf(session).endsWith(' preserve');

/** When the first containing change had been written; of what only takes evidence, when the first of it had been asked for. */
const firstEffect = ({ incident }: Ended, calls: readonly Call[]): number => {
  const writes = calls.filter((call) => call.write && !isOwn(call) && call.outcome === 'ok');
  // It is noted once the ledger knows of it, which is later than AWS did it.
  const notedAt = incident.firstEffectAt ? Date.parse(incident.firstEffectAt) : undefined;
  const write = notedAt === undefined ? writes[0] : writes.findLast(({ at }) => at + each <= notedAt);
  if (!write) throw new Error(`${incident.playbook} had no effect: ${incident.outcome}, ${incident.reason}`);
  return write.at + each;
};

const countedIn = ({ calls, ledgerCalls, switchReads }: Recorded): Counted => {
  const due = calls.filter(({ session }) => !isEvidenceWait(session));
  const ledger = ledgerCalls.filter(({ session }) => !isEvidenceWait(session));
  const reads = ledger.map(({ operation, key }): number => {
    if (operation === 'write') return 0;
    return operation === 'list' && !key.replace(/^[^/]*\//, '').includes('/') ? shards : 1;
  });
  return {
    ledgerReads: reads.reduce((sum, one) => sum + one, 0),
    ledgerWrites: ledger.filter(({ operation }) => operation === 'write').length,
    account: due.filter((call) => !isOwn(call)).length,
    own: due.filter(isOwn).length + switchReads.length,
    assumeRole: new Set(due.filter((call) => !isOwn(call)).map(({ session }) => session)).size,
  };
};

type Step = { readonly at: number; readonly session: string; readonly what: string; readonly ledger: boolean };

/** Everything that was asked before this moment, in its order. */
const stepsUntil = (at: number, { calls, ledgerCalls, switchReads }: Recorded): readonly Step[] =>
  [
    ...calls.map((call) => ({ ...call, what: `${call.service} ${call.command}`, ledger: false })),
    ...ledgerCalls.map((call) => ({ ...call, what: `${call.operation} ${call.key.split('/')[0]}`, ledger: true })),
    ...switchReads.map((time) => ({ at: time, session: '', what: 'SSM GetParameter', ledger: false })),
  ]
    .filter((step) => step.at < at)
    .toSorted((a, b) => a.at - b.at);

/** "2 × read holds", however many there are. */
const counted = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)]
    .map(([name, { length }]) => (length > 1 ? `${length} × ${name}` : name))
    .join(', ');

const wayOf = (begun: number, steps: readonly Step[]) => {
  const byLevel = [...Map.groupBy(steps, (step) => Math.floor((step.at - begun) / each))].map(([, level]) => level);
  const started = byLevel.findIndex((level) => level.some(({ what }) => what === 'SFN StartExecution'));
  const behind = byLevel.slice(started + 1);
  const ledger = behind.filter((level) => level.every((step) => step.ledger)).length;
  return {
    levels: { receive: started + 1, ledger, account: behind.length - ledger },
    way: byLevel.map((level) => counted(level.map(({ what }) => what))),
  };
};

const figuresOf = (playbook: string, scenario: string, recorded: Recorded, makesGroup: boolean): PathFigures => {
  const { ended, calls, ledgerCalls, begun, lendings } = recorded;
  const at = firstEffect(ended, calls);
  const until = calls.filter((call) => call.at < at);
  // The resource's account is not called before its role has been assumed: what else is done meanwhile counts for both.
  const firstCall = calls.find((call) => !isOwn(call))?.at ?? at;
  const assumed = lendings.some((lent) => lent + each <= firstCall) ? 0 : 1;
  const { path } = ended;
  const { levels, way } = wayOf(begun, stepsUntil(at, recorded));
  const calledInAll = countedIn(recorded);
  const sessions = [...new Set([...calls, ...ledgerCalls].map(({ session }) => session))];
  const changes = ended.incident.changes.length;
  const withoutLedger = calledInAll.account + calledInAll.own + calledInAll.assumeRole;
  const { path: most } = limits;
  const callsMost = most.calls + most.callsPerChange * changes;
  return {
    playbook,
    scenario,
    outcome: ended.incident.outcome ?? '',
    changes,
    states: judged(path.filter((visit) => visit.at < at).length, most.states),
    invocations: judged(new Set(until.map(({ session }) => session)).size, most.invocations),
    depth: judged(Math.ceil((at - begun) / each) + assumed, makesGroup ? most.depthWithGroup : most.depth),
    transitions: judged(path.filter(({ state }) => !evidenceStates.has(state)).length, most.transitions),
    transitionsWithEvidence: path.length,
    functions: sessions.filter((session) => !isEvidenceWait(session)).length,
    calls: judged(withoutLedger, callsMost),
    callsWithLedger: judged(withoutLedger + calledInAll.ledgerReads + calledInAll.ledgerWrites, callsMost),
    counted: calledInAll,
    levels: { ...levels, assumeRole: assumed },
    way,
  };
};

export type Ground = {
  readonly practice: Practice;
  readonly switchReads: readonly number[];
  readonly lendings: readonly number[];
};

/** A practice ground on which every call takes the same time, the switch's included. */
export const evenGround = (playbooks: ReadonlyMap<string, Playbook>): Ground => {
  const switchReads: number[] = [];
  const lendings: number[] = [];
  const practice: Practice = createPractice({
    playbooks,
    seed,
    latency: each,
    notices: 'published',
    onLend: () => lendings.push(practice.world.clock.now().getTime()),
    originals: 'stored',
    // As deployed: believed for 5 s, so that looking before each write costs no call of its own.
    readSwitch: cachedSwitch(
      async () => {
        switchReads.push(practice.world.clock.now().getTime());
        await practice.world.clock.sleep(each);
        return 'on';
      },
      () => practice.world.clock.now(),
    ),
  });
  return { practice, switchReads, lendings };
};

const record = async (
  { practice, switchReads, lendings }: Ground,
  playbook: string,
  event: Json,
): Promise<Recorded> => {
  const { world, ledgerCalls } = practice;
  const [calls, ledger, switched, lent] = [world.calls.length, ledgerCalls.length, switchReads.length, lendings.length];
  const begun = world.clock.now().getTime();
  const { executions, received } = await practice.respond(event);
  const ended = executions.find(({ incident }) => incident.playbook === playbook);
  if (!ended) throw new Error(`${playbook} was not started: ${JSON.stringify(received)}`);
  return {
    practice,
    begun,
    ended,
    calls: world.calls.slice(calls),
    ledgerCalls: ledgerCalls.slice(ledger),
    switchReads: switchReads.slice(switched),
    lendings: lendings.slice(lent),
  };
};

/** A second interface in the isolation group, as of another instance that is isolated. */
const keepGroup = async ({ stage }: Practice, { target, changes }: Incident): Promise<void> => {
  const ec2 = stage.aws(EC2Client);
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [target.id] }));
  const isolation = changes.find(({ setting }) => setting === 'ec2/network-interface-isolation');
  const { Groups: found } = (
    await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [isolation?.id ?? ''] }))
  ).NetworkInterfaces?.[0] ?? { Groups: [] };
  const SubnetId = Reservations?.[0]?.Instances?.[0]?.SubnetId;
  const Groups = (found ?? []).flatMap(({ GroupId }) => GroupId ?? []);
  await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups }));
};

const isGroupMade = (calls: readonly Call[]): boolean => calls.some(({ command }) => command === 'CreateSecurityGroup');

const play = async (
  playbooks: ReadonlyMap<string, Playbook>,
  playbook: string,
  [name, scenario]: readonly [string, Scenario<Json>],
): Promise<readonly PathFigures[]> => {
  const ground = evenGround(playbooks);
  const { practice } = ground;
  const arranged = await scenario.arrange(practice.stage);
  const first = await record(ground, playbook, scenario.finding(arranged, practice.stage));
  const makesGroup = isGroupMade(first.calls);
  const figures = [figuresOf(playbook, makesGroup ? `${name}, group to be made` : name, first, makesGroup)];
  if (!makesGroup) return figures;
  // Let go and found anew, while something else keeps the group in use.
  await keepGroup(practice, first.ended.incident);
  await practice.release(first.ended.incident, 'restore');
  const now = practice.world.clock.now();
  const again = await record(ground, playbook, scenario.finding(arranged, { ...practice.stage, now }));
  if (isGroupMade(again.calls)) throw new Error(`${playbook} made its group again, though it was there.`);
  return [...figures, figuresOf(playbook, `${name}, group is there`, again, false)];
};

export const measurePaths = async (playbooks: ReadonlyMap<string, Playbook>): Promise<readonly PathFigures[]> => {
  const figures: PathFigures[] = [];
  for (const name of playbooks.keys()) {
    const [main] = Object.entries(await loadScenarios(name));
    if (main) figures.push(...(await play(playbooks, name, main)));
  }
  return figures;
};

/** Where more calls are under way at once than one can read. */
const wayLength = 150;

export const pathText = (figures: readonly PathFigures[]): string =>
  section(
    'Path',
    'Counted on the practice ground, with the very functions, workflow and SDK that are deployed. Depth: every call takes the same time there, so calls side by side are one ' +
      "level; the ledger's, the switch's and the execution's start are in it, and a level for AssumeRole where nothing else is done meanwhile. Calls: of a whole incident, without those that look after growing " +
      'evidence, with an AssumeRole for each function that called the account (warm functions assume less often).',
    table(
      ['playbook, scenario', 'changes', 'states', 'invocations', 'depth', 'transitions', 'calls', 'with the ledger'],
      figures.map((one) => [
        `${one.playbook}, ${one.scenario}`,
        `${one.changes}`,
        saidOf(one.states),
        saidOf(one.invocations),
        saidOf(one.depth),
        saidOf(one.transitions),
        saidOf(one.calls),
        saidOf(one.callsWithLedger),
      ]),
    ),
    table(
      ['what the depth is made of', 'receive', 'the ledger alone', 'others', 'AssumeRole'],
      figures.map(({ playbook, scenario, levels }) => [
        `${playbook}, ${scenario}`,
        `${levels.receive}`,
        `${levels.ledger}`,
        `${levels.account}`,
        `${levels.assumeRole}`,
      ]),
    ),
    `The way of ${figures[0]?.playbook}, level by level; the others' are in the JSON:\n\n${(figures[0]?.way ?? [])
      .map(
        (level, index) =>
          `${String(index + 1).padStart(3)}  ${level.length > wayLength ? `${level.slice(0, wayLength)}…` : level}`,
      )
      .join('\n')}`,
  );
