// What IAM remembers of one account, and how its other files find things in it.
import type { Tag } from '@aws-sdk/client-iam';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';
import { type State, slice } from './state.ts';

export interface AccessKeyRecord {
  readonly id: string;
  readonly createdAt: string;
  status: 'Active' | 'Inactive';
  lastUsed?: { readonly at: string; readonly service: string; readonly region: string };
}

/** An SSH key, a signing certificate, a service's password, an MFA device: what else lets a user in. */
export interface CredentialRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly kind: 'ssh-key' | 'certificate' | 'service-specific' | 'mfa';
  /** The service of a service-specific credential, the body of a certificate. */
  readonly detail: string;
}

/** What users and roles have in common. */
export interface PrincipalRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly tags: Record<string, string>;
  readonly inlinePolicies: Record<string, string>;
  attachedPolicies: string[];
  readonly permissionsBoundary?: string;
}

export interface UserRecord extends PrincipalRecord {
  accessKeys: AccessKeyRecord[];
  credentials: CredentialRecord[];
  groups: string[];
  loginProfile?: { readonly createdAt: string; readonly passwordResetRequired: boolean };
}

export interface RoleRecord extends PrincipalRecord {
  readonly description?: string;
  readonly maxSessionSeconds: number;
  trustPolicy: string;
}

export interface GroupRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: string;
}

export interface InstanceProfileRecord extends GroupRecord {
  roles: string[];
}

export interface IamSlice {
  readonly users: Record<string, UserRecord>;
  readonly roles: Record<string, RoleRecord>;
  readonly groups: Record<string, GroupRecord>;
  readonly instanceProfiles: Record<string, InstanceProfileRecord>;
  /** Customer managed policies, by ARN. */
  readonly policies: Record<string, string>;
  readonly aliases: string[];
  readonly rootAccessKeys: AccessKeyRecord[];
}

export const iamSlice = (state: State, account: string): IamSlice =>
  slice<IamSlice>(state, account, 'global', 'iam', () => ({
    users: {},
    roles: {},
    groups: {},
    instanceProfiles: {},
    policies: {},
    aliases: [],
    rootAccessKeys: [],
  }));

export const noSuchEntity = (message: string): Error => awsError('NoSuchEntityException', message, 404);
export const limitExceeded = (message: string): Error => awsError('LimitExceededException', message, 409);

/** IAM takes the caller's own user when no name is given; the caller in memory is a role, which has none. */
const namelessCaller = (): Error =>
  awsError('ValidationError', 'Must specify userName when calling with non-User credentials');

export const userNamed = (request: Request, name: string | undefined): UserRecord => {
  if (name === undefined) throw namelessCaller();
  const user = iamSlice(request.state, request.account).users[name];
  if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
};

export const roleNamed = (request: Request, name: string | undefined): RoleRecord => {
  const role = iamSlice(request.state, request.account).roles[name ?? ''];
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
};

/** Names are unique regardless of case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export const refuseTaken = (kind: string, records: Readonly<Record<string, unknown>>, name: string): void => {
  if (Object.keys(records).some((taken) => taken.toLowerCase() === name.toLowerCase())) {
    throw awsError('EntityAlreadyExistsException', `${kind} with name ${name} already exists.`, 409);
  }
};

export const deleteConflict = (what: string): Error =>
  awsError('DeleteConflictException', `Cannot delete entity, must ${what} first.`, 409);

export const arnOf = (request: Request, kind: string, path: string, name: string): string =>
  `arn:${request.partition}:iam::${request.account}:${kind}${path}${name}`;

/** What a new principal, group or instance profile begins with. */
export const newEntity = (request: Request, kind: string, prefix: string, name: string, path = '/'): GroupRecord => ({
  name,
  path,
  id: request.newId(prefix),
  arn: arnOf(request, kind, path, name),
  createdAt: request.now.toISOString(),
});

export const tagRecord = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));

export const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Every list fits one page here; the callers' page sizes are taken and make no difference. */
export const lastPage = { IsTruncated: false } as const;
