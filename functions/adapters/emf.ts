// Metrics as lines of the log, in CloudWatch's embedded metric format: no call, no permission, no time. A library for that is larger than this.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import type { Measure } from '../engine/measure.ts';

export const namespace = 'Firebreak';

const unitOf = (name: string): string => (name.startsWith('Time') ? 'Milliseconds' : 'Count');

/**
 * The line. Times are asked for as a whole as well, which is the empty set of dimensions; of counts by outcome that would be a metric that
 * nobody looks at.
 */
export const emfLine = ({ values, by }: Measure, now: Date): string => {
  const keys = Object.keys(by);
  const whole = 'Outcome' in by ? [] : [[]];
  return JSON.stringify({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: keys.length > 0 ? [...whole, keys] : whole,
          Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: unitOf(name) })),
        },
      ],
    },
    ...by,
    ...values,
  });
};

/** For `engine.measure`, where standard output is the function's log. */
export const measureBy =
  (write: (line: string) => void, now: () => Date) =>
  (what: Measure): void =>
    write(`${emfLine(what, now())}\n`);
