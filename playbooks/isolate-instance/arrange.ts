// The networks, instances and groups of the scenarios: made and taken away through AWS's own API.
import {
  AttachInstancesCommand,
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateLoadBalancerCommand,
  ElasticLoadBalancingClient,
  RegisterInstancesWithLoadBalancerCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import type { Stage } from '../language/scenario.ts';
import type { Made } from './arranged.ts';

export const attacker = '198.51.100.7';

const image = 'ami-0a1b2c3d4e5f60001';
const type = 'm5.large';

/** Whatever a scenario needs, and a list of what was made for it, so that all of it can be taken away again. */
export const groundFor = (stage: Stage, as: string) => {
  const ec2 = stage.aws(EC2Client);
  const made: Made[] = [];
  const name = `drill-${as}-${stage.now.getTime().toString(36)}`;

  const kept = (kind: Made['kind'], id: string | undefined): string => {
    if (!id) throw new Error(`AWS made a ${kind} for the drill and gave no id.`);
    made.push({ kind, id });
    return id;
  };

  /** A VPC with a way out to the internet, one subnet, and a web server's security group. */
  const network = async (block: string, ipv6 = false) => {
    const { Vpc } = await ec2.send(
      new CreateVpcCommand({ CidrBlock: `${block}.0.0/16`, AmazonProvidedIpv6CidrBlock: ipv6 }),
    );
    const vpc = kept('vpc', Vpc?.VpcId);
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const gateway = kept('internet gateway', InternetGateway?.InternetGatewayId);
    await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpc, InternetGatewayId: gateway }));
    const ipv6Block = Vpc?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock;
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpc,
        CidrBlock: `${block}.1.0/24`,
        ...(ipv6Block && { Ipv6CidrBlock: ipv6Block.replace(/\/56$/, '/64') }),
      }),
    );
    const { RouteTables } = await ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }),
    );
    const table = RouteTables?.[0]?.RouteTableId ?? '';
    await ec2.send(
      new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway }),
    );
    const subnet = kept('subnet', Subnet?.SubnetId);
    return { vpc, subnet, table, web: await webGroup(vpc, 'web') };
  };

  const webGroup = async (vpc: string, as: string): Promise<string> => {
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: `${name}-${as}`, Description: 'Drill: a web server' }),
    );
    const group = kept('security group', GroupId);
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      }),
    );
    return group;
  };

  /** A second subnet of the network, whose way out is a NAT gateway in the first. */
  const privateSubnet = async ({ vpc, subnet }: { vpc: string; subnet: string }, block: string): Promise<string> => {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: `${block}.2.0/24` }));
    const inner = kept('subnet', Subnet?.SubnetId);
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    const address = kept('address', AllocationId);
    const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnet, AllocationId: address }));
    const gateway = kept('NAT gateway', NatGateway?.NatGatewayId);
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
    const table = kept('route table', RouteTable?.RouteTableId);
    await ec2.send(
      new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: gateway }),
    );
    const { AssociationId } = await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: inner }));
    kept('route table association', AssociationId);
    return inner;
  };

  /** The endpoints by which Systems Manager's agent gets on without the internet. */
  const endpoints = async ({ vpc, subnet, table }: { vpc: string; subnet: string; table: string }): Promise<void> => {
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: `${name}-endpoints`, Description: 'Drill: endpoints' }),
    );
    const group = kept('security group', GroupId);
    for (const service of ['ssm', 'ssmmessages', 'ec2messages']) {
      const { VpcEndpoint } = await ec2.send(
        new CreateVpcEndpointCommand({
          VpcId: vpc,
          VpcEndpointType: 'Interface',
          ServiceName: `com.amazonaws.${stage.region}.${service}`,
          SubnetIds: [subnet],
          SecurityGroupIds: [group],
        }),
      );
      kept('endpoint', VpcEndpoint?.VpcEndpointId);
    }
    const { VpcEndpoint } = await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: vpc,
        VpcEndpointType: 'Gateway',
        ServiceName: `com.amazonaws.${stage.region}.s3`,
        RouteTableIds: [table],
      }),
    );
    kept('endpoint', VpcEndpoint?.VpcEndpointId);
  };

  const networkInterface = async (subnet: string, groups: readonly string[], ipv6 = false): Promise<string> => {
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnet,
        Groups: [...groups],
        ...(ipv6 && { Ipv6AddressCount: 1 }),
      }),
    );
    return kept('network interface', NetworkInterface?.NetworkInterfaceId);
  };

  const publicAddress = async (eni: string): Promise<void> => {
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await ec2.send(
      new AssociateAddressCommand({ AllocationId: kept('address', AllocationId), NetworkInterfaceId: eni }),
    );
  };

  /** A role as EC2 hands it to an instance. Its id is half of the name of every session. */
  const role = async () => {
    const iam = stage.aws(IAMClient);
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
    kept('role', name);
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
    kept('instance profile', name);
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
    return { roleName: name, roleId: Role?.RoleId ?? '' };
  };

  /** Launched onto an interface that is there: its groups are then the interface's, not the instance's. */
  const instance = async (eni: string, profile?: string): Promise<string> => {
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId: image,
        InstanceType: type,
        MinCount: 1,
        MaxCount: 1,
        NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: eni }],
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } },
          { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, DeleteOnTermination: true } },
        ],
        ...(profile && { IamInstanceProfile: { Name: profile } }),
      }),
    );
    return kept('instance', Instances?.[0]?.InstanceId);
  };

  const secondInterface = async (eni: string, instanceId: string): Promise<void> => {
    await ec2.send(
      new AttachNetworkInterfaceCommand({ NetworkInterfaceId: eni, InstanceId: instanceId, DeviceIndex: 1 }),
    );
  };

  const targetGroup = async (vpc: string, TargetType: 'instance' | 'ip'): Promise<string> => {
    const { TargetGroups } = await stage.aws(ElasticLoadBalancingV2Client).send(
      new CreateTargetGroupCommand({
        Name: `${name}-${TargetType}`.slice(0, 32),
        Protocol: 'HTTPS',
        Port: 443,
        VpcId: vpc,
        TargetType,
      }),
    );
    return kept('target group', TargetGroups?.[0]?.TargetGroupArn);
  };

  const registerAddress = async (TargetGroupArn: string, eni: string): Promise<void> => {
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [eni] }));
    const Id = NetworkInterfaces?.[0]?.PrivateIpAddress;
    await stage
      .aws(ElasticLoadBalancingV2Client)
      .send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id, Port: 443 }] }));
  };

  const classicBalancer = async (subnet: string, member: string): Promise<void> => {
    const client = stage.aws(ElasticLoadBalancingClient);
    const LoadBalancerName = name.slice(0, 32);
    await client.send(
      new CreateLoadBalancerCommand({
        LoadBalancerName,
        Subnets: [subnet],
        Listeners: [{ Protocol: 'TCP', LoadBalancerPort: 443, InstanceProtocol: 'TCP', InstancePort: 443 }],
      }),
    );
    kept('classic load balancer', LoadBalancerName);
    await client.send(
      new RegisterInstancesWithLoadBalancerCommand({ LoadBalancerName, Instances: [{ InstanceId: member }] }),
    );
  };

  type Scaling = { readonly subnet: string; readonly web: string; readonly others: number; readonly minimum: number };

  /** An Auto Scaling group that the instance and some others serve in, and that ends whoever fails the load balancer's checks. */
  const scalingGroup = async (
    member: string,
    { subnet, web, others, minimum }: Scaling,
    targetGroupArn?: string,
  ): Promise<string> => {
    const autoScaling = stage.aws(AutoScalingClient);
    const { LaunchTemplate } = await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: { ImageId: image, InstanceType: type, SecurityGroupIds: [web] },
      }),
    );
    kept('launch template', LaunchTemplate?.LaunchTemplateId);
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        LaunchTemplate: { LaunchTemplateName: name, Version: '$Latest' },
        MinSize: 0,
        MaxSize: others + 2,
        DesiredCapacity: others,
        VPCZoneIdentifier: subnet,
        HealthCheckType: targetGroupArn ? 'ELB' : 'EC2',
        HealthCheckGracePeriod: 0,
        ...(targetGroupArn && { TargetGroupARNs: [targetGroupArn] }),
      }),
    );
    kept('Auto Scaling group', name);
    await autoScaling.send(new AttachInstancesCommand({ AutoScalingGroupName: name, InstanceIds: [member] }));
    await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, MinSize: minimum }));
    await inService(member);
    return name;
  };

  const inService = async (member: string): Promise<void> => {
    for (let tries = 0; tries < 60; tries++) {
      const { AutoScalingInstances } = await stage
        .aws(AutoScalingClient)
        .send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [member] }));
      if (AutoScalingInstances?.[0]?.LifecycleState === 'InService') return;
      await stage.wait(5);
    }
    throw new Error(`${member} did not come into service within five minutes: look at the group's activities.`);
  };

  return {
    made: made as readonly Made[],
    network,
    webGroup,
    privateSubnet,
    endpoints,
    networkInterface,
    publicAddress,
    role,
    instance,
    secondInterface,
    targetGroup,
    registerAddress,
    classicBalancer,
    scalingGroup,
  };
};

/** Somebody gives an isolated interface a group of their own, to have a look at the instance. */
export const regroup = async ({ aws }: Stage, eni: string, group: string): Promise<string> => {
  await aws(EC2Client).send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eni, Groups: [group] }));
  return eni;
};

/** Somebody opens the group that isolates an interface, as an attacker with rights on EC2 would. */
export const openGroupOf = async ({ aws }: Stage, eni: string): Promise<string> => {
  const { NetworkInterfaces } = await aws(EC2Client).send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [eni] }),
  );
  await aws(EC2Client).send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: NetworkInterfaces?.[0]?.Groups?.[0]?.GroupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: `${attacker}/32` }] }],
    }),
  );
  return eni;
};
