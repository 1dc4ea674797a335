// Ground for the tests of EC2: a VPC with a subnet, and short words for what they do in it.
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { createWorld } from '../../gameday/account/world.ts';

export const where = { account: '111122223333', region: 'eu-central-1' };
export const everyone = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

export const setUp = async (options: { readonly ipv6?: boolean } = {}) => {
  const world = createWorld({ seed: 7, start: new Date('2026-11-23T10:00:00Z'), latency: 'none' });
  const session = world.session('test');
  const ec2 = session.client(EC2Client, where.account, where.region);
  const iam = session.client(IAMClient, where.account, where.region);
  const created = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: options.ipv6 ?? false }),
  );
  const vpcId = created.Vpc?.VpcId ?? '';
  const subnet = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
  const subnetId = subnet.Subnet?.SubnetId ?? '';
  const group = async (GroupName: string, VpcId = vpcId): Promise<string> => {
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'x', VpcId }));
    return GroupId;
  };
  const run = async (input: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
    const wanted = {
      ImageId: 'ami-1',
      InstanceType: 'm5.large',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnetId,
    } as const;
    const { Instances } = await ec2.send(new RunInstancesCommand({ ...wanted, ...input }));
    return Instances?.[0]?.InstanceId ?? '';
  };
  const instance = async (id: string) => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return Reservations?.[0]?.Instances?.[0] ?? {};
  };
  const interfaces = async (id: string) => {
    const Filters = [{ Name: 'attachment.instance-id', Values: [id] }];
    return (await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }))).NetworkInterfaces ?? [];
  };
  const eniOf = async (id: string): Promise<string> => (await interfaces(id))[0]?.NetworkInterfaceId ?? '';
  const isolate = (NetworkInterfaceId: string, ...Groups: string[]) =>
    ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
  return { world, ec2, iam, vpcId, subnetId, group, run, instance, interfaces, eniOf, isolate };
};
