// The scheduled doctor: examines the deployment itself, with a role that reads it, writes what it told last, and tells people.
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Deployed, FunctionsProps } from './functions.ts';
import { functionName } from './names.ts';
import type { People } from './people.ts';
import { createRule } from './rule.ts';

/** How long something is not well before people hear of it, at the most. */
export const examineMinutes = 60;

/** In place of what is common to all functions: of the ledger it writes its own record alone, and it puts nothing into queues. */
export const doctorStatements = ({ storage, people, killSwitch }: FunctionsProps): readonly PolicyStatement[] => [
  new PolicyStatement({
    sid: 'Ledger',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    resources: [storage.ledger.tableArn],
    // Records of one collection stand in partitions of its name.
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'doctor/*' } },
  }),
  new PolicyStatement({ sid: 'Switch', actions: ['ssm:GetParameter'], resources: [killSwitch.parameterArn] }),
  new PolicyStatement({ sid: 'Tell', actions: ['sns:Publish'], resources: [people.topic.topicArn] }),
  new PolicyStatement({
    sid: 'Key',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [storage.key.keyArn],
  }),
];

/** What it reads of the deployment, and nobody else of ours does. */
export const doctorOwnStatements = (scope: Construct, people: People): readonly PolicyStatement[] => {
  const { partition, region, account } = Stack.of(scope);
  const here = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  return [
    new PolicyStatement({
      sid: 'Rules',
      actions: ['events:DescribeRule', 'events:ListTargetsByRule'],
      resources: [here('events', 'rule/firebreak-*')],
    }),
    new PolicyStatement({
      sid: 'Targets',
      actions: ['lambda:GetFunctionConfiguration'],
      resources: [here('lambda', 'function:firebreak-*')],
    }),
    new PolicyStatement({
      sid: 'Subscribers',
      actions: ['sns:ListSubscriptionsByTopic'],
      resources: [people.topic.topicArn],
    }),
    new PolicyStatement({
      sid: 'Waiting',
      actions: ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
      resources: [people.unhandled, people.unsent, people.unwritten].map(({ queueArn }) => queueArn),
    }),
  ];
};

/** A look that failed is not made up for: the next one comes within the hour. */
export const examineRegularly = (
  scope: Construct,
  functions: ReadonlyMap<string, Deployed>,
  { unhandled }: People,
): void => {
  const target = functions.get('doctor')?.alias;
  if (!target) throw new Error(`The responder has no function ${functionName('doctor')}.`);
  createRule(scope, {
    name: functionName('doctor'),
    description: 'Examines whether Firebreak itself is well',
    schedule: `rate(${examineMinutes} minutes)`,
    target,
    input: {},
    retriesMax: 0,
    unhandled,
  });
};
