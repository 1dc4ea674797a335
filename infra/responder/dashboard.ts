// One page for whoever is on call: is anything wrong, what is under way, and where does it hang.
import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  type Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { measured, ofFunction, ofMachine } from './alarms.ts';
import type { People } from './people.ts';

/** CloudWatch counts in 24 columns. */
const whole = 24;
const half = whole / 2;
const height = 6;

const graph = (title: string, metrics: readonly Metric[], label: string, width = half): IWidget =>
  new GraphWidget({
    title,
    left: [...metrics],
    leftYAxis: { min: 0, label, showUnits: false },
    width,
    height,
    liveData: true,
  });

const named = (metric: Metric, label: string): Metric => metric.with({ label });

export interface Shown {
  readonly people: People;
  readonly functions: readonly string[];
  readonly alarms: readonly Alarm[];
}

export const createDashboard = (scope: Construct, { people, functions, alarms }: Shown): void => {
  const waiting = (queue: Queue, label: string) =>
    queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum', label });
  const took = (statistic: string) =>
    ofMachine(scope, 'respond', 'ExecutionTime').with({ statistic, label: `respond, ${statistic}` });
  new Dashboard(scope, 'Dashboard', {
    dashboardName: `firebreak-${Stack.of(scope).region}`,
    defaultInterval: Duration.hours(12),
    widgets: [
      [
        new TextWidget({
          width: whole,
          height: 3,
          markdown:
            '# Firebreak\n' +
            'Red beneath: open that alarm, its description says what happened and what to do now. ' +
            '**Incidents that failed are not contained.** An execution is named after its incident (`fb-…`), and its notice names the commands. ' +
            'Everything red at once: look whether the key `alias/firebreak-key` and the table are there.',
        }),
      ],
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: whole, height: 6 })],
      [
        graph(
          'Incidents: begun, and how they ended',
          [
            named(ofMachine(scope, 'respond', 'ExecutionsStarted'), 'begun'),
            named(ofMachine(scope, 'respond', 'ExecutionsSucceeded'), 'ended and told'),
            named(ofMachine(scope, 'respond', 'ExecutionsFailed'), 'NOT contained'),
            named(ofMachine(scope, 'respond', 'ExecutionsTimedOut'), 'out of time'),
            named(ofMachine(scope, 'release', 'ExecutionsStarted'), 'releases begun'),
            named(ofMachine(scope, 'release', 'ExecutionsFailed'), 'NOT released'),
          ],
          'executions',
        ),
        graph(
          'Time in the workflow, waiting for people and evidence included',
          [took('p50'), took('p95'), took('Maximum')],
          'milliseconds',
        ),
      ],
      [
        graph(
          'What waits: all but notes should be none',
          [
            waiting(people.unhandled, 'events that nobody took up'),
            waiting(people.unsent, 'notices that were not sent'),
            waiting(people.unwritten, 'notes that Security Hub did not take'),
            waiting(people.notes, 'notes on their way'),
          ],
          'messages',
        ),
        graph(
          'Errors, by function',
          functions.map((name) => named(ofFunction(name, 'Errors'), name)),
          'errors',
        ),
      ],
      [
        graph(
          'From a finding to containment, without those that asked a person (p95)',
          [
            named(measured('TimeToReceive', 'p95', 5), 'finding → received'),
            named(measured('TimeToFirstEffect', 'p95', 5), 'received → first effect'),
            named(measured('TimeToContain', 'p95', 5), 'received → contained and verified'),
          ],
          'milliseconds',
        ),
        graph(
          'Alive, in force, still standing',
          [
            named(measured('Heartbeat', 'Sum', 5), 'heartbeats'),
            named(measured('SwitchNotOn', 'Maximum', 5), 'the switch is not on'),
            named(measured('Drifted', 'Maximum', 5), 'drifted'),
          ],
          'count',
        ),
      ],
      [
        graph(
          'Throttled by Lambda',
          functions.map((name) => named(ofFunction(name, 'Throttles'), name)),
          'throttles',
        ),
        graph(
          'Slowest call of each function',
          functions.map((name) => named(ofFunction(name, 'Duration').with({ statistic: 'Maximum' }), name)),
          'milliseconds',
        ),
      ],
    ],
  });
};
