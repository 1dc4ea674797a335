// What wakes people: every alarm says what happened, what that means, and what to do now. Each function, queue, rule and workflow has its own.
import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { namespace } from '../../functions/adapters/emf.ts';
import type { MetricName } from '../../functions/engine/measure.ts';
import { examineMinutes } from './doctor.ts';
import { beatMinutes } from './heartbeat.ts';
import { functionName, idOf } from './names.ts';
import type { People } from './people.ts';
import { machineArn, type WorkflowName, workflowNames } from './workflows.ts';

export interface Watched {
  readonly people: People;
  readonly ledger: Table;
  /** All functions, by name. */
  readonly functions: readonly string[];
  /** Those that a workflow calls: it tries again by itself, and fails in the end with an alarm of its own. */
  readonly retried: readonly string[];
}

/** An alarm on mathematics takes ten metrics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const metricsInOneMax = 10;
/** Waiting for company, and one try that failed: a note older than that is not written by itself any more. */
const noteAgeSecondsMax = 1800;
/** A workflow calls a function up to four times for one step. */
const errorsOfRetriedMax = 4;

/** First effect and the reads after AWS has settled, twice ten seconds for IAM, and a cold start of each function on the way. */
const containSecondsMax = 60;

type Wanted = {
  /** Without its prefix. */
  readonly name: string;
  readonly metric: IMetric;
  /** It alarms when there are so many, within one period. */
  readonly from?: number;
  /** It alarms when there are fewer, in as many periods in a row. */
  readonly absentPeriods?: number;
  readonly says: string;
  /**
   * Without it, no data is good news: AWS counts failures, and publishes nothing where there are none. `IGNORE`: the last thing known counts.
   */
  readonly missing?: TreatMissingData;
  /** It is told as well that it is over: only where that means that somebody has put it right. A failure of a minute ago is not over. */
  readonly ends?: boolean;
  readonly to: readonly ITopic[];
};

const createAlarm = (
  scope: Construct,
  { name, metric, from = 1, absentPeriods, says, missing, ends, to }: Wanted,
): Alarm => {
  const alarm = new Alarm(scope, `Alarm${idOf(name)}`, {
    // The guard knows them by this name.
    alarmName: `firebreak-${name}`,
    alarmDescription: says,
    metric,
    threshold: from,
    comparisonOperator: absentPeriods
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: absentPeriods ?? 1,
    treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
  });
  for (const topic of to) {
    alarm.addAlarmAction(new SnsAction(topic));
    if (ends) alarm.addOkAction(new SnsAction(topic));
  }
  return alarm;
};

const counted = (
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  period = Duration.minutes(5),
): Metric => new Metric({ namespace, metricName, dimensionsMap, period, statistic: 'Sum' });

export const ofMachine = (scope: Construct, name: WorkflowName, metricName: string): Metric =>
  counted('AWS/States', metricName, { StateMachineArn: machineArn(scope, name) }, Duration.minutes(1));

export const ofFunction = (name: string, metricName: string): Metric =>
  counted('AWS/Lambda', metricName, { FunctionName: functionName(name) });

const summed = (metrics: readonly Metric[], label: string): MathExpression =>
  new MathExpression({
    expression: 'SUM(METRICS())',
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    period: Duration.minutes(5),
    label,
  });

/** One after the other, so many at once. */
const chunks = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** How a workflow ends badly, and what each of these means. `{}` is the workflow's name. */
const badEnds: Readonly<Record<string, { readonly metric: string; readonly says: string }>> = {
  failed: {
    metric: 'ExecutionsFailed',
    says:
      'An execution of firebreak-{} failed: an incident is NOT contained, or not released. It fails on purpose where that is so. ' +
      'Now: open the execution that failed in the Step Functions console; its name begins with the incident (fb-…). The notice of that incident names its ' +
      'commands. Contain by hand: firebreak contain PLAYBOOK RESOURCE --region REGION. While this alarm lasts another failure sends no second mail.',
  },
  'timed-out': {
    metric: 'ExecutionsTimedOut',
    says:
      'An execution of firebreak-{} ran out of time before it decided anything: nobody was told by it how its incident stands. ' +
      'Now: find the incident (fb-…) in the name of the execution that timed out, and look at what is on record: ask the responder to show it. ' +
      'The watch closes it within the hour and tells; until then take it for not contained.',
  },
  aborted: {
    metric: 'ExecutionsAborted',
    says:
      'Somebody stopped an execution of firebreak-{}. Firebreak never does: it was a person, or an attacker with the right to. ' +
      'Now: look in CloudTrail for StopExecution and who called it. The incident is named by the execution (fb-…): take it for not contained; ' +
      'the watch closes it within the hour and tells what stands.',
  },
};

const ofWorkflows = (scope: Construct, to: readonly ITopic[]): readonly Alarm[] =>
  workflowNames.flatMap((workflow) =>
    Object.entries(badEnds).map(([how, { metric, says }]) =>
      createAlarm(scope, {
        name: `${workflow}-${how}`,
        metric: ofMachine(scope, workflow, metric),
        says: says.replaceAll('{}', workflow),
        to,
      }),
    ),
  );

const waiting = (queue: Queue): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' });

/**
 * SQS stops publishing for a queue that nobody has touched for six hours, whatever lies in it: then the last thing known counts, or the alarm
 * would end over night by itself. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const quiet = TreatMissingData.IGNORE;

const ofQueues = (scope: Construct, { notes, unhandled, unsent, unwritten, topic, chat }: People): readonly Alarm[] => [
  createAlarm(scope, {
    name: 'unhandled-events',
    metric: waiting(unhandled),
    missing: quiet,
    ends: true,
    says:
      'Events wait in the queue of unhandled events: findings came, and receive took none of them up (or answer or watch failed: functionArn says so). Nothing is contained for these. ' +
      'Now: read them: aws sqs receive-message --queue-url URL. Give each to that function once more: aws lambda invoke --function-name firebreak-receive:live ' +
      '--cli-binary-format raw-in-base64-out --payload file://event.json out.json. The same event twice is one incident. Then delete the message. docs/operate.md says it step by step.',
    to: [topic],
  }),
  createAlarm(scope, {
    name: 'unsent-notices',
    metric: waiting(unsent),
    missing: quiet,
    ends: true,
    says:
      'Notices could not be published: people did not hear of an incident. What was contained stands all the same. ' +
      'Now: aws sqs receive-message --queue-url URL shows what was to be said. Look why SNS refused: the topic, its policy, the key alias/firebreak-key. ' +
      'This alarm goes to the chat topic as well, as the topic for notices may be what is broken.',
    to: [topic, chat],
  }),
  createAlarm(scope, {
    name: 'unwritten-notes',
    metric: waiting(unwritten),
    missing: quiet,
    ends: true,
    says:
      'Security Hub did not take notes on findings, in five tries each. Containment and notices are not touched by that. ' +
      'Now: /firebreak/note in CloudWatch Logs says what Security Hub answered. Then: aws sqs start-message-move-task --source-arn ARN-OF-THIS-QUEUE tries them again.',
    to: [topic],
  }),
  createAlarm(scope, {
    name: 'old-notes',
    metric: notes.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
    from: noteAgeSecondsMax,
    missing: quiet,
    ends: true,
    says:
      'Notes for Security Hub have been waiting for half an hour: the function note is not called, or fails. Containment and notices are not touched by that. ' +
      'Now: see whether the event source of firebreak-note is enabled (aws lambda list-event-source-mappings), and what /firebreak/note says in CloudWatch Logs.',
    to: [topic],
  }),
];

const ofFunctions = (scope: Construct, { functions, retried, people: { topic } }: Watched): readonly Alarm[] => [
  ...functions.map((name) =>
    createAlarm(scope, {
      name: `${name}-errors`,
      metric: ofFunction(name, 'Errors'),
      from: retried.includes(name) ? errorsOfRetriedMax : 1,
      says:
        (name === 'receive'
          ? 'receive failed: a finding may not have been taken up. Lambda tries twice more; an event that fails each time waits in the queue of unhandled events. '
          : retried.includes(name)
            ? `The function ${name} failed ${errorsOfRetriedMax} times within five minutes. The workflow tries again, and closes the incident with the error. `
            : `The function ${name} failed. Who called it was not answered, or hears of it later than it should. `) +
        `Now: read the log group /firebreak/${name}: fields @timestamp, incident, text | filter step = 'error'. A function that can't start has no such line: then ` +
        'deploy again. If findings wait meanwhile, contain by hand: firebreak contain PLAYBOOK RESOURCE --region REGION.',
      to: [topic],
    }),
  ),
  createAlarm(scope, {
    name: 'throttled-functions',
    // Without a function's name it is the account's, as the room is; and one metric costs a tenth of what one for each function does.
    metric: counted('AWS/Lambda', 'Throttles', {}),
    says:
      "Lambda had no room for a function of this account, perhaps Firebreak's: the account's concurrency in this Region is used up, perhaps on purpose. " +
      'Answers come late; they are tried again. Now: aws lambda get-account-settings, and see which function takes it all; ' +
      'aws lambda put-function-concurrency --function-name THAT-ONE --reserved-concurrent-executions 0 stops it.',
    to: [topic],
  }),
];

const ofLedger = (scope: Construct, ledger: Table, to: readonly ITopic[]): readonly Alarm[] => {
  const ofTable = (metricName: string, operation?: string) =>
    counted('AWS/DynamoDB', metricName, { TableName: ledger.tableName, ...(operation && { Operation: operation }) });
  const without =
    'Without its ledger Firebreak writes nothing: no original would be on record. Calls are tried again, then the incident is told as failed. ';
  return [
    createAlarm(scope, {
      name: 'ledger-throttled',
      metric: summed(
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) => ofTable(name)),
        'Throttled',
      ),
      says:
        `DynamoDB throttled the ledger. ${without}Now: see in the table's monitoring whether it is a burst of findings, which ends by itself, or somebody else ` +
        'who reads or writes the table: CloudTrail and the table policy say who may.',
      to,
    }),
    createAlarm(scope, {
      name: 'ledger-errors',
      metric: summed(
        ['GetItem', 'PutItem', 'Query'].map((operation) => ofTable('SystemErrors', operation)),
        'System errors',
      ),
      says:
        `DynamoDB answered with errors of its own for the ledger. ${without}Now: look at the AWS Health Dashboard. What must be contained meanwhile: ` +
        'firebreak contain PLAYBOOK RESOURCE --region REGION, which keeps a ledger on your machine.',
      to,
    }),
  ];
};

/** Whatever rules the stack has: none can be forgotten. */
const ofRules = (scope: Construct, to: readonly ITopic[]): readonly Alarm[] => {
  const rules = scope.node.findAll().filter((one) => one instanceof CfnRule);
  const failed = rules.map(({ name }) => counted('AWS/Events', 'FailedInvocations', { RuleName: name ?? '' }));
  return chunks(failed, metricsInOneMax).map((some, index) =>
    createAlarm(scope, {
      name: `failed-deliveries-${index + 1}`,
      metric: summed(some, 'Failed invocations'),
      says:
        'EventBridge could not hand an event to its function and has given up: a finding or a look at what is held was not begun. ' +
        'The event waits in the queue of unhandled events, whose alarm says what to do with it. Now: see in the EventBridge console which rule has failed ' +
        'invocations (firebreak-…), and whether its target is still there and lets the rule call it: aws lambda get-policy --function-name firebreak-receive --qualifier live.',
      to,
    }),
  );
};

export const measured = (metricName: MetricName, statistic: string, minutes: number): Metric =>
  new Metric({ namespace, metricName, statistic, period: Duration.minutes(minutes) });

/** What Firebreak measures itself. */
const ofVitals = (scope: Construct, to: readonly ITopic[]): readonly Alarm[] => [
  createAlarm(scope, {
    name: 'heartbeat',
    metric: measured('Heartbeat', 'Sum', beatMinutes),
    absentPeriods: 3,
    // Its absence is what it is about.
    missing: TreatMissingData.BREACHING,
    ends: true,
    says:
      "No heartbeat for 15 minutes: events do not get from the bus to a function, or the ledger can't be read. Findings may not come in either. " +
      'Now: aws events list-rules --name-prefix firebreak- must show all as ENABLED, and /firebreak/heartbeat in CloudWatch Logs what the function says; see the schedule ' +
      'firebreak-heartbeat, the table and the key alias/firebreak-key. Meanwhile read findings in GuardDuty and contain by hand: firebreak contain PLAYBOOK RESOURCE --region REGION.',
    to,
  }),
  createAlarm(scope, {
    name: 'switch-not-on',
    metric: measured('SwitchNotOn', 'Minimum', 60),
    // The heartbeat's own alarm tells of its absence.
    missing: TreatMissingData.IGNORE,
    ends: true,
    says:
      "INFO: the kill switch has not been on for an hour, or can't be read: nothing is contained without a person. Wanted after a deployment, which begins in observe. " +
      'Now: if nobody wanted it, see who turned it, by { "do": "switch" } to the function URL, and turn it on. docs/operate.md says how.',
    to,
  }),
  createAlarm(scope, {
    name: 'drift',
    metric: measured('Drifted', 'Maximum', 10),
    // Each look says how many there are, none as well.
    missing: TreatMissingData.IGNORE,
    ends: true,
    says:
      'Something that was contained stands open again: somebody, perhaps the attacker, undid it. The notice of its incident says what, and whether it was contained again. ' +
      'Now: read that notice; CloudTrail says who. Contain it again, or release the incident if it was one of you.',
    to,
  }),
  createAlarm(scope, {
    name: 'slow-containment',
    metric: measured('TimeToContain', 'p95', 5),
    from: containSecondsMax * 1000,
    says:
      `Containing takes longer than ${containSecondsMax} s (p95, from the finding's arrival until it is verified; without those that asked a person). The attacker has that time. ` +
      'Now: look at the dashboard for throttles and slow functions. Many findings at once stand in line on purpose, the severe ones first.',
    to,
  }),
];

/** He tells himself what it is, on the topic for people; which may be what is not well. */
const ofDoctor = (scope: Construct, { topic, chat }: People): Alarm =>
  createAlarm(scope, {
    name: 'not-well',
    metric: measured('NotWell', 'Maximum', examineMinutes),
    // Each look says how much there is, nothing as well.
    missing: TreatMissingData.IGNORE,
    ends: true,
    says:
      "Something of Firebreak itself is not well, or can't be looked at: a rule that is disabled, a target that is gone, a role that can't be assumed, nobody who is told, " +
      'the switch, or a queue in which something waits. Findings may not be answered. Now: firebreak doctor says what, and what to do about it; the notice of the doctor and /firebreak/doctor in CloudWatch Logs do, too.',
    to: [topic, chat],
  });

/** A topic can't tell of its own death, so each tells of the other's. One key encrypts both: docs/operate.md says how the death of that is noticed. */
const ofTopics = (scope: Construct, { topic, chat }: People): readonly Alarm[] =>
  [
    { name: 'undelivered-notices', failing: topic, to: [chat] },
    { name: 'undelivered-chat', failing: chat, to: [topic] },
  ].map(({ name, failing, to }) =>
    createAlarm(scope, {
      name,
      metric: failing.metricNumberOfNotificationsFailed({ period: Duration.minutes(5), statistic: 'Sum' }),
      says:
        'SNS could not deliver notices to a subscriber: somebody does not hear of incidents. What was contained stands all the same. ' +
        'Now: aws sns list-subscriptions-by-topic --topic-arn ARN shows who is subscribed and confirmed. Told on the other topic, as this one may be what is broken.',
      to,
    }),
  );

/** A topic that has a policy lets in nobody by default, CloudWatch of the same account neither. https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
const letAlarmsPublish = (topic: Topic): void => {
  const { account } = Stack.of(topic);
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
};

/** Makes all alarms of what stands in the stack; call it when all of that is there. */
export const createAlarms = (scope: Construct, watched: Watched): readonly Alarm[] => {
  const { people, ledger } = watched;
  for (const topic of [people.topic, people.chat]) letAlarmsPublish(topic);
  return [
    ...ofWorkflows(scope, [people.topic]),
    ...ofQueues(scope, people),
    ...ofFunctions(scope, watched),
    ...ofRules(scope, [people.topic]),
    ...ofLedger(scope, ledger, [people.topic]),
    ...ofTopics(scope, people),
    ...ofVitals(scope, [people.topic]),
    ofDoctor(scope, people),
  ];
};
