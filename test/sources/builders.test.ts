// The builders of playbooks/events against the readers, and against the shape of the fixtures.
import { describe, expect, test } from 'vitest';
import { securityHubGuardDutyFinding } from '../../playbooks/events/asff-guardduty.ts';
import { configEvent } from '../../playbooks/events/config.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { healthEvent } from '../../playbooks/events/health.ts';
import {
  securityHubControlEvent,
  securityHubControlFinding,
  securityHubCustomActionEvent,
  securityHubGuardDutyEvent,
} from '../../playbooks/events/securityhub.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { fixture, only, reading } from './fixture.ts';

const WHERE = { account: '444455556666', region: 'eu-west-1', at: new Date('2026-11-20T10:00:00.123Z') };
const BEACON = {
  ...WHERE,
  type: 'Backdoor:EC2/C&CActivity.B',
  severity: 8,
  role: 'ACTOR',
  resource: { instance: { id: 'i-0a1b2c3d4e5f60001' } },
  action: { connection: { direction: 'OUTBOUND', remoteAddress: '198.51.100.7', remotePort: 4444 } },
} as const;
const STOLEN = {
  ...WHERE,
  type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
  severity: 8,
  resource: {
    accessKey: {
      id: 'ASIAIOSFODNN7EXAMPLE',
      userName: 'web',
      userType: 'AssumedRole',
      principalId: 'AROA1111222233334444A:i-0a1b2c3d4e5f60001',
    },
  },
  action: { api: { name: 'ListBuckets', service: 's3.amazonaws.com', remoteAddress: '203.0.113.24' } },
} as const;
const OPENED = {
  ...WHERE,
  type: 'Policy:S3/BucketAnonymousAccessGranted',
  severity: 8,
  resource: { buckets: [{ name: 'invoices' }, { name: 'letters' }] },
} as const;

const FIELDS = '/detail/findings[]/ProductFields/aws/guardduty/service';

/** Every path of the fixture that the built event has not; the items of a list count as one. */
const missing = (wanted: unknown, built: unknown, path = ''): readonly string[] => {
  if (Array.isArray(wanted))
    return wanted.length > 0 && Array.isArray(built) ? missing(wanted[0], built[0], `${path}[]`) : [];
  if (typeof wanted !== 'object' || wanted === null) return [];
  return Object.entries(wanted).flatMap(([key, item]) => {
    const at = `${path}/${key}`;
    const there: unknown = typeof built === 'object' && built !== null ? Reflect.get(built, key) : undefined;
    return there === undefined ? [at] : missing(item, there, at);
  });
};

test.each<[string, Json, readonly string[]]>([
  [
    'guardduty-instance-c2',
    guardDutyEvent({ ...BEACON, resource: { instance: { id: 'i-1', publicAddress: '203.0.113.1' } } }),
    // Only instances from the Marketplace have product codes.
    [
      '/detail/resource/instanceDetails/productCodes[]/productCodeId',
      '/detail/resource/instanceDetails/productCodes[]/productCodeType',
    ],
  ],
  ['guardduty-instance-credentials', guardDutyEvent(STOLEN), []],
  [
    'guardduty-several-buckets',
    guardDutyEvent({
      ...OPENED,
      resource: { ...OPENED.resource, accessKey: STOLEN.resource.accessKey },
      action: STOLEN.action,
    }),
    [],
  ],
  [
    'securityhub-guardduty-c2',
    securityHubGuardDutyEvent(BEACON),
    [`${FIELDS}/evidence`, `${FIELDS}/evidence/threatIntelligenceDetails.0_/threatNames`],
  ],
  [
    'securityhub-control-s3',
    securityHubControlEvent({ ...WHERE, control: 'S3.8', resource: { bucket: 'invoices' } }),
    ['/detail/findings[]/ProductFields/Resources:0/Id', '/detail/findings[]/Compliance/RelatedRequirements'],
  ],
  [
    'config-compliant-again',
    configEvent({ ...WHERE, rule: 'r', resource: { type: 'AWS::S3::Bucket', id: 'invoices' } }),
    [],
  ],
  [
    'health-exposed',
    healthEvent({
      ...WHERE,
      code: 'AWS_RISK_CREDENTIALS_EXPOSED',
      keys: [{ id: 'AKIAIOSFODNN7EXAMPLE', userName: 'build' }],
    }),
    [],
  ],
])('%s: the builder gives all that AWS sends', (name, built, except) => {
  const absent = missing(fixture(name), JSON.parse(JSON.stringify(built)));
  expect(absent.filter((path) => !except.includes(path))).toEqual([]);
});

describe('what is built is what is read', () => {
  test.each([BEACON, STOLEN, OPENED])('$type is one finding by both ways', (options) => {
    const native = only(guardDutyEvent(options));
    expect(native).toMatchObject({
      type: options.type,
      account: '444455556666',
      updatedAt: '2026-11-20T10:00:00.123Z',
    });
    const copy = only(securityHubGuardDutyEvent(options));
    expect(copy).toEqual({ ...native, channel: 'securityhub-imported', hub: { productArn: expect.any(String) } });
  });

  test('samples, counts, archived findings, the administrator account', () => {
    const event = {
      ...BEACON,
      sample: true,
      count: 4,
      archived: true,
      receivedIn: '999988887777',
      partition: 'aws-cn',
    };
    for (const read of [reading(guardDutyEvent(event)), reading(securityHubGuardDutyEvent(event))]) {
      expect(read.event.account).toBe('999988887777');
      expect(read.findings[0]).toMatchObject({
        account: '444455556666',
        sample: true,
        count: 4,
        standing: 'archived',
        partition: 'aws-cn',
      });
    }
  });

  test.each([
    [{ dns: { domain: 'c2.example.net' } }, { kind: 'dns', domain: 'c2.example.net', protocol: 'UDP' }],
    [{ probe: { remoteAddress: '198.51.100.9', localPort: 22 } }, { kind: 'probe', remoteAddress: '198.51.100.9' }],
    [{ runtime: { process: 'xmrig', threat: 'Miner' } }, { kind: 'other' }],
  ])('action %j', (action, activity) => {
    expect(only(guardDutyEvent({ ...BEACON, action })).activity).toEqual(activity);
    expect(only(securityHubGuardDutyEvent({ ...BEACON, action })).activity).toEqual(activity);
  });

  test('the same event is built twice, another one is another', () => {
    expect(guardDutyEvent(BEACON)).toEqual(guardDutyEvent(BEACON));
    const other = { ...BEACON, resource: { instance: { id: 'i-0a1b2c3d4e5f60002' } } };
    expect(only(guardDutyEvent(other)).id).not.toBe(only(guardDutyEvent(BEACON)).id);
  });

  test('a control, failed and passed', () => {
    const control = { ...WHERE, control: 'S3.8', resource: { bucket: 'invoices' } };
    const failed = only(securityHubControlEvent(control));
    expect(failed).toMatchObject({
      type: 'S3.8',
      severity: 'HIGH',
      standing: 'active',
      resources: [{ id: 'invoices' }],
    });
    const passed = only(securityHubControlEvent({ ...control, status: 'PASSED' }));
    expect(passed).toMatchObject({ id: failed.id, severity: 'INFORMATIONAL', standing: 'resolved' });
  });

  test('a control of one standard, on the account', () => {
    const standard = 'aws-foundational-security-best-practices/v/1.0.0';
    const event = securityHubControlEvent({ ...WHERE, control: 'S3.1', standard, resource: { wholeAccount: true } });
    expect(only(event)).toMatchObject({ type: 'S3.1', resources: [{ type: 'AWS::::Account', id: '444455556666' }] });
  });

  test('a custom action', () => {
    const findings = [
      securityHubGuardDutyFinding(BEACON),
      securityHubControlFinding({ ...WHERE, control: 'S3.8', resource: { bucket: 'invoices' } }),
    ];
    const where = { account: '999988887777', region: 'eu-central-1', at: WHERE.at };
    const read = reading(
      securityHubCustomActionEvent({ ...where, action: 'isolateinstance', name: 'Isolate', findings }),
    );
    expect(read.findings.map(({ type, requested }) => [type, requested?.playbook])).toEqual([
      ['Backdoor:EC2/C&CActivity.B', 'isolateinstance'],
      ['S3.8', 'isolateinstance'],
    ]);
  });

  test('a Config judgement, first and reversed', () => {
    const rule = {
      ...WHERE,
      rule: 's3-bucket-public-read-prohibited',
      resource: { type: 'AWS::S3::Bucket', id: 'invoices' },
    };
    const first = configEvent({ ...rule, before: null });
    expect(JSON.stringify(first)).not.toContain('oldEvaluationResult');
    expect(only(first)).toMatchObject({ standing: 'active', type: 's3-bucket-public-read-prohibited' });
    expect(only(configEvent({ ...rule, compliance: 'COMPLIANT' })).standing).toBe('resolved');
  });

  test('a leaked key, and the copy in the backup Region', () => {
    const leak = {
      ...WHERE,
      code: 'AWS_RISK_CREDENTIALS_EXPOSED',
      keys: [{ id: 'AKIAIOSFODNN7EXAMPLE', userName: 'build' }],
    };
    const event = only(healthEvent({ ...leak, region: 'us-east-1' }));
    expect(event.resources).toMatchObject([{ id: 'AKIAIOSFODNN7EXAMPLE', detail: { userName: 'build' } }]);
    const copy = healthEvent({ ...leak, region: 'us-west-2', backup: true, detailType: 'AWS Health Abuse Event' });
    expect(only(copy)).toEqual(event);
  });
});
