// GuardDuty's finding as Security Hub has it: details flattened into strings, the type spelt otherwise, the same id.
// https://docs.aws.amazon.com/guardduty/latest/ug/securityhub-integration.html
import type { Json } from '../language/json.ts';
import { type GuardDutyOptions, guardDutyFinding } from './guardduty.ts';
import { type GuardDutyResource, principalOf } from './guardduty-resource.ts';

export type SecurityHubGuardDutyOptions = GuardDutyOptions & {
  /** `Types[0]`, where the rule doesn't give it. */
  readonly asffType?: string;
  readonly workflow?: 'NEW' | 'NOTIFIED' | 'RESOLVED' | 'SUPPRESSED';
  readonly recordState?: 'ACTIVE' | 'ARCHIVED';
};

export const securityHubGuardDutyFinding = (options: SecurityHubGuardDutyOptions): Json => {
  const { type, severity, resource, account, region, partition = 'aws', at, sample = false } = options;
  const finding = guardDutyFinding(options);
  const home = `arn:${partition}:securityhub:${region}`;
  const label = severity >= 9 ? 'CRITICAL' : severity >= 7 ? 'HIGH' : severity >= 4 ? 'MEDIUM' : 'LOW';
  const types = [options.asffType ?? asffType(type)];
  return {
    SchemaVersion: '2018-10-08',
    Id: finding.arn,
    ProductArn: `${home}::product/aws/guardduty`,
    ProductName: 'GuardDuty',
    CompanyName: 'Amazon',
    Region: region,
    GeneratorId: finding.arn.replace(/\/finding\/.*$/, ''),
    AwsAccountId: account,
    AwsAccountName: 'example',
    Types: types,
    FirstObservedAt: finding.service.eventFirstSeen,
    LastObservedAt: finding.service.eventLastSeen,
    CreatedAt: finding.createdAt,
    UpdatedAt: finding.updatedAt,
    ProcessedAt: at.toISOString(),
    Severity: { Product: severity, Label: label, Normalized: severity * 10 },
    Title: finding.title,
    Description: finding.description,
    SourceUrl: `https://${region}.console.aws.amazon.com/guardduty/home?region=${region}#/findings?macros=current&fId=${finding.id}`,
    ProductFields: {
      ...flat('aws/guardduty/service', finding.service),
      'aws/securityhub/FindingId': `${home}::product/aws/guardduty/${finding.arn}`,
      'aws/securityhub/ProductName': 'GuardDuty',
      'aws/securityhub/CompanyName': 'Amazon',
    },
    Resources: asffResources(resource, { partition, account, region }),
    WorkflowState: 'NEW',
    Workflow: { Status: options.workflow ?? 'NEW' },
    RecordState: options.recordState ?? 'ACTIVE',
    FindingProviderFields: { Severity: { Label: label, Product: severity, Normalized: severity * 10 }, Types: types },
    Sample: sample,
  };
};

/** By the rule that holds for most types; where it doesn't, a scenario gives `asffType`. */
const asffType = (type: string): string => {
  const category = /^(Backdoor|CryptoCurrency|Trojan):/.test(type) ? 'TTPs/Command and Control' : 'TTPs';
  return `${category}/${type.replace('/', '-')}`;
};

/** Every leaf under its path, as a string; the items of a list as `name.0_`. */
const flat = (path: string, value: Json): Readonly<Record<string, string>> => {
  if (Array.isArray(value))
    return Object.assign({}, ...value.map((item: Json, index) => flat(`${path}.${index}_`, item)));
  if (value === null || typeof value !== 'object') return { [path]: value === null ? '' : String(value) };
  return Object.assign({}, ...Object.entries(value).map(([key, item]: [string, Json]) => flat(`${path}/${key}`, item)));
};

type Where = { readonly partition: string; readonly account: string; readonly region: string };

const asffResources = (resource: GuardDutyResource, { partition, account, region }: Where): readonly Json[] => {
  const where = { Partition: partition, Region: region };
  if ('instance' in resource) {
    const { id, privateAddress = '10.0.0.10', publicAddress, vpcId, subnetId, imageId } = resource.instance;
    const details = {
      Type: 'm5.large',
      ImageId: imageId ?? 'ami-0a1b2c3d4e5f60001',
      IpV4Addresses: [...(publicAddress ? [publicAddress] : []), privateAddress],
      VpcId: vpcId ?? 'vpc-0a1b2c3d4e5f60001',
      SubnetId: subnetId ?? 'subnet-0a1b2c3d4e5f60001',
      LaunchedAt: '2026-01-15T08:00:00.000Z',
    };
    const arn = `arn:${partition}:ec2:${region}:${account}:instance/${id}`;
    return [{ Type: 'AwsEc2Instance', Id: arn, ...where, Tags: { Name: 'web' }, Details: { AwsEc2Instance: details } }];
  }
  const buckets = 'buckets' in resource ? resource.buckets : [];
  const key = 'accessKey' in resource ? resource.accessKey : undefined;
  return [
    ...buckets.map(({ name }) => ({ Type: 'AwsS3Bucket', Id: `arn:${partition}:s3:::${name}`, ...where })),
    ...(key
      ? [
          {
            Type: 'AwsIamAccessKey',
            Id: `AWS::IAM::AccessKey:${key.id || 'null'}`,
            ...where,
            Details: {
              AwsIamAccessKey: {
                PrincipalId: principalOf(key),
                PrincipalType: key.userType,
                PrincipalName: key.userName,
              },
            },
          },
        ]
      : []),
  ];
};
