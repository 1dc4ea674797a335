// What was arranged for a scenario, and how it is taken away: last made first, with whatever has grown on it meanwhile.
import { AutoScalingClient, DeleteAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  DeleteInternetGatewayCommand,
  DeleteLaunchTemplateCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSnapshotCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  ReleaseAddressCommand,
  TerminateInstancesCommand,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { DeleteLoadBalancerCommand, ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import { DeleteTargetGroupCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { isAwsError, unless } from '../language/aws.ts';
import type { Stage } from '../language/scenario.ts';

export type Made = {
  readonly kind:
    | 'vpc'
    | 'internet gateway'
    | 'NAT gateway'
    | 'subnet'
    | 'route table'
    | 'route table association'
    | 'security group'
    | 'endpoint'
    | 'network interface'
    | 'address'
    | 'instance'
    | 'launch template'
    | 'role'
    | 'instance profile'
    | 'target group'
    | 'classic load balancer'
    | 'Auto Scaling group';
  readonly id: string;
};

type Remove = (stage: Stage, id: string, all: readonly Made[]) => Promise<unknown>;

const terminated = async ({ aws }: Stage, id: string): Promise<boolean> => {
  const { Reservations } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return (Reservations?.[0]?.Instances?.[0]?.State?.Name ?? 'terminated') === 'terminated';
};

const removeInstance: Remove = async (stage, id) => {
  const ec2 = stage.aws(EC2Client);
  // Its group may be terminating it already, as that was taken away first.
  await unless(['IncorrectInstanceState'], undefined, () =>
    ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value: false } })),
  );
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  for (let tries = 0; tries < 60 && !(await terminated(stage, id)); tries++) await stage.wait(5);
  const { Snapshots = [] } = await ec2.send(
    new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: 'tag:firebreak:instance', Values: [id] }] }),
  );
  for (const { SnapshotId } of Snapshots) {
    await quietly(() => ec2.send(new UnlockSnapshotCommand({ SnapshotId })));
    await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  }
};

const removeAddress: Remove = async ({ aws }, id) => {
  const { Addresses } = await aws(EC2Client).send(new DescribeAddressesCommand({ AllocationIds: [id] }));
  const AssociationId = Addresses?.[0]?.AssociationId;
  if (AssociationId) await quietly(() => aws(EC2Client).send(new DisassociateAddressCommand({ AssociationId })));
  return aws(EC2Client).send(new ReleaseAddressCommand({ AllocationId: id }));
};

const removeGateway: Remove = async ({ aws }, id, all) => {
  for (const { kind, id: vpc } of all)
    if (kind === 'vpc')
      await quietly(() => aws(EC2Client).send(new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpc })));
  return aws(EC2Client).send(new DeleteInternetGatewayCommand({ InternetGatewayId: id }));
};

/** Isolation groups that a drill left behind go with their VPC. */
const removeVpc: Remove = async ({ aws }, id) => {
  const { SecurityGroups = [] } = await aws(EC2Client).send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [id] },
        { Name: 'tag-key', Values: ['firebreak:isolation'] },
      ],
    }),
  );
  for (const { GroupId } of SecurityGroups) await aws(EC2Client).send(new DeleteSecurityGroupCommand({ GroupId }));
  return aws(EC2Client).send(new DeleteVpcCommand({ VpcId: id }));
};

const removeRole: Remove = async ({ aws }, RoleName) => {
  const { PolicyNames = [] } = await aws(IAMClient).send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames)
    await aws(IAMClient).send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  return aws(IAMClient).send(new DeleteRoleCommand({ RoleName }));
};

const removeProfile: Remove = async ({ aws }, name) => {
  const InstanceProfileName = name;
  await aws(IAMClient).send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: name }));
  return aws(IAMClient).send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
};

const remove: Readonly<Record<Made['kind'], Remove>> = {
  vpc: removeVpc,
  'internet gateway': removeGateway,
  'NAT gateway': ({ aws }, id) => aws(EC2Client).send(new DeleteNatGatewayCommand({ NatGatewayId: id })),
  subnet: ({ aws }, id) => aws(EC2Client).send(new DeleteSubnetCommand({ SubnetId: id })),
  'route table': ({ aws }, id) => aws(EC2Client).send(new DeleteRouteTableCommand({ RouteTableId: id })),
  'route table association': ({ aws }, id) =>
    aws(EC2Client).send(new DisassociateRouteTableCommand({ AssociationId: id })),
  'security group': ({ aws }, id) => aws(EC2Client).send(new DeleteSecurityGroupCommand({ GroupId: id })),
  endpoint: ({ aws }, id) => aws(EC2Client).send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })),
  'network interface': ({ aws }, id) =>
    aws(EC2Client).send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })),
  address: removeAddress,
  instance: removeInstance,
  'launch template': ({ aws }, id) => aws(EC2Client).send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id })),
  role: removeRole,
  'instance profile': removeProfile,
  'target group': ({ aws }, id) =>
    aws(ElasticLoadBalancingV2Client).send(new DeleteTargetGroupCommand({ TargetGroupArn: id })),
  'classic load balancer': ({ aws }, id) =>
    aws(ElasticLoadBalancingClient).send(new DeleteLoadBalancerCommand({ LoadBalancerName: id })),
  'Auto Scaling group': ({ aws }, id) =>
    aws(AutoScalingClient).send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: id, ForceDelete: true })),
};

const quietly = async (call: () => Promise<unknown>): Promise<void> => {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof Error) || !('$fault' in error)) throw error;
  }
};

/** What still depends on another that is on its way out: instances of a group, interfaces of a gateway. */
const busy = ['DependencyViolation', 'InvalidNetworkInterface.InUse', 'InvalidParameterValue', 'ResourceInUse'];

/** Everything is tried; what could not be taken away is named at the end. */
export const cleanUp = async (made: readonly Made[], stage: Stage): Promise<void> => {
  const left: string[] = [];
  for (const { kind, id } of made.toReversed()) {
    for (let tries = 0; ; tries++) {
      try {
        await remove[kind](stage, id, made);
        break;
      } catch (error) {
        if (isAwsError(error, ...busy) && tries < 24) await stage.wait(5);
        else {
          left.push(`${kind} ${id} (${String(error)})`);
          break;
        }
      }
    }
  }
  if (left.length > 0) throw new Error(`Take away by hand what the drill left: ${left.join(', ')}.`);
};
