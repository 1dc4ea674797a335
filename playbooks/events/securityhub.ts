// Security Hub's events: a control that failed, GuardDuty's findings in Security Hub's form, and what a person chose in the console.
//
//   securityHubControlEvent({ control: 'S3.8', resource: { bucket: 'invoices' }, account, region, at })
//   securityHubGuardDutyEvent({ …as guardDutyEvent… })
//   securityHubCustomActionEvent({ action: 'isolateinstance', name: 'Isolate instance', findings: [finding, …], account, region, at })
//
// The findings of a custom action come from securityHubControlFinding and securityHubGuardDutyFinding; its account is the
// administrator's, theirs the victims'.
//
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
import type { Json } from '../language/json.ts';
import { type SecurityHubGuardDutyOptions, securityHubGuardDutyFinding } from './asff-guardduty.ts';
import { envelope, type Happening, secondsBefore, uuid } from './envelope.ts';

type Label = 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** A bucket, the account itself, or any other as ASFF names it. */
type ControlResource =
  | { readonly bucket: string }
  | { readonly wholeAccount: true }
  | { readonly type: string; readonly id: string };

type SecurityHubControlOptions = Happening & {
  /** 'S3.8' */
  readonly control: string;
  readonly title?: string;
  readonly resource: ControlResource;
  /** 'HIGH' unless said otherwise. */
  readonly severity?: Label;
  /** 'FAILED' unless said otherwise. */
  readonly status?: 'FAILED' | 'PASSED' | 'WARNING' | 'NOT_AVAILABLE';
  readonly workflow?: 'NEW' | 'NOTIFIED' | 'RESOLVED' | 'SUPPRESSED';
  readonly recordState?: 'ACTIVE' | 'ARCHIVED';
  /** The standard that the finding belongs to, where consolidated control findings are off. */
  readonly standard?: string;
};

const severityOf = (label: Label) => ({
  Label: label,
  Normalized: { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70, CRITICAL: 90 }[label],
  Original: label,
});

const asffResource = (
  resource: ControlResource,
  { partition, account, region }: { partition: string; account: string; region: string },
): Json => {
  const where = { Partition: partition, Region: region };
  if ('bucket' in resource)
    return {
      Type: 'AwsS3Bucket',
      Id: `arn:${partition}:s3:::${resource.bucket}`,
      ...where,
      Details: { AwsS3Bucket: {} },
    };
  if ('wholeAccount' in resource) return { Type: 'AwsAccount', Id: `AWS::::Account:${account}`, ...where };
  return { Type: resource.type, Id: resource.id, ...where };
};

/** One control finding in Security Hub's form, without an event around it. */
export const securityHubControlFinding = (options: SecurityHubControlOptions): Json => {
  const { control, account, region, partition = 'aws', at, standard } = options;
  const { status = 'FAILED', workflow = 'NEW', recordState = 'ACTIVE' } = options;
  const title = options.title ?? `${control} should pass`;
  // A control that passes is told as informational, whatever its severity.
  const severity = severityOf(status === 'PASSED' ? 'INFORMATIONAL' : (options.severity ?? 'HIGH'));
  const resource = asffResource(options.resource, { partition, account, region });
  const home = `arn:${partition}:securityhub:${region}`;
  const subject = standard ? `subscription/${standard}/${control}` : `security-control/${control}`;
  const id = `${home}:${account}:${subject}/finding/${uuid(control, JSON.stringify(resource))}`;
  const types = ['Software and Configuration Checks/Industry and Regulatory Standards'];
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: `${home}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: region,
    GeneratorId: standard ? `${standard}/${control}` : `security-control/${control}`,
    AwsAccountId: account,
    AwsAccountName: 'example',
    Types: types,
    FirstObservedAt: secondsBefore(at, 60),
    LastObservedAt: at.toISOString(),
    CreatedAt: secondsBefore(at, 60),
    UpdatedAt: at.toISOString(),
    ProcessedAt: at.toISOString(),
    Severity: severity,
    Title: standard ? `${control} ${title}` : title,
    Description: `This control checks whether ${title.toLowerCase()}.`,
    Remediation: {
      Recommendation: {
        Text: 'For information on how to correct this issue, consult the AWS Security Hub controls documentation.',
        Url: `https://docs.aws.amazon.com/console/securityhub/${control}/remediation`,
      },
    },
    ProductFields: {
      'RelatedAWSResources:0/name': `securityhub-${control.toLowerCase()}-1a2b3c4d`,
      'RelatedAWSResources:0/type': 'AWS::Config::ConfigRule',
      'aws/securityhub/ProductName': 'Security Hub',
      'aws/securityhub/CompanyName': 'AWS',
      'aws/securityhub/FindingId': `${home}::product/aws/securityhub/${id}`,
    },
    Resources: [resource],
    Compliance: {
      Status: status,
      SecurityControlId: control,
      AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }],
    },
    WorkflowState: 'NEW',
    Workflow: { Status: workflow },
    RecordState: recordState,
    FindingProviderFields: { Severity: { Label: severity.Label, Original: severity.Label }, Types: types },
  };
};

/** One finding, in the event in which Security Hub tells that it was imported or updated. */
const imported = (finding: Json, where: Happening): Json =>
  envelope({
    source: 'aws.securityhub',
    detailType: 'Security Hub Findings - Imported',
    account: where.receivedIn ?? where.account,
    region: where.region,
    at: where.at,
    resources: [`${(finding as { ProductArn: string }).ProductArn}/${(finding as { Id: string }).Id}`],
    detail: { findings: [finding] },
  });

export const securityHubControlEvent = (options: SecurityHubControlOptions): Json =>
  imported(securityHubControlFinding(options), options);

export const securityHubGuardDutyEvent = (options: SecurityHubGuardDutyOptions): Json =>
  imported(securityHubGuardDutyFinding(options), options);

type SecurityHubCustomActionOptions = Happening & {
  /** Its id: the playbook's name without hyphens, at most 20 characters. */
  readonly action: string;
  readonly name: string;
  readonly description?: string;
  readonly findings: readonly Json[];
};

export const securityHubCustomActionEvent = (options: SecurityHubCustomActionOptions): Json => {
  const { action, name, description = name, findings, account, region, partition = 'aws', at } = options;
  return envelope({
    source: 'aws.securityhub',
    detailType: 'Security Hub Findings - Custom Action',
    account,
    region,
    at,
    resources: [`arn:${partition}:securityhub:${region}:${account}:action/custom/${action}`],
    detail: { actionName: name, actionDescription: description, findings },
  });
};
