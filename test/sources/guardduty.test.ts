// GuardDuty's events, with the traps of their documented shape.
import { describe, expect, test } from 'vitest';
import { bent, fixture, only, reading, refusal } from './fixture.ts';

const ARN = 'arn:aws:guardduty:eu-central-1:111122223333:detector/12abc34d567e8fa901bc2d34e56789f0/finding';
const HERE = { account: '111122223333', region: 'eu-central-1' };
const INSTANCE = { type: 'AWS::EC2::Instance', id: 'i-0c10c2c7863d1a356', ...HERE, detail: {} };

test('a finding on an instance is read in full', () => {
  expect(only(fixture('guardduty-instance-c2'))).toEqual({
    detector: 'guardduty',
    channel: 'guardduty',
    id: `${ARN}/46ba0ac2845071e23ccdeb2ae03bfdea`,
    type: 'Backdoor:EC2/C&CActivity.B',
    title: 'The EC2 instance i-0c10c2c7863d1a356 is communicating outbound with a known command & control server.',
    severity: 'HIGH',
    partition: 'aws',
    ...HERE,
    resources: [INSTANCE],
    role: 'ACTOR',
    sample: false,
    standing: 'active',
    updatedAt: '2026-11-20T10:14:00.206Z',
    count: 1,
    activity: {
      kind: 'connection',
      direction: 'OUTBOUND',
      remoteAddress: '198.51.100.7',
      remotePort: 4444,
      protocol: 'TCP',
    },
  });
});

test('the envelope tells the receiver, the detail the victim', () => {
  const read = reading(fixture('guardduty-admin-envelope'));
  expect(read.event.account).toBe('999988887777');
  expect(read.findings[0]?.account).toBe('444455556666');
  expect(read.findings[0]?.resources[0]?.account).toBe('444455556666');
});

test('an update has the id of the first event, another count and another time', () => {
  const [first, update] = [only(fixture('guardduty-instance-c2')), only(fixture('guardduty-update'))];
  expect(update.id).toBe(first.id);
  expect(update.count).toBe(74);
  expect(update.updatedAt > first.updatedAt).toBe(true);
});

test('without an ARN the id is built from what the ARN is made of', () => {
  const event = bent('guardduty-instance-c2', { 'detail.arn': undefined });
  expect(only(event).id).toBe(`${ARN}/46ba0ac2845071e23ccdeb2ae03bfdea`);
});

test.each([
  [1, 'LOW'],
  [3.9, 'LOW'],
  [4, 'MEDIUM'],
  [6.9, 'MEDIUM'],
  [7, 'HIGH'],
  [8.9, 'HIGH'],
  [9, 'CRITICAL'],
  [10, 'CRITICAL'],
])('severity %d is %s', (severity, label) => {
  expect(only(bent('guardduty-instance-c2', { 'detail.severity': severity })).severity).toBe(label);
});

describe('samples, archived findings, roles', () => {
  test.each(['guardduty-sample', 'guardduty-sample-in-string'])('%s is one', (name) => {
    expect(only(fixture(name)).sample).toBe(true);
  });

  test.each([{}, null, { value: '' }, { value: '{"sample":' }, { value: '"sample"' }, { value: '{"sample":false}' }])(
    '%j is no mark of a sample',
    (additionalInfo) => {
      const event = bent('guardduty-instance-c2', { 'detail.service.additionalInfo': additionalInfo });
      expect(only(event).sample).toBe(false);
    },
  );

  test('an archived finding says so', () => {
    expect(only(fixture('guardduty-archived')).standing).toBe('archived');
  });

  test('whether our instance attacks or is attacked', () => {
    expect(only(fixture('guardduty-brute-force-target')).role).toBe('TARGET');
    expect(only(fixture('guardduty-instance-c2')).role).toBe('ACTOR');
  });
});

describe('resources', () => {
  test('stolen credentials of an instance name the key, the role and the instance', () => {
    expect(only(fixture('guardduty-instance-credentials')).resources).toEqual([
      {
        type: 'AWS::IAM::AccessKey',
        id: 'ASIAIOSFODNN7EXAMPLE',
        ...HERE,
        detail: {
          principalId: 'AROAIDPPEZS35WEXAMPLE:i-0c10c2c7863d1a356',
          userName: 'app-server-role',
          userType: 'AssumedRole',
        },
      },
      { ...INSTANCE, detail: { by: 'principalId' } },
    ]);
  });

  test.each([
    'AIDACKCEVSQ6C2EXAMPLE',
    'AROAIDPPEZS35WEXAMPLE:i-am-no-instance',
    'AROAIDPPEZS35WEXAMPLE:i-0c10c2c7863d1a356x',
  ])('principal %s names no instance', (principalId) => {
    const event = bent('guardduty-instance-credentials', {
      'detail.resource.accessKeyDetails.principalId': principalId,
    });
    expect(only(event).resources.map(({ type }) => type)).toEqual(['AWS::IAM::AccessKey']);
  });

  test('a sign-in to the console has no key', () => {
    expect(only(fixture('guardduty-console-login-without-key')).resources).toEqual([]);
  });

  test('every bucket, and the key that did it', () => {
    expect(only(fixture('guardduty-several-buckets')).resources.map(({ type, id }) => [type, id])).toEqual([
      ['AWS::S3::Bucket', 'example-invoices'],
      ['AWS::S3::Bucket', 'example-invoices-logs'],
      ['AWS::IAM::AccessKey', 'ASIAI44QH8DHBEXAMPLE'],
    ]);
  });

  test('an object is told with its version; its bucket is not what is to be closed', () => {
    expect(only(fixture('guardduty-s3-object')).resources).toEqual([
      {
        type: 'AWS::S3::Object',
        id: 'example-uploads/in/a b/report.pdf.exe',
        ...HERE,
        detail: { versionId: '3sL4kqtJlcpXroDTDmJ', eTag: '9b2cf535f27731c974343645a3985328' },
      },
    ]);
  });

  test('of a container the cluster is named; the host, which others share, is only told', () => {
    const { resources } = only(fixture('guardduty-ecs-cluster'));
    expect(resources.map(({ type, id }) => [type, id])).toEqual([['AWS::ECS::Cluster', 'web']]);
    expect(resources[0]?.detail.host).toBe('i-0c10c2c7863d1a356');
  });

  test('an attack sequence names what the sequence names, each where it is, once', () => {
    const finding = only(fixture('guardduty-attack-sequence'));
    expect(finding.severity).toBe('CRITICAL');
    expect(finding.updatedAt).toBe('2026-11-20T10:14:06.721Z');
    expect(finding.resources.map(({ type, id, account, region }) => [type, id, account, region])).toEqual([
      ['AWS::IAM::AccessKey', 'AKIAI44QH8DHBEXAMPLE', '111122223333', 'us-east-1'],
      ['AWS::S3::Bucket', 'example-invoices', '444455556666', 'eu-central-1'],
      ['AWS::EC2::Instance', 'i-0c10c2c7863d1a356', '111122223333', 'eu-central-1'],
    ]);
    expect(finding.activity).toBeUndefined();
  });

  test('an unknown type on an unknown resource is a finding without resources', () => {
    expect(only(fixture('guardduty-unknown-type'))).toMatchObject({
      type: 'Collection:Quantum/NewlyInvented.A!Thing',
      resources: [],
    });
  });

  test('a resource whose details are missing is not named', () => {
    const event = bent('guardduty-instance-c2', { 'detail.resource.instanceDetails': undefined });
    expect(only(event).resources).toEqual([]);
  });
});

test.each([
  ['guardduty-instance-c2-dns', { kind: 'dns', domain: 'c2.example.net', protocol: 'UDP' }],
  ['guardduty-instance-credentials', { kind: 'api', api: 'ListBuckets', remoteAddress: '203.0.113.24' }],
  ['guardduty-sample', { kind: 'probe', remoteAddress: '198.51.100.0' }],
  ['guardduty-runtime', { kind: 'other' }],
  ['guardduty-unknown-type', { kind: 'other' }],
])('%s: what goes on', (name, activity) => {
  expect(only(fixture(name)).activity).toEqual(activity);
});

test('an IPv6 address is told where there is no other', () => {
  const event = bent('guardduty-instance-c2', {
    'detail.service.action.networkConnectionAction.remoteIpDetails': { ipAddressV4: '', ipAddressV6: '2001:db8::7' },
  });
  expect(only(event).activity?.remoteAddress).toBe('2001:db8::7');
});

describe('what is refused', () => {
  test.each([
    ['accountId', '11112222333', 'an account id of 12 digits, but is "11112222333"'],
    ['accountId', 111122223333, 'string, but is 111122223333'],
    ['region', 'eu-central-1;rm', 'a Region such as eu-central-1'],
    ['severity', 11, 'a number from 0 to 10'],
    ['severity', '8', 'number, but is "8"'],
    ['type', 'Backdoor:EC2/C&CActivity.B\nX', 'one line'],
    ['resource.instanceDetails.instanceId', 'i-0\u001b[2J', 'one line'],
  ])('%s %j', (field, value, wanted) => {
    const said = refusal(bent('guardduty-instance-c2', { [`detail.${field}`]: value }));
    expect(said).toContain(`The GuardDuty Finding can't be read: detail.${field} should be ${wanted}`);
    expect(said).not.toMatch(/\n| at .*\.ts/);
  });

  test('what is missing', () => {
    expect(refusal(bent('guardduty-instance-c2', { 'detail.resource': undefined }))).toMatch(
      /detail\.resource is missing/,
    );
  });
});
