// What wakes people: nothing that can fail is without an alarm, and each alarm reaches somebody who can act on it.
import { describe, expect, it } from 'vitest';
import { lastQueues, ledgerTable, ruleNames } from '../../functions/doctor/installed.ts';
import { ofType, playbooks, synthesize, type Template } from './synth.ts';

type Stat = {
  readonly Metric: {
    readonly MetricName: string;
    readonly Namespace: string;
    readonly Dimensions: readonly Dimension[];
  };
};
type Dimension = { readonly Name: string; readonly Value: unknown };
type Alarm = {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly TreatMissingData: string;
  readonly AlarmActions: readonly { readonly Ref: string }[];
  readonly OKActions?: readonly unknown[];
  readonly Threshold: number;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Metrics?: readonly { readonly MetricStat?: Stat }[];
};

const single = synthesize().get('firebreak') as Template;
const alarms = ofType(single, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties as unknown as Alarm);

/** What an alarm looks at, one text each: namespace, metric, and of what. */
const looksAt = ({ Namespace, MetricName, Dimensions = [], Metrics = [] }: Alarm): readonly string[] => [
  ...(MetricName ? [`${Namespace} ${MetricName} ${JSON.stringify(Dimensions.map(({ Value }) => Value))}`] : []),
  ...Metrics.flatMap(({ MetricStat: stat }) =>
    stat
      ? [
          `${stat.Metric.Namespace} ${stat.Metric.MetricName} ${JSON.stringify(stat.Metric.Dimensions.map(({ Value }) => Value))}`,
        ]
      : [],
  ),
];
const watched = alarms.flatMap(looksAt);
const named = (name: string): Alarm => {
  const found = alarms.find(({ AlarmName }) => AlarmName === `firebreak-${name}`);
  if (!found) throw new Error(`no alarm firebreak-${name}`);
  return found;
};

const idsOf = (type: string): readonly string[] =>
  Object.entries(single.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id]) => id);
const property = (type: string, name: string): readonly string[] =>
  ofType(single, type).map(({ Properties }) => String(Properties[name]));

describe('nothing can fail unnoticed', () => {
  it.each(property('AWS::Lambda::Function', 'FunctionName'))('%s: its errors', (name) => {
    expect(watched).toContain(`AWS/Lambda Errors ["${name}"]`);
  });

  it('no room for a function, whichever it is', () => expect(watched).toContain('AWS/Lambda Throttles []'));

  it.each(property('AWS::Events::Rule', 'Name'))('%s: an event that it could not hand over', (name) => {
    expect(watched).toContain(`AWS/Events FailedInvocations ["${name}"]`);
  });

  it.each(idsOf('AWS::SQS::Queue'))('%s: what waits in it, or for how long', (id) => {
    const name = JSON.stringify([{ 'Fn::GetAtt': [id, 'QueueName'] }]);
    const isFed = ofType(single, 'AWS::Lambda::EventSourceMapping').some(({ Properties }) =>
      JSON.stringify(Properties.EventSourceArn).includes(id),
    );
    expect(watched).toContain(
      `AWS/SQS ${isFed ? 'ApproximateAgeOfOldestMessage' : 'ApproximateNumberOfMessagesVisible'} ${name}`,
    );
  });

  // A person begins firebreak-by-hand and sees how it ends; that receive failed is watched by itself.
  const begunByPeople: unknown = 'firebreak-by-hand';

  it.each(property('AWS::StepFunctions::StateMachine', 'StateMachineName').filter((name) => name !== begunByPeople))(
    '%s: every way in which it ends badly',
    (name) => {
      for (const metric of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'])
        expect(
          watched.filter((one) => one.startsWith(`AWS/States ${metric}`) && one.includes(`:stateMachine:${name}"`)),
        ).toHaveLength(1);
    },
  );

  it('the ledger: throttled, and broken', () => {
    const [table = ''] = idsOf('AWS::DynamoDB::Table');
    const of = (metric: string) => watched.filter((one) => one.startsWith(`AWS/DynamoDB ${metric} `));
    for (const metric of ['ReadThrottleEvents', 'WriteThrottleEvents', 'SystemErrors'])
      expect(of(metric).filter((one) => one.includes(table))).not.toEqual([]);
  });
});

describe('an alarm', () => {
  it.each(alarms.map((alarm) => [alarm.AlarmName, alarm] as const))(
    '%s says what to do, and somebody hears it',
    (name, alarm) => {
      expect(name).toMatch(/^firebreak-[a-z0-9-]+$/);
      expect(alarm.AlarmDescription).toMatch(/Now: /);
      expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1024);
      expect(alarm.AlarmActions.length).toBeGreaterThan(0);
      expect(alarm.TreatMissingData).toBeDefined();
      expect((alarm.Metrics ?? []).filter(({ MetricStat }) => MetricStat).length).toBeLessThanOrEqual(10);
    },
  );

  it('of a queue that nobody touches lasts, though SQS publishes nothing any more', () => {
    for (const name of ['unhandled-events', 'unsent-notices', 'unwritten-notes'])
      expect(named(name)).toMatchObject({ TreatMissingData: 'ignore', Threshold: 1 });
  });

  it('is told as over only where somebody has put it right: a failed execution has contained nothing a minute later', () => {
    expect(named('respond-failed').OKActions).toBeUndefined();
    expect(named('unhandled-events').OKActions).toHaveLength(1);
  });

  it('of a dead topic takes another way', () => {
    const [notices = '', chat = ''] = ['Notices', 'Chat'].map((id) =>
      idsOf('AWS::SNS::Topic').find((one) => one.startsWith(id)),
    );
    expect(named('undelivered-notices').AlarmActions).toEqual([{ Ref: chat }]);
    expect(named('undelivered-chat').AlarmActions).toEqual([{ Ref: notices }]);
    expect(named('unsent-notices').AlarmActions).toEqual([{ Ref: notices }, { Ref: chat }]);
  });
});

describe('an alarm can be heard', () => {
  it('CloudWatch may publish to every topic, and use the key that encrypts it', () => {
    const policies = ofType(single, 'AWS::SNS::TopicPolicy').map(({ Properties }) => JSON.stringify(Properties));
    expect(policies).toHaveLength(idsOf('AWS::SNS::Topic').length);
    for (const policy of policies) expect(policy).toContain('{"Service":"cloudwatch.amazonaws.com"}');
    expect(JSON.stringify(ofType(single, 'AWS::KMS::Key'))).toContain('cloudwatch.amazonaws.com');
  });
});

describe('the dashboard', () => {
  it('shows every alarm and every function, on one page', () => {
    const [dashboard] = ofType(single, 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const id of idsOf('AWS::CloudWatch::Alarm')) expect(body).toContain(`"${id}","Arn"`);
    for (const name of property('AWS::Lambda::Function', 'FunctionName')) expect(body).toContain(name);
  });
});

describe('the doctor', () => {
  const rules = ofType(single, 'AWS::Events::Rule').map(({ Properties }) => Properties);

  it('knows every rule and every queue of last resort that the stack has', () => {
    expect(ruleNames(playbooks).toSorted()).toEqual(rules.map(({ Name }) => String(Name)).toSorted());
    const fed = JSON.stringify(ofType(single, 'AWS::Lambda::EventSourceMapping'));
    const last = Object.entries(single.Resources)
      .filter(([id, { Type }]) => Type === 'AWS::SQS::Queue' && !fed.includes(id))
      .map(([, { Properties }]) => Properties.QueueName);
    expect(Object.keys(lastQueues).toSorted()).toEqual(last.map(String).toSorted());
    expect(property('AWS::DynamoDB::Table', 'TableName')).toEqual([ledgerTable]);
    expect(property('AWS::SNS::Topic', 'TopicName')).toContain('firebreak-notices');
  });

  it('looks every hour, and one alarm on one metric tells, on both topics', () => {
    const [rule] = rules.filter(({ Name }) => Name === 'firebreak-doctor');
    expect(rule).toMatchObject({ State: 'ENABLED', ScheduleExpression: 'rate(60 minutes)' });
    const alarm = named('not-well');
    expect([alarm.MetricName, alarm.Threshold, alarm.Dimensions]).toEqual(['NotWell', 1, undefined]);
    expect(alarm.AlarmActions).toHaveLength(2);
  });

  it('reads, asks the playbooks, tells, and writes in the ledger its own record alone', () => {
    const statements = ofType(single, 'AWS::IAM::Policy')
      .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('"DoctorRole'))
      .flatMap(
        ({ Properties }) =>
          (
            Properties.PolicyDocument as {
              Statement: readonly { Sid?: string; Action: string | readonly string[]; Condition?: object }[];
            }
          ).Statement,
      );
    expect(statements.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'events:DescribeRule',
      'events:ListTargetsByRule',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'lambda:GetFunctionConfiguration',
      'lambda:InvokeFunction',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sns:ListSubscriptionsByTopic',
      'sns:Publish',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'ssm:GetParameter',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    expect(statements.find(({ Sid }) => Sid === 'Ledger')?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'doctor/*' },
    });
  });
});

describe('the heartbeat', () => {
  const [schedule] = ofType(single, 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
  const [rule] = ofType(single, 'AWS::Events::Rule')
    .map(({ Properties }) => Properties)
    .filter(({ Name }) => Name === 'firebreak-heartbeat');

  it('goes over the bus, by the rule that is made for it', () => {
    const { EventBridgeParameters: put, Arn } = (schedule?.Target ?? {}) as Record<string, Record<string, string>>;
    expect(JSON.stringify(Arn)).toContain(':event-bus/default');
    expect(rule?.EventPattern).toEqual({ source: [put?.Source], 'detail-type': [put?.DetailType] });
  });

  it('alarms by its absence, of fifteen minutes', () => {
    expect(named('heartbeat')).toMatchObject({
      TreatMissingData: 'breaching',
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
      Period: 300,
      Threshold: 1,
    });
    expect(schedule?.ScheduleExpression).toBe('rate(5 minutes)');
  });

  it('can do nothing but look', () => {
    const policies = ofType(single, 'AWS::IAM::Policy').filter(({ Properties }) =>
      JSON.stringify(Properties.Roles).includes('"HeartbeatRole'),
    );
    const actions = policies.flatMap(({ Properties }) =>
      (Properties.PolicyDocument as { Statement: readonly { Action: string | readonly string[] }[] }).Statement.flatMap(
        ({ Action }) => Action,
      ),
    );
    expect(actions.toSorted()).toEqual([
      'dynamodb:GetItem',
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ssm:GetParameter',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });
});
