// From a raw event to findings. The only place that knows which events there are; each source knows its own shape.
import type { Finding } from '../../playbooks/language/finding.ts';
import { type Envelope, envelope, parse, type Unreadable } from './boundary.ts';
import { readConfig } from './config.ts';
import { readCustomAction } from './custom-action.ts';
import { readGuardDuty } from './guardduty.ts';
import { readHealth } from './health.ts';
import { isRequest, readRequest } from './manual.ts';
import { readImported } from './securityhub.ts';
import { clean } from './text.ts';

export type { Unreadable } from './boundary.ts';

export type Reading = {
  /** For people: 'GuardDuty Finding'. */
  readonly source: string;
  /** Where and when the event arrived: `account` and `region` are the receiver's, not the victim's. */
  readonly event: {
    readonly id: string;
    readonly account: string;
    readonly region: string;
    readonly time: string;
    /** The replay that sent it once more, where one did. */
    readonly replay?: string;
  };
  readonly findings: readonly Finding[];
  /** A sentence for each finding of the event that couldn't be read while others could. To be told. */
  readonly gaps: readonly string[];
};

type Source = {
  readonly source: string;
  readonly detailType: string;
  read(event: Envelope): readonly (Finding | Unreadable)[];
};

// `aws.securityhub` sends findings of two shapes, so `source` alone never decides.
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cloudwatch-events.html
const SOURCES: readonly Source[] = [
  { source: 'aws.guardduty', detailType: 'GuardDuty Finding', read: readGuardDuty },
  { source: 'aws.securityhub', detailType: 'Security Hub Findings - Imported', read: readImported },
  { source: 'aws.securityhub', detailType: 'Security Hub Findings - Custom Action', read: readCustomAction },
  { source: 'aws.config', detailType: 'Config Rules Compliance Change', read: readConfig },
  { source: 'aws.health', detailType: 'AWS Health Event', read: readHealth },
  { source: 'aws.health', detailType: 'AWS Health Abuse Event', read: readHealth },
];

export const readEvent = (event: unknown, now = new Date()): Reading | Unreadable => {
  if (isRequest(event)) return readRequest(event, now);
  const parsed = parse('The event', envelope, event);
  if ('unreadable' in parsed) return parsed;
  const { value } = parsed;
  const source = SOURCES.find((known) => known.source === value.source && known.detailType === value['detail-type']);
  if (!source) return unknownEvent(value);
  const results = source.read(value);
  const findings = results.filter((result): result is Finding => !('unreadable' in result));
  const gaps = results.flatMap((result) => ('unreadable' in result ? [result.unreadable] : []));
  if (findings.length === 0)
    return { unreadable: gaps[0] ?? `${source.detailType} names no finding. Look at the sender of event ${value.id}.` };
  const { id, account, region, time, 'replay-name': replay } = value;
  const arrived = { id, account, region, time, ...(replay !== undefined && { replay: clean(replay, 128) }) };
  return { source: source.detailType, event: arrived, findings, gaps };
};

const unknownEvent = (event: Envelope): Unreadable => {
  const understood = SOURCES.map(({ source, detailType }) => `${source} "${detailType}"`).join(', ');
  const found = `${clean(event.source, 80)} "${clean(event['detail-type'], 80)}"`;
  return {
    unreadable: `No source reads ${found}; understood are ${understood}, and a request { playbook, resource, reason }. Narrow the rule that sends it.`,
  };
};
