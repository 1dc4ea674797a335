// Step Functions in memory: it starts executions, each name once, keeps the tasks that wait with a token, and says which there are. Who
// runs them is the practice ground.
import type * as SFN from '@aws-sdk/client-sfn';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { type State, slice } from './state.ts';

export interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  readonly machine: string;
  readonly input: string;
  readonly startedAt: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
}

/** How a task that waits with a token came to its end. */
export type TaskEnd =
  | { readonly as: 'success' }
  | { readonly as: 'failure'; readonly error: string; readonly cause: string }
  | { readonly as: 'timed out' };

interface StepFunctionsSlice {
  readonly machines: Record<string, { readonly name: string }>;
  readonly executions: Record<string, ExecutionRecord>;
  /** ARNs in the order in which they were started. */
  readonly order: string[];
  /** By token; null while they wait. */
  readonly tasks: Record<string, TaskEnd | null>;
}

/** The name of this service's slice: what Firebreak keeps for itself is no part of what it contains. */
export const stepFunctionsSlice = 'stepFunctions';

const sliceIn = (state: State, account: string, region: string): StepFunctionsSlice =>
  slice<StepFunctionsSlice>(state, account, region, stepFunctionsSlice, () => ({
    machines: {},
    executions: {},
    order: [],
    tasks: {},
  }));

/** Deploys a state machine under this name. */
export const deployMachine = ({ state, account, region, partition }: Request, name: string): string => {
  const arn = `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
  sliceIn(state, account, region).machines[arn] = { name };
  return arn;
};

/** Those of the account and Region, in the order in which they were started, but for the first so many. */
export const executionsIn = (state: State, account: string, region: string, but = 0): readonly ExecutionRecord[] => {
  const { executions, order } = sliceIn(state, account, region);
  return order.slice(but).flatMap((arn) => executions[arn] ?? []);
};

/** A task begins to wait: its token, which no other has. */
export const openTask = ({ state, account, region }: Request): string => {
  const { tasks } = sliceIn(state, account, region);
  const token = `AQCEAAAAKgAAAAMAAAAA${Object.keys(tasks).length + 1}`;
  tasks[token] = null;
  return token;
};

/** How the task ended; where nobody has answered it, its time is up now. */
export const closeTask = ({ state, account, region }: Request, token: string): TaskEnd => {
  const { tasks } = sliceIn(state, account, region);
  const end = tasks[token] ?? { as: 'timed out' };
  tasks[token] = end;
  return end;
};

/** Tokens of the tasks that somebody has answered. */
export const answeredTasks = (state: State, account: string, region: string): readonly string[] =>
  Object.entries(sliceIn(state, account, region).tasks).flatMap(([token, end]) => (end ? [token] : []));

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: white space and these are not allowed. */
const nameForm = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/;

/** The same name and input while the first one runs gives that one; otherwise a name is taken for ninety days. */
const startExecution = (
  { stateMachineArn = '', name = '', input = '{}' }: SFN.StartExecutionInput,
  { state, account, region, now }: Request,
): SFN.StartExecutionOutput => {
  const { machines, executions, order } = sliceIn(state, account, region);
  const machine = machines[stateMachineArn];
  if (!machine) throw awsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  if (!nameForm.test(name)) throw awsError('InvalidName', `Invalid Name: '${name}'`);
  const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const found = executions[arn];
  if (found && (found.status !== 'RUNNING' || found.input !== input))
    throw awsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  if (!found) order.push(arn);
  executions[arn] ??= {
    arn,
    name,
    machine: machine.name,
    input,
    startedAt: now.toISOString(),
    status: 'RUNNING',
  };
  return { executionArn: arn, startDate: new Date(executions[arn].startedAt) };
};

const describeExecution = (
  { executionArn = '' }: SFN.DescribeExecutionInput,
  { state, account, region }: Request,
): SFN.DescribeExecutionOutput => {
  const found = sliceIn(state, account, region).executions[executionArn];
  if (!found) throw awsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  const { arn, name, status, input, startedAt } = found;
  return {
    executionArn: arn,
    stateMachineArn: arn.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, ''),
    name,
    status,
    input,
    startDate: new Date(startedAt),
  };
};

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html#API_SendTaskSuccess_Errors */
const endTask = (token: string, end: TaskEnd, { state, account, region }: Request): object => {
  const { tasks } = sliceIn(state, account, region);
  const before = tasks[token];
  if (before === undefined) throw awsError('InvalidToken', `Invalid Token: '${token}'`);
  if (before) throw awsError('TaskTimedOut', 'Task Timed Out: Provided task does not exist anymore');
  tasks[token] = end;
  return {};
};

const sendTaskSuccess = ({ taskToken = '' }: SFN.SendTaskSuccessInput, request: Request): SFN.SendTaskSuccessOutput =>
  endTask(taskToken, { as: 'success' }, request);

const sendTaskFailure = (
  { taskToken = '', error = '', cause = '' }: SFN.SendTaskFailureInput,
  request: Request,
): SFN.SendTaskFailureOutput => endTask(taskToken, { as: 'failure', error, cause }, request);

export const stepFunctions: ServiceModel = {
  StartExecution: startExecution,
  DescribeExecution: describeExecution,
  SendTaskSuccess: sendTaskSuccess,
  SendTaskFailure: sendTaskFailure,
};
