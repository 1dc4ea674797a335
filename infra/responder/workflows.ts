// The state machines, from the very files that the drill executes.
import { readFileSync } from 'node:fs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledge.ts';
import { functionName, idOf, liveAlias } from './names.ts';

export const workflowNames = ['respond', 'release'] as const;
export type WorkflowName = (typeof workflowNames)[number];
/** Begun by a person, who sees how it ends: nothing of it is alarmed. */
type MachineName = WorkflowName | 'by-hand';

/** By name, so that the functions can name the machines that call them. */
export const machineArn = (scope: Construct, name: WorkflowName): string => {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:states:${region}:${account}:stateMachine:${functionName(name)}`;
};

/** The file is in the partition aws: Step Functions' own integrations have another one elsewhere. */
const definitionOf = (scope: Construct, name: MachineName): string =>
  readFileSync(new URL(`../workflow/${name}.asl.json`, import.meta.url), 'utf8').replaceAll(
    'arn:aws:states:::',
    `arn:${Stack.of(scope).partition}:states:::`,
  );

/** Which functions a machine calls: a playbook's own, and those that it names. */
const calledBy = (name: MachineName, playbooks: readonly string[]): readonly string[] => {
  if (name === 'by-hand') return ['receive'];
  return [...(name === 'respond' ? ['ask', 'close'] : ['close']), ...playbooks];
};

export const createWorkflow = (
  scope: Construct,
  name: MachineName,
  key: Key,
  playbooks: readonly string[],
): StateMachine => {
  const { partition, region, account } = Stack.of(scope);
  const id = idOf(name);
  const logs = new LogGroup(scope, `${id}Log`, {
    // Step Functions writes to log groups of this name without a resource policy of their own being cut short.
    logGroupName: `/aws/vendedlogs/states/firebreak-${name}`,
    encryptionKey: key,
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const role = new Role(scope, `${id}Role`, {
    roleName: `firebreak-workflow-${name}-${region}`,
    description: `Firebreak's workflow ${name}`,
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({
      sid: 'Call',
      actions: ['lambda:InvokeFunction'],
      resources: calledBy(name, playbooks).map(
        (one) => `arn:${partition}:lambda:${region}:${account}:function:${functionName(one)}:${liveAlias}`,
      ),
    }),
  );
  acknowledgeWildcards(
    role,
    ['*'],
    "Delivery of logs and X-Ray's writes know no resources: nothing else of it is granted on any.",
  );
  return new StateMachine(scope, id, {
    stateMachineName: functionName(name),
    definitionBody: DefinitionBody.fromString(definitionOf(scope, name)),
    role,
    tracingEnabled: true,
    logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: false },
  });
};
