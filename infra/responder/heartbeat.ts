// The heartbeat: an event of our own that takes the way of every finding, from the bus by a rule to a function, and never leads to what acts.
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { type Deployed, deployedNamed } from './functions.ts';
import type { People } from './people.ts';
import { createRule } from './rule.ts';
import { heartbeatEvent, rulesFor } from './rules.ts';

/** Three of them missing is an alarm. */
export const beatMinutes = 5;

/** A rule on a schedule would call the function past the bus and prove nothing, so the beat is put onto it. */
export const createHeartbeat = (
  scope: Construct,
  functions: ReadonlyMap<string, Deployed>,
  { unhandled }: People,
  playbooks: ReadonlyMap<string, Playbook>,
): void => {
  const { partition, region, account } = Stack.of(scope);
  const bus = `arn:${partition}:events:${region}:${account}:event-bus/default`;
  const role = new Role(scope, 'HeartbeatScheduleRole', {
    roleName: `firebreak-schedule-heartbeat-${region}`,
    description: "Puts Firebreak's heartbeat onto the bus",
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [bus],
      conditions: { StringEquals: { 'events:source': heartbeatEvent.source } },
    }),
  );
  const { name, description, eventPattern } = rulesFor(playbooks).heartbeat;
  // One that comes late says nothing any more.
  const target = deployedNamed(functions, 'heartbeat').alias;
  createRule(scope, { name, description, pattern: eventPattern, target, input: {}, retriesMax: 0, unhandled });
  new CfnSchedule(scope, 'HeartbeatSchedule', {
    name: 'firebreak-heartbeat',
    description,
    scheduleExpression: `rate(${beatMinutes} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: bus,
      roleArn: role.roleArn,
      eventBridgeParameters: heartbeatEvent,
      input: '{}',
      retryPolicy: { maximumRetryAttempts: 0 },
    },
  }).node.addDependency(role);
};
