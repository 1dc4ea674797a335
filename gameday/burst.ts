// A burst: thousands of findings within a minute, most of them duplicates, on an account whose calls AWS admits only as fast as it says.
// Receiving, workflow, functions and SDK are the deployed ones; what is measured is that nothing is lost, nothing doubled, and how fast it is.
import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { loadPlaybooks } from '../functions/adapters/catalogue.ts';
import type { Progress } from '../functions/engine/engine.ts';
import type { Incident } from '../functions/engine/incident.ts';
import { type ConfigInput, defineConfig } from '../functions/rails/config.ts';
import type { Json } from '../playbooks/language/json.ts';
import { echoOf, importFindings } from './account/securityhub.ts';
import type { Call } from './account/world.ts';
import { type Arrival, administrator, arrivalsOf, type Detection } from './burst/findings.ts';
import { launchFleet } from './burst/fleet.ts';
import { type BurstObserved, burstReportOf, type Followed } from './burst/measure.ts';
import { createNoteWriter } from './burst/note-writer.ts';
import { createPractice, type Ended, type Practice } from './practice.ts';
import type { BurstReport } from './report/burst-report.ts';

const playbook = 'isolate-instance';

/** What whoever watches is told as it goes on, in virtual time. */
export type BurstProgress = { readonly contained: number; readonly of: number; readonly atSeconds: number };

export interface BurstOptions {
  readonly seed: number;
  /** Each on an instance of its own. 2,000 if not given. */
  readonly detections?: number;
  readonly withinSeconds?: number;
  /** On top of a deployment that is prepared for so many: its budgets let all of them through. */
  readonly config?: ConfigInput;
  readonly onProgress?: (progress: BurstProgress) => void;
}

/** What a team has to have configured to have thousands contained without a question. */
const preparedFor = (detections: number): ConfigInput => {
  const all = { containments: detections, perSeconds: 3600 };
  return {
    mode: 'on',
    administrators: [administrator],
    budgets: { containments: { LOW: all, MEDIUM: all, HIGH: all, CRITICAL: all } },
  };
};

/** When each incident was first seen to be contained, by the engine's own progress. */
const watchProgress = (onProgress: BurstOptions['onProgress'], of: number) => {
  const toldAt = new Map<string, number>();
  const report = ({ incident = '', step, text }: Progress, at: Date, begun: number): void => {
    if (step !== 'verify' || !text.startsWith('contained') || toldAt.has(incident)) return;
    toldAt.set(incident, at.getTime() - begun);
    onProgress?.({ contained: toldAt.size, of, atSeconds: (at.getTime() - begun) / 1000 });
  };
  return { toldAt, report };
};

/** Which interfaces no traffic passes any more, whatever Firebreak says of them: none of their groups has a rule. */
const cutOffIn = async ({ stage }: Practice): Promise<ReadonlySet<string>> => {
  const ec2 = stage.aws(EC2Client);
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const empty = new Set(
    SecurityGroups.filter(
      ({ IpPermissions = [], IpPermissionsEgress = [] }) => IpPermissions.length + IpPermissionsEgress.length === 0,
    ).map(({ GroupId }) => GroupId),
  );
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  const isCutOff = ({ Groups = [] }: NetworkInterface) => Groups.every(({ GroupId }) => empty.has(GroupId));
  const open = new Set(
    NetworkInterfaces.filter((eni) => !isCutOff(eni)).map(({ Attachment }) => Attachment?.InstanceId),
  );
  return new Set(
    NetworkInterfaces.flatMap(({ Attachment }) => Attachment?.InstanceId ?? []).filter((id) => !open.has(id)),
  );
};

/** When the groups of each interface were written with effect. */
const isolationsOf = (calls: readonly Call[]): ReadonlyMap<string, readonly number[]> => {
  const times = new Map<string, number[]>();
  for (const { command, outcome, input, at } of calls) {
    const { NetworkInterfaceId = '', Groups } = (input ?? {}) as { NetworkInterfaceId?: string; Groups?: unknown };
    if (command === 'ModifyNetworkInterfaceAttribute' && outcome === 'ok' && Groups)
      times.set(NetworkInterfaceId, [...(times.get(NetworkInterfaceId) ?? []), at]);
  }
  return times;
};

const isRefusal = ({ outcome }: Call): boolean =>
  ['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'LimitExceededException'].includes(outcome);

type Seen = {
  readonly practice: Practice;
  readonly begun: number;
  readonly arrivals: readonly Arrival[];
  readonly ended: readonly Ended[];
  readonly toldAt: ReadonlyMap<string, number>;
};

const followedIn = async ({ practice, begun, arrivals, ended, toldAt }: Seen): Promise<readonly Followed[]> => {
  const incidents = (await practice.ledger.list('incidents', '')).map(({ value }) => value as Incident);
  const byInstance = Map.groupBy(incidents, ({ target }) => target.id);
  const endOf = new Map(ended.map(({ incident, endedAt }) => [incident.id, endedAt - begun]));
  const notices = Map.groupBy(
    practice.notices().filter(({ happened }) => happened === 'contained'),
    ({ where }) => where.id,
  );
  const cutOff = await cutOffIn(practice);
  const isolations = isolationsOf(practice.world.calls);
  const first = new Map<string, number>();
  for (const { instance, after } of arrivals) if (!first.has(instance)) first.set(instance, after);
  return [...first].map(([instance, arrivedAt]) => {
    const own = byInstance.get(instance) ?? [];
    const incident = own.at(-1);
    const writes = (incident?.changes ?? []).map(({ id }) => isolations.get(id) ?? []);
    const isCutOff = cutOff.has(instance);
    return {
      instance,
      arrivedAt,
      cutOff: isCutOff,
      incidents: own.length,
      outcome: incident?.outcome ?? null,
      reason: incident?.reason ?? 'no incident was opened',
      writes: Math.max(0, ...writes.map((times) => times.length)),
      notices: notices.get(instance)?.length ?? 0,
      containedAt: isCutOff ? Math.max(...writes.flat()) - begun : null,
      toldAt: toldAt.get(incident?.id ?? '') ?? null,
      endedAt: endOf.get(incident?.id ?? '') ?? null,
    };
  });
};

/** Writes what is queued for Security Hub from now on, and receives what comes of it: a finding that is noted is sent once more. */
const noteOn = (practice: Practice, seed: number) => {
  const echoes = { sent: 0, ignored: 0 };
  const echo = async (event: Json): Promise<void> => {
    echoes.sent += 1;
    const { told, starts, checks, resumes } = (await practice.respond(event)).received;
    const ignored = told.length > 0 && told.every((one) => one.do === 'ignore');
    if (ignored && starts.length + checks.length + resumes.length === 0) echoes.ignored += 1;
  };
  const noted = new Set<string>();
  let writes = 0;
  const echoing: Promise<void>[] = [];
  const { world, stage } = practice;
  const writer = createNoteWriter(practice, seed, ({ id }) => {
    noted.add(id);
    writes += 1;
    echoing.push(echo(echoOf(world.requestAt(stage), id)));
  });
  let over = false;
  const writing = writer.run(() => over);
  return {
    /** Once nothing more will be queued. */
    finished: async () => {
      over = true;
      await writing;
      await Promise.all(echoing);
      return { noted: noted.size, again: writes - noted.size, echoes };
    },
  };
};

/** Plays the burst to its end. The same seed gives the same, to the millisecond. */
export const playBurst = async (options: BurstOptions): Promise<BurstObserved> => {
  const { seed, detections: count = 2000, withinSeconds = 60, config, onProgress } = options;
  const definition = (await loadPlaybooks()).get(playbook);
  if (!definition) throw new Error(`The burst needs the playbook '${playbook}'.`);
  const { toldAt, report } = watchProgress(onProgress, count);
  let begun = 0;
  const practice = createPractice({
    playbooks: new Map([[playbook, definition]]),
    seed,
    limits: 'published',
    warm: true,
    notices: 'published',
    answer: 'silence',
    config: defineConfig({ ...preparedFor(count), ...config }),
    report: (progress, at) => report(progress, at, begun),
  });
  const { world, stage } = practice;
  const instances = await launchFleet(stage, count);
  begun = world.clock.now().getTime();
  const { account, region } = stage;
  const at = world.clock.now();
  const detections: readonly Detection[] = instances.map((instance) => ({ instance, account, region, at }));
  const arrivals = arrivalsOf(detections, withinSeconds * 1000, seed);
  importFindings(
    world.requestAt(stage),
    arrivals.filter(({ way }) => way === 'hub of the member').map(({ event }) => event),
  );
  const notes = noteOn(practice, seed);
  const lost: string[] = [];
  await Promise.all(
    arrivals.map(async ({ event, after }) => {
      await world.clock.sleep(after);
      await practice.respond(event).catch((error: unknown) => lost.push(String(error)));
    }),
  );
  const ended = await practice.settled();
  const { noted, again, echoes } = await notes.finished();
  return {
    seed,
    withinSeconds,
    events: arrivals.map(({ after }) => after),
    followed: await followedIn({ practice, begun, arrivals, ended, toldAt }),
    notes: {
      findings: noted,
      again,
      calls: world.calls.filter(({ command }) => command === 'BatchUpdateFindings').length,
    },
    echoes,
    calls: {
      total: world.calls.length,
      refused: world.calls.filter(isRefusal).length,
      functionsAtOnce: practice.mostAtOnce(),
    },
    defects: [...world.defects.map(({ message }) => message), ...lost],
  };
};

export const runBurst = async (options: BurstOptions): Promise<BurstReport> => burstReportOf(await playBurst(options));
