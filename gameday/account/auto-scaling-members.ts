// What is done with the instances of an Auto Scaling group, and with its processes.
import type * as AutoScaling from '@aws-sdk/client-auto-scaling';
import { groupOf, invalid } from './auto-scaling-groups.ts';
import { beginLifecycle, reconcile } from './auto-scaling-settle.ts';
import { type GroupRecord, type MemberRecord, rawAutoScaling } from './auto-scaling-slice.ts';
import { ec2Slice } from './ec2-state.ts';
import { deregisterMember, registerMember } from './elastic-load-balancing-slice.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

const membersOf = (group: GroupRecord, ids: readonly string[] | undefined): readonly MemberRecord[] =>
  (ids ?? []).map((id) => {
    const member = group.members.find(({ instanceId }) => instanceId === id);
    if (!member) throw invalid(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    return member;
  });

const checkLifecycle = (members: readonly MemberRecord[], ...fit: readonly MemberRecord['lifecycle'][]): void => {
  for (const { instanceId, lifecycle } of members) {
    if (!fit.includes(lifecycle))
      throw invalid(`The instance ${instanceId} is in ${lifecycle}, not in ${fit.join(' or ')}.`);
  }
};

const sizes = (group: GroupRecord): string =>
  `AutoScalingGroup ${group.name} has min-size=${group.minSize}, max-size=${group.maxSize}, and desired-size=${group.desiredCapacity}.`;

const checkMin = (group: GroupRecord, fewer: number, deed: string): void => {
  if (group.desiredCapacity - fewer < group.minSize) {
    throw invalid(
      `${sizes(group)} To ${deed} ${fewer} instance, please update the AutoScalingGroup sizes appropriately.`,
    );
  }
};

const checkMax = (group: GroupRecord, more: number, deed: string): void => {
  if (group.desiredCapacity + more > group.maxSize) {
    throw invalid(
      `${sizes(group)} To ${deed} ${more} more instance, please update the AutoScalingGroup sizes appropriately.`,
    );
  }
};

const activities = (
  group: GroupRecord,
  members: readonly MemberRecord[],
  deed: string,
  { newId, now }: Request,
): AutoScaling.Activity[] =>
  members.map(({ instanceId }) => ({
    ActivityId: newId('activity'),
    AutoScalingGroupName: group.name,
    Description: `${deed}: ${instanceId}`,
    Cause: `At ${now.toISOString()} instance ${instanceId} was changed in response to a user request.`,
    StartTime: now,
    StatusCode: 'InProgress' as const,
    Progress: 50,
  }));

export const attachInstances = (input: AutoScaling.AttachInstancesQuery, request: Request): object => {
  const group = groupOf(input.AutoScalingGroupName, request);
  const ids = input.InstanceIds ?? [];
  const ec2 = ec2Slice(request);
  const { groups } = rawAutoScaling(request);
  for (const id of ids) {
    if (ec2.instances[id]?.State !== 'running')
      throw invalid(`Invalid Instance(s) - '${id}' is not in the running state.`);
    if (Object.values(groups).some(({ members }) => members.some(({ instanceId }) => instanceId === id))) {
      throw invalid(`Instance ${id} is already part of an AutoScalingGroup.`);
    }
  }
  checkMax(group, ids.length, 'attach');
  group.desiredCapacity += ids.length;
  for (const instanceId of ids) {
    const member: MemberRecord = {
      instanceId,
      lifecycle: 'Pending',
      protectedFromScaleIn: group.newInstancesProtected,
    };
    beginLifecycle(member, 'Pending', request.now);
    group.members.push(member);
    ec2.tags[instanceId] = { ...ec2.tags[instanceId], 'aws:autoscaling:groupName': group.name };
    registerMember(request, instanceId, group);
  }
  return {};
};

const forgetGroup = (instanceId: string, request: Request): void => {
  const { tags } = ec2Slice(request);
  const { 'aws:autoscaling:groupName': _, ...left } = tags[instanceId] ?? {};
  if (Object.keys(left).length > 0) tags[instanceId] = left;
  else delete tags[instanceId];
};

export const detachInstances = (
  input: AutoScaling.DetachInstancesQuery,
  request: Request,
): AutoScaling.DetachInstancesAnswer => {
  const group = groupOf(input.AutoScalingGroupName, request);
  const members = membersOf(group, input.InstanceIds);
  if (members.length > 20) throw invalid('You can detach up to 20 instances in a call.');
  checkLifecycle(members, 'InService', 'Standby');
  // One in standby doesn't count for the desired capacity any more.
  const counting = members.filter(({ lifecycle }) => lifecycle === 'InService');
  if (input.ShouldDecrementDesiredCapacity) {
    checkMin(group, counting.length, 'detach');
    group.desiredCapacity -= counting.length;
  }
  const Activities = activities(group, members, 'Detaching EC2 instance', request);
  for (const member of members) {
    beginLifecycle(member, 'Detaching', request.now);
    deregisterMember(request, member.instanceId, group);
    forgetGroup(member.instanceId, request);
  }
  reconcile(group, request);
  return { Activities };
};

export const enterStandby = (
  input: AutoScaling.EnterStandbyQuery,
  request: Request,
): AutoScaling.EnterStandbyAnswer => {
  const group = groupOf(input.AutoScalingGroupName, request);
  const members = membersOf(group, input.InstanceIds);
  checkLifecycle(members, 'InService');
  if (input.ShouldDecrementDesiredCapacity) {
    checkMin(group, members.length, 'place into standby');
    group.desiredCapacity -= members.length;
  }
  for (const member of members) {
    beginLifecycle(member, 'EnteringStandby', request.now);
    delete member.failingSince;
    delete member.unhealthy;
    deregisterMember(request, member.instanceId, group);
  }
  reconcile(group, request);
  return { Activities: activities(group, members, 'Moving EC2 instance to Standby', request) };
};

/** The desired capacity goes up, whether or not it went down before. */
export const exitStandby = (input: AutoScaling.ExitStandbyQuery, request: Request): AutoScaling.ExitStandbyAnswer => {
  const group = groupOf(input.AutoScalingGroupName, request);
  const members = membersOf(group, input.InstanceIds);
  checkLifecycle(members, 'Standby');
  checkMax(group, members.length, 'move out of standby');
  group.desiredCapacity += members.length;
  for (const member of members) {
    beginLifecycle(member, 'Pending', request.now);
    if (!('AddToLoadBalancer' in group.suspended)) registerMember(request, member.instanceId, group);
  }
  return { Activities: activities(group, members, 'Moving EC2 instance out of Standby', request) };
};

const processes = [
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'Launch',
  'ReplaceUnhealthy',
  'ScheduledActions',
  'Terminate',
];

/** No list, or an empty one, means all processes. */
const processesIn = ({ ScalingProcesses: named }: AutoScaling.ScalingProcessQuery): readonly string[] => {
  const wrong = (named ?? []).filter((name) => !processes.includes(name));
  if (wrong.length > 0) throw invalid(`${wrong.join(', ')} is not a valid process type`);
  return named?.length ? named : processes;
};

export const suspendProcesses = (input: AutoScaling.ScalingProcessQuery, request: Request): object => {
  const { suspended } = groupOf(input.AutoScalingGroupName, request);
  for (const name of processesIn(input))
    suspended[name] ??= `User suspended at ${request.now.toISOString().slice(0, 19)}Z`;
  return {};
};

export const resumeProcesses = (input: AutoScaling.ScalingProcessQuery, request: Request): object => {
  const { suspended } = groupOf(input.AutoScalingGroupName, request);
  for (const name of processesIn(input)) delete suspended[name];
  return {};
};

export const setInstanceProtection = (input: AutoScaling.SetInstanceProtectionQuery, request: Request): object => {
  const group = groupOf(input.AutoScalingGroupName, request);
  if ((input.InstanceIds ?? []).length > 50)
    throw awsError('LimitExceededFault', 'You can protect up to 50 instances in a call.');
  for (const member of membersOf(group, input.InstanceIds))
    member.protectedFromScaleIn = input.ProtectedFromScaleIn ?? false;
  return {};
};
