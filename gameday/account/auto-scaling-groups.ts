// Auto Scaling groups: making, describing, changing and deleting them.
import type * as AutoScaling from '@aws-sdk/client-auto-scaling';
import { reconcile, settleGroups } from './auto-scaling-settle.ts';
import {
  type GroupRecord,
  type LaunchTemplateReference,
  type MemberRecord,
  rawAutoScaling,
} from './auto-scaling-slice.ts';
import { interfacesOf } from './ec2-instances.ts';
import type { Launch } from './ec2-launch.ts';
import { ec2Slice } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

export const invalid = (message: string): Error => awsError('ValidationError', message);

const sliceOf = (request: Request) => {
  settleGroups(request);
  return rawAutoScaling(request);
};

export const groupOf = (name: string | undefined, request: Request): GroupRecord => {
  const group = sliceOf(request).groups[name ?? ''];
  if (!group) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
  return group;
};

const describeMember = (group: GroupRecord, member: MemberRecord, request: Request) => {
  const instance = ec2Slice(request).instances[member.instanceId];
  return {
    InstanceId: member.instanceId,
    ...(instance ? { InstanceType: instance.InstanceType } : {}),
    AvailabilityZone: instance?.AvailabilityZone ?? '',
    LifecycleState: member.lifecycle,
    HealthStatus: member.unhealthy ? 'Unhealthy' : 'Healthy',
    ProtectedFromScaleIn: member.protectedFromScaleIn,
    ...(group.launchTemplate ? { LaunchTemplate: group.launchTemplate } : {}),
    ...(group.launchConfigurationName ? { LaunchConfigurationName: group.launchConfigurationName } : {}),
  } satisfies AutoScaling.Instance;
};

const describeGroup = (group: GroupRecord, request: Request): AutoScaling.AutoScalingGroup => ({
  AutoScalingGroupName: group.name,
  AutoScalingGroupARN: group.arn,
  MinSize: group.minSize,
  MaxSize: group.maxSize,
  DesiredCapacity: group.desiredCapacity,
  DefaultCooldown: 300,
  AvailabilityZones: [...group.availabilityZones],
  VPCZoneIdentifier: group.subnetIds.join(','),
  LoadBalancerNames: [...group.classicNames],
  TargetGroupARNs: [...group.targetGroupArns],
  HealthCheckType: group.healthCheckType,
  HealthCheckGracePeriod: group.healthCheckGraceSeconds,
  CreatedTime: new Date(group.createdAt),
  NewInstancesProtectedFromScaleIn: group.newInstancesProtected,
  TerminationPolicies: ['Default'],
  ...(group.launchTemplate ? { LaunchTemplate: group.launchTemplate } : {}),
  ...(group.launchConfigurationName ? { LaunchConfigurationName: group.launchConfigurationName } : {}),
  Instances: group.members.map((member) => describeMember(group, member, request)),
  SuspendedProcesses: Object.entries(group.suspended).map(([ProcessName, SuspensionReason]) => ({
    ProcessName,
    SuspensionReason,
  })),
  Tags: Object.entries(group.tags).map(([Key, Value]) => ({
    ResourceId: group.name,
    ResourceType: 'auto-scaling-group',
    Key,
    Value,
    PropagateAtLaunch: true,
  })),
});

/** What an existing instance was launched with, as far as a new one can be made from it. */
const launchLike = (instanceId: string, request: Request): Launch => {
  const ec2 = ec2Slice(request);
  const instance = ec2.instances[instanceId];
  if (!instance) throw invalid(`Invalid Instance: ${instanceId}`);
  const { ImageId, InstanceType, KeyName } = instance;
  const SecurityGroupIds = [...(interfacesOf(ec2, instanceId)[0]?.Groups ?? [])];
  const wanted = { ImageId, InstanceType: InstanceType as never, SecurityGroupIds };
  return KeyName ? { ...wanted, KeyName } : wanted;
};

const templateReference = (
  specification: AutoScaling.LaunchTemplateSpecification,
  request: Request,
): LaunchTemplateReference => {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version = '$Default' } = specification;
  const template = Object.values(ec2Slice(request).launchTemplates).find(
    ({ LaunchTemplateId, LaunchTemplateName }) => LaunchTemplateId === id || LaunchTemplateName === name,
  );
  if (!template)
    throw invalid(
      `You must use a valid fully-formed launch template. The specified launch template does not exist: ${id ?? name}`,
    );
  return { LaunchTemplateId: template.LaunchTemplateId, LaunchTemplateName: template.LaunchTemplateName, Version };
};

export const createAutoScalingGroup = (input: AutoScaling.CreateAutoScalingGroupType, request: Request): object => {
  const slice = sliceOf(request);
  const { AutoScalingGroupName: name = '', MinSize = 0, MaxSize = 0, DesiredCapacity = MinSize } = input;
  if (slice.groups[name])
    throw awsError(
      'AlreadyExistsFault',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  if (DesiredCapacity < MinSize || DesiredCapacity > MaxSize) {
    throw invalid(
      `Desired capacity:${DesiredCapacity} must be between the specified min size:${MinSize} and max size:${MaxSize}`,
    );
  }
  if (input.InstanceId) slice.launchConfigurations[name] = launchLike(input.InstanceId, request);
  const launchConfigurationName = input.InstanceId ? name : input.LaunchConfigurationName;
  if (launchConfigurationName && !slice.launchConfigurations[launchConfigurationName]) {
    throw invalid(`Launch configuration name not found - ${launchConfigurationName}`);
  }
  if (!launchConfigurationName && !input.LaunchTemplate) {
    throw invalid(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    );
  }
  const ec2 = ec2Slice(request);
  const subnetIds = (input.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== '');
  const zones = subnetIds.map((id) => {
    const subnet = ec2.subnets[id];
    if (!subnet) throw invalid(`The subnet ID '${id}' does not exist`);
    return subnet.AvailabilityZone;
  });
  const group: GroupRecord = {
    name,
    arn: `arn:${request.partition}:autoscaling:${request.region}:${request.account}:autoScalingGroup:${request.newId('asg').slice(4)}:autoScalingGroupName/${name}`,
    createdAt: request.now.getTime(),
    ...(input.LaunchTemplate ? { launchTemplate: templateReference(input.LaunchTemplate, request) } : {}),
    ...(launchConfigurationName ? { launchConfigurationName } : {}),
    subnetIds,
    availabilityZones: [...new Set(zones.length > 0 ? zones : (input.AvailabilityZones ?? [`${request.region}a`]))],
    targetGroupArns: input.TargetGroupARNs ?? [],
    classicNames: input.LoadBalancerNames ?? [],
    newInstancesProtected: input.NewInstancesProtectedFromScaleIn ?? false,
    tags: Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    minSize: MinSize,
    maxSize: MaxSize,
    desiredCapacity: DesiredCapacity,
    healthCheckType: input.HealthCheckType ?? 'EC2',
    healthCheckGraceSeconds: input.HealthCheckGracePeriod ?? 0,
    members: [],
    suspended: {},
  };
  slice.groups[name] = group;
  reconcile(group, request);
  return {};
};

export const createLaunchConfiguration = (
  input: AutoScaling.CreateLaunchConfigurationType,
  request: Request,
): object => {
  const { launchConfigurations } = sliceOf(request);
  const { LaunchConfigurationName: name = '' } = input;
  if (launchConfigurations[name])
    throw awsError('AlreadyExistsFault', `Launch Configuration by this name already exists - ${name}`);
  const base = input.InstanceId ? launchLike(input.InstanceId, request) : {};
  const profile = input.IamInstanceProfile;
  launchConfigurations[name] = {
    ...base,
    ...(input.ImageId ? { ImageId: input.ImageId } : {}),
    ...(input.InstanceType ? { InstanceType: input.InstanceType as never } : {}),
    ...(input.SecurityGroups ? { SecurityGroupIds: input.SecurityGroups } : {}),
    ...(profile ? { IamInstanceProfile: profile.startsWith('arn:') ? { Arn: profile } : { Name: profile } } : {}),
  };
  return {};
};

/** With `ForceDelete` the instances go with the group. */
export const deleteAutoScalingGroup = (input: AutoScaling.DeleteAutoScalingGroupType, request: Request): object => {
  const group = groupOf(input.AutoScalingGroupName, request);
  if (group.members.length > 0 && !input.ForceDelete) {
    throw awsError(
      'ResourceInUseFault',
      `You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.`,
    );
  }
  group.desiredCapacity = 0;
  for (const member of group.members) member.protectedFromScaleIn = false;
  reconcile(group, request);
  delete rawAutoScaling(request).groups[group.name];
  return {};
};

export const deleteLaunchConfiguration = (input: AutoScaling.LaunchConfigurationNameType, request: Request): object => {
  delete sliceOf(request).launchConfigurations[input.LaunchConfigurationName ?? ''];
  return {};
};

export const describeAutoScalingGroups = (
  { AutoScalingGroupNames: names }: AutoScaling.AutoScalingGroupNamesType,
  request: Request,
): AutoScaling.AutoScalingGroupsType => ({
  AutoScalingGroups: Object.values(sliceOf(request).groups)
    .filter(({ name }) => !names?.length || names.includes(name))
    .map((group) => describeGroup(group, request)),
});

export const describeAutoScalingInstances = (
  { InstanceIds: ids }: AutoScaling.DescribeAutoScalingInstancesType,
  request: Request,
): AutoScaling.AutoScalingInstancesType => ({
  AutoScalingInstances: Object.values(sliceOf(request).groups).flatMap((group) =>
    group.members
      .filter(({ instanceId }) => !ids?.length || ids.includes(instanceId))
      .map((member) => ({ ...describeMember(group, member, request), AutoScalingGroupName: group.name })),
  ),
});

export const updateAutoScalingGroup = (input: AutoScaling.UpdateAutoScalingGroupType, request: Request): object => {
  const group = groupOf(input.AutoScalingGroupName, request);
  const minSize = input.MinSize ?? group.minSize;
  const maxSize = input.MaxSize ?? group.maxSize;
  if (minSize > maxSize) throw invalid(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  const desired = input.DesiredCapacity;
  if (desired !== undefined && (desired < minSize || desired > maxSize)) {
    throw invalid(
      `Desired capacity:${desired} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  }
  group.minSize = minSize;
  group.maxSize = maxSize;
  group.desiredCapacity = Math.min(maxSize, Math.max(minSize, desired ?? group.desiredCapacity));
  group.healthCheckType = input.HealthCheckType ?? group.healthCheckType;
  group.healthCheckGraceSeconds = input.HealthCheckGracePeriod ?? group.healthCheckGraceSeconds;
  reconcile(group, request);
  return {};
};
