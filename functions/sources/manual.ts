// A request by hand: the input of an execution that a person starts, and what the CLI sends.
//
//   { "playbook": "isolate-instance", "resource": "i-0a1b2c3d4e5f60001", "reason": "beacons to 198.51.100.7" }
import * as v from 'valibot';
import type { Finding } from '../../playbooks/language/finding.ts';
import { type Place, parseArn } from '../../playbooks/language/resource.ts';
import { account, id, parse, partitionOf, region, type Unreadable } from './boundary.ts';
import type { Reading } from './read-event.ts';
import { clean } from './text.ts';

/** Longer than any ARN of a user or role: who asked for it must not become somebody else by being cut. */
const nameLengthMax = 1024;

// Strict, because a misspelt `account` would be taken for none, and the request for one about the receiver's own account.
const request = v.strictObject({
  playbook: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/, 'the name of a playbook such as isolate-instance')),
  resource: id,
  reason: v.pipe(v.string(), v.regex(/\S/, 'a reason in words')),
  account: v.optional(account),
  region: v.optional(region),
  by: v.optional(v.string()),
});

const REMEDY =
  'A request is { playbook, resource, reason } and, if need be, account, region and by: correct it and send it again.';

/** Anything that names a playbook and isn't an event of the bus. */
export const isRequest = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'playbook' in event && !('detail-type' in event);

/** What the request leaves open is empty: the receiver puts in its own account and Region, and the type of the playbook's resource. */
export const readRequest = (event: unknown, now: Date): Reading | Unreadable => {
  const parsed = parse('The request', request, event, REMEDY);
  if ('unreadable' in parsed) return parsed;
  const { playbook, resource, reason, by = 'somebody who gave no name', ...given } = parsed.value;
  const arn = parseArn(resource);
  if (arn && given.account && v.is(account, arn.account) && arn.account !== given.account)
    return {
      unreadable: `The request can't be read: account is ${given.account}, but the ARN names ${arn.account}. ${REMEDY}`,
    };
  const where = {
    account: given.account ?? (v.is(account, arn?.account) ? arn.account : ''),
    region: given.region ?? (v.is(region, arn?.region) ? arn.region : ''),
  };
  const partition = arn?.partition ?? (where.region && partitionOf(where.region));
  const finding = requestFinding({ playbook, resource, by, reason, place: { partition, ...where } }, now);
  return {
    source: 'Request by hand',
    event: { id: finding.id, ...where, time: finding.updatedAt },
    gaps: [],
    findings: [finding],
  };
};

export interface HandRequest {
  readonly playbook: string;
  readonly resource: string;
  readonly by: string;
  readonly reason: string;
  readonly place: Place;
}

/** A request by hand in the form of a finding, so that it takes the same way through the rails. */
export const requestFinding = ({ playbook, resource, by, reason, place }: HandRequest, now: Date): Finding => {
  const { account: id, region: where, partition } = place;
  const time = now.toISOString();
  return {
    detector: 'manual',
    channel: 'manual',
    id: `manual/${playbook}/${resource}/${time}`,
    type: playbook,
    title: clean(`${playbook} on ${resource}: ${reason}`),
    severity: 'HIGH',
    partition,
    account: id,
    region: where,
    resources: [{ type: '', id: resource, account: id, region: where, detail: {} }],
    sample: false,
    standing: 'active',
    updatedAt: time,
    count: 1,
    requested: { playbook, by: clean(by, nameLengthMax), reason: clean(reason) },
  };
};
