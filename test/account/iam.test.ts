// IAM of the account in memory, through the real SDK: shapes, errors, quotas, and who is cut off.
import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  EnableMFADeviceCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  GetInstanceProfileCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListMFADevicesCommand,
  ListRolesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addRootAccessKey, canAct, iam, useAccessKey } from '../../gameday/account/iam.ts';
import type { World } from '../../gameday/account/world.ts';
import { elsewhere, home, nameOf, setUp } from './clients.ts';

const policy = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const denyEverything = policy({ Effect: 'Deny', Action: '*', Resource: '*' });
const trustEc2 = policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });

let world: World;
let client: IAMClient;
let foreign: IAMClient;

beforeEach(() => {
  const setup = setUp({ IAM: iam });
  world = setup.world;
  client = setup.client(IAMClient);
  foreign = setup.client(IAMClient, elsewhere);
});

// Whatever a test did: no call and no answer that AWS couldn't have had.
afterEach(() => expect(world.defects).toEqual([]));

const newUser = async (name = 'bob') => client.send(new CreateUserCommand({ UserName: name }));
const newKey = async (UserName = 'bob'): Promise<string> => {
  const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }));
  return AccessKey?.AccessKeyId ?? '';
};
const newRole = (RoleName: string, more: { Path?: string; Description?: string } = {}) =>
  client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustEc2, ...more }));

describe('users', () => {
  test('a user has an ARN with its path, and an id', async () => {
    const { User } = await client.send(new CreateUserCommand({ UserName: 'ci', Path: '/machines/' }));
    expect(User).toMatchObject({ Arn: `arn:aws:iam::${home}:user/machines/ci`, CreateDate: world.clock.now() });
    expect(User?.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });

  test('names are unique whatever their case, within one account', async () => {
    await newUser('bob');
    expect(await nameOf(newUser('BOB'))).toBe('EntityAlreadyExistsException');
    expect(await nameOf(foreign.send(new CreateUserCommand({ UserName: 'bob' })))).toBe('no error');
    expect(await nameOf(foreign.send(new GetUserCommand({ UserName: 'alice' })))).toBe('NoSuchEntityException');
  });

  test('tags and the boundary are told by GetUser, not by ListUsers', async () => {
    const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    await client.send(
      new CreateUserCommand({ UserName: 'bob', PermissionsBoundary: boundary, Tags: [{ Key: 'a', Value: '1' }] }),
    );
    await client.send(new TagUserCommand({ UserName: 'bob', Tags: [{ Key: 'b', Value: '2' }] }));
    const { User } = await client.send(new GetUserCommand({ UserName: 'bob' }));
    expect(User?.PermissionsBoundary).toEqual({ PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary });
    const both = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ];
    expect(User?.Tags).toEqual(both);
    expect((await client.send(new ListUserTagsCommand({ UserName: 'bob' }))).Tags).toEqual(both);
    const { Users, IsTruncated } = await client.send(new ListUsersCommand({ MaxItems: 1 }));
    expect(IsTruncated).toBe(false);
    expect(Users?.[0]).not.toHaveProperty('Tags');
    expect(Users?.[0]).not.toHaveProperty('PermissionsBoundary');
  });

  test('a user goes only when everything of it has gone', async () => {
    await newUser();
    const id = await newKey();
    const remove = () => nameOf(client.send(new DeleteUserCommand({ UserName: 'bob' })));
    expect(await remove()).toBe('DeleteConflictException');
    await client.send(new DeleteAccessKeyCommand({ UserName: 'bob', AccessKeyId: id }));
    await client.send(
      new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'deny', PolicyDocument: denyEverything }),
    );
    expect(await remove()).toBe('DeleteConflictException');
    await client.send(new DeleteUserPolicyCommand({ UserName: 'bob', PolicyName: 'deny' }));
    expect(await remove()).toBe('no error');
    expect(await remove()).toBe('NoSuchEntityException');
  });

  test('groups are listed by their members', async () => {
    await newUser();
    await client.send(new CreateGroupCommand({ GroupName: 'admins' }));
    await client.send(new AddUserToGroupCommand({ UserName: 'bob', GroupName: 'admins' }));
    const { Groups } = await client.send(new ListGroupsForUserCommand({ UserName: 'bob' }));
    expect(Groups?.map(({ Arn }) => Arn)).toEqual([`arn:aws:iam::${home}:group/admins`]);
    expect(await nameOf(client.send(new AddUserToGroupCommand({ UserName: 'bob', GroupName: 'no' })))).toBe(
      'NoSuchEntityException',
    );
  });
});

describe('access keys', () => {
  test('a user has two at most', async () => {
    await newUser();
    expect(await newKey()).toMatch(/^AKIA[A-Z2-7]{16}$/);
    await newKey();
    expect(await nameOf(newKey())).toBe('LimitExceededException');
  });

  test('a key is set inactive and active again', async () => {
    await newUser();
    const AccessKeyId = await newKey();
    const set = (Status: 'Active' | 'Inactive') =>
      client.send(new UpdateAccessKeyCommand({ UserName: 'bob', AccessKeyId, Status }));
    const status = async () =>
      (await client.send(new ListAccessKeysCommand({ UserName: 'bob' }))).AccessKeyMetadata?.map((key) => key.Status);
    await set('Inactive');
    expect(await status()).toEqual(['Inactive']);
    expect(canAct(world.state, home, { accessKeyId: AccessKeyId })).toBe(false);
    await set('Active');
    expect(await status()).toEqual(['Active']);
    expect(canAct(world.state, home, { accessKeyId: AccessKeyId })).toBe(true);
  });

  test('without a user name IAM looks among the keys of the caller, which is a role', async () => {
    await newUser();
    const AccessKeyId = await newKey();
    const update = new UpdateAccessKeyCommand({ AccessKeyId, Status: 'Inactive' });
    await expect(client.send(update)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `The Access Key with id ${AccessKeyId} cannot be found.`,
      $metadata: { httpStatusCode: 404 },
    });
    expect(await nameOf(client.send(new ListAccessKeysCommand({})))).toBe('ValidationError');
    expect(canAct(world.state, home, { accessKeyId: AccessKeyId })).toBe(true);
  });

  test('another user’s key is not found', async () => {
    await newUser();
    await newUser('alice');
    const AccessKeyId = await newKey();
    const update = new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId, Status: 'Inactive' });
    expect(await nameOf(client.send(update))).toBe('NoSuchEntityException');
  });

  test('the last use names the owner, and N/A while there is none', async () => {
    await newUser();
    const AccessKeyId = await newKey();
    const ask = () => client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect(await ask()).toMatchObject({ UserName: 'bob', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } });
    useAccessKey(world, home, AccessKeyId, { service: 's3', region: 'eu-west-1' });
    expect((await ask()).AccessKeyLastUsed).toEqual({
      ServiceName: 's3',
      Region: 'eu-west-1',
      LastUsedDate: world.clock.now(),
    });
  });

  test('an unknown key and another account’s are denied alike', async () => {
    await newUser();
    const AccessKeyId = await newKey();
    const ask = new GetAccessKeyLastUsedCommand({ AccessKeyId });
    await expect(foreign.send(ask)).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  test('a root key has no user', async () => {
    const AccessKeyId = addRootAccessKey(world, home);
    const answer = await client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect(answer.UserName).toBeUndefined();
    expect(answer.AccessKeyLastUsed).toBeDefined();
    const { SummaryMap } = await client.send(new GetAccountSummaryCommand({}));
    expect(SummaryMap).toMatchObject({ AccountAccessKeysPresent: 1, Users: 0 });
    expect(canAct(world.state, home, { accessKeyId: AccessKeyId })).toBe(true);
  });
});

test('the other ways in are listed, each by its own call', async () => {
  await newUser();
  const UserName = 'bob';
  expect(await nameOf(client.send(new GetLoginProfileCommand({ UserName })))).toBe('NoSuchEntityException');
  await client.send(new CreateLoginProfileCommand({ UserName, Password: 'correct horse' }));
  expect((await client.send(new GetLoginProfileCommand({ UserName }))).LoginProfile).toMatchObject({ UserName });
  expect(await nameOf(client.send(new CreateLoginProfileCommand({ UserName })))).toBe('EntityAlreadyExistsException');

  await client.send(
    new EnableMFADeviceCommand({
      UserName,
      SerialNumber: 'arn:aws:iam::1:mfa/x',
      AuthenticationCode1: '123456',
      AuthenticationCode2: '654321',
    }),
  );
  await client.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: 'ssh-rsa AAAA' }));
  await client.send(new CreateServiceSpecificCredentialCommand({ UserName, ServiceName: 'codecommit.amazonaws.com' }));
  await client.send(new UploadSigningCertificateCommand({ UserName, CertificateBody: 'pem' }));

  const { MFADevices } = await client.send(new ListMFADevicesCommand({ UserName }));
  const { SSHPublicKeys } = await client.send(new ListSSHPublicKeysCommand({ UserName }));
  const { ServiceSpecificCredentials } = await client.send(new ListServiceSpecificCredentialsCommand({ UserName }));
  const { Certificates } = await client.send(new ListSigningCertificatesCommand({ UserName }));
  expect(MFADevices?.map(({ SerialNumber }) => SerialNumber)).toEqual(['arn:aws:iam::1:mfa/x']);
  expect(SSHPublicKeys?.[0]?.SSHPublicKeyId).toMatch(/^APKA/);
  expect(ServiceSpecificCredentials).toMatchObject([{ ServiceName: 'codecommit.amazonaws.com', Status: 'Active' }]);
  expect(Certificates).toMatchObject([{ CertificateBody: 'pem' }]);
});

describe('policies', () => {
  test('a document comes back URL-encoded and otherwise as it was', async () => {
    await newUser();
    const document = `{ "Version": "2012-10-17",\n "Statement": [{ "Sid": "Don'tYou", "Effect": "Deny", "Action": "*", "Resource": "*" }] }`;
    await client.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'deny', PolicyDocument: document }));
    const { PolicyDocument = '' } = await client.send(
      new GetUserPolicyCommand({ UserName: 'bob', PolicyName: 'deny' }),
    );
    expect(PolicyDocument).toMatch(/^%7B%20%22Version%22/);
    expect(PolicyDocument).not.toMatch(/[ "'*]/);
    expect(decodeURIComponent(PolicyDocument)).toBe(document);
    expect((await client.send(new ListUserPoliciesCommand({ UserName: 'bob' }))).PolicyNames).toEqual(['deny']);
  });

  test.each([
    ['no JSON', 'no'],
    ['no statement', '{"Version":"2012-10-17"}'],
    ['a principal in an identity’s policy', policy({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' })],
    ['no resource', policy({ Effect: 'Deny', Action: '*' })],
    ['an effect that is none', policy({ Effect: 'deny', Action: '*', Resource: '*' })],
    [
      'an operator that is none',
      policy({ Effect: 'Deny', Action: '*', Resource: '*', Condition: { Equals: { a: 'b' } } }),
    ],
    ['a version that is none', '{"Version":"2026-01-01","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'],
  ])('%s is malformed', async (_, PolicyDocument) => {
    await newUser();
    const put = new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument });
    expect(await nameOf(client.send(put))).toBe('MalformedPolicyDocumentException');
  });

  test('the inline policies of a user share 2,048 characters, white space not counted', async () => {
    await newUser();
    const put = (PolicyName: string, characters: number, spaces = 0) => {
      const [head, tail] = policy({ Sid: '#', Effect: 'Deny', Action: '*', Resource: '*' }).split('#') as [
        string,
        string,
      ];
      const PolicyDocument = `${head}${'x'.repeat(characters - head.length - tail.length)}${tail}${' '.repeat(spaces)}`;
      return nameOf(client.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName, PolicyDocument })));
    };
    expect(await put('a', 1900, 5000)).toBe('no error');
    expect(await put('b', 149)).toBe('LimitExceededException');
    expect(await put('b', 148)).toBe('no error');
    // Its own former size doesn't count against a policy that is replaced.
    expect(await put('a', 1900)).toBe('no error');
  });

  test('a role takes 10,240 characters', async () => {
    await newRole('app');
    const [head, tail] = policy({ Sid: '#', Effect: 'Deny', Action: '*', Resource: '*' }).split('#') as [
      string,
      string,
    ];
    const put = (characters: number) => {
      const PolicyDocument = `${head}${'x'.repeat(characters - head.length - tail.length)}${tail}`;
      return nameOf(client.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'p', PolicyDocument })));
    };
    expect(await put(10_241)).toBe('LimitExceededException');
    expect(await put(10_240)).toBe('no error');
  });

  test('a user takes ten managed policies; attaching one again changes nothing', async () => {
    await newUser();
    const attach = (PolicyArn: string) => client.send(new AttachUserPolicyCommand({ UserName: 'bob', PolicyArn }));
    for (let index = 0; index < 10; index += 1) await attach(`arn:aws:iam::aws:policy/P${index}`);
    expect(await nameOf(attach('arn:aws:iam::aws:policy/P3'))).toBe('no error');
    expect(await nameOf(attach('arn:aws:iam::aws:policy/AWSDenyAll'))).toBe('LimitExceededException');
    await client.send(new DetachUserPolicyCommand({ UserName: 'bob', PolicyArn: 'arn:aws:iam::aws:policy/P3' }));
    await attach('arn:aws:iam::aws:policy/AWSDenyAll');
    const { AttachedPolicies } = await client.send(new ListAttachedUserPoliciesCommand({ UserName: 'bob' }));
    expect(AttachedPolicies).toHaveLength(10);
    expect(AttachedPolicies).toContainEqual({
      PolicyName: 'AWSDenyAll',
      PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll',
    });
  });

  test('a policy of one’s own must be there before it is attached', async () => {
    await newRole('app');
    const arn = `arn:aws:iam::${home}:policy/mine`;
    const attach = () => nameOf(client.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: arn })));
    expect(await attach()).toBe('NoSuchEntityException');
    await client.send(new CreatePolicyCommand({ PolicyName: 'mine', PolicyDocument: denyEverything }));
    expect(await attach()).toBe('no error');
    const session = { roleName: 'app', sessionName: 's', issuedAt: world.clock.now() };
    expect(canAct(world.state, home, session)).toBe(false);
  });
});

describe('who is cut off', () => {
  test('a deny-all on the user stops an active key', async () => {
    await newUser();
    const accessKeyId = await newKey();
    await client.send(
      new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'deny', PolicyDocument: denyEverything }),
    );
    expect(canAct(world.state, home, { accessKeyId })).toBe(false);
  });

  test('a deny by the token’s age stops older sessions of a role, and no key', async () => {
    const now = world.clock.now();
    const older = policy({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': now.toISOString() } },
    });
    await newRole('app');
    await newUser();
    await client.send(
      new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'AWSRevokeOlderSessions', PolicyDocument: older }),
    );
    await client.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument: older }));
    const accessKeyId = await newKey();
    const session = (issuedAt: Date) => ({ roleName: 'app', sessionName: 'i-1', issuedAt });
    expect(canAct(world.state, home, session(new Date(now.getTime() - 1)))).toBe(false);
    expect(canAct(world.state, home, session(now))).toBe(true);
    expect(canAct(world.state, home, { accessKeyId })).toBe(true);
  });

  test('a user’s session outlives its key, until a deny by age ends it', async () => {
    await newUser();
    const AccessKeyId = await newKey();
    await client.send(new UpdateAccessKeyCommand({ UserName: 'bob', AccessKeyId, Status: 'Inactive' }));
    const session = { userName: 'bob', issuedAt: world.clock.now() };
    expect(canAct(world.state, home, session)).toBe(true);
    world.clock.advance(60_000);
    const PolicyDocument = JSON.stringify({
      Statement: {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': world.clock.now().toISOString() } },
      },
    });
    await client.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument }));
    expect(canAct(world.state, home, session)).toBe(false);
  });

  test('a deny of one session’s id leaves the others alone', async () => {
    const { Role } = await newRole('app');
    const one = policy({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:userid': `${Role?.RoleId}:i-bad` } },
    });
    await client.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'p', PolicyDocument: one }));
    const session = (sessionName: string) => ({ roleName: 'app', sessionName, issuedAt: world.clock.now() });
    expect(canAct(world.state, home, session('i-bad'))).toBe(false);
    expect(canAct(world.state, home, session('i-good'))).toBe(true);
  });
});

describe('roles', () => {
  test('a role answers its trust policy URL-encoded, and its last use in GetRole alone', async () => {
    await newRole('app', { Description: 'runs the app' });
    const { Role } = await client.send(new GetRoleCommand({ RoleName: 'app' }));
    expect(Role?.RoleId).toMatch(/^AROA/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trustEc2);
    expect(Role).toMatchObject({ MaxSessionDuration: 3600, RoleLastUsed: {}, Description: 'runs the app' });
    const { Roles } = await client.send(new ListRolesCommand({}));
    expect(Roles?.[0]).not.toHaveProperty('RoleLastUsed');
  });

  test('a trust policy needs a principal and takes no resource', async () => {
    await newRole('app');
    const update = (PolicyDocument: string) =>
      nameOf(client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument })));
    expect(await update(policy({ Effect: 'Allow', Action: 'sts:AssumeRole' }))).toBe(
      'MalformedPolicyDocumentException',
    );
    expect(await update(policy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole', Resource: '*' }))).toBe(
      'MalformedPolicyDocumentException',
    );
    expect(await update(policy({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }))).toBe('no error');
  });

  test('inline policies are put, read and deleted', async () => {
    await newRole('app');
    const id = { RoleName: 'app', PolicyName: 'p' };
    await client.send(new PutRolePolicyCommand({ ...id, PolicyDocument: denyEverything }));
    expect(await client.send(new GetRolePolicyCommand(id))).toMatchObject(id);
    await client.send(new DeleteRolePolicyCommand(id));
    expect(await nameOf(client.send(new GetRolePolicyCommand(id)))).toBe('NoSuchEntityException');
    expect(await nameOf(client.send(new DeleteRolePolicyCommand(id)))).toBe('NoSuchEntityException');
  });

  test('the roles of AWS’s services and of Identity Center can be read and not changed', async () => {
    await client.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'autoscaling.amazonaws.com' }));
    await newRole('AWSReservedSSO_Admin_0123', { Path: '/aws-reserved/sso.amazonaws.com/eu-west-1/' });
    for (const RoleName of ['AWSServiceRoleForAutoscaling', 'AWSReservedSSO_Admin_0123']) {
      expect(await nameOf(client.send(new GetRoleCommand({ RoleName })))).toBe('no error');
      const put = new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: denyEverything });
      expect(await nameOf(client.send(put))).toBe('UnmodifiableEntityException');
      expect(await nameOf(client.send(new DeleteRoleCommand({ RoleName })))).toBe('UnmodifiableEntityException');
    }
  });

  test('an instance profile holds one role, which can’t be deleted meanwhile', async () => {
    await newRole('app');
    await client.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
    const add = () =>
      nameOf(client.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: 'app' })));
    expect(await add()).toBe('no error');
    expect(await add()).toBe('LimitExceededException');
    const { InstanceProfile } = await client.send(new GetInstanceProfileCommand({ InstanceProfileName: 'web' }));
    expect(InstanceProfile?.Arn).toBe(`arn:aws:iam::${home}:instance-profile/web`);
    expect(InstanceProfile?.Roles?.map(({ RoleName }) => RoleName)).toEqual(['app']);
    const { InstanceProfiles } = await client.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'app' }));
    expect(InstanceProfiles).toHaveLength(1);
    expect(await nameOf(client.send(new DeleteRoleCommand({ RoleName: 'app' })))).toBe('DeleteConflictException');
  });
});

test('reading leaves no trace in the state', async () => {
  const before = world.snapshot();
  await client.send(new ListUsersCommand({}));
  await client.send(new ListAccountAliasesCommand({}));
  expect(world.snapshot()).toEqual(before);
  await client.send(new CreateAccountAliasCommand({ AccountAlias: 'prod' }));
  expect((await client.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual(['prod']);
});
