// Config, Health and requests by hand, with the traps of their documented shapes.
import { describe, expect, test } from 'vitest';
import { ruleName } from '../../functions/sources/config.ts';
import { readEvent } from '../../functions/sources/read-event.ts';
import { bent, fixture, only, reading, refusal } from './fixture.ts';

describe('Config', () => {
  test('the first evaluation has nothing before it', () => {
    expect(only(fixture('config-first-evaluation'))).toEqual({
      detector: 'config',
      channel: 'config',
      id: 'arn:aws:config:eu-central-1:111122223333:config-rule/config-rule-eguym2/AWS::S3::Bucket/example-invoices',
      type: 's3-bucket-public-read-prohibited',
      title: 's3-bucket-public-read-prohibited: AWS::S3::Bucket example-invoices is NON_COMPLIANT',
      severity: 'MEDIUM',
      partition: 'aws',
      account: '111122223333',
      region: 'eu-central-1',
      resources: [
        {
          type: 'AWS::S3::Bucket',
          id: 'example-invoices',
          account: '111122223333',
          region: 'eu-central-1',
          detail: {},
        },
      ],
      sample: false,
      standing: 'active',
      updatedAt: '2026-11-20T10:03:54.741Z',
      count: 1,
    });
  });

  test.each(['COMPLIANT', 'NOT_APPLICABLE', 'INSUFFICIENT_DATA'])('%s is resolved', (complianceType) => {
    const event = bent('config-first-evaluation', { 'detail.newEvaluationResult.complianceType': complianceType });
    expect(only(event).standing).toBe('resolved');
  });

  test('back to compliant has the id under which it was told', () => {
    expect(only(fixture('config-compliant-again')).id).toBe(only(fixture('config-first-evaluation')).id);
  });

  test("a user keeps its unique id; the pack's suffix goes", () => {
    expect(only(fixture('config-conformance-pack-user'))).toMatchObject({
      type: 'access-keys-rotated',
      resources: [{ type: 'AWS::IAM::User', id: 'AIDAW6MN5QPJPMEXAMPLE' }],
    });
  });

  test.each([
    ['securityhub-s3-bucket-public-write-prohibited-2d1e1fc7', 's3-bucket-public-write-prohibited'],
    ['securityhub-vpc-flow-logs-enabled-27ad9f', 'vpc-flow-logs-enabled'],
    ['securityhub-enabled', 'securityhub-enabled'],
    ['securityhub-custom-rule', 'securityhub-custom-rule'],
    ['restricted-ssh-conformance-pack-6cruwvtg2', 'restricted-ssh'],
    ['restricted-ssh', 'restricted-ssh'],
  ])('rule %s is %s', (name, rule) => {
    expect(ruleName(name)).toBe(rule);
  });
});

describe('Health', () => {
  test('an exposed key', () => {
    const finding = only(fixture('health-exposed'));
    expect(finding).toMatchObject({
      detector: 'health',
      type: 'AWS_RISK_CREDENTIALS_EXPOSED',
      severity: 'HIGH',
      region: 'us-east-1',
      standing: 'active',
      updatedAt: '2026-11-20T10:12:13.000Z',
    });
    expect(finding.resources).toEqual([
      {
        type: 'AWS::IAM::AccessKey',
        id: 'AKIAIOSFODNN7EXAMPLE',
        account: '111122223333',
        region: 'us-east-1',
        detail: { userName: 'build' },
      },
    ]);
  });

  test('the copy in the backup Region, under the old detail-type, is the same finding', () => {
    expect(only(fixture('health-backup-old-detail-type'))).toEqual(only(fixture('health-exposed')));
  });

  test('in an organizational view the affected account is the victim; pages and accounts are findings of their own', () => {
    const paged = reading(fixture('health-organizational-paged'));
    expect(paged.event.account).toBe('999988887777');
    expect(paged.findings[0]).toMatchObject({ account: '444455556666' });
    expect(paged.findings[0]?.id).toMatch(/\/444455556666\/page-2$/);
    expect(paged.findings[0]?.resources.map(({ id, detail }) => [id, detail.userName])).toEqual([
      ['AKIAIOSFODNN7EXAMPLE', 'build'],
      ['AKIAI44QH8DHBEXAMPLE', undefined],
    ]);
  });

  test.each([
    ['444455556666', { 'detail.affectedAccount': undefined, 'detail.eventMetadata.accountId': '444455556666' }],
    ['111122223333', { 'detail.affectedAccount': undefined, 'detail.eventMetadata': undefined }],
  ])('the victim is %s with %j', (account, changes) => {
    expect(only(bent('health-exposed', changes)).account).toBe(account);
  });

  test('an event of 2016 has neither communication id nor metadata', () => {
    expect(only(fixture('health-minimal-2016'))).toMatchObject({
      account: '111122223333',
      resources: [{ id: 'AKIAIOSFODNN7EXAMPLE', detail: {} }],
    });
  });

  test('keys among the resources count, other things do not', () => {
    const event = bent('health-exposed', {
      'detail.affectedEntities': [{ entityValue: 'UNKNOWN' }],
      resources: ['ASIAIOSFODNN7EXAMPLE', 'arn:aws:iam::111122223333:user/build'],
      'detail.eventMetadata': undefined,
    });
    expect(only(event).resources.map(({ id }) => id)).toEqual(['ASIAIOSFODNN7EXAMPLE']);
  });

  test('closed is resolved', () => {
    expect(only(bent('health-exposed', { 'detail.statusCode': 'closed' })).standing).toBe('resolved');
  });

  test("another service's event is read and names nothing to act on", () => {
    expect(only(fixture('health-other-service'))).toMatchObject({
      type: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
      resources: [],
    });
  });
});

describe('requests by hand', () => {
  const NOW = new Date('2026-11-20T12:00:00Z');
  const request = { playbook: 'isolate-instance', resource: 'i-0c10c2c7863d1a356', reason: 'beacons' };
  const first = (event: unknown) => {
    const read = readEvent(event, NOW);
    return 'unreadable' in read ? read.unreadable : read.findings[0];
  };

  test('what is not said stays open', () => {
    expect(first(request)).toMatchObject({
      detector: 'manual',
      channel: 'manual',
      account: '',
      region: '',
      partition: '',
      updatedAt: '2026-11-20T12:00:00.000Z',
      resources: [{ type: '', id: 'i-0c10c2c7863d1a356', account: '', region: '' }],
      requested: { playbook: 'isolate-instance', by: 'somebody who gave no name', reason: 'beacons' },
    });
  });

  test('an ARN says where it is', () => {
    const resource = 'arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-0c10c2c7863d1a356';
    expect(first({ ...request, resource })).toMatchObject({
      account: '111122223333',
      region: 'cn-north-1',
      partition: 'aws-cn',
      resources: [{ id: resource }],
    });
  });

  test('the place that is said completes what the ARN leaves open', () => {
    expect(
      first({ ...request, resource: 'arn:aws:s3:::example-invoices', account: '444455556666', region: 'eu-west-1' }),
    ).toMatchObject({ account: '444455556666', region: 'eu-west-1', partition: 'aws' });
  });

  test.each([
    [{ reason: undefined }, 'reason is missing'],
    [{ reason: ' ' }, 'reason should be a reason in words'],
    [{ playbook: 'Isolate Instance' }, 'playbook should be the name of a playbook'],
    [{ acount: '444455556666' }, 'acount is no field that is known'],
    [{ account: '4444' }, 'account should be an account id of 12 digits, but is "4444"'],
    [{ resource: 'i-0\nX' }, 'resource should be one line'],
    [
      { resource: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1', account: '444455556666' },
      'account is 444455556666, but the ARN names 111122223333',
    ],
  ])('%j is refused, with the form of a request', (change, said) => {
    const message = first({ ...request, ...change });
    expect(message).toContain(said);
    expect(message).toContain('A request is { playbook, resource, reason }');
  });
});

describe('what nobody reads', () => {
  test('says what was found and what is understood', () => {
    const said = refusal(fixture('securityhub-v2-ocsf'));
    expect(said).toContain('No source reads aws.securityhub "Findings Imported V2"');
    expect(said).toContain('aws.securityhub "Security Hub Findings - Imported"');
    expect(said).toContain('Narrow the rule');
  });

  test.each([
    ['aws.guardduty', 'Security Hub Findings - Imported'],
    ['aws.securityhub', 'GuardDuty Finding'],
    ['my.app', 'GuardDuty Finding'],
  ])('%s with "%s" is nobody\'s', (source, detailType) => {
    expect(refusal(bent('guardduty-instance-c2', { source, 'detail-type': detailType }))).toMatch(/^No source reads/);
  });

  test.each([undefined, null, 0, '', 'text', [], {}, { detail: {} }])('%j is no event', (event) => {
    expect(refusal(event)).toMatch(/^The event can't be read: /);
  });

  test('an event without detail', () => {
    for (const name of ['guardduty-instance-c2', 'securityhub-control-s3', 'config-first-evaluation', 'health-exposed'])
      expect(refusal(bent(name, { detail: null }))).toContain('detail should be Object, but is null');
  });
});
