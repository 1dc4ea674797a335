// The settings of IAM, on the account in memory: what is written is read, nobody else is hit, and what others wrote is told apart.
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { canAct } from '../../gameday/account/iam.ts';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { type Aws, gone } from '../../playbooks/language/aws.ts';
import {
  accessKeyStatus,
  hasRoomForSessionDeny,
  policyText,
  type RoleSessionId,
  roleSessionDeny,
  userDenyAll,
  userSessionDeny,
} from '../../playbooks/settings/iam.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const allowing = JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });

let practice: Practice;
let aws: Aws;
let iam: IAMClient;

beforeEach(() => {
  practice = createPractice({ playbooks: new Map(), seed: 1, latency: 'none' });
  aws = practice.stage.aws;
  iam = aws(IAMClient);
});

const makeRole = async (RoleName: string): Promise<string> => {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  return Role?.RoleId ?? '';
};

describe('role-session-deny', () => {
  const session = (name: string) => ({ roleName: 'fleet', sessionName: name, issuedAt: practice.world.clock.now() });
  const acts = (name: string) => canAct(practice.world.state, aws.account, session(name));

  it("leaves Systems Manager's agent its calls where investigators need it, and no secrets; a full denial wins over that", async () => {
    const roleId = await makeRole('fleet');
    const id: RoleSessionId = `fleet/${roleId}:i-0a1b2c3d4e5f60001`;
    await roleSessionDeny.write(aws, id, 'agent-only');
    expect(await roleSessionDeny.read(aws, id)).toBe('agent-only');
    const { PolicyDocument = '' } = await iam.send(
      new GetRolePolicyCommand({
        RoleName: 'fleet',
        PolicyName: (await iam.send(new ListRolePoliciesCommand({ RoleName: 'fleet' }))).PolicyNames?.[0] ?? '',
      }),
    );
    const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as {
      Statement: { Action?: string; NotAction: string[] }[];
    };
    for (const { Action, NotAction } of Statement) {
      expect(Action).toBeUndefined();
      expect(NotAction).toContain('ssmmessages:*');
      expect(NotAction.filter((action) => /^ssm:(\*|GetParameter)/.test(action))).toEqual([]);
    }
    expect(roleSessionDeny.combine?.(['agent-only', 'denied'])).toBe('denied');
  });

  it('denies one session of a role, and gives back what it took; all others live on', async () => {
    const id: RoleSessionId = `fleet/${await makeRole('fleet')}:i-0a1b2c3d4e5f60001`;
    expect(await roleSessionDeny.read(aws, id)).toBe('allowed');
    await roleSessionDeny.write(aws, id, 'denied');
    expect(await roleSessionDeny.read(aws, id)).toBe('denied');
    expect([acts('i-0a1b2c3d4e5f60001'), acts('i-0a1b2c3d4e5f60002')]).toEqual([false, true]);
    await roleSessionDeny.write(aws, id, 'allowed');
    expect(await roleSessionDeny.read(aws, id)).toBe('allowed');
    expect(acts('i-0a1b2c3d4e5f60001')).toBe(true);
  });

  it('keeps the denies of two sessions apart', async () => {
    const roleId = await makeRole('fleet');
    await roleSessionDeny.write(aws, `fleet/${roleId}:alice`, 'denied');
    await roleSessionDeny.write(aws, `fleet/${roleId}:bob`, 'denied');
    await roleSessionDeny.write(aws, `fleet/${roleId}:alice`, 'allowed');
    expect([acts('alice'), acts('bob')]).toEqual([true, false]);
  });

  it('takes a lost answer to a deletion for what it is', async () => {
    const id: RoleSessionId = `fleet/${await makeRole('fleet')}:alice`;
    await roleSessionDeny.write(aws, id, 'allowed');
    expect(await roleSessionDeny.read(aws, id)).toBe('allowed');
  });

  it('names by the source instance only sessions that are an instance’s', async () => {
    const roleId = await makeRole('fleet');
    const written = () => practice.world.calls.filter(({ command }) => command === 'PutRolePolicy');
    await roleSessionDeny.write(aws, `fleet/${roleId}:alice`, 'denied');
    await roleSessionDeny.write(aws, `fleet/${roleId}:i-0a1b2c3d4e5f60001`, 'denied');
    const [alice, instance] = written().map(({ input }) => (input as { PolicyDocument: string }).PolicyDocument);
    expect(alice).not.toContain('SourceInstanceARN');
    expect(instance).toContain(`"ec2:SourceInstanceARN":"arn:aws:ec2:*:${aws.account}:instance/i-0a1b2c3d4e5f60001"`);
  });

  it('is gone with its role, also when another one has taken the name', async () => {
    const id: RoleSessionId = `fleet/${await makeRole('fleet')}:alice`;
    await iam.send(new DeleteRoleCommand({ RoleName: 'fleet' }));
    expect(await roleSessionDeny.read(aws, id)).toBe(gone);
    await makeRole('fleet');
    expect(await roleSessionDeny.read(aws, id)).toBe(gone);
  });

  it('says when a policy with its name is somebody else’s, and can’t put that back', async () => {
    const id: RoleSessionId = `fleet/${await makeRole('fleet')}:alice`;
    await roleSessionDeny.write(aws, id, 'denied');
    const { PolicyNames: [PolicyName] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: 'fleet' }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'fleet', PolicyName, PolicyDocument: allowing }));
    expect(await roleSessionDeny.read(aws, id)).toBe('altered');
    await expect(roleSessionDeny.write(aws, id, 'altered')).rejects.toThrow(/put it back by hand/);
  });
});

describe('user-session-deny', () => {
  const time = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((date) => ({ issuedBefore: `${date.toISOString().slice(0, 19)}Z` }));

  beforeEach(async () => {
    await iam.send(new CreateUserCommand({ UserName: 'build' }));
  });

  it('reads what it wrote, for any time, in less than 160 characters', async () => {
    await fc.assert(
      fc.asyncProperty(time, async (value) => {
        await userSessionDeny.write(aws, 'build', value);
        expect(await userSessionDeny.read(aws, 'build')).toEqual(value);
        const written = await iam.send(
          new GetUserPolicyCommand({ UserName: 'build', PolicyName: 'firebreak-sessions' }),
        );
        expect(policyText(written.PolicyDocument).length).toBeLessThan(160);
      }),
      { numRuns: 50 },
    );
    await userSessionDeny.write(aws, 'build', 'none');
    await userSessionDeny.write(aws, 'build', 'none');
    expect(await userSessionDeny.read(aws, 'build')).toBe('none');
  });

  it('lets the latest time stand, in whatever order holders come', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), (values) => {
        const latest = values
          .map(({ issuedBefore }) => issuedBefore)
          .toSorted()
          .at(-1);
        expect(userSessionDeny.combine?.(values)).toEqual({ issuedBefore: latest });
        expect(userSessionDeny.combine?.(['none', ...values])).toEqual({ issuedBefore: latest });
      }),
    );
  });

  it('does not stop the long-term key: that is what the status is for', async () => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
    const accessKeyId = AccessKey?.AccessKeyId ?? '';
    await userSessionDeny.write(aws, 'build', { issuedBefore: '2040-01-01T00:00:00Z' });
    expect(canAct(practice.world.state, aws.account, { accessKeyId })).toBe(true);
    await accessKeyStatus.write(aws, `build/${accessKeyId}`, 'Inactive');
    expect(canAct(practice.world.state, aws.account, { accessKeyId })).toBe(false);
  });

  it.each([
    ['an allow', allowing],
    ['a second statement', JSON.stringify({ Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] })],
    [
      'our deny, narrowed',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Deny',
          Action: 's3:*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-11-02T03:04:05Z' } },
        },
      }),
    ],
  ])('takes %s under its name for altered', async (_what, PolicyDocument) => {
    await iam.send(new PutUserPolicyCommand({ UserName: 'build', PolicyName: 'firebreak-sessions', PolicyDocument }));
    expect(await userSessionDeny.read(aws, 'build')).toBe('altered');
    await expect(userSessionDeny.write(aws, 'build', 'altered')).rejects.toThrow(/put it back by hand/);
  });

  it('is gone with its user', async () => {
    expect(await userSessionDeny.read(aws, 'nobody')).toBe(gone);
  });

  it('knows whether there is room for it, as IAM does', async () => {
    const fill = (characters: number) => {
      const resource = (length: number) =>
        JSON.stringify({
          Statement: { Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${'x'.repeat(length)}` },
        });
      return resource(characters - resource(0).length);
    };
    await userSessionDeny.write(aws, 'build', { issuedBefore: '2026-11-02T03:04:05Z' });
    const own = { UserName: 'build', PolicyName: 'firebreak-sessions' };
    const { PolicyDocument = '' } = await iam.send(new GetUserPolicyCommand(own));
    await iam.send(new DeleteUserPolicyCommand(own));
    for (const size of [1880, 1890, 1891, 1892, 1900, 2000]) {
      const filler = fill(size);
      await iam.send(new PutUserPolicyCommand({ UserName: 'build', PolicyName: 'filler', PolicyDocument: filler }));
      const takes = await userSessionDeny
        .write(aws, 'build', { issuedBefore: '2026-11-02T03:04:05Z' })
        .then(() => true)
        .catch(() => false);
      expect(hasRoomForSessionDeny({ filler }), String(size)).toBe(takes);
      // What we wrote there already makes no difference; what others wrote under that name could not be put back.
      expect(hasRoomForSessionDeny({ filler, 'firebreak-sessions': PolicyDocument }), String(size)).toBe(takes);
      expect(hasRoomForSessionDeny({ filler, 'firebreak-sessions': fill(150) }), String(size)).toBe(false);
      if (takes) await iam.send(new DeleteUserPolicyCommand({ UserName: 'build', PolicyName: 'firebreak-sessions' }));
    }
  });
});

describe('user-deny-all', () => {
  it('cuts a user off by a policy of AWS, and takes nothing else away', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'build' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
    const acts = () => canAct(practice.world.state, aws.account, { accessKeyId: AccessKey?.AccessKeyId ?? '' });
    expect(await userDenyAll.read(aws, 'build')).toBe('detached');
    await userDenyAll.write(aws, 'build', 'attached');
    expect([await userDenyAll.read(aws, 'build'), acts()]).toEqual(['attached', false]);
    await userDenyAll.write(aws, 'build', 'detached');
    await userDenyAll.write(aws, 'build', 'detached');
    expect([await userDenyAll.read(aws, 'build'), acts()]).toEqual(['detached', true]);
    expect(await userDenyAll.read(aws, 'nobody')).toBe(gone);
  });
});

describe('access-key-status', () => {
  it('reads what it wrote, and is gone with key or user', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'build' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
    const id = `build/${AccessKey?.AccessKeyId ?? ''}` as const;
    for (const status of ['Inactive', 'Active'] as const) {
      await accessKeyStatus.write(aws, id, status);
      expect(await accessKeyStatus.read(aws, id)).toBe(status);
    }
    expect(await accessKeyStatus.read(aws, 'build/AKIAIOSFODNN7EXAMPLE')).toBe(gone);
    expect(await accessKeyStatus.read(aws, 'nobody/AKIAIOSFODNN7EXAMPLE')).toBe(gone);
  });
});
