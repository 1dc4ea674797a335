// IAM in memory. Its parts: users, what lets them in, roles, policies.
import type * as IAM from '@aws-sdk/client-iam';
import { iamCredentials } from './iam-credentials.ts';
import { iamPolicies } from './iam-policies.ts';
import { iamRoles } from './iam-roles.ts';
import { type AccessKeyRecord, type IamSlice, iamSlice, lastPage, type PrincipalRecord } from './iam-slice.ts';
import { iamUsers } from './iam-users.ts';
import type { Request, ServiceModel } from './model.ts';
import { isDenied } from './policy-evaluation.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

const getAccountSummary = (_input: object, request: Request): IAM.GetAccountSummaryResponse => {
  const { users, roles, groups, instanceProfiles, policies, rootAccessKeys } = iamSlice(request.state, request.account);
  return {
    SummaryMap: {
      Users: Object.keys(users).length,
      Roles: Object.keys(roles).length,
      Groups: Object.keys(groups).length,
      InstanceProfiles: Object.keys(instanceProfiles).length,
      Policies: Object.keys(policies).length,
      AccountAccessKeysPresent: rootAccessKeys.length > 0 ? 1 : 0,
    },
  };
};

/** An account has one alias at most; a new one takes the old one's place. */
const createAccountAlias = ({ AccountAlias: alias = '' }: IAM.CreateAccountAliasRequest, request: Request): object => {
  const { aliases } = iamSlice(request.state, request.account);
  aliases.splice(0, aliases.length, alias);
  return {};
};

export const iam: ServiceModel = {
  ...iamUsers,
  ...iamCredentials,
  ...iamRoles,
  ...iamPolicies,
  GetAccountSummary: getAccountSummary,
  CreateAccountAlias: createAccountAlias,
  ListAccountAliases: (_input: IAM.ListAccountAliasesRequest, request: Request): IAM.ListAccountAliasesResponse => ({
    AccountAliases: [...iamSlice(request.state, request.account).aliases],
    ...lastPage,
  }),
};

type Circumstances = Pick<World, 'state' | 'clock' | 'newId'>;

/** The account's root user makes a key for itself, which no API of the account shows to anybody else. */
export const addRootAccessKey = (world: Circumstances, account: string): string => {
  const id = world.newId('AKIA');
  iamSlice(world.state, account).rootAccessKeys.push({
    id,
    createdAt: world.clock.now().toISOString(),
    status: 'Active',
  });
  return id;
};

/** Somebody uses an access key. */
export const useAccessKey = (
  world: Circumstances,
  account: string,
  accessKeyId: string,
  use: { readonly service: string; readonly region: string },
): void => {
  const { users, rootAccessKeys } = iamSlice(world.state, account);
  const keys = [...Object.values(users).flatMap(({ accessKeys }) => accessKeys), ...rootAccessKeys];
  const key = keys.find(({ id }) => id === accessKeyId);
  if (!key) throw new Error(`account ${account} has no access key ${accessKeyId}`);
  key.lastUsed = { ...use, at: world.clock.now().toISOString() };
};

/** Credentials in somebody's hands: a long-term key, a session of a user, a session of a role. */
export type Credentials =
  | { readonly accessKeyId: string }
  | { readonly userName: string; readonly issuedAt: Date }
  | { readonly roleName: string; readonly sessionName: string; readonly issuedAt: Date };

const denyAll = /^arn:aws[\w-]*:iam::aws:policy\/AWSDenyAll$/;

const isCutOff = (
  slice: IamSlice,
  principal: PrincipalRecord,
  userId: string,
  issuedAt: Date | undefined,
  account: string,
): boolean => {
  const question = {
    action: 'ec2:DescribeInstances',
    resource: '*',
    caller: { account, arn: principal.arn },
    context: {
      'aws:userid': userId,
      'aws:PrincipalArn': principal.arn,
      // Absent when a long-term key signs: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
      ...(issuedAt ? { 'aws:TokenIssueTime': issuedAt.toISOString() } : {}),
    },
  };
  const attached = principal.attachedPolicies.map((arn) => slice.policies[arn]);
  return (
    principal.attachedPolicies.some((arn) => denyAll.test(arn)) ||
    [...Object.values(principal.inlinePolicies), ...attached].some((document) => isDenied(document, question))
  );
};

/**
 * Whether credentials still work: the key is active, and no policy denies its owner everything. What they allow isn't asked.
 * A user's session outlives the key that it was made with.
 */
export const canAct = (state: State, account: string, who: Credentials): boolean => {
  const slice = iamSlice(state, account);
  if ('roleName' in who) {
    const role = slice.roles[who.roleName];
    return role !== undefined && !isCutOff(slice, role, `${role.id}:${who.sessionName}`, who.issuedAt, account);
  }
  if ('userName' in who) {
    const user = slice.users[who.userName];
    return user !== undefined && !isCutOff(slice, user, user.id, who.issuedAt, account);
  }
  const isActive = ({ id, status }: AccessKeyRecord): boolean => id === who.accessKeyId && status === 'Active';
  if (slice.rootAccessKeys.some(isActive)) return true;
  const user = Object.values(slice.users).find(({ accessKeys }) => accessKeys.some(isActive));
  return user !== undefined && !isCutOff(slice, user, user.id, undefined, account);
};
