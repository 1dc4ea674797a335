// What is read of an instance before anything is planned: two rounds of calls, each side by side, since the attack goes on meanwhile.
import {
  AutoScalingClient,
  type AutoScalingGroup,
  type AutoScalingInstanceDetails,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstanceTypesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { GetInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { describeVolumes, volumesOf } from '../evidence/ec2-instance-volumes.ts';
import { type Aws, type Gone, gone } from '../language/aws.ts';
import { type Refusal, refuse } from '../language/playbook.ts';
import type { Target } from '../language/resource.ts';
import { allow, allowOn, type Statement } from '../language/statement.ts';
import { kept } from '../language/unreadable.ts';
import { membershipOf } from '../settings/auto-scaling.ts';
import { describeInstance, type InstanceId } from '../settings/ec2.ts';
import { classicBalancers, listTargetGroups, type Serving, targetGroupsOf } from './load-balancers.ts';
import { describeGroups, endpointsOf, interfacesOf, openRulesOf, routesOf, routeTablesOf } from './network.ts';
import { reader } from './reader.ts';
import type { Seen, SeenGroup, SeenInterface } from './seen.ts';

/** What `observe` calls itself; what it shares with the settings and the evidence is listed all the same. */
export const observePermissions: readonly Statement[] = [
  allow(
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeVolumes',
    'ec2:DescribeVpcEndpoints',
    'autoscaling:DescribeAutoScalingInstances',
    'autoscaling:DescribeAutoScalingGroups',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
    'elasticloadbalancing:DescribeLoadBalancers',
  ),
  allowOn(['arn:${Partition}:iam::${Account}:instance-profile/*'], ['iam:GetInstanceProfile']),
];

/** Why an instance in this state, or of this owner, is not to be touched by us. */
export const whyNot = (instance: Instance, interfaces: readonly SeenInterface[]): string | undefined => {
  const id = instance.InstanceId;
  const state = instance.State?.Name ?? 'unknown';
  if (instance.Operator?.Managed) {
    const by = instance.Operator.Principal ?? 'an AWS service';
    return (
      `${id} is managed by ${by}: AWS lets nobody but that service change it. Contain it through the service ` +
      '(cordon the node and isolate the pod, stop the task), or by a network ACL on its subnet.'
    );
  }
  if (state === 'shutting-down')
    return `${id} is shutting down: nothing of it can be changed any more. Take snapshots of the volumes that it leaves behind.`;
  if (state === 'pending')
    return `${id} is still starting: AWS takes no change of its groups yet. Run it again in a minute.`;
  if (interfaces.length > 0 && interfaces.every(({ managedBy }) => managedBy !== null))
    return `All network interfaces of ${id} belong to AWS services, which alone can change them. Contain it through them.`;
  return undefined;
};

const typeOf = async (aws: Aws, instanceType: string): Promise<{ readonly nitro: boolean }> => {
  const { InstanceTypes } = await aws(EC2Client).send(
    new DescribeInstanceTypesCommand({ InstanceTypes: [instanceType as NonNullable<Instance['InstanceType']>] }),
  );
  const found = InstanceTypes?.[0];
  // Bare metal names no hypervisor, and is built on Nitro.
  return { nitro: found?.Hypervisor === 'nitro' || found?.BareMetal === true };
};

const groupOf = async (aws: Aws, name: string): Promise<AutoScalingGroup | undefined> => {
  const answer = await aws(AutoScalingClient).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return answer.AutoScalingGroups?.[0];
};

const memberOf = async (aws: Aws, instance: string) => {
  const answer = await aws(AutoScalingClient).send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instance] }),
  );
  return answer.AutoScalingInstances?.[0];
};

/** Members that a group lets go of already count for nothing; those in standby serve nobody. */
const servingIn = ({ AutoScalingGroupName, Instances = [] }: AutoScalingGroup, instance: string): Serving => {
  const members = Instances.filter(({ LifecycleState }) => !/^(Terminat|Detach)/.test(LifecycleState ?? ''));
  const others = members.filter(
    ({ InstanceId, LifecycleState, HealthStatus }) =>
      InstanceId !== instance && LifecycleState === 'InService' && HealthStatus === 'Healthy',
  );
  return { of: `Auto Scaling group ${AutoScalingGroupName}`, total: members.length, remaining: others.length };
};

const seenGroup = (member: AutoScalingInstanceDetails, group: AutoScalingGroup | undefined): SeenGroup => ({
  name: member.AutoScalingGroupName ?? '',
  lifecycle: member.LifecycleState ?? '',
  member: membershipOf(member.LifecycleState),
  desired: group?.DesiredCapacity ?? null,
  minimum: group?.MinSize ?? null,
  suspended: (group?.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []).toSorted(),
  arn: group?.AutoScalingGroupARN ?? null,
  serving: group ? servingIn(group, member.InstanceId ?? '') : null,
});

const roleOf = async (aws: Aws, profile: string): Promise<Seen['role']> => {
  const answer = await aws(IAMClient).send(
    new GetInstanceProfileCommand({ InstanceProfileName: profile.slice(profile.lastIndexOf('/') + 1) }),
  );
  const role = answer.InstanceProfile?.Roles?.[0];
  return role?.RoleName && role.RoleId ? { name: role.RoleName, id: role.RoleId } : null;
};

type Options = { readonly variant: 'sealed' | 'forensic' };

export const observe = async (target: Target, aws: Aws, { variant }: Options): Promise<Seen | Gone | Refusal> => {
  const { read, gaps } = reader();
  const id = target.id as InstanceId;
  const [instance, interfaces, described, member, targetGroups, classic] = await Promise.all([
    describeInstance(aws, id),
    interfacesOf(aws, id),
    read('volumes', () => describeVolumes(aws, id)),
    read('Auto Scaling membership', () => memberOf(aws, id)),
    read('target groups', () => listTargetGroups(aws)),
    read('classic load balancers', () => classicBalancers(aws, id)),
  ]);
  if (instance === gone) return gone;
  const refusal = whyNot(instance, interfaces);
  if (refusal) return refuse(refusal);

  const vpcs = [...new Set(interfaces.map(({ vpc }) => vpc))].toSorted();
  const groups = [...new Set(interfaces.flatMap((eni) => eni.groups))].toSorted();
  const profile = instance.IamInstanceProfile?.Arn ?? null;
  const groupName = member?.AutoScalingGroupName;
  const [type, group, targets, role, tables, ownGroups, endpoints] = await Promise.all([
    read('instance type', () => typeOf(aws, instance.InstanceType ?? '')),
    groupName ? read('Auto Scaling group', () => groupOf(aws, groupName)) : undefined,
    targetGroupsOf(aws, read, targetGroups ?? [], id, interfaces),
    profile ? read('instance profile', () => roleOf(aws, profile)) : null,
    vpcs.length > 0 ? read('route tables', () => routeTablesOf(aws, vpcs)) : [],
    groups.length > 0 ? read('security groups', () => describeGroups(aws, groups)) : [],
    variant === 'forensic' ? read('VPC endpoints', () => endpointsOf(aws, vpcs)) : [],
  ]);
  const { partition, account, region } = target;
  return {
    place: { partition, account, region },
    instance: id,
    state: instance.State?.Name ?? 'unknown',
    type: instance.InstanceType ?? 'unknown',
    nitro: type?.nitro ?? null,
    spot: instance.InstanceLifecycle === 'spot',
    instanceStoreRoot: instance.RootDeviceType === 'instance-store',
    image: instance.ImageId ?? '',
    tags: Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    interfaces,
    volumes: volumesOf(instance, described ?? []),
    profile,
    role: role ?? null,
    group: member ? seenGroup(member, group) : null,
    targetGroups: targets,
    classicBalancers: classic ?? [],
    routes: tables ? Object.fromEntries(interfaces.map((eni) => [eni.subnet, routesOf(tables, eni)])) : {},
    openRules: (ownGroups ?? []).flatMap(openRulesOf),
    endpoints: endpoints ?? [],
    records: { instance: kept(instance), securityGroups: kept(ownGroups ?? []) },
    gaps: gaps(),
  };
};
