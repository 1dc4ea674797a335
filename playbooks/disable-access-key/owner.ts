// Whose key it is: a user's, a user's session's, a role session's, root's, or another account's.
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetAccessKeyLastUsedCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetAccessKeyInfoCommand, STSClient } from '@aws-sdk/client-sts';
import type { Aws } from '../language/aws.ts';
import { type Refusal, refuse } from '../language/playbook.ts';
import type { Target } from '../language/resource.ts';
import { allow, allowOn } from '../language/statement.ts';
import { attempt, isUnreadable } from '../language/unreadable.ts';
import { isTemporary } from '../resources/iam.ts';
import { foreignKey, otherPrincipal, rootKey, unknownOwner, unknownSession } from './refusals.ts';

export const toFindTheOwner = [
  allow('sts:GetAccessKeyInfo', 'sts:GetCallerIdentity', 'cloudtrail:LookupEvents'),
  allowOn(['arn:${Partition}:iam::${Account}:user/*'], ['iam:GetAccessKeyLastUsed']),
];

/** What AWS calls `aws:userid` of a role session. */
export type UserId = `${string}:${string}`;

export type Owner =
  /** `told`: only the finding names the user; AWS names nobody, as for a key that was deleted. */
  | { readonly kind: 'long-term key'; readonly name: string; readonly told: boolean }
  /** Of GetSessionToken, GetFederationToken, or the console. `id` is the user's, where it is known. */
  | { readonly kind: 'user session'; readonly name: string; readonly id?: string }
  | { readonly kind: 'role session'; readonly name: string; readonly userId: UserId };

/** What a finding or CloudTrail says of the principal that acted. */
type Claim = { readonly userType?: string; readonly principalId?: string; readonly userName?: string };

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
const roleSession = /^AROA[A-Z0-9]{12,124}:[\w+=,.@-]{2,64}$/;
const userId = /^AIDA[A-Z0-9]{12,124}$/;
const name = /^[\w+=,.@-]{1,128}$/;

const isRoleSession = (text: string | undefined): text is UserId => text !== undefined && roleSession.test(text);

/** Nothing where the claim doesn't tell enough. Names are checked: they come from outside, and go into ids. */
const ownerIn = (id: string, { userType, principalId, userName }: Claim): Owner | Refusal | undefined => {
  if (userType === 'Root') return refuse(rootKey(id));
  if (userType === 'AWSAccount' || userType === 'AWSService') return refuse(otherPrincipal(id, userType));
  if (userName === undefined || !name.test(userName)) return undefined;
  if (isRoleSession(principalId)) return { kind: 'role session', name: userName, userId: principalId };
  const isUser = principalId !== undefined && userId.test(principalId);
  if (userType === 'IAMUser') return { kind: 'user session', name: userName, ...(isUser && { id: principalId }) };
  // GuardDuty names a federated user, CloudTrail the user who issued the session. That one's policies bind it as well.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
  return userType === 'FederatedUser' && isUser ? { kind: 'user session', name: userName, id: principalId } : undefined;
};

type Issuer = { readonly type?: string; readonly principalId?: string; readonly userName?: string };
type Identity = Issuer & { readonly sessionContext?: { readonly sessionIssuer?: Issuer } };

const claimOf = ({ type, principalId, userName, sessionContext }: Identity): Claim => {
  const issuer = sessionContext?.sessionIssuer;
  const claim =
    type === 'AssumedRole'
      ? { userType: type, principalId, userName: issuer?.userName }
      : type === 'FederatedUser'
        ? {
            userType: issuer?.type === 'Root' ? 'Root' : type,
            principalId: issuer?.principalId,
            userName: issuer?.userName,
          }
        : { userType: type, principalId, userName };
  return claim as Claim;
};

const identityIn = (event: string | undefined): Identity | undefined => {
  try {
    return (JSON.parse(event ?? '{}') as { userIdentity?: Identity }).userIdentity;
  } catch {
    return undefined;
  }
};

/**
 * Any event that the session caused tells who it is. CloudTrail answers for one Region, two requests a second, about five minutes
 * late; calls to IAM and to STS's global endpoint stand in us-east-1.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
 */
const lookUp = async (id: string, aws: Aws): Promise<Owner | Refusal> => {
  const attribute = { AttributeKey: 'AccessKeyId' as const, AttributeValue: id };
  const found = await attempt(() =>
    aws(CloudTrailClient).send(new LookupEventsCommand({ LookupAttributes: [attribute], MaxResults: 10 })),
  );
  if (isUnreadable(found)) return refuse(unknownSession(id, aws.region, found.unreadable));
  for (const { CloudTrailEvent } of found.Events ?? []) {
    const owner = ownerIn(id, claimOf(identityIn(CloudTrailEvent) ?? {}));
    if (owner) return owner;
  }
  return refuse(unknownSession(id, aws.region, 'no event names who is behind it'));
};

const ownerOfSession = async ({ id, detail }: Target, aws: Aws): Promise<Owner | Refusal> =>
  ownerIn(id, detail) ?? lookUp(id, aws);

const ownerOfLongTermKey = async ({ id, account, detail }: Target, aws: Aws): Promise<Owner | Refusal> => {
  if (detail.userType === 'Root') return refuse(rootKey(id));
  const lastUsed = await attempt(() => aws(IAMClient).send(new GetAccessKeyLastUsedCommand({ AccessKeyId: id })));
  if (!isUnreadable(lastUsed))
    return lastUsed.UserName ? { kind: 'long-term key', name: lastUsed.UserName, told: false } : refuse(rootKey(id));
  if (detail.userName && name.test(detail.userName))
    return { kind: 'long-term key', name: detail.userName, told: true };
  return refuse(unknownOwner(id, account, lastUsed.unreadable));
};

/** GetAccessKeyInfo tells the account of any key, also of a deleted one, and of a session's. Without its answer IAM's has to do. */
export const ownerOf = async (target: Target, aws: Aws): Promise<Owner | Refusal> => {
  const { id, account } = target;
  const [info, owner] = await Promise.all([
    attempt(() => aws(STSClient).send(new GetAccessKeyInfoCommand({ AccessKeyId: id }))),
    isTemporary(id) ? ownerOfSession(target, aws) : ownerOfLongTermKey(target, aws),
  ]);
  const home = isUnreadable(info) ? undefined : info.Account;
  return home !== undefined && home !== account ? refuse(foreignKey(id, account, home)) : owner;
};
