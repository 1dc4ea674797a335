// The people and machines of the scenarios: made and taken away through IAM's own API.
import { createHash } from 'node:crypto';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { unless } from '../language/aws.ts';
import type { Stage } from '../language/scenario.ts';

const path = '/drill/';
const stamp = ({ now }: Stage): string => now.getTime().toString(36);

/** A user as a pipeline has one: two keys, of which one will leak, and a policy. */
export const makeUser = async (stage: Stage, as: string) => {
  const iam = stage.aws(IAMClient);
  const UserName = `drill-${as}-${stamp(stage)}`;
  const { User } = await iam.send(new CreateUserCommand({ UserName, Path: path }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
  });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'pipeline', PolicyDocument }));
  const leaked = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const other = await iam.send(new CreateAccessKeyCommand({ UserName }));
  // A key of the same second as the plan could be the thief's.
  await stage.wait(1);
  return {
    userName: UserName,
    userId: User?.UserId ?? '',
    key: leaked.AccessKey?.AccessKeyId ?? '',
    otherKey: other.AccessKey?.AccessKeyId ?? '',
    /** When the attacker took a session from the key. */
    issuedAt: stage.now.toISOString(),
  };
};

/** Leaves no room among the user's inline policies, as an attacker does who knows how responders work. */
export const fillInlinePolicies = async (stage: Stage, UserName: string): Promise<void> => {
  const document = (count: number) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: Array.from({ length: count }, (_, index) => `arn:aws:s3:::drill-${index}/*`),
        },
      ],
    });
  await stage
    .aws(IAMClient)
    .send(new PutUserPolicyCommand({ UserName, PolicyName: 'filler', PolicyDocument: document(71) }));
};

export const attach = async (stage: Stage, UserName: string, policy: string): Promise<void> => {
  const PolicyArn = `arn:${stage.partition}:iam::aws:policy/${policy}`;
  await stage.aws(IAMClient).send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
};

export const removeUser = async ({ aws }: Stage, UserName: string): Promise<void> => {
  const iam = aws(IAMClient);
  const user = { UserName };
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand(user));
  for (const { AccessKeyId } of AccessKeyMetadata) await iam.send(new DeleteAccessKeyCommand({ ...user, AccessKeyId }));
  const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand(user));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteUserPolicyCommand({ ...user, PolicyName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand(user));
  for (const { PolicyArn } of AttachedPolicies) await iam.send(new DetachUserPolicyCommand({ ...user, PolicyArn }));
  await unless(['NoSuchEntityException'], null, () => iam.send(new DeleteUserCommand(user)));
};

const harmless = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' }],
});

/** Somebody makes the deny of a user's sessions harmless, and leaves its name. */
export const defuseUserDeny = async ({ aws }: Stage, UserName: string): Promise<void> => {
  await aws(IAMClient).send(
    new PutUserPolicyCommand({ UserName, PolicyName: 'firebreak-sessions', PolicyDocument: harmless }),
  );
};

/** The same with all that is denied to sessions of a role. */
export const defuseRoleDenies = async ({ aws }: Stage, RoleName: string): Promise<void> => {
  const { PolicyNames = [] } = await aws(IAMClient).send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames)
    await aws(IAMClient).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: harmless }));
};

/** A role as instances have one. */
export const makeRole = async (stage: Stage, as: string) => {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const { Role } = await stage.aws(IAMClient).send(
    new CreateRoleCommand({
      RoleName: `drill-${as}-${stamp(stage)}`,
      Path: path,
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  );
  return { roleName: Role?.RoleName ?? '', roleId: Role?.RoleId ?? '' };
};

export const removeRole = async ({ aws }: Stage, RoleName: string): Promise<void> => {
  const iam = aws(IAMClient);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
};

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The id of a session's key, invented, but of this account as STS reads it: the account's number stands in it, in base 32. */
export const sessionKeyOf = (account: string, principal: string): string => {
  const number = (1n << 49n) | (BigInt(account) << 9n);
  const head = Array.from({ length: 10 }, (_, place) => letters[Number((number >> BigInt(5 * (9 - place))) & 31n)]);
  const tail = [...createHash('sha256').update(principal).digest().subarray(0, 6)].map((byte) => letters[byte & 31]);
  return `ASIA${[...head, ...tail].join('')}`;
};
