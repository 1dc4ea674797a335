// What can be turned on IAM: the status of an access key, and denies that end sessions which nothing else ends.
import { createHash } from 'node:crypto';
import {
  AttachUserPolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { type Aws, type Gone, gone, unless } from '../language/aws.ts';
import { type Json, same } from '../language/json.ts';
import { setting } from '../language/setting.ts';
import { allowOn } from '../language/statement.ts';

// Names in IAM know their path only in the ARN, and the path of a finding's user or role is not known: hence the `*`.
const users = ['arn:${Partition}:iam::${Account}:user/*'];
const roles = ['arn:${Partition}:iam::${Account}:role/*'];
const settleSeconds = 10;

/** IAM answers documents URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export const policyText = (answered = ''): string =>
  answered.trimStart().startsWith('{') ? answered : decodeURIComponent(answered);

/** What is no JSON is not ours. */
const decoded = (answered: string | undefined): Json => {
  try {
    return JSON.parse(policyText(answered)) as Json;
  } catch {
    return null;
  }
};

const altered = (name: string): Error =>
  new Error(
    `the inline policy ${name} had another content than ours, which is not kept here: ` +
      'take its document from the evidence of the incident and put it back by hand',
  );

/** One session of a role: `role-name/AROA…:session-name`. The part behind the slash is what AWS calls `aws:userid`. */
export type RoleSessionId = `${string}/${string}:${string}`;

const partsOf = (id: RoleSessionId) => {
  const slash = id.indexOf('/');
  const userId = id.slice(slash + 1);
  const [roleId = '', sessionName = ''] = userId.split(':');
  return { roleName: id.slice(0, slash), userId, roleId, sessionName };
};

/** The role's ARN. One that was made anew under the same name has another id, and none of the sessions of the old one. */
const roleOf = async (aws: Aws, id: RoleSessionId): Promise<string | Gone> => {
  const { roleName: RoleName, roleId } = partsOf(id);
  const found = await unless(['NoSuchEntityException'], gone, () =>
    aws(IAMClient).send(new GetRoleCommand({ RoleName })),
  );
  return found === gone || found.Role?.RoleId !== roleId ? gone : (found.Role.Arn ?? gone);
};

/** A name of its own for each session, so that denies of several sessions of one role stand side by side. */
const sessionPolicyName = (id: RoleSessionId): string =>
  `firebreak-session-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;

const deny = (condition: Json): Json => ({ Effect: 'Deny', Action: '*', Resource: '*', Condition: condition });

/**
 * What Systems Manager's agent needs to be led by investigators, and no more: of AmazonSSMManagedInstanceCore, without the parameters,
 * which may be secrets.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
 */
const agentActions = [
  'ssm:DescribeAssociation',
  'ssm:DescribeDocument',
  'ssm:GetDocument',
  'ssm:ListAssociations',
  'ssm:ListInstanceAssociations',
  'ssm:PutInventory',
  'ssm:UpdateAssociationStatus',
  'ssm:UpdateInstanceAssociationStatus',
  'ssm:UpdateInstanceInformation',
  'ssmmessages:*',
  'ec2messages:*',
];

const denyAllBut = (actions: readonly string[], condition: Json): Json => ({
  Effect: 'Deny',
  NotAction: actions,
  Resource: '*',
  Condition: condition,
});

/**
 * EC2 names the session after the instance. Its sessions carry `ec2:SourceInstanceARN` besides, on the instance and off it:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * Other instances with the same role go on, which a deny by `aws:TokenIssueTime` would cut off until IMDS refreshes.
 */
const sessionDocument = (aws: Aws, id: RoleSessionId, to: 'denied' | 'agent-only'): Json => {
  const denying = (condition: Json) => (to === 'denied' ? deny(condition) : denyAllBut(agentActions, condition));
  const { userId, sessionName } = partsOf(id);
  const instance = `arn:${aws.partition}:ec2:*:${aws.account}:instance/${sessionName}`;
  return {
    Version: '2012-10-17',
    Statement: [
      denying({ StringEquals: { 'aws:userid': userId } }),
      ...(/^i-[0-9a-f]+$/.test(sessionName) ? [denying({ ArnLike: { 'ec2:SourceInstanceARN': instance } })] : []),
    ],
  };
};

type RoleSessionAccess = 'allowed' | 'agent-only' | 'denied' | 'altered';

/**
 * Everything, or everything but what Systems Manager's agent needs, denied to one session of a role, now and whenever it is taken up again under that name; all other sessions live on.
 * 'altered': a policy with our name has other content. AWS answers UnmodifiableEntity for service-linked roles and for those of
 * Identity Center (`AWSReservedSSO_…`): a playbook refuses them before.
 */
export const roleSessionDeny = setting<RoleSessionId, RoleSessionAccess>({
  name: 'iam/role-session-deny',
  version: 1,
  scope: 'global',
  permissions: {
    read: [allowOn(roles, ['iam:GetRole', 'iam:GetRolePolicy'])],
    write: [allowOn(roles, ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'])],
  },
  hands: { by: 'deny', lifted: 'allowed', permissions: [allowOn(roles, ['iam:GetRole'])], principal: roleOf },
  settleSeconds,
  read: async (aws, id) => {
    const { roleName: RoleName } = partsOf(id);
    const [role, policy] = await Promise.all([
      roleOf(aws, id),
      unless(['NoSuchEntityException'], gone, () =>
        aws(IAMClient).send(new GetRolePolicyCommand({ RoleName, PolicyName: sessionPolicyName(id) })),
      ),
    ]);
    if (role === gone) return gone;
    if (policy === gone) return 'allowed';
    const document = decoded(policy.PolicyDocument);
    const found = (['denied', 'agent-only'] as const).find((value) => same(document, sessionDocument(aws, id, value)));
    return found ?? 'altered';
  },
  write: async (aws, id, to) => {
    const policy = { RoleName: partsOf(id).roleName, PolicyName: sessionPolicyName(id) };
    if (to === 'altered') throw altered(policy.PolicyName);
    if (to !== 'allowed') {
      const PolicyDocument = JSON.stringify(sessionDocument(aws, id, to));
      await aws(IAMClient).send(new PutRolePolicyCommand({ ...policy, PolicyDocument }));
    } else {
      // A repeated call finds it deleted by the first, whose answer was lost.
      await unless(['NoSuchEntityException'], null, () => aws(IAMClient).send(new DeleteRolePolicyCommand(policy)));
    }
  },
  combine: (values) => (values.includes('denied') ? 'denied' : 'agent-only'),
  say: (value) =>
    ({
      allowed: 'session allowed',
      'agent-only': "session denied, but for Systems Manager's agent",
      denied: 'session denied',
      altered: 'altered by others',
    })[value],
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const inlineCharactersOfUser = 2048;

/** Sessions of a user that were issued before a moment, to the second. */
export type UserSessionDeny = { readonly issuedBefore: string } | 'none' | 'altered';

const userPolicyName = 'firebreak-sessions';

const toTheSecond = (time: string): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/**
 * As short as it can be, 157 characters: all inline policies of a user share 2,048, and an attacker may have filled them. `Version`
 * stays in it, as AWS says it always should, and not every check takes a policy without.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
const userDocument = (issuedBefore: string): Json => ({
  Version: '2012-10-17',
  Statement: deny({ DateLessThan: { 'aws:TokenIssueTime': toTheSecond(issuedBefore) } }),
});

/**
 * Whether a user's inline policies, by name, leave room for ours: characters, in which white space doesn't count, and its name. What others
 * wrote under that could not be put back.
 */
export const hasRoomForSessionDeny = (policies: Readonly<Record<string, string>>): boolean => {
  const own = policies[userPolicyName];
  if (own !== undefined && issuedBeforeIn(decoded(own)) === undefined) return false;
  const others = Object.entries(policies).flatMap(([name, document]) => (name === userPolicyName ? [] : [document]));
  const ours = JSON.stringify(userDocument(new Date(0).toISOString()));
  return [...others, ours].join('').replaceAll(/\s/g, '').length <= inlineCharactersOfUser;
};

const issuedBeforeIn = (document: Json): string | undefined => {
  const [, time] = /"aws:TokenIssueTime":"([0-9TZ:-]{20})"/.exec(JSON.stringify(document)) ?? [];
  return time && !Number.isNaN(Date.parse(time)) && same(document, userDocument(time)) ? time : undefined;
};

/** The user's ARN. */
const userOf = async (aws: Aws, UserName: string): Promise<string | Gone> => {
  const found = await unless(['NoSuchEntityException'], gone, () =>
    aws(IAMClient).send(new GetUserCommand({ UserName })),
  );
  return found === gone ? gone : (found.User?.Arn ?? gone);
};

/**
 * Everything denied to a user's sessions (GetSessionToken, GetFederationToken, console) issued before a moment. Requests signed with
 * a long-term key have no `aws:TokenIssueTime` and are not met: that is what the key's status is for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export const userSessionDeny = setting<string, UserSessionDeny>({
  name: 'iam/user-session-deny',
  version: 1,
  scope: 'global',
  permissions: {
    read: [allowOn(users, ['iam:GetUser', 'iam:GetUserPolicy'])],
    write: [allowOn(users, ['iam:PutUserPolicy', 'iam:DeleteUserPolicy'])],
  },
  hands: { by: 'deny', lifted: 'none', permissions: [allowOn(users, ['iam:GetUser'])], principal: userOf },
  settleSeconds,
  read: async (aws, UserName) => {
    const [user, policy] = await Promise.all([
      userOf(aws, UserName),
      unless(['NoSuchEntityException'], gone, () =>
        aws(IAMClient).send(new GetUserPolicyCommand({ UserName, PolicyName: userPolicyName })),
      ),
    ]);
    if (user === gone) return gone;
    if (policy === gone) return 'none';
    const issuedBefore = issuedBeforeIn(decoded(policy.PolicyDocument));
    return issuedBefore === undefined ? 'altered' : { issuedBefore };
  },
  write: async (aws, UserName, to) => {
    const policy = { UserName, PolicyName: userPolicyName };
    if (to === 'altered') throw altered(userPolicyName);
    if (to === 'none') {
      // A repeated call finds it deleted by the first, whose answer was lost.
      await unless(['NoSuchEntityException'], null, () => aws(IAMClient).send(new DeleteUserPolicyCommand(policy)));
    } else {
      const PolicyDocument = JSON.stringify(userDocument(to.issuedBefore));
      await aws(IAMClient).send(new PutUserPolicyCommand({ ...policy, PolicyDocument }));
    }
  },
  combine: (values) => {
    const times = values.flatMap((value) => (typeof value === 'object' ? [value.issuedBefore] : []));
    const latest = times.toSorted().at(-1);
    return latest === undefined ? 'none' : { issuedBefore: latest };
  },
  say: (value) => {
    if (typeof value === 'object') return `sessions issued before ${value.issuedBefore} denied`;
    return value === 'none' ? 'no session denied' : 'altered by others';
  },
});

const denyAll = (aws: Aws): string => `arn:${aws.partition}:iam::aws:policy/AWSDenyAll`;

/**
 * Everything denied to a user, by AWS's own policy: keys, sessions and console, old and new. It needs no room among the inline
 * policies, which is why it stands in where they are full. The playbook's own hands write it: IAM confines them to this one policy, which grants nothing.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSDenyAll.html
 */
export const userDenyAll = setting<string, 'attached' | 'detached'>({
  name: 'iam/user-deny-all',
  version: 1,
  scope: 'global',
  permissions: {
    read: [allowOn(users, ['iam:ListAttachedUserPolicies'])],
    write: [
      allowOn(users, ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'], {
        ArnLike: { 'iam:PolicyARN': 'arn:*:iam::aws:policy/AWSDenyAll' },
      }),
    ],
  },
  settleSeconds,
  read: async (aws, UserName) => {
    // One page: at most 20 are attached to a user.
    const listed = await unless(['NoSuchEntityException'], gone, () =>
      aws(IAMClient).send(new ListAttachedUserPoliciesCommand({ UserName })),
    );
    if (listed === gone) return gone;
    return listed.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === denyAll(aws)) ? 'attached' : 'detached';
  },
  write: async (aws, UserName, to) => {
    const policy = { UserName, PolicyArn: denyAll(aws) };
    if (to === 'attached') {
      await aws(IAMClient).send(new AttachUserPolicyCommand(policy));
    } else {
      // A repeated call finds it detached by the first, whose answer was lost.
      await unless(['NoSuchEntityException'], null, () => aws(IAMClient).send(new DetachUserPolicyCommand(policy)));
    }
  },
  say: (value) => (value === 'attached' ? 'AWSDenyAll attached' : 'AWSDenyAll not attached'),
});

/** A key of a user: `user-name/AKIA…`. */
export type AccessKeyId = `${string}/${string}`;

/** `UserName` is always sent: without it IAM takes the caller's own user, and would look for the key there. */
const keyOf = (id: AccessKeyId) => {
  const [UserName = '', AccessKeyId = ''] = id.split('/');
  return { UserName, AccessKeyId };
};

/** Whether a long-term access key works. Deactivated, never deleted: a deleted key is lost for attribution and can't come back. */
export const accessKeyStatus = setting<AccessKeyId, 'Active' | 'Inactive'>({
  name: 'iam/access-key-status',
  version: 1,
  scope: 'global',
  permissions: {
    read: [allowOn(users, ['iam:ListAccessKeys'])],
    write: [allowOn(users, ['iam:UpdateAccessKey'])],
  },
  settleSeconds,
  read: async (aws, id) => {
    const { UserName, AccessKeyId } = keyOf(id);
    // One page: a user has at most two keys. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    const listed = await unless(['NoSuchEntityException'], gone, () =>
      aws(IAMClient).send(new ListAccessKeysCommand({ UserName })),
    );
    if (listed === gone) return gone;
    const key = listed.AccessKeyMetadata?.find((candidate) => candidate.AccessKeyId === AccessKeyId);
    if (!key) return gone;
    return key.Status === 'Active' ? 'Active' : 'Inactive';
  },
  write: async (aws, id, to) => {
    await aws(IAMClient).send(new UpdateAccessKeyCommand({ ...keyOf(id), Status: to }));
  },
  say: (value) => value,
});
