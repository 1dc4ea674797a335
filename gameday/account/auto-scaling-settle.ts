// What Auto Scaling does by itself: it replaces what looks unhealthy and keeps a group at its desired capacity.
import { type GroupRecord, type MemberRecord, rawAutoScaling } from './auto-scaling-slice.ts';
import { terminate } from './ec2-instances.ts';
import { type Launch, launch, templateData } from './ec2-launch.ts';
import type { Ec2 } from './ec2-records.ts';
import { ec2Slice } from './ec2-state.ts';
import { healthOf, isPortOpen } from './elastic-load-balancing-health.ts';
import { deregisterMember, loadBalancing, registerMember } from './elastic-load-balancing-slice.ts';
import type { Request } from './model.ts';

/** How long a member takes from one state to the next. */
const lifecycleMilliseconds = 10_000;

/** How long a member's checks must fail before it counts as unhealthy. */
const verdictMilliseconds = 60_000;

export const beginLifecycle = (member: MemberRecord, lifecycle: MemberRecord['lifecycle'], now: Date): void => {
  member.lifecycle = lifecycle;
  member.settlesAt = now.getTime() + lifecycleMilliseconds;
};

const isSuspended = ({ suspended }: GroupRecord, process: string): boolean => process in suspended;

/** Those that count for the desired capacity. */
const isActive = ({ lifecycle }: MemberRecord): boolean => lifecycle === 'InService' || lifecycle === 'Pending';

const settleMembers = (group: GroupRecord, now: Date): void => {
  for (const member of group.members) {
    if (member.settlesAt === undefined || member.settlesAt > now.getTime()) continue;
    delete member.settlesAt;
    if (member.lifecycle === 'Pending') member.lifecycle = 'InService';
    if (member.lifecycle === 'EnteringStandby') member.lifecycle = 'Standby';
  }
  const leaves = ({ lifecycle, settlesAt }: MemberRecord): boolean =>
    (lifecycle === 'Detaching' || lifecycle === 'Terminating') && settlesAt === undefined;
  group.members = group.members.filter((member) => !leaves(member));
};

const answersLoadBalancer = (ec2: Ec2, group: GroupRecord, instanceId: string, request: Request): boolean => {
  const { targetGroups, classic } = loadBalancing(request);
  const primary = Object.values(ec2.networkInterfaces).find(
    ({ Attachment }) => Attachment?.InstanceId === instanceId && Attachment.DeviceIndex === 0,
  );
  const inTargetGroups = group.targetGroupArns.every((arn) =>
    (targetGroups[arn]?.targets ?? [])
      .filter(({ id }) => id === instanceId)
      .every((target) => healthOf(ec2, targetGroups[arn] as never, target).State !== 'unhealthy'),
  );
  const behindClassic = group.classicNames.every((name) =>
    (classic[name]?.listeners ?? []).every(({ instancePort }) => isPortOpen(ec2, primary, instancePort)),
  );
  return inTargetGroups && behindClassic;
};

const isHealthy = (ec2: Ec2, group: GroupRecord, { instanceId }: MemberRecord, request: Request): boolean => {
  const instance = ec2.instances[instanceId];
  if (instance?.State !== 'running') return false;
  const young = request.now.getTime() - instance.LaunchTime < group.healthCheckGraceSeconds * 1000;
  return young || !group.healthCheckType.includes('ELB') || answersLoadBalancer(ec2, group, instanceId, request);
};

const launchOf = (ec2: Ec2, group: GroupRecord, request: Request): Launch => {
  const { launchConfigurationName: name } = group;
  const configuration = name ? rawAutoScaling(request).launchConfigurations[name] : undefined;
  return (
    configuration ??
    templateData(ec2, group.launchTemplate && { LaunchTemplateId: group.launchTemplate.LaunchTemplateId })
  );
};

const addMember = (ec2: Ec2, group: GroupRecord, request: Request): void => {
  const SubnetId = group.subnetIds[group.members.length % Math.max(1, group.subnetIds.length)];
  const wanted: Launch = { ...launchOf(ec2, group, request) };
  const [instance] = launch(ec2, SubnetId && !wanted.NetworkInterfaces ? { ...wanted, SubnetId } : wanted, 1, request);
  if (!instance) return;
  const { InstanceId: instanceId } = instance;
  ec2.tags[instanceId] = { ...ec2.tags[instanceId], ...group.tags, 'aws:autoscaling:groupName': group.name };
  const member: MemberRecord = { instanceId, lifecycle: 'Pending', protectedFromScaleIn: group.newInstancesProtected };
  beginLifecycle(member, 'Pending', request.now);
  group.members.push(member);
  if (!isSuspended(group, 'AddToLoadBalancer')) registerMember(request, instanceId, group);
};

/** Neither protection from termination nor from scale-in saves a member that looks unhealthy. */
const endMember = (ec2: Ec2, group: GroupRecord, member: MemberRecord, request: Request): void => {
  beginLifecycle(member, 'Terminating', request.now);
  deregisterMember(request, member.instanceId, group);
  const instance = ec2.instances[member.instanceId];
  if (instance) terminate(ec2, instance, request.now);
};

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html */
const judge = (ec2: Ec2, group: GroupRecord, member: MemberRecord, request: Request): void => {
  if (isHealthy(ec2, group, member, request)) {
    delete member.failingSince;
    return;
  }
  const now = request.now.getTime();
  member.failingSince ??= now;
  if (now - member.failingSince >= verdictMilliseconds) member.unhealthy = true;
};

const checkHealth = (ec2: Ec2, group: GroupRecord, request: Request): void => {
  const replaces = !isSuspended(group, 'ReplaceUnhealthy') && !isSuspended(group, 'Terminate');
  for (const member of group.members.filter(({ lifecycle }) => lifecycle === 'InService')) {
    if (!isSuspended(group, 'HealthCheck')) judge(ec2, group, member, request);
    if (member.unhealthy && replaces) endMember(ec2, group, member, request);
  }
};

export const reconcile = (group: GroupRecord, request: Request): void => {
  const ec2 = ec2Slice(request);
  const active = group.members.filter(isActive);
  if (!isSuspended(group, 'Launch')) {
    for (let missing = group.desiredCapacity - active.length; missing > 0; missing -= 1) addMember(ec2, group, request);
  }
  if (!isSuspended(group, 'Terminate')) {
    const surplus = Math.max(0, active.length - group.desiredCapacity);
    const candidates = active.filter(({ protectedFromScaleIn }) => !protectedFromScaleIn);
    for (const member of candidates.slice(0, surplus)) endMember(ec2, group, member, request);
  }
};

export const settleGroups = (request: Request): void => {
  for (const group of Object.values(rawAutoScaling(request).groups)) {
    settleMembers(group, request.now);
    checkHealth(ec2Slice(request), group, request);
    reconcile(group, request);
  }
};
