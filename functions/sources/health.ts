// AWS Health's word that a key has leaked. Everything else that Health sends is read too, but names no resource, and so is only told.
// https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
import * as v from 'valibot';
import type { Finding, FoundResource } from '../../playbooks/language/finding.ts';
import { account, type Envelope, id, isoTime, parse, partitionOf, region, type Unreadable, words } from './boundary.ts';
import { clean, details, firstOf } from './text.ts';

const detail = v.object({
  eventArn: id,
  service: words,
  eventTypeCode: id,
  communicationId: v.nullish(id),
  statusCode: v.nullish(words),
  // Not always a Region: 'global' and 'aws_global' occur.
  eventRegion: v.nullish(words),
  startTime: v.nullish(words),
  lastUpdatedTime: v.nullish(words),
  affectedAccount: v.nullish(account),
  page: v.nullish(v.union([v.string(), v.number()])),
  totalPages: v.nullish(v.union([v.string(), v.number()])),
  eventDescription: v.nullish(v.array(v.object({ latestDescription: v.nullish(words) })), []),
  affectedEntities: v.nullish(v.array(v.object({ entityValue: v.nullish(words) })), []),
  eventMetadata: v.nullish(
    v.object({ accountId: v.nullish(account), publicKey: v.nullish(words), userName: v.nullish(words) }),
  ),
});

type Detail = v.InferOutput<typeof detail>;

export const readHealth = (event: Envelope): readonly [Finding | Unreadable] => {
  const parsed = parse('The AWS Health event', v.object({ detail }), event);
  if ('unreadable' in parsed) return [parsed];
  const { detail: found } = parsed.value;
  // In an organizational view the envelope's account is the receiver's.
  const victim = found.affectedAccount ?? found.eventMetadata?.accountId ?? event.account;
  const place = { account: victim, region: v.is(region, found.eventRegion) ? found.eventRegion : event.region };
  return [
    {
      detector: 'health',
      channel: 'health',
      id: canonicalId(found, victim),
      type: found.eventTypeCode,
      title: clean(firstOf(found.eventDescription?.[0]?.latestDescription) ?? found.eventTypeCode),
      severity: 'HIGH',
      partition: partitionOf(place.region),
      ...place,
      resources: found.service === 'RISK' ? keys(found, event.resources, place) : [],
      sample: false,
      standing: found.statusCode === 'closed' ? 'resolved' : 'active',
      updatedAt: isoTime(firstOf(found.lastUpdatedTime, found.startTime), event.time),
      count: 1,
    },
  ];
};

/**
 * The copy that Health sends to the backup Region has the same communication id; other accounts' messages may have it too,
 * and the pages of one message name different keys.
 */
const canonicalId = ({ communicationId, eventArn, page, totalPages }: Detail, victim: string): string => {
  const paged = Number(totalPages ?? 1) > 1 ? `/page-${page ?? 1}` : '';
  return `${communicationId ?? eventArn}/${victim}${paged}`;
};

const KEY = /^(?:AKIA|ASIA)[A-Z0-9]{12,124}$/;

const keys = (
  { affectedEntities, eventMetadata }: Detail,
  resources: readonly string[],
  place: { readonly account: string; readonly region: string },
): readonly FoundResource[] => {
  const named = [
    ...(affectedEntities ?? []).map(({ entityValue }) => entityValue),
    ...resources,
    eventMetadata?.publicKey,
  ];
  const ids = [...new Set(named.filter((text) => text != null && KEY.test(text)))] as readonly string[];
  return ids.map((key) => ({
    type: 'AWS::IAM::AccessKey',
    id: key,
    ...place,
    // Of several keys the user belongs to the one that the metadata names.
    detail: details({
      userName: ids.length === 1 || key === eventMetadata?.publicKey ? eventMetadata?.userName : undefined,
    }),
  }));
};
