// From a raw event to findings. The only place that knows which events there are; each source knows its own shape.
import type { Channel, Finding } from '../../playbooks/language/finding.ts';
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

/** The ways in that are events of the bus. */
export type BusChannel = Exclude<Channel, 'manual'>;

/** How one kind of event is marked on the bus. */
export type EventKind = {
  readonly channel: BusChannel;
  /** Only AWS can send what begins with `aws.`: PutEvents refuses it from anybody else (NotAuthorizedForSourceException). */
  readonly source: `aws.${string}`;
  readonly detailType: string;
};

type Source = EventKind & { read(event: Envelope): readonly (Finding | Unreadable)[] };

// `aws.securityhub` sends findings of two shapes, so `source` alone never decides.
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cloudwatch-events.html
const SOURCES: readonly Source[] = [
  { channel: 'guardduty', source: 'aws.guardduty', detailType: 'GuardDuty Finding', read: readGuardDuty },
  {
    channel: 'securityhub-imported',
    source: 'aws.securityhub',
    detailType: 'Security Hub Findings - Imported',
    read: readImported,
  },
  {
    channel: 'securityhub-custom-action',
    source: 'aws.securityhub',
    detailType: 'Security Hub Findings - Custom Action',
    read: readCustomAction,
  },
  { channel: 'config', source: 'aws.config', detailType: 'Config Rules Compliance Change', read: readConfig },
  { channel: 'health', source: 'aws.health', detailType: 'AWS Health Event', read: readHealth },
  { channel: 'health', source: 'aws.health', detailType: 'AWS Health Abuse Event', read: readHealth },
];

/** The events that are understood; what lets events in goes by these. */
export const understood: readonly EventKind[] = SOURCES;

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
  const known = understood.map(({ source, detailType }) => `${source} "${detailType}"`).join(', ');
  const found = `${clean(event.source, 80)} "${clean(event['detail-type'], 80)}"`;
  return {
    unreadable: `No source reads ${found}; understood are ${known}, and a request { playbook, resource, reason }. Narrow the rule that sends it.`,
  };
};
