// Security Hub's events: GuardDuty's findings in ASFF, controls, custom actions.
import { describe, expect, test } from 'vitest';
import { customActionId } from '../../functions/sources/custom-action.ts';
import { bent, fixture, only, reading, refusal } from './fixture.ts';

const FINDING = 'detail.findings.0';
const FIELDS = `${FINDING}.ProductFields.aws/guardduty/service`;

describe("GuardDuty's copies", () => {
  test.each([
    ['guardduty-instance-c2', 'securityhub-guardduty-c2'],
    ['guardduty-instance-credentials', 'securityhub-guardduty-instance-credentials'],
  ])('%s and %s are one finding', (native, copy) => {
    const read = only(fixture(copy));
    // The fixtures differ in the title and in how often it was seen.
    const { title, count, hub } = read;
    expect(hub?.productArn).toMatch(/::product\/aws\/guardduty$/);
    expect(read).toEqual({ ...only(fixture(native)), title, count, hub, channel: 'securityhub-imported' });
  });

  test('strings become what they stand for', () => {
    expect(only(fixture('securityhub-guardduty-c2'))).toMatchObject({
      role: 'ACTOR',
      count: 3,
      activity: { kind: 'connection', direction: 'OUTBOUND', remoteAddress: '198.51.100.7', remotePort: 4444 },
    });
  });

  test('in the administrator account and another Region the victim stays the victim', () => {
    const read = reading(fixture('securityhub-guardduty-admin-aggregated'));
    expect(read.event).toMatchObject({ account: '999988887777', region: 'us-east-1' });
    expect(read.findings[0]).toMatchObject({
      type: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
      account: '444455556666',
      region: 'eu-central-1',
      activity: { kind: 'dns', domain: 'pool.example.net' },
    });
  });

  test("the key 'null' is none", () => {
    expect(only(fixture('securityhub-guardduty-null-key')).resources).toEqual([]);
  });

  test.each([
    [{ [`${FIELDS}/additionalInfo/sample`]: undefined }],
    [{ [`${FINDING}.Sample`]: undefined }],
    [
      {
        [`${FINDING}.Sample`]: undefined,
        [`${FIELDS}/additionalInfo/sample`]: undefined,
        [`${FIELDS}/additionalInfo/value`]: '{"sample":true}',
      },
    ],
  ])('one mark of a sample is enough: %j', (changes) => {
    expect(only(bent('securityhub-guardduty-sample', changes)).sample).toBe(true);
  });

  test("GuardDuty's own word for the type goes before what a customer wrote over it", () => {
    const event = bent('securityhub-guardduty-c2', { [`${FINDING}.Types`]: ['TTPs/Discovery/Recon:EC2-Portscan'] });
    expect(only(event).type).toBe('Backdoor:EC2/C&CActivity.B');
  });

  test('without FindingProviderFields, Types serves', () => {
    const event = bent('securityhub-guardduty-c2', { [`${FINDING}.FindingProviderFields`]: undefined });
    expect(only(event).type).toBe('Backdoor:EC2/C&CActivity.B');
  });

  test('a type that can not be turned back is told as it is', () => {
    const event = bent('securityhub-guardduty-c2', {
      [`${FINDING}.FindingProviderFields.Types`]: ['Sensitive Data Identifications'],
      [`${FINDING}.Types`]: [],
    });
    expect(only(event)).toMatchObject({ detector: 'guardduty', type: 'Sensitive Data Identifications' });
  });

  test('archived in GuardDuty is archived here', () => {
    const event = bent('securityhub-guardduty-c2', { [`${FIELDS}/archived`]: 'true' });
    expect(only(event).standing).toBe('archived');
  });

  test('the older way of counting in ProductFields', () => {
    const event = bent('securityhub-guardduty-c2', {
      [`${FIELDS}/action/actionType`]: 'PORT_PROBE',
      [`${FIELDS}/action/portProbeAction/portProbeDetails:0/remoteIpDetails/ipAddressV4`]: '198.51.100.1',
    });
    expect(only(event).activity).toEqual({ kind: 'probe', remoteAddress: '198.51.100.1' });
  });
});

describe('controls', () => {
  test('are known by their id, whatever generator and title say', () => {
    const event = bent('securityhub-control-s3', {
      [`${FINDING}.GeneratorId`]: 'aws-foundational-security-best-practices/v/1.0.0/S3.8',
      [`${FINDING}.Title`]: 'S3.8 Another title',
    });
    expect(only(event)).toMatchObject({
      detector: 'securityhub',
      type: 'S3.8',
      severity: 'HIGH',
      standing: 'active',
      resources: [{ type: 'AWS::S3::Bucket', id: 'example-invoices', region: 'eu-central-1' }],
    });
  });

  test('the account as a resource', () => {
    expect(only(fixture('securityhub-control-account'))).toMatchObject({
      type: 'S3.1',
      standing: 'active',
      resources: [{ type: 'AWS::::Account', id: '111122223333' }],
    });
  });

  test.each([
    ['resolved', { Compliance: { SecurityControlId: 'S3.8', Status: 'PASSED' } }],
    ['resolved', { Compliance: { SecurityControlId: 'S3.8', Status: 'NOT_AVAILABLE' } }],
    ['resolved', { Workflow: { Status: 'RESOLVED' } }],
    ['suppressed', { Workflow: { Status: 'SUPPRESSED' } }],
    ['archived', { RecordState: 'ARCHIVED', Workflow: { Status: 'SUPPRESSED' } }],
    ['active', { Workflow: { Status: 'NOTIFIED' } }],
    ['active', { Workflow: null }],
  ])('%s: %j', (standing, change) => {
    const changes = Object.fromEntries(Object.entries(change).map(([key, value]) => [`${FINDING}.${key}`, value]));
    expect(only(bent('securityhub-control-s3', changes)).standing).toBe(standing);
  });
});

describe('who may say what', () => {
  test('another product with a control id is not Security Hub', () => {
    expect(only(fixture('securityhub-other-product')).type).toBe(
      '111122223333/default: Software and Configuration Checks/Vulnerabilities/CVE',
    );
  });

  test.each([
    'arn:aws:securityhub:eu-central-1:444455556666:product/aws/guardduty',
    'arn:aws:securityhub:eu-central-1::product/aws/guardduty/more',
    'arn:aws:securityhub:eu-central-1::product/acme/guardduty',
    'product/aws/guardduty',
  ])('%s is not GuardDuty', (ProductArn) => {
    const event = bent('securityhub-guardduty-c2', { [`${FINDING}.ProductArn`]: ProductArn });
    expect(only(event).detector).toBe('securityhub');
    expect(only(event).type).toMatch(/: TTPs/);
  });

  test('another partition is', () => {
    const event = bent('securityhub-guardduty-c2', {
      [`${FINDING}.ProductArn`]: 'arn:aws-us-gov:securityhub:us-gov-west-1::product/aws/guardduty',
    });
    expect(only(event)).toMatchObject({ detector: 'guardduty', partition: 'aws-us-gov' });
  });
});

test.each([
  ['AwsEc2Instance', 'i-0c10c2c7863d1a356', 'AWS::EC2::Instance', 'i-0c10c2c7863d1a356'],
  [
    'AwsEc2SecurityGroup',
    'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-1',
    'AWS::EC2::SecurityGroup',
    'sg-1',
  ],
  ['AwsIamUser', 'arn:aws:iam::111122223333:user/ci/build', 'AWS::IAM::User', 'build'],
  ['AwsRdsDbInstance', 'arn:aws:rds:eu-central-1:111122223333:db:orders', 'AWS::RDS::DBInstance', 'orders'],
  ['AwsLambdaFunction', 'arn:aws:lambda:eu-central-1:111122223333:function:send', 'AWS::Lambda::Function', 'send'],
  ['AwsDynamoDbTable', 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders', 'AWS::DynamoDB::Table', 'orders'],
  ['AwsCloudTrailTrail', 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/main', 'AWS::CloudTrail::Trail', 'main'],
  [
    'AwsElbv2LoadBalancer',
    'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/web/50dc',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    '50dc',
  ],
  ['AwsS3Object', 'arn:aws:s3:::example-uploads/in/a.pdf', 'AWS::S3::Object', 'example-uploads/in/a.pdf'],
  ['AwsEc2Vpc', 'arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1', 'AWS::EC2::VPC', 'vpc-1'],
])('%s %s is %s %s', (Type, Id, type, id) => {
  const event = bent('securityhub-control-s3', { [`${FINDING}.Resources`]: [{ Type, Id, Region: 'aws-global' }] });
  expect(only(event).resources).toEqual([{ type, id, account: '111122223333', region: 'eu-central-1', detail: {} }]);
});

test.each(['Other', 'Container', 'aws', 'AwsX'])('a resource of type %s is not named', (Type) => {
  const event = bent('securityhub-control-s3', { [`${FINDING}.Resources.0.Type`]: Type });
  expect(only(event).resources).toEqual([]);
});

describe('custom actions', () => {
  test('every finding chosen carries the request, and is otherwise as it would be by itself', () => {
    const { findings, gaps } = reading(fixture('securityhub-custom-action'));
    expect(gaps).toEqual([]);
    expect(findings.map(({ type, account, channel }) => [type, account, channel])).toEqual([
      ['Backdoor:EC2/C&CActivity.B', '111122223333', 'securityhub-custom-action'],
      ['Impact:EC2/PortSweep', '444455556666', 'securityhub-custom-action'],
      ['EC2.8', '111122223333', 'securityhub-custom-action'],
    ]);
    for (const { requested } of findings)
      expect(requested).toEqual({
        playbook: 'isolateinstance',
        by: 'a person in Security Hub of account 999988887777',
        reason: 'Firebreak: isolate-instance',
      });
  });

  test('one finding that can not be read is a gap, not a reason to drop the others', () => {
    const { findings, gaps } = reading(bent('securityhub-custom-action', { 'detail.findings.1.AwsAccountId': '0' }));
    expect(findings).toHaveLength(2);
    expect(gaps).toEqual([expect.stringContaining('Finding 2 of Security Hub Findings - Custom Action')]);
  });

  test('without findings there is nothing to read', () => {
    expect(refusal(bent('securityhub-custom-action', { 'detail.findings': [] }))).toMatch(/names no finding/);
  });

  test.each([
    [[]],
    [['arn:aws:securityhub:us-east-1:999988887777:action/default/isolateinstance']],
    [['isolateinstance']],
  ])('resources %j tell no action', (resources) => {
    expect(refusal(bent('securityhub-custom-action', { resources }))).toMatch(/resources\[0\] should be the ARN/);
  });

  test.each([
    ['isolate-instance', 'isolateinstance'],
    ['block-public-bucket', 'blockpublicbucket'],
    ['restore-block-public-access', 'restoreblockpublicac'],
  ])('the action of %s is %s', (playbook, id) => {
    expect(customActionId(playbook)).toBe(id);
  });
});
