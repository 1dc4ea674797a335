// Practice ground: the account in memory with Firebreak deployed in it. The Lambda code, the workflow's file and the SDK are the real ones.
import type { Pluggable } from '@smithy/types';
import { clientsFrom } from '../functions/adapters/clients.ts';
import { answerTaskOn, startOn, startReleaseOn } from '../functions/adapters/executions.ts';
import {
  type Entry,
  type Execution,
  loadWorkflow,
  type Payload,
  runWorkflow,
  type WorkflowName,
} from '../functions/adapters/workflow.ts';
import { answerHandler } from '../functions/answer.ts';
import type { Reply } from '../functions/answering/reply.ts';
import { askHandler } from '../functions/ask.ts';
import { closeHandler } from '../functions/close.ts';
import { denySeconds } from '../functions/deny.ts';
import type { Engine, Options, Progress } from '../functions/engine/engine.ts';
import type { ReleaseMode } from '../functions/engine/hold.ts';
import { type Incident, readIncident } from '../functions/engine/incident.ts';
import type { Ledger, LedgerRecord } from '../functions/engine/ledger.ts';
import type { Original } from '../functions/engine/originals.ts';
import type { Watched } from '../functions/engine/watch.ts';
import { playbookHandler } from '../functions/playbook.ts';
import { admitRelease } from '../functions/rails/admission.ts';
import { type Config, type ConfigInput, defineConfig } from '../functions/rails/config.ts';
import type { ReadSwitch } from '../functions/rails/switch.ts';
import type { SwitchKeeper } from '../functions/rails/turning.ts';
import { type ReceiveOutput, receiveHandler } from '../functions/receive.ts';
import { watchHandler } from '../functions/watch.ts';
import type { Json } from '../playbooks/language/json.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Place } from '../playbooks/language/resource.ts';
import type { Stage } from '../playbooks/language/scenario.ts';
import { bring } from './account/circumstances.ts';
import { createRandom } from './account/random.ts';
import type { State } from './account/state.ts';
import { deployMachine, executionsIn } from './account/step-functions.ts';
import { Crash, createWorld, type Session, type StaleReads, type World } from './account/world.ts';
import { type BegunByHand, createByHand } from './by-hand.ts';
import { denyFrom } from './deny-call.ts';
import { createEvidenceBucket, type OriginalsBy } from './evidence-bucket.ts';
import { type DecideLedger, type LedgerCall, ledgerOf } from './faulty-ledger.ts';
import { functionUrlEvent } from './function-url.ts';
import { createLambda, type Process } from './lambda.ts';
import { memoryLedger, type Records } from './memory-ledger.ts';
import { createNoticeBoard, type NoticeBoard, type NoticesBy } from './notice-board.ts';
import { personAgainAfterSeconds, retrying } from './retrying.ts';
import { createWaiting } from './waiting.ts';

export type Answer = 'approve' | 'deny' | 'silence';

export interface PracticeOptions {
  readonly playbooks: ReadonlyMap<string, Playbook>;
  readonly seed: number;
  readonly latency?: 'seeded' | 'none' | number;
  readonly staleReads?: StaleReads;
  /** 'published': AWS throttles as it says; without it, never. */
  readonly limits?: 'published';
  /** What the deployment chose for its playbooks, by name. */
  readonly options?: Options;
  /** The rails. Without it the switch is on, and the Config rules that the playbooks answer are trusted; all else is as by default. */
  readonly config?: Config;
  /** A switch that can be turned; without it the configuration's position counts. */
  readonly readSwitch?: ReadSwitch;
  readonly switchKeeper?: SwitchKeeper;
  readonly unitsOf?: NonNullable<Engine['unitsOf']>;
  /** What a person answers when asked; where it is a function, when asked for the nth time. */
  readonly answer?: Answer | ((times: number) => Answer);
  /** 'published' sends them through topics in the account; otherwise they are kept without a call to AWS. */
  readonly notices?: NoticesBy;
  /** 'stored' puts originals into a bucket in the responder's account; otherwise they are kept without a call to AWS. */
  readonly originals?: OriginalsBy;
  readonly report?: (progress: Progress, at: Date) => void;
  /** Goes on from there, with processes of its own. */
  readonly from?: Checkpoint;
  /** Called whenever a function has hands lent that it will need soon; here it has them already. */
  readonly onLend?: () => void;
  /** A process that is done takes the next call of its function, as Lambda's do. Without it each call gets a process of its own. */
  readonly warm?: boolean;
}

/** Everything that outlives a process: the account, the ledger, the time. */
export interface Checkpoint {
  readonly state: State;
  readonly ledger: ReadonlyMap<string, LedgerRecord>;
  readonly originals: readonly Original[];
  readonly at: number;
}

/** An execution, the incident as it stood at its end, and when that was in virtual milliseconds. */
export type Ended = Execution & { readonly incident: Incident; readonly endedAt: number };

export interface Response {
  readonly received: ReceiveOutput;
  readonly executions: readonly Ended[];
  /** Those whose finding came again, as a fresh look found them. */
  readonly checked: readonly Incident[];
}

export interface Practice extends Pick<NoticeBoard, 'notices' | 'deadLetters' | 'findingNotes'> {
  readonly world: World;
  readonly ledger: Ledger;
  readonly stage: Stage;
  /** Calls to the ledger so far; a fault is injected by their index. */
  readonly ledgerCalls: readonly LedgerCall[];
  injectIntoLedger(decide: DecideLedger | undefined): void;
  /** As it stands between two processes. */
  checkpoint(): Checkpoint;
  /** Events that no delivery got through: EventBridge keeps them in the dead-letter queue, whose alarm tells people. */
  readonly deadEvents: readonly unknown[];
  /** What stands in the dead-letter queue goes through again. */
  redriveEvents(): Promise<void>;
  /** How many functions ran at once at most. */
  mostAtOnce(): number;
  /** Every execution that was started so far, at its end. */
  settled(): Promise<readonly Ended[]>;
  /** The incident as it stands on record. */
  read(id: string): Promise<Incident>;
  /** Deploys one more playbook while all goes on. */
  enrol(name: string, playbook: Playbook): void;
  /** An engine in a process of its own, for what is done by hand. */
  engine(name: string): Engine;
  /** The whole path from a raw event: receive, and an execution for each incident. EventBridge's retries included. */
  respond(event: unknown): Promise<Response>;
  /** Start execution of firebreak-by-hand. What it began goes on by itself. */
  byHand(input: Payload): Promise<BegunByHand>;
  contain(incident: Incident): Promise<Ended>;
  /** Asks for something through the function URL, signed by whoever has this ARN. @throws where the function dies. */
  call(arn: string, asked: Json): Promise<Reply>;
  /** Every release that was asked for so, at its end. */
  releases(): Promise<readonly Ended[]>;
  /** A failed execution goes on where it stopped. */
  redrive(failed: Ended, name: WorkflowName): Promise<Ended>;
  release(incident: Incident, mode: ReleaseMode): Promise<Ended>;
  /** One run of the watch, as the schedule starts it. */
  watch(): Promise<Watched>;
}

const place: Place = { partition: 'aws', account: '111122223333', region: 'eu-central-1' };
const start = new Date('2026-11-02T03:04:05.000Z');
/** What a deployment for practice has in its firebreak.config.ts. */
export const practiceConfig = (playbooks: PracticeOptions['playbooks'], more: ConfigInput = {}): Config => {
  const answers = [...playbooks.values()].flatMap((playbook) => playbook.answers);
  const rules = answers.filter(({ detector }) => detector === 'config').map(({ type }) => type);
  return defineConfig({ mode: 'on', trustedConfigRules: rules, ...more });
};

/** Sets up an empty account with Firebreak in it. Everything that happens in it depends on the seed alone. */
export const createPractice = (options: PracticeOptions): Practice => {
  const { seed, latency, staleReads, limits, readSwitch, switchKeeper, unitsOf, answer = 'approve' } = options;
  const config = options.config ?? practiceConfig(options.playbooks);
  const oncall = `arn:aws:iam::${place.account}:user/oncall`;
  const world = createWorld({
    seed,
    start,
    latency: latency ?? 'seeded',
    ...(staleReads && { staleReads }),
    ...(limits && { limits }),
  });
  const jitter = createRandom(seed, 'pauses');
  const records: Records = new Map(options.from?.ledger);
  const shared = memoryLedger(records);
  if (options.from) {
    world.restore(options.from.state);
    world.clock.advance(options.from.at - start.getTime());
  }
  const { sender, ...board } = createNoticeBoard(world, place, options.notices ?? 'kept');
  const evidence = createEvidenceBucket(world, options.originals ?? 'kept', options.from?.originals);
  const ledgerCalls: LedgerCall[] = [];
  let decideLedger: DecideLedger | undefined;
  const playbooks = new Map(options.playbooks);
  /** How often a person was asked, by incident. */
  const questions = new Map<string, number>();
  let sessions = 0;

  const retried = retrying(world.clock);
  const machine = deployMachine(world.requestAt(place), 'firebreak-respond');
  const releasing = deployMachine(world.requestAt(place), 'firebreak-release');
  const waiting = createWaiting(world, place);

  /** What a function has another one do without waiting for it, the last of each. */
  const later = new Map<string, Promise<unknown>>();
  const beginLater = ({ name, dead }: Session, what: string, work: () => Promise<unknown>): void => {
    if (dead) throw new Crash(`${name} is dead and can't begin to ${what}`);
    const end = Promise.allSettled([later.get(what)]).then(() => retried(work));
    end.catch(() => undefined);
    later.set(what, end);
  };

  /** A process of its own, and what it runs on. */
  const process = (name: string): Process => {
    const isDeny = name.startsWith('deny ');
    const session = world.session(`${name}-${++sessions}`, isDeny ? { milliseconds: denySeconds * 1000 } : undefined);
    const plugins = ({ account, region }: Place) => [
      session.plugin(account, region) as unknown as Pluggable<object, object>,
    ];
    const configure = ({ account, region }: Place) => session.configure(account, region);
    const aws = clientsFrom({ configure, plugins, ...(options.warm && { forAnyIncident: true }) });
    const engine: Engine = {
      ledger: ledgerOf(shared, world, session, ledgerCalls, () => decideLedger),
      now: world.clock.now,
      // The engine's own jitter is chance; here it comes from the seed, as everything does.
      pause: () => world.clock.sleep(jitter.between(1, 50)),
      aws,
      lend: () => options.onLend?.(),
      ...sender(session, aws),
      ...(!isDeny && { deny: denyFrom(world, run, session), originals: evidence.originals(aws) }),
      start: startOn(aws(place, 'receive', 'write'), machine),
      // Its role alone may.
      ...(name.startsWith('answer') && {
        answerTask: answerTaskOn(aws(place, 'answer', 'write')),
        startRelease: startReleaseOn(aws(place, 'answer', 'write'), releasing),
      }),
      resume: async (incident) =>
        beginLater(session, `resume ${incident}`, () => answering({ do: 'resume', incident })),
      check: async (incident) => beginLater(session, `check ${incident}`, () => watch({ incident })),
      playbooks,
      options: options.options ?? {},
      config,
      ...(readSwitch && { readSwitch }),
      ...(switchKeeper && { switchKeeper }),
      ...(unitsOf && { unitsOf }),
      region: place.region,
      actor: `arn:aws:sts::${place.account}:assumed-role/firebreak-${name.split(' ')[0]}/practice`,
      report: (progress) => options.report?.(progress, world.clock.now()),
    };
    return { session, engine };
  };
  const engine = (name: string): Engine => process(name).engine;

  const { run, mostAtOnce } = createLambda(world, process, options.warm ?? false);

  /** The function that answers, whoever calls it. */
  const answering = async (event: object): Promise<unknown> => {
    try {
      return await run('answer', (own) => answerHandler(own)(event));
    } finally {
      // Also what it began before it died.
      waiting.look();
      beginStarted();
    }
  };
  const call = (arn: string, asked: Json): Promise<Reply> => answering(functionUrlEvent(arn, asked)) as Promise<Reply>;

  /** What the person on call says who was asked. Whoever hears that it did not work says it once more. */
  const personAnswers = async (incident: string): Promise<void> => {
    const times = (questions.get(incident) ?? 0) + 1;
    questions.set(incident, times);
    const given = typeof answer === 'function' ? answer(times) : answer;
    if (given === 'silence') return;
    await retried(async () => {
      const { statusCode, body } = await call(oncall, { do: given, incident });
      if (statusCode >= 500) throw new Error(body);
    }, personAgainAfterSeconds).catch(() => undefined);
  };

  /** The workflow waits with a token of its own for what a person says. */
  const asked = async (payload: Payload, timeoutSeconds: number): Promise<unknown> => {
    const token = waiting.open();
    try {
      await run('ask ask', (own) => askHandler(own)({ ...payload, token }));
    } catch (error) {
      waiting.fail(token);
      throw error;
    }
    const end = waiting.ended(token, timeoutSeconds);
    void personAnswers(String(payload.incident));
    return end;
  };

  const invoke = async (functionName: string, payload: Payload, timeoutSeconds = 0): Promise<unknown> => {
    const name = functionName.replace('firebreak-', '');
    if (name === 'ask' && payload.do === 'ask') return asked(payload, timeoutSeconds);
    return run(typeof payload.do === 'string' ? `${name} ${payload.do}` : name, async (own) => {
      if (name === 'close') return closeHandler(own)(payload);
      return name === 'ask' ? askHandler(own)(payload) : playbookHandler(own)(payload);
    });
  };

  const read = async (id: string): Promise<Incident> => {
    const incident = await readIncident({ ledger: shared }, id);
    if (!incident) throw new Error(`Incident ${id} is missing from the ledger.`);
    return incident;
  };

  const execute = async (name: WorkflowName, input: Payload, from?: Entry): Promise<Ended> => {
    const wait = (seconds: number) => world.clock.sleep(seconds * 1000);
    await world.clock.hold(loadWorkflow(name, from));
    const execution = await runWorkflow(name, input, { invoke, wait, now: world.clock.now }, from);
    return { ...execution, incident: await read(String(input.incident)), endedAt: world.clock.now().getTime() };
  };

  /** Those that run or have run, in the order of their starts, and the last of each incident. Step Functions runs each once. */
  const begun: Record<Exclude<WorkflowName, 'by-hand'>, Promise<Ended>[]> = { respond: [], release: [] };
  const lastOf = new Map<string, Promise<Ended>>();
  let seen = 0;
  const beginStarted = (): void => {
    for (const record of executionsIn(world.state, place.account, place.region, seen)) {
      seen += 1;
      if (record.status !== 'RUNNING') continue;
      const input = JSON.parse(record.input) as Payload;
      const name = record.machine === 'firebreak-release' ? 'release' : 'respond';
      const end = execute(name, input);
      end.then(
        ({ status }) => Object.assign(record, { status }),
        () => undefined,
      );
      begun[name].push(end);
      if (name === 'respond') lastOf.set(String(input.incident), end);
    }
  };

  const deadEvents: unknown[] = [];
  const deliverOnce = async (event: unknown): Promise<ReceiveOutput> => {
    try {
      return await run('receive', (own) => receiveHandler(own)(event));
    } finally {
      // Also what it started before it died.
      beginStarted();
    }
  };
  const deliver = (event: unknown): Promise<ReceiveOutput> => retried(() => deliverOnce(event));

  const watch = (input: object): Promise<Watched> => run('watch', (own) => watchHandler(own)(input));

  const respond = async (event: unknown): Promise<Response> => {
    const received = await deliver(event).catch((error: unknown) => {
      deadEvents.push(event);
      throw error;
    });
    // Executions run side by side, as they do on AWS: none waits for another one's snapshots.
    const executions = [
      ...received.starts.flatMap(({ incident }) => lastOf.get(incident) ?? []),
      ...received.resumes.map(async ({ incident }) => {
        await later.get(`resume ${incident}`);
        return lastOf.get(incident) ?? [];
      }),
    ];
    const checks = received.checks.map(async (incident) => {
      await later.get(`check ${incident}`);
      return read(incident);
    });
    return { received, executions: (await Promise.all(executions)).flat(), checked: await Promise.all(checks) };
  };

  const staged = engine('stage');
  return {
    ...board,
    world,
    ledger: shared,
    ledgerCalls,
    stage: {
      ...place,
      aws: staged.aws(place, 'stage', 'write'),
      now: start,
      bring: async (circumstance, id) => bring(world, place, circumstance, id),
      wait: (seconds) => world.clock.sleep(seconds * 1000),
    },
    injectIntoLedger: (decide) => {
      decideLedger = decide;
    },
    engine,
    read,
    enrol: (name, playbook) => playbooks.set(name, playbook),
    deadEvents,
    redriveEvents: async () => {
      for (const event of deadEvents.splice(0)) await respond(event);
    },
    mostAtOnce,
    settled: async () => Promise.all(begun.respond),
    checkpoint: () => ({
      state: world.copy(),
      ledger: new Map(records),
      originals: [...evidence.inMemory],
      at: world.clock.now().getTime(),
    }),
    respond,
    redrive: ({ incident: { id, playbook }, last }, name) => execute(name, { incident: id, playbook }, last),
    byHand: createByHand(place, deliverOnce, world.clock.now),
    contain: ({ id, playbook }) => execute('respond', { incident: id, playbook }),
    call,
    releases: async () => Promise.all(begun.release),
    watch: () => watch({}),
    release: async ({ id, playbook }, mode) => {
      // A person asks for it, from outside of what can fail here.
      await admitRelease({ ...staged, ledger: shared }, id, mode, oncall);
      return execute('release', { incident: id, playbook, mode });
    },
  };
};
