// GuardDuty's event, as it comes on the bus: every field of a real one, camelCase.
//
//   guardDutyEvent({
//     type: 'Backdoor:EC2/C&CActivity.B', severity: 8, account, region, at: stage.now, role: 'ACTOR',
//     resource: { instance: { id: 'i-…' } },
//     action: { connection: { direction: 'OUTBOUND', remoteAddress: '198.51.100.7', remotePort: 4444 } },
//   })
//   resource: { accessKey: { id: 'AKIA…', userName: 'build', userType: 'IAMUser' } }
//   resource: { buckets: [{ name: 'invoices' }] }
//
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
import type { Json } from '../language/json.ts';
import { envelope, type Happening, hex, secondsBefore } from './envelope.ts';
import { type GuardDutyAction, guardDutyAction } from './guardduty-action.ts';
import { type GuardDutyResource, guardDutyResource, victim } from './guardduty-resource.ts';

export type GuardDutyOptions = Happening & {
  readonly type: string;
  /** 1 to 10: Low below 4, Medium below 7, High below 9, Critical. */
  readonly severity: number;
  readonly resource: GuardDutyResource;
  readonly action?: GuardDutyAction;
  /** 'TARGET' unless said otherwise. */
  readonly role?: 'TARGET' | 'ACTOR';
  /** How often GuardDuty has seen it; more than 1 makes it an update. */
  readonly count?: number;
  readonly sample?: boolean;
  readonly archived?: boolean;
  /** 32 hexadecimal digits; made from type, account, Region and resource where it isn't given. */
  readonly id?: string;
  readonly title?: string;
};

const guardDutyFacts = (options: GuardDutyOptions) => {
  const { type, account, region, partition = 'aws', resource, at, count = 1 } = options;
  const detectorId = hex(32, 'detector', account, region);
  const id = options.id ?? hex(32, type, account, region, victim(resource));
  const title = options.title ?? `${type} was seen on ${victim(resource)}.`;
  return {
    detectorId,
    id,
    arn: `arn:${partition}:guardduty:${region}:${account}:detector/${detectorId}/finding/${id}`,
    title,
    description: `${title} It was seen ${count} times in account ${account}, Region ${region}.`,
    firstSeen: secondsBefore(at, 300 + 900 * (count - 1)),
    lastSeen: secondsBefore(at, 120),
    createdAt: secondsBefore(at, 60 + 900 * (count - 1)),
    updatedAt: at.toISOString(),
  };
};

/** The finding itself, without an event around it. */
export const guardDutyFinding = (options: GuardDutyOptions) => {
  const { type, severity, account, region, partition = 'aws', role = 'TARGET', count = 1, sample = false } = options;
  const facts = guardDutyFacts(options);
  const { action, additionalInfo = {}, evidence = null } = guardDutyAction(options.action);
  return {
    schemaVersion: '2.0',
    accountId: account,
    region,
    partition,
    id: facts.id,
    arn: facts.arn,
    type,
    resource: guardDutyResource(options.resource, { account, region, partition }),
    service: {
      serviceName: 'guardduty',
      detectorId: facts.detectorId,
      action,
      resourceRole: role,
      additionalInfo: {
        value: JSON.stringify(sample ? { ...additionalInfo, sample } : additionalInfo),
        type: 'default',
        ...additionalInfo,
        ...(sample && { sample }),
      },
      evidence,
      eventFirstSeen: facts.firstSeen,
      eventLastSeen: facts.lastSeen,
      archived: options.archived ?? false,
      count,
    },
    severity,
    createdAt: facts.createdAt,
    updatedAt: facts.updatedAt,
    title: facts.title,
    description: facts.description,
  };
};

export const guardDutyEvent = (options: GuardDutyOptions): Json =>
  envelope({
    source: 'aws.guardduty',
    detailType: 'GuardDuty Finding',
    account: options.receivedIn ?? options.account,
    region: options.region,
    at: options.at,
    resources: [],
    detail: guardDutyFinding(options),
  });
