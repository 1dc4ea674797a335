// Users, their tags and their groups.
import type * as IAM from '@aws-sdk/client-iam';
import { awsError } from './errors.ts';
import {
  deleteConflict,
  iamSlice,
  lastPage,
  limitExceeded,
  newEntity,
  noSuchEntity,
  refuseTaken,
  tagList,
  tagRecord,
  type UserRecord,
  userNamed,
} from './iam-slice.ts';
import type { Request, ServiceModel } from './model.ts';

/** As ListUsers answers: without tags and boundary, which only GetUser gives. */
const summary = (user: UserRecord): IAM.User => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: new Date(user.createdAt),
});

export const boundaryOf = (arn: string): IAM.AttachedPermissionsBoundary => ({
  PermissionsBoundaryType: 'Policy' as IAM.PermissionsBoundaryAttachmentType,
  PermissionsBoundaryArn: arn,
});

const describe = (user: UserRecord): IAM.User => ({
  ...summary(user),
  ...(user.permissionsBoundary ? { PermissionsBoundary: boundaryOf(user.permissionsBoundary) } : {}),
  ...(Object.keys(user.tags).length > 0 ? { Tags: tagList(user.tags) } : {}),
});

/** What a name may hold: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const checkName = (name: string, parameter: string): void => {
  if (/^[\w+=,.@-]{1,64}$/.test(name)) return;
  throw awsError(
    'ValidationError',
    `The specified value for ${parameter} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
};

const createUser = (input: IAM.CreateUserRequest, request: Request): IAM.CreateUserResponse => {
  const { users } = iamSlice(request.state, request.account);
  const { UserName: name = '', Path: path, PermissionsBoundary: permissionsBoundary } = input;
  checkName(name, 'userName');
  refuseTaken('User', users, name);
  const user: UserRecord = {
    ...newEntity(request, 'user', 'AIDA', name, path),
    tags: tagRecord(input.Tags),
    inlinePolicies: {},
    attachedPolicies: [],
    accessKeys: [],
    credentials: [],
    groups: [],
    ...(permissionsBoundary ? { permissionsBoundary } : {}),
  };
  users[name] = user;
  return { User: describe(user) };
};

/** By the API a user must be emptied first: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
const deleteUser = ({ UserName: name = '' }: IAM.DeleteUserRequest, request: Request): object => {
  const user = userNamed(request, name);
  if (user.groups.length > 0) throw deleteConflict('remove users from group');
  if (user.attachedPolicies.length > 0) throw deleteConflict('detach all policies');
  if (Object.keys(user.inlinePolicies).length > 0) throw deleteConflict('delete policies');
  if (user.accessKeys.length > 0) throw deleteConflict('delete access keys');
  if (user.credentials.some(({ kind }) => kind === 'mfa')) throw deleteConflict('delete MFA device');
  if (user.credentials.length > 0) throw deleteConflict('delete all credentials');
  if (user.loginProfile) throw deleteConflict('delete login profile');
  delete iamSlice(request.state, request.account).users[name];
  return {};
};

const mostTags = 50;

const tagUser = (input: IAM.TagUserRequest, request: Request): object => {
  const user = userNamed(request, input.UserName);
  const tags = { ...user.tags, ...tagRecord(input.Tags) };
  if (Object.keys(tags).length > mostTags) throw limitExceeded(`The number of tags has reached the maximum limit.`);
  Object.assign(user.tags, tags);
  return {};
};

const createGroup = ({ GroupName: name = '', Path: path }: IAM.CreateGroupRequest, request: Request) => {
  const { groups } = iamSlice(request.state, request.account);
  refuseTaken('Group', groups, name);
  groups[name] = newEntity(request, 'group', 'AGPA', name, path);
  return { Group: describeGroup(request, name) };
};

const describeGroup = (request: Request, name: string): IAM.Group => {
  const group = iamSlice(request.state, request.account).groups[name];
  if (!group) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return {
    Path: group.path,
    GroupName: name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: new Date(group.createdAt),
  };
};

const addUserToGroup = (input: IAM.AddUserToGroupRequest, request: Request): object => {
  const { GroupName: group = '' } = input;
  describeGroup(request, group);
  const user = userNamed(request, input.UserName);
  if (!user.groups.includes(group)) user.groups.push(group);
  return {};
};

export const iamUsers = {
  CreateUser: createUser,
  DeleteUser: deleteUser,
  GetUser: ({ UserName }: IAM.GetUserRequest, request: Request): IAM.GetUserResponse => ({
    User: describe(userNamed(request, UserName)),
  }),
  ListUsers: ({ PathPrefix = '/' }: IAM.ListUsersRequest, request: Request): IAM.ListUsersResponse => ({
    Users: Object.values(iamSlice(request.state, request.account).users)
      .filter(({ path }) => path.startsWith(PathPrefix))
      .map(summary),
    ...lastPage,
  }),
  TagUser: tagUser,
  ListUserTags: ({ UserName }: IAM.ListUserTagsRequest, request: Request): IAM.ListUserTagsResponse => ({
    Tags: tagList(userNamed(request, UserName).tags),
    ...lastPage,
  }),
  CreateGroup: createGroup,
  AddUserToGroup: addUserToGroup,
  ListGroupsForUser: ({ UserName }: IAM.ListGroupsForUserRequest, request: Request): IAM.ListGroupsForUserResponse => ({
    Groups: userNamed(request, UserName).groups.map((name) => describeGroup(request, name)),
    ...lastPage,
  }),
} satisfies ServiceModel;
