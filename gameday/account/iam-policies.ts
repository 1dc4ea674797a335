// Policies of users and roles: inline documents, attached managed ones, and what IAM checks before it takes them.
import type * as IAM from '@aws-sdk/client-iam';
import { awsError } from './errors.ts';
import {
  arnOf,
  iamSlice,
  lastPage,
  limitExceeded,
  noSuchEntity,
  type PrincipalRecord,
  type RoleRecord,
  roleNamed,
  userNamed,
} from './iam-slice.ts';
import type { Request, ServiceModel } from './model.ts';
import { type PolicyStatement, unknownOperator } from './policy-evaluation.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const inlineCharacters = { user: 2048, role: 10_240 } as const;
const attachedPolicies = { user: 10, role: 20 } as const;
type Kind = keyof typeof inlineCharacters;

/** IAM answers documents URL-encoded after RFC 3986: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export const encodeDocument = (document: string): string =>
  encodeURIComponent(document).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const malformed = (message: string): Error => awsError('MalformedPolicyDocumentException', message);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (document: string): unknown => {
  try {
    return JSON.parse(document);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
};

/** The grammar that IAM insists on. A trust policy names principals and no resources, an identity's policy the other way round. */
export const checkDocument = (document: string, kind: 'identity' | 'trust'): void => {
  const policy = parse(document);
  if (!isRecord(policy) || policy.Statement === undefined) throw malformed('Syntax errors in policy.');
  const version = policy.Version ?? '2008-10-17';
  if (version !== '2012-10-17' && version !== '2008-10-17') throw malformed('Syntax error at position (1,12)');
  for (const statement of [policy.Statement].flat()) {
    if (!isRecord(statement)) throw malformed('Syntax errors in policy.');
    const { Effect: effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement;
    if (effect !== 'Allow' && effect !== 'Deny') throw malformed(`Invalid effect: ${String(effect)}`);
    if ((Action ?? NotAction) === undefined) throw malformed('Policy statement must contain actions.');
    const operator = unknownOperator(statement.Condition as PolicyStatement['Condition']);
    if (operator !== undefined) throw malformed(`Invalid Condition type : ${operator}.`);
    const namesPrincipal = (Principal ?? NotPrincipal) !== undefined;
    const namesResource = (Resource ?? NotResource) !== undefined;
    if (kind === 'identity' && namesPrincipal) throw malformed('Policy document should not specify a principal.');
    if (kind === 'identity' && !namesResource) throw malformed('Policy statement must contain resources.');
    if (kind === 'trust' && !namesPrincipal) throw malformed('Missing required field Principal');
    if (kind === 'trust' && namesResource) throw malformed('Has prohibited field Resource');
  }
};

/** White space doesn't count. */
const sizeOf = (documents: readonly string[]): number => documents.join('').replace(/\s/g, '').length;

/** Roles of AWS's own services and of Identity Center can't be changed in the account that has them. */
export const refuseProtected = ({ name, path }: RoleRecord): void => {
  if (!/^\/(aws-service-role|aws-reserved\/sso\.amazonaws\.com)\//.test(path)) return;
  throw awsError(
    'UnmodifiableEntityException',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
};

const putInline = (principal: PrincipalRecord, kind: Kind, name: string, document: string): object => {
  checkDocument(document, 'identity');
  const others = Object.entries(principal.inlinePolicies).filter(([other]) => other !== name);
  const most = inlineCharacters[kind];
  if (sizeOf([...others.map(([, other]) => other), document]) > most) {
    throw limitExceeded(`Maximum policy size of ${most} bytes exceeded for ${kind} ${principal.name}`);
  }
  principal.inlinePolicies[name] = document;
  return {};
};

const inlineNamed = (principal: PrincipalRecord, kind: Kind, name: string): string => {
  const document = principal.inlinePolicies[name];
  if (document === undefined) throw noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);
  return document;
};

const deleteInline = (principal: PrincipalRecord, kind: Kind, name: string): object => {
  inlineNamed(principal, kind, name);
  delete principal.inlinePolicies[name];
  return {};
};

const listInline = (principal: PrincipalRecord) => ({
  PolicyNames: Object.keys(principal.inlinePolicies).sort(),
  ...lastPage,
});

const refuseUnknownPolicy = (arn: string, request: Request): void => {
  const managedByAws = arn.startsWith(`arn:${request.partition}:iam::aws:policy/`);
  if (managedByAws || iamSlice(request.state, request.account).policies[arn] !== undefined) return;
  throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
};

const attach = (principal: PrincipalRecord, kind: Kind, arn: string, request: Request): object => {
  refuseUnknownPolicy(arn, request);
  if (principal.attachedPolicies.includes(arn)) return {};
  const most = attachedPolicies[kind];
  if (principal.attachedPolicies.length >= most) {
    throw limitExceeded(`Cannot exceed quota for PoliciesPer${kind === 'user' ? 'User' : 'Role'}: ${most}`);
  }
  // In an order of their own, so that what was detached and attached again is as before.
  principal.attachedPolicies = [...principal.attachedPolicies, arn].sort();
  return {};
};

const detach = (principal: PrincipalRecord, arn: string): object => {
  if (!principal.attachedPolicies.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  principal.attachedPolicies = principal.attachedPolicies.filter((other) => other !== arn);
  return {};
};

const listAttached = (principal: PrincipalRecord) => ({
  AttachedPolicies: principal.attachedPolicies.map((arn) => ({
    PolicyArn: arn,
    PolicyName: arn.split('/').at(-1) ?? '',
  })),
  ...lastPage,
});

const writableRole = (request: Request, name: string | undefined): RoleRecord => {
  const role = roleNamed(request, name);
  refuseProtected(role);
  return role;
};

const userPolicies = {
  PutUserPolicy: (input: IAM.PutUserPolicyRequest, request: Request) =>
    putInline(userNamed(request, input.UserName), 'user', input.PolicyName ?? '', input.PolicyDocument ?? ''),
  GetUserPolicy: ({ UserName, PolicyName = '' }: IAM.GetUserPolicyRequest, request: Request) => ({
    UserName,
    PolicyName,
    PolicyDocument: encodeDocument(inlineNamed(userNamed(request, UserName), 'user', PolicyName)),
  }),
  DeleteUserPolicy: (input: IAM.DeleteUserPolicyRequest, request: Request) =>
    deleteInline(userNamed(request, input.UserName), 'user', input.PolicyName ?? ''),
  ListUserPolicies: (input: IAM.ListUserPoliciesRequest, request: Request) =>
    listInline(userNamed(request, input.UserName)),
  AttachUserPolicy: (input: IAM.AttachUserPolicyRequest, request: Request) =>
    attach(userNamed(request, input.UserName), 'user', input.PolicyArn ?? '', request),
  DetachUserPolicy: (input: IAM.DetachUserPolicyRequest, request: Request) =>
    detach(userNamed(request, input.UserName), input.PolicyArn ?? ''),
  ListAttachedUserPolicies: (input: IAM.ListAttachedUserPoliciesRequest, request: Request) =>
    listAttached(userNamed(request, input.UserName)),
} satisfies ServiceModel;

const rolePolicies = {
  PutRolePolicy: (input: IAM.PutRolePolicyRequest, request: Request) =>
    putInline(writableRole(request, input.RoleName), 'role', input.PolicyName ?? '', input.PolicyDocument ?? ''),
  GetRolePolicy: ({ RoleName, PolicyName = '' }: IAM.GetRolePolicyRequest, request: Request) => ({
    RoleName,
    PolicyName,
    PolicyDocument: encodeDocument(inlineNamed(roleNamed(request, RoleName), 'role', PolicyName)),
  }),
  DeleteRolePolicy: (input: IAM.DeleteRolePolicyRequest, request: Request) =>
    deleteInline(writableRole(request, input.RoleName), 'role', input.PolicyName ?? ''),
  ListRolePolicies: (input: IAM.ListRolePoliciesRequest, request: Request) =>
    listInline(roleNamed(request, input.RoleName)),
  AttachRolePolicy: (input: IAM.AttachRolePolicyRequest, request: Request) =>
    attach(writableRole(request, input.RoleName), 'role', input.PolicyArn ?? '', request),
  DetachRolePolicy: (input: IAM.DetachRolePolicyRequest, request: Request) =>
    detach(writableRole(request, input.RoleName), input.PolicyArn ?? ''),
  ListAttachedRolePolicies: (input: IAM.ListAttachedRolePoliciesRequest, request: Request) =>
    listAttached(roleNamed(request, input.RoleName)),
} satisfies ServiceModel;

const createPolicy = (input: IAM.CreatePolicyRequest, request: Request): IAM.CreatePolicyResponse => {
  const { PolicyName: name = '', PolicyDocument: document = '', Path: path = '/' } = input;
  const { policies } = iamSlice(request.state, request.account);
  const arn = arnOf(request, 'policy', path, name);
  if (policies[arn] !== undefined) {
    throw awsError(
      'EntityAlreadyExistsException',
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
      409,
    );
  }
  checkDocument(document, 'identity');
  policies[arn] = document;
  return {
    Policy: { PolicyName: name, PolicyId: request.newId('ANPA'), Arn: arn, Path: path, CreateDate: request.now },
  };
};

export const iamPolicies = { ...userPolicies, ...rolePolicies, CreatePolicy: createPolicy } satisfies ServiceModel;
