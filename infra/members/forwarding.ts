// How one bus hands events on to another one, of another account or Region: rules, the role that they do it with, and the queue in which waits what
// could not be handed over. Plain resources without assets, so that a StackSet can carry the template into every account.
//
// What is handed on keeps its source, account, Region and detail; PutEvents takes no source that begins with aws., so that nobody but AWS makes
// such an event. EventBridge hands nothing on a second time: whatever is meant for two buses has a rule for each of them.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
import { Aws, type CfnCondition } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeLastQueue } from '../acknowledge.ts';
import { forwardingRoleName, idOf, ownName } from '../responder/names.ts';
import type { EventRule } from '../responder/rules.ts';

/** EventBridge gives up after a day, and the event goes to the queue. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const retry = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };
/** As long as SQS keeps anything. */
const keptSeconds = 1_209_600;

/** Rules, and the bus to which they hand on what they let in; with a condition, only where that is so. */
export interface Way {
  readonly rules: readonly EventRule[];
  readonly bus: string;
  readonly condition?: CfnCondition;
}

export interface ForwardingProps {
  readonly ways: readonly Way[];
  /** The buses, as the role may be used on them. */
  readonly buses: readonly string[];
  /** Whom the alarm tells; where it is nobody, only who looks at this account's alarms sees it. */
  readonly alarmActions: CfnAlarm['alarmActions'];
}

/** The default bus of the account, the only one on which AWS puts its events. */
export const defaultBus = (account: string, region: string): string =>
  `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/default`;

const ownRules = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/firebreak-*`;

/** Whatever was not delivered to the other bus: it is the finding as it came. Encrypted by SQS, as a key of one's own costs a dollar in every Region. */
const createQueue = (scope: Construct): CfnQueue => {
  const queue = new CfnQueue(scope, 'Unforwarded', {
    queueName: ownName('UnforwardedEvents'),
    messageRetentionPeriod: keptSeconds,
    sqsManagedSseEnabled: true,
  });
  const on = { Resource: queue.attrArn };
  new CfnQueuePolicy(scope, 'UnforwardedPolicy', {
    queues: [queue.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          ...on,
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Condition: { ArnLike: { 'aws:SourceArn': ownRules }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        },
        {
          ...on,
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
  acknowledgeLastQueue(queue, 'It is itself where that waits which the other bus did not take; an alarm tells of it.');
  return queue;
};

/** SQS stops publishing for a queue that nobody has touched for six hours: then the last thing known counts. */
const createAlarm = (scope: Construct, queue: CfnQueue, alarmActions: ForwardingProps['alarmActions']): void => {
  new CfnAlarm(scope, 'UnforwardedAlarm', {
    alarmName: ownName('UnforwardedEvents'),
    alarmDescription:
      'Findings wait that could not be handed on to Firebreak, which has not heard of them by this way. Nothing is contained for these. ' +
      `Now: aws sqs receive-message --queue-url URL of ${ownName('UnforwardedEvents')}; the attribute ERROR_MESSAGE says why. Put right what it names (the bus's ` +
      "policy, the role, a service control policy), and give each event to the responder's receive: docs/deploy.md, An organisation.",
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensions: [{ name: 'QueueName', value: queue.attrQueueName }],
    statistic: 'Maximum',
    period: 60,
    evaluationPeriods: 1,
    threshold: 1,
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    treatMissingData: 'ignore',
    ...(alarmActions && { alarmActions }),
  });
};

/** EventBridge alone uses it, for a rule of ours in this account and Region, to put events on these buses. */
const createRole = (scope: Construct, buses: readonly string[]): CfnRole =>
  new CfnRole(scope, 'ForwardingRole', {
    roleName: forwardingRoleName(Aws.REGION),
    description: 'Firebreak: hands findings on to the bus of the responder',
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { ArnLike: { 'aws:SourceArn': ownRules }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        },
      ],
    },
    policies: [
      {
        policyName: 'forward',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: buses }],
        },
      },
    ],
  });

/** Makes the rules, and what they need. */
export const createForwarding = (scope: Construct, { ways, buses, alarmActions }: ForwardingProps): void => {
  const queue = createQueue(scope);
  const role = createRole(scope, buses);
  createAlarm(scope, queue, alarmActions);
  for (const { rules, bus, condition } of ways)
    for (const { name, description, eventPattern } of rules) {
      const rule = new CfnRule(scope, `${idOf(name)}Rule`, {
        name,
        description,
        eventPattern,
        state: 'ENABLED',
        targets: [
          {
            id: 'bus',
            arn: bus,
            roleArn: role.attrArn,
            deadLetterConfig: { arn: queue.attrArn },
            retryPolicy: retry,
          },
        ],
      });
      if (condition) rule.cfnOptions.condition = condition;
    }
};
