// GuardDuty's findings, as they come on the bus.
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
import * as v from 'valibot';
import type { Finding, Severity } from '../../playbooks/language/finding.ts';
import { account, type Envelope, id, isoTime, parse, partitionOf, region, type Unreadable, words } from './boundary.ts';
import { activityOf, readerOf } from './guardduty-activity.ts';
import { foundResources, resourceSchema } from './guardduty-resources.ts';
import { sequenceResources, sequenceSchema } from './guardduty-sequence.ts';
import { clean, parseJson } from './text.ts';

const detail = v.object({
  accountId: account,
  region,
  partition: v.nullish(id),
  id,
  arn: v.nullish(id),
  type: id,
  title: v.nullish(words),
  severity: v.pipe(v.number(), v.minValue(0, 'a number from 0 to 10'), v.maxValue(10, 'a number from 0 to 10')),
  updatedAt: v.nullish(words),
  resource: resourceSchema,
  service: v.object({
    detectorId: v.nullish(id),
    resourceRole: v.nullish(words),
    archived: v.nullish(v.boolean(), false),
    count: v.nullish(v.number(), 1),
    action: v.unknown(),
    additionalInfo: v.unknown(),
    detection: v.nullish(v.object({ sequence: v.nullish(sequenceSchema) })),
  }),
});

export const readGuardDuty = (event: Envelope): readonly [Finding | Unreadable] => {
  const parsed = parse('The GuardDuty Finding', v.object({ detail }), event);
  if ('unreadable' in parsed) return [parsed];
  const { detail: found } = parsed.value;
  const { service } = found;
  const partition = found.partition ?? partitionOf(found.region);
  const place = { account: found.accountId, region: found.region };
  const activity = service.action ? activityOf(readerOf(service.action)) : undefined;
  const role = roleOf(service.resourceRole);
  const resources = [
    ...foundResources(found.resource, place),
    ...sequenceResources(service.detection?.sequence, place),
  ];
  return [
    {
      detector: 'guardduty',
      channel: 'guardduty',
      id:
        found.arn ??
        `arn:${partition}:guardduty:${found.region}:${found.accountId}:detector/${service.detectorId ?? ''}/finding/${found.id}`,
      type: found.type,
      title: clean(found.title || found.type),
      severity: severityOf(found.severity),
      partition,
      ...place,
      resources,
      ...(role && { role }),
      sample: saysSample(service.additionalInfo),
      standing: service.archived ? 'archived' : 'active',
      updatedAt: isoTime(found.updatedAt, event.time),
      count: service.count ?? 1,
      ...(activity && { activity }),
    },
  ];
};

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
const severityOf = (severity: number): Severity => {
  if (severity >= 9) return 'CRITICAL';
  if (severity >= 7) return 'HIGH';
  return severity >= 4 ? 'MEDIUM' : 'LOW';
};

export const roleOf = (role: string | null | undefined): Finding['role'] =>
  role === 'TARGET' || role === 'ACTOR' ? role : undefined;

/** The mark of a sample stands beside the other information, or inside a string of JSON: both forms are sent. */
export const saysSample = (additionalInfo: unknown): boolean => {
  if (typeof additionalInfo !== 'object' || additionalInfo === null) return false;
  const { sample, value } = additionalInfo as { readonly sample?: unknown; readonly value?: unknown };
  if (sample === true || sample === 'true') return true;
  return typeof value === 'string' && saysSample(parseJson(value));
};
