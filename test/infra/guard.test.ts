// The guard, as an IAM evaluator that none of us wrote understands it: each way to tamper is denied to an administrator, and open to break-glass.
import { readFile } from 'node:fs/promises';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { defineConfig } from '../../functions/rails/config.ts';
import { type GuardPolicy, guardedByDefault, guardPolicies, guardPolicy } from '../../infra/guard/guard-policy.ts';
import { GuardStack } from '../../infra/guard/guard-stack.ts';

const account = '111122223333';
const at = (service: string, rest: string): string => `arn:aws:${service}:eu-central-1:${account}:${rest}`;
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const incident = { 'aws:ResourceTag/firebreak:incident': 'fb-0123456789ab' };
const isolation = { 'aws:ResourceTag/firebreak:isolation': 'sealed' };
const key = { 'aws:ResourceTag/firebreak:key': 'ledger' };
const exempting = { 'aws:TagKeys': ['firebreak:incident'] };
const denyAll = { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AWSDenyAll' };

type Asked = readonly [
  action: string,
  resource: string,
  context?: Readonly<Record<string, string | readonly string[]>>,
];

const tampering: readonly Asked[] = [
  ['events:DisableRule', at('events', 'rule/firebreak-guardduty')],
  ['events:DeleteRule', at('events', 'rule/firebreak-guardduty')],
  ['events:RemoveTargets', at('events', 'rule/firebreak-guardduty')],
  ['events:PutRule', at('events', 'rule/firebreak-guardduty')],
  ['lambda:UpdateFunctionCode', at('lambda', 'function:firebreak-receive')],
  ['lambda:UpdateFunctionConfiguration', at('lambda', 'function:firebreak-receive')],
  ['lambda:PutFunctionConcurrency', at('lambda', 'function:firebreak-receive')],
  ['lambda:DeleteFunction', at('lambda', 'function:firebreak-close')],
  ['lambda:AddPermission', at('lambda', 'function:firebreak-deny')],
  ['lambda:InvokeFunction', at('lambda', 'function:firebreak-deny')],
  ['states:UpdateStateMachine', at('states', 'stateMachine:firebreak-respond')],
  ['states:DeleteStateMachine', at('states', 'stateMachine:firebreak-respond')],
  ['states:StopExecution', at('states', 'execution:firebreak-respond:fb-0123456789ab')],
  ['dynamodb:DeleteTable', at('dynamodb', 'table/firebreak-ledger')],
  ['dynamodb:PutItem', at('dynamodb', 'table/firebreak-ledger')],
  ['dynamodb:UpdateItem', at('dynamodb', 'table/firebreak-ledger')],
  ['dynamodb:DeleteItem', at('dynamodb', 'table/firebreak-ledger')],
  ['dynamodb:UpdateContinuousBackups', at('dynamodb', 'table/firebreak-ledger')],
  ['s3:DeleteObject', 'arn:aws:s3:::firebreak-evidence-111122223333/fb-0123456789ab.json'],
  ['s3:PutObject', 'arn:aws:s3:::firebreak-evidence-111122223333/fb-0123456789ab.json'],
  ['s3:PutBucketPolicy', 'arn:aws:s3:::firebreak-evidence-111122223333'],
  ['s3:DeleteBucket', 'arn:aws:s3:::firebreak-evidence-111122223333'],
  ['sns:Publish', at('sns', 'firebreak-notices')],
  ['sns:SetTopicAttributes', at('sns', 'firebreak-notices')],
  ['sns:DeleteTopic', at('sns', 'firebreak-notices')],
  ['sqs:PurgeQueue', at('sqs', 'firebreak-receive-dead')],
  ['sqs:SendMessage', at('sqs', 'firebreak-notes')],
  ['ssm:PutParameter', at('ssm', 'parameter/firebreak/switch')],
  ['ssm:DeleteParameter', at('ssm', 'parameter/firebreak/switch')],
  ['logs:DeleteLogGroup', at('logs', 'log-group:/aws/lambda/firebreak-receive')],
  ['cloudwatch:DisableAlarmActions', at('cloudwatch', 'alarm:firebreak-receive-errors')],
  ['cloudwatch:DeleteAlarms', at('cloudwatch', 'alarm:firebreak-receive-errors')],
  ['cloudformation:DeleteStack', at('cloudformation', 'stack/firebreak-responder/0123')],
  ['iam:UpdateAssumeRolePolicy', role('firebreak-isolate-instance')],
  ['iam:DeleteRolePolicy', role('firebreak-isolate-instance')],
  ['iam:PutRolePolicy', role('firebreak-receive')],
  ['iam:PassRole', role('firebreak-receive')],
  ['sts:AssumeRole', role('firebreak-isolate-instance')],
  ['kms:ScheduleKeyDeletion', at('kms', 'key/0123'), key],
  ['kms:DisableKey', at('kms', 'key/0123'), key],
  ['kms:PutKeyPolicy', at('kms', 'key/0123'), key],
  ['iam:DetachUserPolicy', `arn:aws:iam::${account}:user/mallory`, denyAll],
  ['iam:DetachRolePolicy', role('worker'), denyAll],
  ['ec2:ModifyNetworkInterfaceAttribute', at('ec2', 'instance/i-0123456789abcdef0'), incident],
  ['ec2:TerminateInstances', at('ec2', 'instance/i-0123456789abcdef0'), incident],
  ['ec2:ModifyInstanceAttribute', at('ec2', 'instance/i-0123456789abcdef0'), incident],
  ['ec2:DeleteSnapshot', 'arn:aws:ec2:eu-central-1::snapshot/snap-0123456789abcdef0', incident],
  ['ec2:AuthorizeSecurityGroupEgress', at('ec2', 'security-group/sg-0123456789abcdef0'), isolation],
  ['ec2:DeleteSecurityGroup', at('ec2', 'security-group/sg-0123456789abcdef0'), isolation],
  ['ec2:CreateTags', at('ec2', 'instance/i-0123456789abcdef0'), exempting],
  ['ec2:DeleteTags', at('ec2', 'instance/i-0123456789abcdef0'), exempting],
];

/** What everybody else does all day. */
const harmless: readonly Asked[] = [
  ['lambda:InvokeFunction', at('lambda', 'function:firebreak-answer'), { 'lambda:InvokedViaFunctionUrl': 'true' }],
  ['events:PutRule', at('events', 'rule/nightly')],
  ['lambda:UpdateFunctionCode', at('lambda', 'function:orders')],
  ['dynamodb:PutItem', at('dynamodb', 'table/orders')],
  ['dynamodb:GetItem', at('dynamodb', 'table/firebreak-ledger')],
  ['s3:PutObject', 'arn:aws:s3:::orders/2026.json'],
  ['s3:GetObject', 'arn:aws:s3:::firebreak-evidence-111122223333/fb-0123456789ab.json'],
  ['ssm:GetParameter', at('ssm', 'parameter/firebreak/switch')],
  ['iam:PutRolePolicy', role('worker')],
  [
    'iam:DetachUserPolicy',
    `arn:aws:iam::${account}:user/alice`,
    { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
  ],
  ['ec2:TerminateInstances', at('ec2', 'instance/i-0123456789abcdef0')],
  ['ec2:CreateTags', at('ec2', 'instance/i-0123456789abcdef0'), { 'aws:TagKeys': ['team'] }],
  ['states:StartExecution', at('states', 'stateMachine:firebreak-respond')],
];

const anything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const guard = guardPolicy(guardedByDefault);

const askedBy = async (principal: string, [action, resource, context = {}]: Asked, policy: object = guard) => {
  const answer = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:PrincipalArn': principal,
          ...Object.fromEntries(
            Object.entries(context).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
          ),
        },
      },
      identityPolicies: [{ name: 'AdministratorAccess', policy: anything }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'o-1',
          policies: [
            { name: 'FullAWSAccess', policy: anything },
            { name: 'Guard', policy },
          ],
        },
      ],
      resourceControlPolicies: [],
    },
    {},
  );
  return answer.resultType === 'error' ? JSON.stringify(answer.errors) : answer.overallResult;
};

const named = ([action, resource, context]: Asked): string =>
  `${action} ${resource.split(':').slice(5).join(':')} ${context ? JSON.stringify(context) : ''}`;

describe('the guard', () => {
  it('knows at least thirty ways to tamper', () => expect(tampering.length).toBeGreaterThanOrEqual(30));

  it.each(tampering.map((asked) => [named(asked), asked] as const))(
    'denies %s to an administrator',
    async (_, asked) => {
      expect(await askedBy(role('Administrator'), asked)).toBe('ExplicitlyDenied');
    },
  );

  it.each([
    ['break-glass', 'break-glass'],
    ['Firebreak itself', 'firebreak-isolate-instance'],
    ['who deploys it', 'cdk-hnb659fds-cfn-exec-role-111122223333-eu-central-1'],
  ])('keeps %s from nothing of it', async (_, name) => {
    for (const asked of tampering) expect(await askedBy(role(name), asked), named(asked)).not.toBe('ExplicitlyDenied');
  });

  it.each(harmless.map((asked) => [named(asked), asked] as const))('has nothing against %s', async (_, asked) => {
    expect(await askedBy(role('Administrator'), asked)).not.toBe('ExplicitlyDenied');
  });

  it('keeps the tags that exempt, where there are such', async () => {
    const asked: Asked = [
      'ec2:CreateTags',
      at('ec2', 'instance/i-0123456789abcdef0'),
      { 'aws:TagKeys': ['no-response'] },
    ];
    const policy = guardPolicy({ ...guardedByDefault, exemptionTags: ['no-response'] });
    expect(await askedBy(role('Administrator'), asked, policy)).toBe('ExplicitlyDenied');
    expect(await askedBy(role('Administrator'), asked)).not.toBe('ExplicitlyDenied');
  });

  it('needs each of its statements', async () => {
    for (const { Sid } of guard.Statement) {
      const without = { ...guard, Statement: guard.Statement.filter((statement) => statement.Sid !== Sid) };
      const open: string[] = [];
      for (const asked of tampering)
        if ((await askedBy(role('Administrator'), asked, without)) !== 'ExplicitlyDenied') open.push(named(asked));
      expect(open.length, Sid).toBeGreaterThan(0);
    }
  });

  it('stands in docs/ as it is made here', async () => {
    const file = new URL('../../docs/guard-policy.json', import.meta.url);
    expect(JSON.parse(await readFile(file, 'utf8')), 'npm run docs').toEqual(guard);
  });

  it('fits into what Organizations takes', () => expect(JSON.stringify(guard).length).toBeLessThanOrEqual(5120));
});

describe('the guard as a stack', () => {
  const config = defineConfig({
    guard: { targets: ['ou-ab12-cdef3456'], breakGlass: ['arn:*:iam::*:role/last-resort'] },
    protected: [{ account, tag: 'no-response=true', owner: 'research', reason: 'malware', until: '2027-03-31' }],
  });
  const templateOf = () => {
    const app = new App();
    if (config.guard) new GuardStack(app, 'firebreak-guard', config, config.guard);
    return app.synth().getStackByName('firebreak-guard').template as {
      readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: GuardProperties }>>;
    };
  };
  type GuardProperties = {
    readonly Content: GuardPolicy;
    readonly Type: string;
    readonly TargetIds: readonly string[];
  };
  const policies = Object.values(templateOf().Resources).map(({ Properties }) => Properties);

  it('attaches to what the configuration names, in policies that Organizations takes', () => {
    expect(policies.length).toBeGreaterThan(0);
    for (const { Content, Type, TargetIds } of policies) {
      expect([Type, TargetIds]).toEqual(['SERVICE_CONTROL_POLICY', ['ou-ab12-cdef3456']]);
      expect(JSON.stringify(Content).length).toBeLessThanOrEqual(5120);
    }
  });

  it('knows the configured break-glass and tags, and not those of nobody', async () => {
    const exempting: Asked = ['ec2:CreateTags', at('ec2', 'instance/i-1'), { 'aws:TagKeys': ['no-response'] }];
    const ends = async (name: string, asked: Asked) =>
      Promise.all(policies.map(async ({ Content }) => askedBy(role(name), asked, Content)));
    expect(await ends('Administrator', exempting)).toContain('ExplicitlyDenied');
    expect(await ends('break-glass', exempting)).toContain('ExplicitlyDenied');
    expect(await ends('last-resort', exempting)).not.toContain('ExplicitlyDenied');
  });

  it('is split where it would be too long, and denies as much as before', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `arn:*:iam::*:role/deployer-with-a-long-name-${index}`);
    const parts = guardPolicies({ ...guardedByDefault, deployers: many });
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(JSON.stringify(part).length).toBeLessThanOrEqual(5120);
    for (const asked of tampering) {
      const ends = await Promise.all(parts.map(async (part) => askedBy(role('Administrator'), asked, part)));
      expect(ends, named(asked)).toContain('ExplicitlyDenied');
    }
  });

  it('is refused where it would be more than can be attached', () => {
    const many = Array.from({ length: 60 }, (_, index) => `arn:*:iam::*:role/deployer-with-a-long-name-${index}`);
    expect(() => guardPolicies({ ...guardedByDefault, deployers: many })).toThrow(/name fewer roles/);
  });
});
