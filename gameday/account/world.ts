// The account in memory: real SDK clients, with real serialisation, validation and retries, answered from plain data.
// A middleware beneath the SDK's retry loop stands in for the network and for AWS.
import { getSmithyContext } from '@smithy/core/transport';
import type { HandlerExecutionContext, MetadataBearer, Pluggable } from '@smithy/types';
import { attemptOf, type ClientConfiguration, clientConfiguration, rememberAttempts } from './client.ts';
import { type Clock, createClock } from './clock.ts';
import { Crash } from './errors.ts';
import { denied, type Fault, serverError, throttled, timeout } from './faults.ts';
import { publishedLimits } from './limits.ts';
import type { Operation, Request, ServiceModel } from './model.ts';
import { createRandom, newId, newUuid } from './random.ts';
import { passTime, services } from './services.ts';
import { hasIdempotencyToken, inputProblems, type OperationSchema, outputProblems } from './shapes.ts';
import { copyOf, copyState, emptyState, type State } from './state.ts';

export { Crash } from './errors.ts';
export type { Fault } from './faults.ts';
export type { State } from './state.ts';

/** One attempt of one call, as AWS would see it. */
export interface Call {
  readonly index: number;
  /** The SDK's service id: `EC2`, `S3 Control`, `Elastic Load Balancing v2`. */
  readonly service: string;
  /** Without `Command`: `DescribeInstances`. */
  readonly command: string;
  readonly input: unknown;
  readonly account: string;
  readonly region: string;
  /** Virtual milliseconds. */
  readonly at: number;
  readonly attempt: number;
  readonly requestId: string;
  /** `ok` or the name of the error; empty while the call is under way. */
  outcome: string;
  readonly write: boolean;
  readonly session: string;
}

/** One process that calls AWS. It can die; a restarted one is a new session. */
export interface Session {
  readonly name: string;
  readonly dead: boolean;
  /** How long it may run before it is killed. */
  readonly milliseconds: number;
  /** From now on nothing that this process does has any effect. */
  die(): void;
  configure(account: string, region: string): ClientConfiguration;
  plugin(account: string, region: string): Pluggable<object, MetadataBearer>;
  /** A client of this session, configured and plugged in. */
  client<C extends Connectable>(
    type: new (configuration: never) => C,
    account: string,
    region: string,
    options?: { readonly maxAttempts?: number },
  ): C;
}

interface Connectable {
  readonly middlewareStack: { use(plugin: never): void };
}

type Decide = (call: Call) => Fault | undefined;

export interface World {
  readonly state: State;
  readonly clock: Clock;
  readonly calls: readonly Call[];
  /** Calls that no real AWS could have got or answered: a test that sees one has found a bug in the program or in a model. */
  readonly defects: readonly Error[];
  session(name: string, limits?: { readonly milliseconds: number }): Session;
  /** Decides for each attempt whether something goes wrong with it; `undefined` ends the faults. */
  inject(decide: Decide | undefined): void;
  /** Hears of each write that has had its effect; `undefined` ends it. */
  overhear(hear: ((call: Call) => void) | undefined): void;
  /** To compare with others: what holds nothing is left out. */
  snapshot(): State;
  /** To go on from, with `restore`. */
  copy(): State;
  restore(state: State): void;
  /** For what is there before anybody calls. */
  requestAt(place: { readonly account: string; readonly region: string }): Request;
  /** For what happens on AWS without anybody's call: see `circumstances.ts`. */
  newId(prefix: string): string;
}

export interface StaleReads {
  readonly probability: number;
  readonly seconds: number;
  /** Which services answer stale reads; EC2 and IAM when left out. */
  readonly services?: readonly string[];
  /** Who gets them; everybody when left out. */
  readonly readers?: (session: string) => boolean;
}

export interface WorldOptions {
  readonly seed: number;
  readonly start: Date;
  readonly models?: Readonly<Record<string, ServiceModel>>;
  /** A number: every call takes so many milliseconds. */
  readonly latency?: 'seeded' | 'none' | number;
  readonly staleReads?: StaleReads;
  /** 'published': AWS admits as many calls as the services say; without it, any number. */
  readonly limits?: 'published';
}

/** How long a caller waits in vain before its connection times out. */
const timeoutMilliseconds = 3000;
/** How long a Lambda of Firebreak may run before it is killed, unless it has a limit of its own. */
const lambdaMilliseconds = 120_000;

/** To start an execution is Firebreak's own affair: it changes no resource. */
const isWrite = (service: string, command: string): boolean =>
  service !== 'SFN' && !/^(Get|List|Describe|Head|Lookup|Simulate|Check|Search)/.test(command);

const squeeze = (name: string): string => name.toLowerCase().replaceAll(' ', '');

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** Streams have no text, and need none: their calls differ in the rest of their input. */
const textOf = (input: unknown): string =>
  JSON.stringify(input, (name, value) => (name === 'Body' && typeof value === 'object' ? '' : value));

interface Arrival {
  readonly key: string;
  readonly go: () => void;
}

interface Incoming {
  readonly session: { readonly name: string; readonly milliseconds: number; dead: boolean };
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly command: string;
  readonly input: unknown;
  readonly schema: OperationSchema;
  readonly request: unknown;
}

export function createWorld(options: WorldOptions): World {
  const models = options.models ?? services;
  const seeded = options.latency !== 'none';
  const clock = createClock(options.start);
  const ids = createRandom(options.seed, 'ids');
  // Apart from the others, so that one more call changes no resource's id.
  const requestIds = createRandom(options.seed, 'request ids');
  const latencies = createRandom(options.seed, 'latencies');
  const staleness = createRandom(options.seed, 'staleness');
  const state = emptyState();
  const calls: Call[] = [];
  const defects: Error[] = [];
  const answersByToken = new Map<string, object>();
  const admits = options.limits && publishedLimits(clock.now);
  const refused = new Set<string>();
  let decide: Decide | undefined;
  let hear: ((call: Call) => void) | undefined;

  /** Lets AWS do by itself what is due by now, and says how a place looks to a request. */
  const requestIn = (account: string, region: string, seen: State): Request => ({
    account,
    region,
    partition: partitionOf(region),
    now: clock.now(),
    state: seen,
    newId: (prefix) => newId(ids, prefix),
  });
  const catchUp = (): void => passTime(state, (account, region) => requestIn(account, region, state));

  const defect = (message: string): Error => {
    const error = new Error(message);
    defects.push(error);
    return error;
  };

  const wait = async (milliseconds: number): Promise<void> => {
    if (seeded) await clock.sleep(milliseconds);
  };

  // Calls that leave at one virtual time are put in an order that depends on what they are, not on how many promises each
  // client happened to go through: caches make that differ between the first run in a process and the second.
  let arrivals: Arrival[] = [];
  const arrive = (key: string): Promise<void> =>
    new Promise((go) => {
      arrivals.push({ key, go });
      if (arrivals.length > 1) return;
      void clock.sleep(0).then(() => {
        const batch = arrivals.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
        arrivals = [];
        for (const { go } of batch) go();
      });
    });

  let history: { readonly at: number; readonly account: string; readonly state: State }[] = [];
  const youngest = (): number => clock.now().getTime() - (options.staleReads?.seconds ?? 0) * 1000;

  const rememberBefore = (account: string): void => {
    if (!options.staleReads) return;
    history = history.filter(({ at }) => at > youngest());
    history.push({ at: clock.now().getTime(), account, state: copyOf(state) });
  };

  const stateToRead = (account: string, service: string, session: string, surely: boolean): State => {
    const { staleReads } = options;
    if (!staleReads || !(staleReads.services ?? ['EC2', 'IAM']).includes(service)) return state;
    if (staleReads.readers?.(session) === false) return state;
    const older = history.filter((entry) => entry.account === account && entry.at > youngest());
    if (surely) return copyOf(older[0]?.state ?? state);
    if (older.length === 0 || staleness.next() >= staleReads.probability) return state;
    return copyOf(older[staleness.between(0, older.length - 1)]?.state ?? state);
  };

  const perform = (operation: Operation, incoming: Incoming, write: boolean, fault: Fault | undefined): object => {
    const { account, region, service, command, input, schema } = incoming;
    const { invocation } = attemptOf(incoming.request);
    const token = (input as { ClientToken?: string } | undefined)?.ClientToken ?? invocation;
    const tokenKey =
      token && write && hasIdempotencyToken(schema) ? `${account} ${region} ${service} ${command} ${token}` : '';
    const before = answersByToken.get(tokenKey);
    if (before) return copyOf(before);
    catchUp();
    if (write) rememberBefore(account);
    const seen = write ? state : stateToRead(account, service, incoming.session.name, fault === 'stale');
    const output = operation(copyOf(input) as never, requestIn(account, region, seen));
    const wrong = outputProblems(schema, output);
    if (wrong.length > 0) throw defect(`the model of ${service} answers what AWS can't: ${wrong.join('; ')}`);
    const answer = copyOf(output);
    if (tokenKey) answersByToken.set(tokenKey, answer);
    return answer;
  };

  /**
   * What the SDK would wait before this attempt: longer where AWS had no room.
   * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
   */
  const backOff = (tries: number, wasRefused: boolean): number =>
    wasRefused ? latencies.between(0, 500 * 2 ** (tries - 2)) : latencies.between(10, 50 * 2 ** tries);

  const attempt = async (operation: Operation, incoming: Incoming, call: Call): Promise<object> => {
    const { session, service, command } = incoming;
    const fault = decide?.(call);
    const drawn = call.write ? latencies.between(40, 250) : latencies.between(15, 90);
    const latency = typeof options.latency === 'number' ? options.latency : drawn;
    const onTheWay = Math.round(latency * (0.3 + latencies.next() * 0.4));
    if (fault === 'crash-before' || fault === 'hangs') {
      if (fault === 'hangs') await clock.sleep(session.milliseconds);
      session.dead = true;
      throw new Crash(`${session.name} ${fault === 'hangs' ? 'was killed in' : 'died before'} ${service} ${command}`);
    }
    const { invocation } = attemptOf(incoming.request);
    if (call.attempt > 1) await wait(backOff(call.attempt, refused.delete(invocation)));
    if (fault === 'timeout-before') {
      await wait(timeoutMilliseconds);
      throw timeout();
    }
    await wait(onTheWay);
    if (fault === 'throttled') throw throttled(service);
    if (admits && !admits(call)) {
      refused.add(invocation);
      throw throttled(service);
    }
    if (fault === 'denied') throw denied(service, command);
    if (fault === 'server-error') throw serverError(service);
    const output = perform(operation, incoming, call.write, fault);
    if (call.write) hear?.(call);
    await wait(fault === 'timeout-after' ? timeoutMilliseconds : latency - onTheWay);
    if (fault === 'timeout-after') throw timeout();
    if (fault === 'crash-after') session.dead = true;
    // What was on its way when the process died has its effect all the same; nobody gets the answer.
    if (session.dead) throw new Crash(`${session.name} died after ${service} ${command}`);
    return output;
  };

  const serve = async (incoming: Incoming): Promise<object> => {
    const { session, account, region, service, command, input, schema } = incoming;
    if (session.dead) throw new Crash(`${session.name} is dead and can't call ${service} ${command}`);
    const operation = models[service]?.[command];
    if (!operation) {
      throw defect(
        `no model of ${service} ${command}: add it to the service's file in gameday/account/ (see services.ts)`,
      );
    }
    const wrong = inputProblems(schema, input);
    if (wrong.length > 0) throw defect(`${service} ${command} was called with a wrong input: ${wrong.join('; ')}`);
    const tries = attemptOf(incoming.request);
    if (seeded) await arrive(`${session.name} ${account} ${region} ${service} ${command} ${textOf(input)}`);
    if (session.dead) throw new Crash(`${session.name} is dead and can't call ${service} ${command}`);
    const call: Call = {
      index: calls.length,
      service,
      command,
      input: copyOf(input),
      account,
      region,
      at: clock.now().getTime(),
      attempt: tries.attempt,
      requestId: newUuid(requestIds),
      outcome: '',
      write: isWrite(service, command),
      session: session.name,
    };
    calls.push(call);
    try {
      const output = await attempt(operation, incoming, call);
      call.outcome = 'ok';
      return { ...output, $metadata: { httpStatusCode: 200, requestId: call.requestId } };
    } catch (error) {
      const known = error instanceof Error ? error : new Error(String(error));
      const expected = known instanceof Crash || known.name === 'TimeoutError' || '$fault' in known;
      if (!expected && !defects.includes(known)) defects.push(known);
      call.outcome = known.name;
      const metadata = (known as { $metadata?: object }).$metadata;
      if (metadata) Object.assign(metadata, { requestId: call.requestId });
      rememberAttempts(known, tries.most);
      throw known;
    }
  };

  const serviceOf = (context: HandlerExecutionContext): string => {
    const client = (context.clientName ?? 'unknown').replace(/Client$/, '');
    return Object.keys(models).find((service) => squeeze(service) === squeeze(client)) ?? client;
  };

  const session = (name: string, { milliseconds } = { milliseconds: lambdaMilliseconds }): Session => {
    const self = {
      name,
      milliseconds,
      dead: false,
      die: () => {
        self.dead = true;
      },
      configure: (_account: string, region: string) => clientConfiguration(clock, region),
      client: <C extends Connectable>(
        type: new (configuration: never) => C,
        account: string,
        region: string,
        attempts: { readonly maxAttempts?: number } = {},
      ): C => {
        const client = new type({ ...clientConfiguration(clock, region), ...attempts } as never);
        client.middlewareStack.use(self.plugin(account, region) as never);
        return client;
      },
      plugin: (account: string, region: string): Pluggable<object, MetadataBearer> => ({
        applyToStack: (stack) => {
          stack.add(
            (_next, context) => async (args) => {
              const { request, input } = args as unknown as { request: unknown; input: unknown };
              const { operationSchema } = getSmithyContext(context) as { operationSchema: OperationSchema };
              const redirected = (context as { __s3RegionRedirect?: string }).__s3RegionRedirect;
              const output = await serve({
                session: self,
                account,
                region: redirected ?? region,
                service: serviceOf(context),
                command: (context.commandName ?? '').replace(/Command$/, ''),
                input,
                schema: operationSchema,
                request,
              });
              return { response: { statusCode: 200, headers: {} }, output: output as object & MetadataBearer };
            },
            { name: 'accountInMemory', step: 'finalizeRequest', priority: 'low', override: true },
          );
        },
      }),
    };
    return self;
  };

  return {
    state,
    clock,
    calls,
    defects,
    session,
    inject: (next) => {
      decide = next;
    },
    overhear: (next) => {
      hear = next;
    },
    snapshot: () => {
      catchUp();
      return copyState(state);
    },
    copy: () => ({ accounts: copyOf(state.accounts) }),
    requestAt: ({ account, region }) => requestIn(account, region, state),
    restore: (saved) => {
      state.accounts = copyOf(saved.accounts);
      answersByToken.clear();
      history = [];
    },
    newId: (prefix) => newId(ids, prefix),
  };
}
