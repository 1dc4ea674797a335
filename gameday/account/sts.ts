// STS in memory: who calls, whose a key is, and sessions of roles.
import type * as STS from '@aws-sdk/client-sts';
import { awsError } from './errors.ts';
import { iamSlice, type RoleRecord } from './iam-slice.ts';
import type { Request, ServiceModel } from './model.ts';
import { isAllowed } from './policy-evaluation.ts';
import { type State, slice } from './state.ts';

interface SessionRecord {
  readonly roleName: string;
  readonly sessionName: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly sourceIdentity?: string;
}

interface StsSlice {
  /** By the id of the session's access key. */
  readonly sessions: Record<string, SessionRecord>;
}

const stsSlice = (state: State, account: string): StsSlice =>
  slice<StsSlice>(state, account, 'global', 'sts', () => ({ sessions: {} }));

/** All calls in memory come from a session of one role of the account that they go to. */
const callerRole = 'firebreak';
const callerSession = 'gameday';

export const callerArn = ({ partition, account }: Request): string =>
  `arn:${partition}:sts::${account}:assumed-role/${callerRole}/${callerSession}`;

export const callerRoleArn = ({ partition, account }: Request): string =>
  `arn:${partition}:iam::${account}:role/${callerRole}`;

const refuseAssume = (request: Request, action: string, role: string): Error =>
  awsError(
    'AccessDenied',
    `User: ${callerArn(request)} is not authorized to perform: ${action} on resource: ${role}`,
    403,
  );

/** A role that doesn't exist is answered like one that may not be assumed. */
const assumableRole = (input: STS.AssumeRoleRequest, request: Request): RoleRecord => {
  const { RoleArn: arn = '', RoleSessionName: sessionName = '', ExternalId, SourceIdentity } = input;
  const account = arn.split(':')[4] ?? '';
  const known = Object.hasOwn(request.state.accounts, account);
  const role = known
    ? Object.values(iamSlice(request.state, account).roles).find((candidate) => candidate.arn === arn)
    : undefined;
  // Setting a source identity needs an action of its own in the role's trust policy:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
  const actions = SourceIdentity === undefined ? ['sts:AssumeRole'] : ['sts:AssumeRole', 'sts:SetSourceIdentity'];
  const context = {
    'aws:PrincipalAccount': request.account,
    'aws:PrincipalArn': callerRoleArn(request),
    'sts:RoleSessionName': sessionName,
    ...(ExternalId === undefined ? {} : { 'sts:ExternalId': ExternalId }),
    ...(SourceIdentity === undefined ? {} : { 'sts:SourceIdentity': SourceIdentity }),
  };
  const caller = { account: request.account, arn: callerRoleArn(request) };
  for (const action of actions) {
    if (!role || !isAllowed(role.trustPolicy, { action, resource: arn, caller, context }))
      throw refuseAssume(request, action, arn);
  }
  return role as RoleRecord;
};

const checkSessionName = (name: string, parameter: string): void => {
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return;
  throw awsError(
    'ValidationError',
    `1 validation error detected: Value '${name}' at '${parameter}' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
  );
};

const shortestSessionSeconds = 900;
/** Who is itself a role's session gets no longer one: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
const longestChainedSeconds = 3600;

const assumeRole = (input: STS.AssumeRoleRequest, request: Request): STS.AssumeRoleResponse => {
  const { RoleSessionName: sessionName = '', DurationSeconds: seconds = 3600, SourceIdentity: sourceIdentity } = input;
  checkSessionName(sessionName, 'roleSessionName');
  if (sourceIdentity !== undefined) checkSessionName(sourceIdentity, 'sourceIdentity');
  const role = assumableRole(input, request);
  if (seconds > longestChainedSeconds) {
    throw awsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds < shortestSessionSeconds || seconds > role.maxSessionSeconds) {
    throw awsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const account = role.arn.split(':')[4] ?? '';
  const expiresAt = new Date(request.now.getTime() + seconds * 1000);
  const accessKeyId = request.newId('ASIA');
  stsSlice(request.state, account).sessions[accessKeyId] = {
    roleName: role.name,
    sessionName,
    issuedAt: request.now.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: request.newId('secret'),
      SessionToken: request.newId('token'),
      Expiration: expiresAt,
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${sessionName}`,
      Arn: `arn:${request.partition}:sts::${account}:assumed-role/${role.name}/${sessionName}`,
    },
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
};

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Newer key ids hold their account's number: bits 1 to 40 behind the prefix, in base 32. */
const accountInKey = (id: string): string => {
  let bits = 0n;
  for (const letter of id.slice(4, 14)) bits = bits * 32n + BigInt(base32.indexOf(letter));
  const account = (bits >> 9n) & ((1n << 40n) - 1n);
  return String(account).padStart(12, '0');
};

/** The same id with the account's number in it, so that it tells whose it was when it is deleted. */
export const withAccount = (id: string, account: string): string => {
  const bits = (1n << 49n) | (BigInt(account) << 9n);
  const letters = Array.from({ length: 10 }, (_, place) => base32[Number((bits >> BigInt(5 * (9 - place))) & 31n)]);
  return `${id.slice(0, 4)}${letters.join('')}${id.slice(14)}`;
};

const ownerOf = (state: State, id: string): string | undefined =>
  Object.keys(state.accounts).find((account) => {
    const { users, rootAccessKeys } = iamSlice(state, account);
    const keys = [...Object.values(users).flatMap(({ accessKeys }) => accessKeys), ...rootAccessKeys];
    return Object.hasOwn(stsSlice(state, account).sessions, id) || keys.some((key) => key.id === id);
  });

const getAccessKeyInfo = (input: STS.GetAccessKeyInfoRequest, request: Request): STS.GetAccessKeyInfoResponse => {
  const { AccessKeyId: id = '' } = input;
  const owner = ownerOf(request.state, id);
  if (owner) return { Account: owner };
  const account = /^A(KIA|SIA)[A-Z2-7]{16}$/.test(id) ? accountInKey(id) : '';
  if (account.length !== 12) {
    throw awsError(
      'ValidationError',
      `1 validation error detected: Value '${id}' at 'accessKeyId' is not an access key id`,
    );
  }
  return { Account: account };
};

const getCallerIdentity = (_input: STS.GetCallerIdentityRequest, request: Request): STS.GetCallerIdentityResponse => ({
  Account: request.account,
  Arn: callerArn(request),
  // The id is the same in every account, so that asking for it leaves no trace in the state.
  UserId: `AROAFIREBREAKGAMEDAY2:${callerSession}`,
});

export const sts: ServiceModel = {
  AssumeRole: assumeRole,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetCallerIdentity: getCallerIdentity,
};
