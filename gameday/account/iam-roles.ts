// Roles, service-linked roles and instance profiles.
import type * as IAM from '@aws-sdk/client-iam';
import { awsError } from './errors.ts';
import { checkDocument, encodeDocument, refuseProtected } from './iam-policies.ts';
import {
  deleteConflict,
  type InstanceProfileRecord,
  iamSlice,
  lastPage,
  limitExceeded,
  newEntity,
  noSuchEntity,
  type RoleRecord,
  refuseTaken,
  roleNamed,
  tagList,
  tagRecord,
} from './iam-slice.ts';
import { boundaryOf, checkName } from './iam-users.ts';
import type { Request, ServiceModel } from './model.ts';

/** As ListRoles answers: without tags, boundary and last use, which only GetRole gives. */
const summary = (role: RoleRecord): IAM.Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
  MaxSessionDuration: role.maxSessionSeconds,
  ...(role.description ? { Description: role.description } : {}),
});

const describe = (role: RoleRecord): IAM.Role => ({
  ...summary(role),
  RoleLastUsed: {},
  ...(role.permissionsBoundary ? { PermissionsBoundary: boundaryOf(role.permissionsBoundary) } : {}),
  ...(Object.keys(role.tags).length > 0 ? { Tags: tagList(role.tags) } : {}),
});

/** AWS itself makes the roles under /aws-service-role/ and /aws-reserved/. Here their paths are taken, so that they can be arranged. */
const createRole = (input: IAM.CreateRoleRequest, request: Request): IAM.CreateRoleResponse => {
  const { roles } = iamSlice(request.state, request.account);
  const { RoleName: name = '', Description: description, PermissionsBoundary: permissionsBoundary } = input;
  checkName(name, 'roleName');
  refuseTaken('Role', roles, name);
  checkDocument(input.AssumeRolePolicyDocument ?? '', 'trust');
  const role: RoleRecord = {
    ...newEntity(request, 'role', 'AROA', name, input.Path),
    tags: tagRecord(input.Tags),
    inlinePolicies: {},
    attachedPolicies: [],
    trustPolicy: input.AssumeRolePolicyDocument ?? '',
    maxSessionSeconds: input.MaxSessionDuration ?? 3600,
    ...(description ? { description } : {}),
    ...(permissionsBoundary ? { permissionsBoundary } : {}),
  };
  roles[name] = role;
  return { Role: describe(role) };
};

const serviceTrust = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

const createServiceLinkedRole = (
  input: IAM.CreateServiceLinkedRoleRequest,
  request: Request,
): IAM.CreateServiceLinkedRoleResponse => {
  const { AWSServiceName: service = '', CustomSuffix: suffix } = input;
  const [prefix = ''] = service.split('.');
  const name = `AWSServiceRoleFor${prefix.charAt(0).toUpperCase()}${prefix.slice(1)}${suffix ? `_${suffix}` : ''}`;
  const { roles } = iamSlice(request.state, request.account);
  if (roles[name]) {
    throw awsError(
      'InvalidInputException',
      `Service role name ${name} has been taken in this account, please try a different suffix.`,
    );
  }
  const path = `/aws-service-role/${service}/`;
  return createRole({ RoleName: name, Path: path, AssumeRolePolicyDocument: serviceTrust(service) }, request);
};

const updateAssumeRolePolicy = (input: IAM.UpdateAssumeRolePolicyRequest, request: Request): object => {
  const role = roleNamed(request, input.RoleName);
  refuseProtected(role);
  checkDocument(input.PolicyDocument ?? '', 'trust');
  role.trustPolicy = input.PolicyDocument ?? '';
  return {};
};

const deleteRole = ({ RoleName: name = '' }: IAM.DeleteRoleRequest, request: Request): object => {
  const role = roleNamed(request, name);
  refuseProtected(role);
  if (role.attachedPolicies.length > 0) throw deleteConflict('detach all policies');
  if (Object.keys(role.inlinePolicies).length > 0) throw deleteConflict('delete policies');
  const { roles, instanceProfiles } = iamSlice(request.state, request.account);
  if (Object.values(instanceProfiles).some((profile) => profile.roles.includes(name))) {
    throw deleteConflict('remove roles from instance profile');
  }
  delete roles[name];
  return {};
};

const profileNamed = (request: Request, name = ''): InstanceProfileRecord => {
  const profile = iamSlice(request.state, request.account).instanceProfiles[name];
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
};

const describeProfile = (request: Request, profile: InstanceProfileRecord): IAM.InstanceProfile => ({
  Path: profile.path,
  InstanceProfileName: profile.name,
  InstanceProfileId: profile.id,
  Arn: profile.arn,
  CreateDate: new Date(profile.createdAt),
  Roles: profile.roles.map((name) => summary(roleNamed(request, name))),
});

const createInstanceProfile = (
  { InstanceProfileName: name = '', Path: path }: IAM.CreateInstanceProfileRequest,
  request: Request,
): IAM.CreateInstanceProfileResponse => {
  const { instanceProfiles } = iamSlice(request.state, request.account);
  if (instanceProfiles[name]) {
    throw awsError('EntityAlreadyExistsException', `Instance Profile ${name} already exists.`, 409);
  }
  const profile = { ...newEntity(request, 'instance-profile', 'AIPA', name, path), roles: [] };
  instanceProfiles[name] = profile;
  return { InstanceProfile: describeProfile(request, profile) };
};

const addRoleToInstanceProfile = (input: IAM.AddRoleToInstanceProfileRequest, request: Request): object => {
  const profile = profileNamed(request, input.InstanceProfileName);
  const { name } = roleNamed(request, input.RoleName);
  if (profile.roles.length > 0) throw limitExceeded('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1');
  profile.roles.push(name);
  return {};
};

const removeRoleFromInstanceProfile = (input: IAM.RemoveRoleFromInstanceProfileRequest, request: Request): object => {
  const profile = profileNamed(request, input.InstanceProfileName);
  const { name } = roleNamed(request, input.RoleName);
  if (!profile.roles.includes(name)) {
    throw noSuchEntity(`The role with name ${name} cannot be found in the instance profile ${profile.name}.`);
  }
  profile.roles = profile.roles.filter((other) => other !== name);
  return {};
};

const deleteInstanceProfile = (input: IAM.DeleteInstanceProfileRequest, request: Request): object => {
  const { name, roles } = profileNamed(request, input.InstanceProfileName);
  if (roles.length > 0) throw deleteConflict('remove roles from instance profile');
  delete iamSlice(request.state, request.account).instanceProfiles[name];
  return {};
};

const listInstanceProfilesForRole = (
  { RoleName }: IAM.ListInstanceProfilesForRoleRequest,
  request: Request,
): IAM.ListInstanceProfilesForRoleResponse => {
  const { name } = roleNamed(request, RoleName);
  const profiles = Object.values(iamSlice(request.state, request.account).instanceProfiles);
  return {
    InstanceProfiles: profiles
      .filter(({ roles }) => roles.includes(name))
      .map((profile) => describeProfile(request, profile)),
    ...lastPage,
  };
};

export const iamRoles = {
  CreateRole: createRole,
  CreateServiceLinkedRole: createServiceLinkedRole,
  GetRole: ({ RoleName }: IAM.GetRoleRequest, request: Request): IAM.GetRoleResponse => ({
    Role: describe(roleNamed(request, RoleName)),
  }),
  ListRoles: ({ PathPrefix = '/' }: IAM.ListRolesRequest, request: Request): IAM.ListRolesResponse => ({
    Roles: Object.values(iamSlice(request.state, request.account).roles)
      .filter(({ path }) => path.startsWith(PathPrefix))
      .map(summary),
    ...lastPage,
  }),
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  DeleteRole: deleteRole,
  CreateInstanceProfile: createInstanceProfile,
  DeleteInstanceProfile: deleteInstanceProfile,
  GetInstanceProfile: (input: IAM.GetInstanceProfileRequest, request: Request): IAM.GetInstanceProfileResponse => ({
    InstanceProfile: describeProfile(request, profileNamed(request, input.InstanceProfileName)),
  }),
  AddRoleToInstanceProfile: addRoleToInstanceProfile,
  RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
} satisfies ServiceModel;
