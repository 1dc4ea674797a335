// Runs the state machines of infra/workflow on this machine, from the very files that are deployed.
import { readFile } from 'node:fs/promises';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';

export type WorkflowName = 'respond' | 'release' | 'by-hand';
export type Payload = { readonly [key: string]: unknown };

/** One state that was entered, when its work began, and the error that it met, if any. */
export type Visit = { readonly state: string; readonly at: number; readonly error: string };

/** A state, and what it was entered with. */
export type Entry = { readonly state: string; readonly input: Payload };

/** How an execution ended, and which way it took. */
export type Execution = {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error: string;
  readonly path: readonly Visit[];
  /** Where it stopped: a redrive goes on from there. */
  readonly last: Entry;
};

export interface Surroundings {
  /**
   * A Lambda by the name that the workflow calls it by, without alias: 'firebreak-close'. A token says that it waits for an answer, and
   * `timeoutSeconds` for how long: then States.Timeout is thrown here, or by whoever has another clock.
   */
  readonly invoke: (functionName: string, payload: Payload, timeoutSeconds?: number) => Promise<unknown>;
  /** Puts virtual time in place of the workflow's Wait states; without it they wait. */
  readonly wait?: (seconds: number) => Promise<void>;
  readonly now: () => Date;
  /** The execution's ARN, where whoever runs it has one. */
  readonly execution?: string;
}

const localExecution = 'arn:aws:states:local:000000000000:execution:local:local';

type State = {
  readonly Type: string;
  readonly SecondsPath?: string;
  readonly Next?: string;
  readonly Resource?: string;
  /** Null where the answer is thrown away. */
  readonly ResultPath?: string | null;
  readonly TimeoutSecondsPath?: string;
  readonly Parameters?: Payload;
};
type Definition = { readonly States: Readonly<Record<string, State>> };

/** The workflow's definition, as deployed. */
export const workflowDefinition = async (name: WorkflowName): Promise<Definition> =>
  JSON.parse(await readFile(new URL(`../../infra/workflow/${name}.asl.json`, import.meta.url), 'utf8'));

/**
 * AWS looks for a timeout in what comes into the state, the interpreter in what goes out to the task: so for it the value goes there too.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
 */
const interpreted = (definition: Definition): Definition => ({
  ...definition,
  States: Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => {
      const path = state.TimeoutSecondsPath;
      return [name, path ? { ...state, Parameters: { ...state.Parameters, [`${path.slice(2)}.$`]: path } } : state];
    }),
  ),
});

const machines = new Map<string, Promise<{ machine: StateMachine; states: Definition['States'] }>>();

/** Built once for each state that it begins with: its validation takes longer than many executions. */
const machineOf = (name: WorkflowName, begin: string | undefined) => {
  const key = `${name} ${begin ?? ''}`;
  const known = machines.get(key);
  if (known) return known;
  const made = workflowDefinition(name).then((definition) => ({
    machine: new StateMachine(
      { ...interpreted(definition), ...(begin && { StartAt: begin }) } as unknown as StateMachineDefinition,
      { validationOptions: { checkArn: false } },
    ),
    states: definition.States,
  }));
  machines.set(key, made);
  return made;
};

/** Reads and checks the workflow's file, once: real work, for which whoever has a virtual clock lets it stand still. */
export const loadWorkflow = async (name: WorkflowName, from?: Entry): Promise<void> => {
  await machineOf(name, from?.state);
};

const ofType = (states: Definition['States'], type: string) =>
  Object.entries(states).filter(([, state]) => state.Type === type);

type Call = { readonly FunctionName: string; readonly Payload: Payload; readonly [timeout: string]: unknown };

type EventLog = ReturnType<StateMachine['run']>['eventLogs'] extends AsyncIterable<infer Event> ? Event : never;

type Step = { readonly state: string; readonly error: string };

/** Follows the execution's own log: which states it entered, in which order, and what went wrong in them. */
const follow = async (
  logs: AsyncIterable<EventLog>,
  begin: Entry,
): Promise<{ readonly steps: readonly Step[]; readonly last: Entry }> => {
  const steps: Step[] = [];
  let last = begin;
  for await (const event of logs) {
    if (event.type === 'StateEntered') last = { state: event.state.name, input: event.state.input as Payload };
    if (event.type === 'StateEntered' || event.type === 'StateRetried')
      steps.push({ state: event.state.name, error: '' });
    const latest = steps.at(-1);
    if (latest && event.type === 'StateFailed') steps[steps.length - 1] = { ...latest, error: event.Error };
    if (latest && event.type === 'StateCaught')
      steps[steps.length - 1] = { ...latest, error: latest.error || 'caught' };
  }
  return { steps, last };
};

type Called = { readonly begin: number; readonly end: number };

/** Gives each task the time at which its function was called, and what follows it the time at which that answered. */
const timed = (
  steps: readonly Step[],
  called: ReadonlyMap<string, readonly Called[]>,
  begin: number,
): readonly Visit[] => {
  const left = new Map([...called].map(([state, times]) => [state, [...times]]));
  let last: Called = { begin, end: begin };
  return steps.map(({ state, error }) => {
    const call = left.get(state)?.shift();
    last = call ?? { begin: last.end, end: last.end };
    return { state, at: last.begin, error };
  });
};

/** How long the workflow waits after this answer, before whichever task comes behind its next Wait state. */
const secondsFor = ({ status, settleSeconds = 0, waitSeconds = 0 }: Record<string, number | string>): number => {
  if (status === 'settle') return Number(settleSeconds);
  return status === 'later' || status === 'rest' || status === 'evidence' ? Number(waitSeconds) : 0;
};

/**
 * Runs one execution to its end. Answers whether it SUCCEEDED; a FAILED one says with which error. `from` goes on where another one stopped,
 * as a redrive does: https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 * A virtual clock can't be reached from inside the interpreter, so a Wait state's time passes just before the task behind it.
 */
export const runWorkflow = async (
  name: WorkflowName,
  input: Payload,
  { invoke, wait, now, execution = localExecution }: Surroundings,
  from?: Entry,
): Promise<Execution> => {
  const { machine, states } = await machineOf(name, from?.state);
  const tasks = ofType(states, 'Task');
  const called = new Map<string, Called[]>();
  let pendingSeconds = 0;
  const handlers = tasks.map(([task, { Resource, ResultPath, TimeoutSecondsPath = '' }]) => {
    const waitsBefore = ofType(states, 'Wait').some(([, { Next }]) => Next === task);
    const local = async ({ FunctionName, Payload, [TimeoutSecondsPath.slice(2)]: timeout }: Call) => {
      if (waitsBefore) {
        if (wait && pendingSeconds > 0) await wait(pendingSeconds);
        pendingSeconds = 0;
      }
      const call = { begin: now().getTime(), end: now().getTime() };
      called.set(task, [...(called.get(task) ?? []), call]);
      const answer = await invoke(FunctionName.replace(/:live$/, ''), Payload, timeout as number | undefined).finally(
        () => {
          call.end = now().getTime();
        },
      );
      if (ResultPath !== null) pendingSeconds = secondsFor((answer ?? {}) as Record<string, number | string>);
      return Resource?.endsWith('.waitForTaskToken') ? {} : { Payload: answer ?? {} };
    };
    return [task, local as never] as const;
  });
  const zero = (entries: readonly (readonly [string, unknown])[]) =>
    Object.fromEntries(entries.map(([state]) => [state, 0]));
  const run = machine.run((from?.input ?? input) as never, {
    context: { Task: { Token: `local-${String(input.incident)}` }, Execution: { Id: execution } } as never,
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      ...(wait && { waitTimeOverrides: zero(ofType(states, 'Wait')), retryIntervalOverrides: zero(tasks) }),
    },
  });
  const begin = now().getTime();
  const following = follow(run.eventLogs, from ?? { state: '', input });
  const end = await run.result.then(
    () => ({ status: 'SUCCEEDED', error: '' }) as const,
    (error: unknown) => ({ status: 'FAILED', error: error instanceof Error ? error.message : String(error) }) as const,
  );
  const { steps, last } = await following;
  return { ...end, path: timed(steps, called, begin), last };
};
