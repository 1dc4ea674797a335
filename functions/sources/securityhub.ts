// Security Hub's findings: GuardDuty's copies, failed controls, and other products'.
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
import * as v from 'valibot';
import type { Channel, Finding, HubRecord } from '../../playbooks/language/finding.ts';
import { asffResource, asffResources } from './asff-resources.ts';
import { guardDutyType } from './asff-type.ts';
import { account, type Envelope, id, isoTime, parse, partitionOf, region, type Unreadable, words } from './boundary.ts';
import { roleOf, saysSample } from './guardduty.ts';
import { activityOf, leaf } from './guardduty-activity.ts';
import { clean, firstOf } from './text.ts';

const finding = v.object({
  Id: id,
  ProductArn: id,
  AwsAccountId: account,
  Region: v.nullish(words),
  Types: v.nullish(v.array(words), []),
  Title: v.nullish(words),
  UpdatedAt: v.nullish(words),
  Severity: v.object({ Label: v.picklist(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']) }),
  Sample: v.nullish(v.boolean(), false),
  ProductFields: v.nullish(v.record(v.string(), v.unknown()), {}),
  FindingProviderFields: v.nullish(v.object({ Types: v.nullish(v.array(words), []) })),
  Resources: v.array(asffResource),
  Compliance: v.nullish(v.object({ SecurityControlId: v.nullish(id), Status: v.nullish(words) })),
  Workflow: v.nullish(v.object({ Status: v.nullish(words) })),
  RecordState: v.nullish(words),
  Note: v.nullish(v.object({ UpdatedBy: v.nullish(words), UpdatedAt: v.nullish(words) })),
  UserDefinedFields: v.nullish(v.record(v.string(), v.unknown()), {}),
});

type Asff = v.InferOutput<typeof finding>;

export const readImported = (event: Envelope): readonly (Finding | Unreadable)[] =>
  readFindings(event, 'securityhub-imported');

export const readFindings = (
  event: Envelope,
  channel: Channel,
  requested?: NonNullable<Finding['requested']>,
): readonly (Finding | Unreadable)[] => {
  const list = parse(event['detail-type'], v.object({ detail: v.object({ findings: v.array(v.unknown()) }) }), event);
  if ('unreadable' in list) return [list];
  return list.value.detail.findings.map((raw, index) => {
    const parsed = parse(`Finding ${index + 1} of ${event['detail-type']}`, finding, raw);
    if ('unreadable' in parsed) return parsed;
    return { ...findingOf(parsed.value, channel, event), ...(requested && { requested }) };
  });
};

const findingOf = (asff: Asff, channel: Channel, event: Envelope): Finding => {
  const place = { account: asff.AwsAccountId, region: v.is(region, asff.Region) ? asff.Region : event.region };
  return {
    ...judgement(asff),
    channel,
    id: asff.Id,
    title: clean(firstOf(asff.Title, asff.Types?.[0]) ?? asff.Id),
    severity: asff.Severity.Label,
    partition: asff.ProductArn.split(':')[1] ?? partitionOf(place.region),
    ...place,
    resources: asffResources(asff.Resources, place),
    updatedAt: isoTime(asff.UpdatedAt, event.time),
    hub: hubRecord(asff),
  };
};

/** A note without a time tells nothing of what came after it, and so is nobody's. */
const hubRecord = ({ ProductArn: productArn, Note, UserDefinedFields }: Asff): HubRecord => {
  if (!Note?.UpdatedBy || !Note.UpdatedAt || Number.isNaN(Date.parse(Note.UpdatedAt))) return { productArn };
  const field = UserDefinedFields?.['firebreak:incident'];
  const incidents = (typeof field === 'string' ? field.slice(0, 1024) : '')
    .split(' ')
    .filter((word) => /^fb-[0-9a-f]{12}$/.test(word));
  return { productArn, note: { by: clean(Note.UpdatedBy, 64), at: isoTime(Note.UpdatedAt, ''), incidents } };
};

type Judgement = Pick<Finding, 'detector' | 'type' | 'role' | 'sample' | 'standing' | 'count' | 'activity'>;

/** Whose finding it is. Only AWS's own products have an empty account in their ARN, so nobody can pass for one. */
const judgement = (asff: Asff): Judgement => {
  const [, product] = /^arn:aws[a-z-]*:securityhub:[a-z0-9-]+:[^:]*:product\/(.+)$/.exec(asff.ProductArn) ?? [];
  const ofAws = /^arn:aws[a-z-]*:securityhub:[a-z0-9-]+::product\/aws\//.test(asff.ProductArn);
  if (ofAws && product === 'aws/guardduty') return guardDutyJudgement(asff);
  const control = ofAws && product === 'aws/securityhub' && asff.Compliance?.SecurityControlId;
  return {
    detector: 'securityhub',
    type:
      control || clean(`${product ?? 'unknown product'}: ${firstOf(asff.Types?.[0], asff.Title) ?? 'no type'}`, 256),
    sample: asff.Sample ?? false,
    standing: standingOf(asff, passed(asff)),
    count: 1,
  };
};

const PREFIX = 'aws/guardduty/service/';

const guardDutyJudgement = (asff: Asff): Judgement => {
  const fields = asff.ProductFields ?? {};
  const read = (path: string) => leaf(fields[PREFIX + path]) ?? leaf(fields[PREFIX + path.replace(/\.(\d+)_/, ':$1')]);
  const role = roleOf(read('resourceRole'));
  const count = Number(read('count'));
  // Customers can overwrite `Types`; what GuardDuty itself said stays in FindingProviderFields.
  // https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchupdatefindings.html
  const types = [...(asff.FindingProviderFields?.Types ?? []), ...(asff.Types ?? [])];
  const additionalInfo = {
    sample: fields[`${PREFIX}additionalInfo/sample`],
    value: fields[`${PREFIX}additionalInfo/value`],
  };
  return {
    detector: 'guardduty',
    type: guardDutyType(types) ?? clean(types[0] ?? 'no type', 256),
    ...(role && { role }),
    sample: asff.Sample || saysSample(additionalInfo),
    standing: read('archived') === 'true' ? 'archived' : standingOf(asff, false),
    count: Number.isInteger(count) && count > 0 ? count : 1,
    activity: activityOf((path) => read(`action/${path}`)),
  };
};

const passed = ({ Compliance }: Asff): boolean => Compliance?.Status != null && Compliance.Status !== 'FAILED';

/** NOTIFIED is active: somebody was told, nothing is mended. */
const standingOf = ({ RecordState, Workflow }: Asff, resolved: boolean): Finding['standing'] => {
  if (RecordState === 'ARCHIVED') return 'archived';
  if (Workflow?.Status === 'SUPPRESSED') return 'suppressed';
  return resolved || Workflow?.Status === 'RESOLVED' ? 'resolved' : 'active';
};
