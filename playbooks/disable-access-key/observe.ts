// Looks at a key: whose it is, what its owner can do, and whether it is ours to touch.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Aws, type Gone, gone } from '../language/aws.ts';
import { isRefusal, type Refusal, refuse } from '../language/playbook.ts';
import type { Target } from '../language/resource.ts';
import { isUnreadable } from '../language/unreadable.ts';
import { type Owner, ownerOf, type UserId } from './owner.ts';
import { describeRole, describeUser, type Principal, type RoleDescription, type UserDescription } from './principal.ts';
import { identityCenterRole, ourselves, serviceLinkedRole, unknownOwner } from './refusals.ts';

type OfUser = {
  readonly of: 'user';
  readonly name: string;
  readonly principal: UserDescription;
  /** Of a session no long-term key is known: which one issued it, nobody tells. */
  readonly leaked: 'long-term key' | 'user session';
  /** All long-term keys of the user. The leaked one is missing if it has been deleted. */
  readonly keys: readonly string[];
};
type OfRole = {
  readonly of: 'role';
  readonly name: string;
  readonly principal: RoleDescription;
  readonly session: UserId;
};
export type Seen = OfUser | OfRole;

/** Which keys are meant. */
export interface Meant {
  readonly all: boolean;
  readonly leaked: string;
  readonly plannedAt: string;
}

/** IAM tells when a key was made to the second. */
const toTheSecond = (time: string): number => Math.floor(Date.parse(time) / 1000);

/**
 * Besides those that are meant, whatever was made since the plan: while IAM still heeds a key that was stopped, whoever has it can make
 * himself another.
 */
export const toDisable = ({ keys, principal }: OfUser, { all, leaked, plannedAt }: Meant): readonly string[] => {
  const known = isUnreadable(principal.keys) ? [] : principal.keys;
  const since = known.filter(({ createdAt }) => toTheSecond(createdAt) >= toTheSecond(plannedAt)).map(({ id }) => id);
  return keys.filter((key) => all || key === leaked || since.includes(key));
};

const ofRole = (
  owner: Extract<Owner, { kind: 'role session' }>,
  principal: RoleDescription,
): OfRole | Gone | Refusal => {
  const { name, userId: session } = owner;
  // A role made anew under the same name has another id; the sessions of the old one are dead.
  if (!session.startsWith(`${principal.id}:`)) return gone;
  if (principal.path.startsWith('/aws-service-role/')) return refuse(serviceLinkedRole(name));
  if (name.startsWith('AWSReservedSSO_')) return refuse(identityCenterRole(name, session));
  return { of: 'role', name, principal, session };
};

const ofUser = (
  owner: Exclude<Owner, { kind: 'role session' }>,
  principal: UserDescription,
  id: string,
): OfUser | Gone => {
  const { name, kind: leaked } = owner;
  if ('id' in owner && owner.id !== principal.id) return gone;
  const listed = isUnreadable(principal.keys)
    ? leaked === 'long-term key'
      ? [id]
      : []
    : principal.keys.map((key) => key.id);
  return { of: 'user', name, principal, leaked, keys: listed };
};

/** Whether these credentials are the ones with which Firebreak works: the same user, or the very same session of a role. */
const isOurselves = ({ id }: Principal, seen: Seen, caller: string | undefined): boolean =>
  caller === (seen.of === 'role' ? seen.session : id);

export const observe = async (target: Target, aws: Aws): Promise<Seen | Gone | Refusal> => {
  const { id, account } = target;
  const [owner, caller] = await Promise.all([
    ownerOf(target, aws),
    aws(STSClient).send(new GetCallerIdentityCommand({})),
  ]);
  if (isRefusal(owner)) return owner;
  const principal = await (owner.kind === 'role session'
    ? describeRole(aws, owner.name)
    : describeUser(aws, owner.name));
  if (principal === gone) {
    const doubtful = owner.kind === 'long-term key' && owner.told;
    return doubtful ? refuse(unknownOwner(id, account, `nor is there a user ${owner.name}`)) : gone;
  }
  const seen =
    owner.kind === 'role session'
      ? ofRole(owner, principal as RoleDescription)
      : ofUser(owner, principal as UserDescription, id);
  if (seen === gone || isRefusal(seen)) return seen;
  return isOurselves(principal, seen, caller.UserId) ? refuse(ourselves(id, principal.arn)) : seen;
};
