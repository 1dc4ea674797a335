// What is deployed: which stacks a configuration gives, and what each of them must never be without.
import { describe, expect, it } from 'vitest';
import { rulesFor, rulesToHome } from '../../infra/responder/rules.ts';
import { ofType, playbooks, synthesize, type Template } from './synth.ts';

const organisation = {
  responder: '111122223333',
  organization: 'o-a1b2c3d4e5',
  regions: ['eu-central-1', 'us-east-1'],
  homeRegion: 'eu-central-1',
};

const one = (stacks: ReadonlyMap<string, Template>, name: string): Template => {
  const found = stacks.get(name);
  if (!found) throw new Error(`no stack ${name}, but ${[...stacks.keys()].join(', ')}`);
  return found;
};

const single = one(synthesize(), 'firebreak');
const several = synthesize(organisation);
interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}
const names = (template: Template, type: string, property: string): readonly string[] =>
  ofType(template, type).map(({ Properties }) => JSON.stringify(Properties[property]));

describe('nothing configured', () => {
  it('gives one stack, which can be deployed without saying anything more', () => {
    expect([...synthesize().keys()]).toEqual(['firebreak']);
    const parameters = Object.keys(single.Parameters ?? {});
    expect(parameters.filter((name) => name !== 'BootstrapVersion')).toEqual([]);
  });

  it('has a function for each playbook, behind the alias that the workflows call', () => {
    const called = names(single, 'AWS::Lambda::Function', 'FunctionName');
    for (const name of [
      ...playbooks.keys(),
      'receive',
      'ask',
      'answer',
      'close',
      'watch',
      'note',
      'deny',
      'heartbeat',
      'doctor',
    ])
      expect(called).toContain(`"firebreak-${name}"`);
    expect(new Set(names(single, 'AWS::Lambda::Alias', 'Name'))).toEqual(new Set(['"live"']));
    expect(ofType(single, 'AWS::Lambda::Alias')).toHaveLength(called.length);
  });

  it('makes the roles of its own account, each within a boundary', () => {
    const roles = ofType(single, 'AWS::IAM::Role').map(({ Properties }) => Properties);
    const members = roles.filter(({ RoleName }) => typeof RoleName === 'string');
    expect(members.map(({ RoleName }) => String(RoleName)).toSorted()).toEqual(
      [...playbooks.keys(), 'note', 'deny'].map((name) => `firebreak-${name}`).toSorted(),
    );
    for (const { RoleName, PermissionsBoundary } of roles)
      if (!/firebreak-(workflow|schedule)/.test(JSON.stringify(RoleName))) expect(PermissionsBoundary).toBeDefined();
  });

  it('listens on the default bus alone: on any other one anybody could imitate AWS', () => {
    const buses = ofType(single, 'AWS::Events::Rule').map(
      ({ Properties: { EventBusName } }) => EventBusName ?? 'default',
    );
    expect(new Set(buses)).toEqual(new Set(['default']));
    expect(ofType(single, 'AWS::Events::EventBus')).toEqual([]);
  });

  it('has a rule for each way in, and what nobody takes waits in a queue', () => {
    const rules = ofType(single, 'AWS::Events::Rule').map(({ Properties }) => Properties);
    const expected = rulesFor(playbooks).findings.map(({ name }) => name);
    expect(rules.map(({ Name }) => String(Name))).toEqual(expect.arrayContaining([...expected]));
    for (const { Targets, State } of rules) {
      expect(State).toBe('ENABLED');
      for (const target of Targets as readonly Record<string, unknown>[])
        expect(target).toMatchObject({ DeadLetterConfig: {}, RetryPolicy: { MaximumEventAgeInSeconds: 86_400 } });
    }
    expect(ofType(single, 'AWS::Lambda::Permission')).toHaveLength(rules.length);
  });

  it('keeps what a function was called with that failed each time, where whoever called it does not hear of that', () => {
    const kept = ofType(single, 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    const [queue = ''] = Object.keys(single.Resources).filter((id) => id.startsWith('UnhandledEvents'));
    const arn = { 'Fn::GetAtt': [queue, 'Arn'] };
    expect(kept.map(({ FunctionName }) => FunctionName)).toEqual(
      ['receive', 'answer', 'watch'].map((name) => `firebreak-${name}`),
    );
    for (const one of kept)
      expect(one).toMatchObject({ Qualifier: 'live', DestinationConfig: { OnFailure: { Destination: arn } } });
    const sending = ofType(single, 'AWS::IAM::Policy').filter(({ Properties }) =>
      (Properties.PolicyDocument as { Statement: readonly { Sid?: string }[] }).Statement.some(
        ({ Sid }) => Sid === 'Keep',
      ),
    );
    expect(sending.map(({ Properties }) => JSON.stringify(Properties.Roles)).toSorted()).toEqual(
      ['AnswerRole', 'ReceiveRole', 'WatchRole'].map((role) => expect.stringContaining(role)),
    );
    const boundary = names(single, 'AWS::IAM::ManagedPolicy', 'PolicyDocument').filter((one) => one.includes('logs:'));
    expect(boundary[0]).toContain(JSON.stringify(arn));
  });

  it('offers custom actions only where it is said that Security Hub is on', () => {
    expect(ofType(single, 'AWS::SecurityHub::ActionTarget')).toEqual([]);
    const offered = ofType(
      one(synthesize({ securityHubActions: true }), 'firebreak'),
      'AWS::SecurityHub::ActionTarget',
    );
    expect(offered).toHaveLength(playbooks.size);
    for (const { Properties } of offered) expect(String(Properties.ActionName).length).toBeLessThanOrEqual(20);
  });

  it('leaves the switch as nobody has turned it, in every deployment', () => {
    const [parameter] = ofType(single, 'AWS::SSM::Parameter').filter(
      ({ Properties: { Name } }) => Name === '/firebreak/switch',
    );
    expect(parameter?.Properties.Value).toBe('unturned');
    const [other] = ofType(one(synthesize({ mode: 'on' }), 'firebreak'), 'AWS::SSM::Parameter').filter(
      ({ Properties: { Name } }) => Name === '/firebreak/switch',
    );
    expect(other).toEqual(parameter);
  });
});

describe('what outlives a deployment', () => {
  it('the ledger can be restored, and is not deleted by mistake', () => {
    const [table] = ofType(single, 'AWS::DynamoDB::Table');
    expect(table?.DeletionPolicy).toBe('Retain');
    expect(table?.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  it('evidence is versioned, locked, private and encrypted', () => {
    const [bucket] = ofType(single, 'AWS::S3::Bucket').filter(({ Properties }) => Properties.ObjectLockEnabled);
    expect(bucket?.DeletionPolicy).toBe('Retain');
    expect(bucket?.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE' } } },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('takes originals from the playbooks that change something: they add and look, beneath one prefix', () => {
    const policies = ofType(single, 'AWS::IAM::Policy').map(({ Properties }) => ({
      roles: JSON.stringify(Properties.Roles),
      statements: (Properties.PolicyDocument as { readonly Statement: readonly Statement[] }).Statement.filter(
        ({ Action }) => JSON.stringify(Action).includes('s3:'),
      ),
    }));
    const allowed = policies.filter(({ statements }) => statements.length > 0);
    const changing = [...playbooks].filter(([, { settings }]) => Object.keys(settings).length > 0);
    expect(changing.length).toBeGreaterThan(0);
    expect(allowed).toHaveLength(changing.length);
    for (const { statements } of allowed) {
      const [objects, listing, ...more] = statements;
      expect(more).toEqual([]);
      expect(objects?.Action).toEqual(['s3:GetObjectVersion', 's3:PutObject']);
      expect(JSON.stringify(objects?.Resource)).toContain('/originals/*');
      expect(listing).toMatchObject({
        Action: 's3:ListBucketVersions',
        Condition: { StringLike: { 's3:prefix': 'originals/*' } },
      });
    }
    const told = ofType(single, 'AWS::Lambda::Function').filter(
      ({ Properties }) =>
        'FIREBREAK_EVIDENCE' in
        ((Properties.Environment as { readonly Variables: object } | undefined) ?? { Variables: {} }).Variables,
    );
    expect(told).toHaveLength(changing.length);
  });

  it('no log, no key and no queue goes with the stack unseen', () => {
    for (const type of ['AWS::Logs::LogGroup', 'AWS::KMS::Key'])
      for (const { DeletionPolicy } of ofType(single, type)) expect(DeletionPolicy).toBe('Retain');
    for (const { Properties } of ofType(single, 'AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBeGreaterThan(0);
      expect(Properties.KmsKeyId).toBeDefined();
    }
    for (const { Properties } of ofType(single, 'AWS::SQS::Queue')) {
      expect(Properties.KmsMasterKeyId).toBeDefined();
      expect(Properties.MessageRetentionPeriod).toBe(1_209_600);
    }
  });
});

describe('an organisation', () => {
  it('has a responder in each Region, and one template for all other accounts', () => {
    expect([...several.keys()]).toEqual([
      'firebreak-eu-central-1',
      'firebreak-member-forwarding',
      'firebreak-member-roles',
      'firebreak-us-east-1',
    ]);
  });

  it('hands what is global on from every other Region to the home Region, and nothing from there', () => {
    const handing = (name: string) =>
      ofType(one(several, name), 'AWS::Events::Rule')
        .map(({ Properties }) => Properties)
        .filter(({ Name }) => String(Name).startsWith('firebreak-home-'));
    expect(handing('firebreak-eu-central-1')).toEqual([]);
    const handed = handing('firebreak-us-east-1');
    expect(handed.map(({ Name }) => Name)).toEqual(rulesToHome(playbooks).map(({ name }) => name));
    for (const { Targets } of handed) {
      const text = JSON.stringify(Targets);
      expect(text).toContain(':events:eu-central-1:111122223333:event-bus/default');
      expect(text).toContain('DeadLetterConfig');
    }
    const [alarm] = ofType(one(several, 'firebreak-us-east-1'), 'AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => Properties.AlarmName === 'firebreak-unforwarded-events',
    );
    expect(JSON.stringify(alarm?.Properties.AlarmActions)).toContain('Notices');
  });

  it.each(['firebreak-eu-central-1', 'firebreak-us-east-1'])(
    '%s: its bus takes events of AWS alone, from the forwarding roles of its organization alone',
    (name) => {
      const policies = ofType(one(several, name), 'AWS::Events::EventBusPolicy');
      expect(policies).toHaveLength(1);
      const { EventBusName, Statement } = policies[0]?.Properties ?? {};
      expect(EventBusName).toBe('default');
      const { Condition, Principal, Action } = Statement as Record<string, Record<string, Record<string, unknown>>>;
      expect([Action, Principal]).toEqual(['events:PutEvents', { AWS: '*' }]);
      expect(Condition?.StringEquals).toEqual({ 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' });
      expect(JSON.stringify(Condition?.ArnLike)).toContain(':iam::*:role/firebreak-forwarding-*');
      const sources = Condition?.['ForAllValues:StringEquals']?.['events:source'] as readonly string[];
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(source).toMatch(/^aws\./);
    },
  );

  it('trusts nobody where it stands in one account: no bus policy', () =>
    expect(ofType(single, 'AWS::Events::EventBusPolicy')).toEqual([]));

  it('deploys two Regions side by side: no name that is global is given twice', () => {
    const global = ['firebreak-eu-central-1', 'firebreak-us-east-1'].flatMap((name) => [
      ...names(one(several, name), 'AWS::IAM::Role', 'RoleName'),
      ...names(one(several, name), 'AWS::IAM::ManagedPolicy', 'ManagedPolicyName'),
      ...names(one(several, name), 'AWS::S3::Bucket', 'BucketName').filter((bucket) => bucket !== undefined),
    ]);
    expect(new Set(global).size).toBe(global.length);
  });

  it('has a template for members that a StackSet can carry: no assets, no parameters, no names of other stacks', () => {
    const template = one(several, 'firebreak-member-roles');
    expect(template.Parameters ?? {}).toEqual({});
    expect(JSON.stringify(template)).not.toMatch(/cdk-hnb659fds|Fn::ImportValue/);
    expect(new Set(Object.values(template.Resources).map(({ Type }) => Type))).toEqual(
      new Set(['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy']),
    );
    expect(JSON.stringify(template).length).toBeLessThan(51_200);
  });
});

describe('whom a member trusts', () => {
  const roles = ofType(one(several, 'firebreak-member-roles'), 'AWS::IAM::Role').map(({ Properties }) => Properties);

  it.each(roles.map((role) => [String(role.RoleName), role] as const))(
    '%s: one role, of one organization, for one incident',
    (name, role) => {
      const { Statement } = role.AssumeRolePolicyDocument as { Statement: readonly Record<string, unknown>[] };
      expect(Statement.map(({ Action }) => Action)).toEqual(['sts:AssumeRole', 'sts:SetSourceIdentity']);
      for (const { Condition } of Statement) {
        const text = JSON.stringify(Condition);
        for (const region of organisation.regions) expect(text).toContain(`:iam::111122223333:role/${name}-${region}`);
        expect(text).toContain('"aws:PrincipalOrgID":"o-a1b2c3d4e5"');
        expect(Condition).toHaveProperty(['StringLike', 'sts:SourceIdentity']);
      }
      expect(Statement[0]?.Condition).toHaveProperty(['StringEquals', 'sts:ExternalId']);
    },
  );
});

describe('every partition', () => {
  const literals = (template: Template): readonly string[] =>
    JSON.stringify(template).match(/arn:aws[a-z-]*:[a-z0-9]*/g) ?? [];

  it('is named by nobody: the template finds it where it is deployed', () => {
    for (const template of [single, ...several.values()]) expect(literals(template)).toEqual([]);
  });

  it.each(['cn-north-1', 'us-gov-west-1'])('%s synthesizes as well', (region) => {
    const stacks = synthesize({ ...organisation, regions: [region], homeRegion: region });
    for (const template of stacks.values()) expect(literals(template)).toEqual([]);
  });
});
