// What the key's owner is and can do, as it was before anything was changed. Only who it is must be readable; all else may be a gap.
import {
  type AccessKeyMetadata,
  type AttachedPolicy,
  GetAccessKeyLastUsedCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListMFADevicesCommand,
  ListRolePoliciesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ListUserPoliciesCommand,
  type Role,
  type User,
} from '@aws-sdk/client-iam';
import { type Aws, type Gone, gone, unless } from '../language/aws.ts';
import type { Json } from '../language/json.ts';
import { allowOn } from '../language/statement.ts';
import { attempt, gapsIn, isUnreadable, kept, together, type Unreadable } from '../language/unreadable.ts';

import { policyText } from '../settings/iam.ts';

/** Besides what the settings of the playbook may read. */
export const toDescribeThePrincipal = [
  allowOn(
    ['arn:${Partition}:iam::${Account}:user/*'],
    [
      'iam:GetLoginProfile',
      'iam:ListUserPolicies',
      'iam:ListGroupsForUser',
      'iam:ListMFADevices',
      'iam:ListSSHPublicKeys',
      'iam:ListServiceSpecificCredentials',
      'iam:ListSigningCertificates',
    ],
  ),
  allowOn(
    ['arn:${Partition}:iam::${Account}:role/*'],
    ['iam:ListRolePolicies', 'iam:ListAttachedRolePolicies', 'iam:ListInstanceProfilesForRole'],
  ),
];

type OrUnreadable<T> = T | Unreadable;
type Key = { readonly id: string; readonly status: string; readonly createdAt: string; readonly lastUsed: Json };

/** What users and roles have in common. */
export type Principal = {
  readonly arn: string;
  readonly id: string;
  readonly path: string;
  readonly tags: { readonly [key: string]: string };
  readonly inlinePolicies: OrUnreadable<{ readonly [name: string]: OrUnreadable<string> }>;
  readonly attachedPolicies: OrUnreadable<readonly string[]>;
  /** As IAM describes it: boundary, dates; of a role also whom it trusts. */
  readonly as: Json;
  /** What could not be read. */
  readonly gaps: readonly string[];
};

export type UserDescription = Principal & {
  readonly keys: OrUnreadable<readonly Key[]>;
  readonly loginProfile: Json;
  readonly otherCredentials: { readonly [kind: string]: Json };
  readonly groups: Json;
};

export type RoleDescription = Principal & { readonly instanceProfiles: Json };

/** One page of each list is all there is: IAM's quotas are lower than its page of 100. */
const list = <T>(read: () => Promise<readonly T[] | undefined>): Promise<OrUnreadable<readonly T[]>> =>
  attempt(async () => (await read()) ?? []);

const policyDocuments = async (
  names: OrUnreadable<readonly string[]>,
  read: (name: string) => Promise<{ readonly PolicyDocument?: string | undefined }>,
): Promise<Principal['inlinePolicies']> => {
  if (isUnreadable(names)) return names;
  const documents = names.map(async (name) => {
    return [name, await attempt(async () => policyText((await read(name)).PolicyDocument))] as const;
  });
  return Object.fromEntries(await Promise.all(documents));
};

const arnsOf = (policies: readonly AttachedPolicy[] | undefined) => policies?.map(({ PolicyArn = '' }) => PolicyArn);

const identity = (entity: User | Role) => ({
  arn: entity.Arn ?? '',
  path: entity.Path ?? '/',
  tags: Object.fromEntries((entity.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  as: kept(entity),
});

const withGaps = <P extends object>(principal: P, ...nested: readonly object[]): P & Pick<Principal, 'gaps'> => ({
  ...principal,
  gaps: [principal, ...nested].flatMap((fields) => gapsIn({ ...fields })),
});

export const describeUser = async (aws: Aws, UserName: string): Promise<UserDescription | Gone> => {
  const iam = aws(IAMClient);
  const user = { UserName };
  const { found, policyNames, listedKeys, mfaDevices, sshKeys, servicePasswords, certificates, ...described } =
    await together({
      found: unless(['NoSuchEntityException'], gone, () => iam.send(new GetUserCommand(user))),
      listedKeys: list(async () => (await iam.send(new ListAccessKeysCommand(user))).AccessKeyMetadata),
      policyNames: list(async () => (await iam.send(new ListUserPoliciesCommand(user))).PolicyNames),
      attachedPolicies: list(async () =>
        arnsOf((await iam.send(new ListAttachedUserPoliciesCommand(user))).AttachedPolicies),
      ),
      groups: list(async () =>
        (await iam.send(new ListGroupsForUserCommand(user))).Groups?.map(({ GroupName = '' }) => GroupName),
      ),
      loginProfile: attempt(async () => kept((await iam.send(new GetLoginProfileCommand(user))).LoginProfile), {
        errors: ['NoSuchEntityException'],
        value: null,
      }),
      mfaDevices: attempt(async () => kept((await iam.send(new ListMFADevicesCommand(user))).MFADevices)),
      sshKeys: attempt(async () => kept((await iam.send(new ListSSHPublicKeysCommand(user))).SSHPublicKeys)),
      servicePasswords: attempt(async () =>
        kept((await iam.send(new ListServiceSpecificCredentialsCommand(user))).ServiceSpecificCredentials),
      ),
      certificates: attempt(async () => kept((await iam.send(new ListSigningCertificatesCommand(user))).Certificates)),
    });
  if (found === gone || !found.User) return gone;
  const keyOf = async ({ AccessKeyId: id = '', Status, CreateDate }: AccessKeyMetadata): Promise<Key> => ({
    id,
    status: Status ?? '',
    createdAt: CreateDate?.toISOString() ?? '',
    lastUsed: await attempt(async () =>
      kept((await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: id }))).AccessKeyLastUsed),
    ),
  });
  const { inlinePolicies, keys } = await together({
    inlinePolicies: policyDocuments(policyNames, (PolicyName) =>
      iam.send(new GetUserPolicyCommand({ ...user, PolicyName })),
    ),
    keys: isUnreadable(listedKeys) ? Promise.resolve(listedKeys) : Promise.all(listedKeys.map(keyOf)),
  });
  const otherCredentials = { mfaDevices, sshKeys, servicePasswords, certificates };
  return withGaps(
    { ...identity(found.User), id: found.User.UserId ?? '', inlinePolicies, keys, ...described, otherCredentials },
    otherCredentials,
    inlinePolicies,
  );
};

export const describeRole = async (aws: Aws, RoleName: string): Promise<RoleDescription | Gone> => {
  const iam = aws(IAMClient);
  const role = { RoleName };
  const { found, policyNames, ...described } = await together({
    found: unless(['NoSuchEntityException'], gone, () => iam.send(new GetRoleCommand(role))),
    policyNames: list(async () => (await iam.send(new ListRolePoliciesCommand(role))).PolicyNames),
    attachedPolicies: list(async () =>
      arnsOf((await iam.send(new ListAttachedRolePoliciesCommand(role))).AttachedPolicies),
    ),
    instanceProfiles: list(async () =>
      (await iam.send(new ListInstanceProfilesForRoleCommand(role))).InstanceProfiles?.map(({ Arn = '' }) => Arn),
    ),
  });
  if (found === gone || !found.Role) return gone;
  const trusts = policyText(found.Role.AssumeRolePolicyDocument);
  const inlinePolicies = await policyDocuments(policyNames, (PolicyName) =>
    iam.send(new GetRolePolicyCommand({ ...role, PolicyName })),
  );
  return withGaps(
    {
      ...identity({ ...found.Role, AssumeRolePolicyDocument: trusts }),
      id: found.Role.RoleId ?? '',
      inlinePolicies,
      ...described,
    },
    inlinePolicies,
  );
};

/** The inline policies that could be read. */
export const readablePolicies = ({ inlinePolicies }: Principal): Readonly<Record<string, string>> => {
  const entries = isUnreadable(inlinePolicies) ? [] : Object.entries(inlinePolicies);
  return Object.fromEntries(entries.flatMap(([name, text]) => (isUnreadable(text) ? [] : [[name, text]])));
};
