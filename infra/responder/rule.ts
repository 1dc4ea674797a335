// An EventBridge rule of ours: what it takes from the bus or the clock, whom it calls, and where that waits which nobody took.
import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { idOf } from './names.ts';

/** EventBridge gives up after a day, and the event goes to the queue. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const eventAgeSecondsMax = 86_400;
const retriesByDefault = 185;

export type RuleProps = {
  readonly name: string;
  readonly description: string;
  readonly target: Alias;
  /** Where events wait that could not be handed over. */
  readonly unhandled: Queue;
  /** What the target gets instead of the event. */
  readonly input?: object;
  readonly retriesMax?: number;
} & ({ readonly pattern: object } | { readonly schedule: string });

/** Makes the rule on the default bus, lets it call the function, and lets EventBridge fill the queue for it alone. */
export const createRule = (scope: Construct, props: RuleProps): void => {
  const { name, description, target, unhandled, input, retriesMax = retriesByDefault } = props;
  const id = idOf(name);
  const rule = new CfnRule(scope, `${id}Rule`, {
    name,
    description,
    state: 'ENABLED',
    ...('pattern' in props ? { eventPattern: props.pattern } : { scheduleExpression: props.schedule }),
    targets: [
      {
        id: 'function',
        arn: target.functionArn,
        deadLetterConfig: { arn: unhandled.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: eventAgeSecondsMax, maximumRetryAttempts: retriesMax },
        ...(input && { input: JSON.stringify(input) }),
      },
    ],
  });
  new CfnPermission(scope, `${id}RuleMayCall`, {
    action: 'lambda:InvokeFunction',
    functionName: target.functionArn,
    principal: 'events.amazonaws.com',
    sourceArn: rule.attrArn,
    sourceAccount: Stack.of(scope).account,
  });
  unhandled.addToResourcePolicy(
    new PolicyStatement({
      sid: `${id}Rule`,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [unhandled.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
    }),
  );
};
