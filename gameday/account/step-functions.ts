// Step Functions in memory: it starts executions, each name once, and says which there are. Who runs them is the practice ground.
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

interface StepFunctionsSlice {
  readonly machines: Record<string, { readonly name: string }>;
  readonly executions: Record<string, ExecutionRecord>;
  /** ARNs in the order in which they were started. */
  readonly order: string[];
}

/** The name of this service's slice: what Firebreak keeps for itself is no part of what it contains. */
export const stepFunctionsSlice = 'stepFunctions';

const sliceIn = (state: State, account: string, region: string): StepFunctionsSlice =>
  slice<StepFunctionsSlice>(state, account, region, stepFunctionsSlice, () => ({
    machines: {},
    executions: {},
    order: [],
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

export const stepFunctions: ServiceModel = {
  StartExecution: startExecution,
  DescribeExecution: describeExecution,
};
