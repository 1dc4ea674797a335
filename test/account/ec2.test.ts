// EC2's network in memory: groups, interfaces, addresses, routes, tags.
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeInstanceTypesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeVpcEndpointsCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupEgressCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { makeRequesterManaged, makeServiceManaged } from '../../gameday/account/circumstances.ts';
import { nameOf } from './clients.ts';
import { everyone, setUp, where } from './ec2-ground.ts';

describe('security groups', () => {
  it('come with a rule that lets everything out, and one more for IPv6 where the VPC has it', async () => {
    const peers = async (ipv6: boolean) => {
      const { ec2, group } = await setUp({ ipv6 });
      const Filters = [{ Name: 'group-id', Values: [await group('new')] }];
      const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
      return SecurityGroupRules.map((rule) => [rule.IsEgress, rule.IpProtocol, rule.CidrIpv4 ?? rule.CidrIpv6]);
    };
    expect(await peers(false)).toEqual([[true, '-1', '0.0.0.0/0']]);
    expect(await peers(true)).toEqual([
      [true, '-1', '0.0.0.0/0'],
      [true, '-1', '::/0'],
    ]);
  });

  it('have names that differ by more than their case, within a VPC', async () => {
    const { ec2, group } = await setUp();
    await group('Isolation');
    expect(await nameOf(group('isolation'))).toBe('InvalidGroup.Duplicate');
    expect(await nameOf(group('sg-mine'))).toBe('InvalidParameterValue');
    const other = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
    expect(await nameOf(group('isolation', other.Vpc?.VpcId))).toBe('no error');
  });

  it('lose the rules that are named by id', async () => {
    const { ec2, group } = await setUp({ ipv6: true });
    const GroupId = await group('new');
    const Filters = [{ Name: 'group-id', Values: [GroupId] }];
    const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    const SecurityGroupRuleIds = SecurityGroupRules.map((rule) => rule.SecurityGroupRuleId ?? '');
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds }));
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    expect(SecurityGroups?.[0]).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
    const again = ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds }));
    expect(await nameOf(again)).toBe('InvalidSecurityGroupRuleId.NotFound');
  });

  it('keep in a default VPC a rule that was not met exactly, and say so only in the answer', async () => {
    const { ec2, group } = await setUp();
    const almost = [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'new', Description: 'x' }));
    const answer = await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: almost }));
    expect(answer.UnknownIpPermissions).toMatchObject(almost);
    expect(answer.RevokedSecurityGroupRules).toEqual([]);
    const elsewhere = new RevokeSecurityGroupEgressCommand({ GroupId: await group('new'), IpPermissions: almost });
    expect(await nameOf(ec2.send(elsewhere))).toBe('InvalidPermission.NotFound');
  });

  it('can’t be deleted while an interface or another group’s rule depends on them', async () => {
    const { ec2, group, run, eniOf, isolate } = await setUp();
    const [used, referring] = [await group('used'), await group('referring')];
    const eni = await eniOf(await run({ SecurityGroupIds: [used] }));
    const remove = (GroupId: string) => nameOf(ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
    expect(await remove(used)).toBe('DependencyViolation');
    await isolate(eni, referring);
    const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: used }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: referring, IpPermissions }));
    expect(await remove(used)).toBe('DependencyViolation');
    await isolate(eni, used);
    expect(await remove(referring)).toBe('no error');
    expect(await remove(referring)).toBe('InvalidGroup.NotFound');
  });

  it('are found by name, VPC and tag', async () => {
    const { ec2, group, vpcId } = await setUp();
    const id = await group('isolation-sealed');
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'owner', Value: 'firebreak' }] }));
    const find = async (Name: string, ...Values: string[]) => {
      const { SecurityGroups = [] } = await ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values }] }),
      );
      return SecurityGroups.map(({ GroupName }) => GroupName);
    };
    expect(await find('group-name', 'isolation-*')).toEqual(['isolation-sealed']);
    expect(await find('tag:owner', 'firebreak')).toEqual(['isolation-sealed']);
    expect(await find('vpc-id', vpcId)).toEqual(['default', 'isolation-sealed']);
    expect(await find('tag-key', 'other')).toEqual([]);
    await expect(find('no-such-filter', 'x')).rejects.toThrow("doesn't know the EC2 filter 'no-such-filter'");
  });

  it('don’t know a rule twice', async () => {
    const { ec2, group } = await setUp();
    const open = new AuthorizeSecurityGroupIngressCommand({ GroupId: await group('web'), IpPermissions: [everyone] });
    await ec2.send(open);
    expect(await nameOf(ec2.send(open))).toBe('InvalidPermission.Duplicate');
  });
});

describe('network interfaces', () => {
  it('take a set of groups of their own VPC, of one attribute a call', async () => {
    const { ec2, group, run, eniOf, isolate } = await setUp();
    const other = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
    const eni = await eniOf(await run());
    expect(await nameOf(isolate(eni, await group('there', other.Vpc?.VpcId)))).toBe('InvalidGroup.NotFound');
    expect(await nameOf(isolate(eni))).toBe('InvalidParameterValue');
    const many = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => group(name)));
    expect(await nameOf(isolate(eni, ...many))).toBe('SecurityGroupsPerInterfaceLimitExceeded');
    const two = new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: eni,
      Groups: many.slice(0, 1),
      ConnectionTrackingSpecification: { TcpEstablishedTimeout: 60 },
    });
    expect(await nameOf(ec2.send(two))).toBe('InvalidParameterCombination');
  });

  it('can’t change groups while their instance shuts down', async () => {
    const { ec2, group, run, eniOf, isolate, world, interfaces } = await setUp();
    const [id, sealed] = [await run(), await group('sealed')];
    const eni = await eniOf(id);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    expect(await nameOf(isolate(eni, sealed))).toBe('IncorrectInstanceState');
    await world.clock.sleep(60_000);
    expect(await interfaces(id)).toEqual([]);
    expect(await nameOf(isolate(eni, sealed))).toBe('InvalidNetworkInterfaceID.NotFound');
  });

  it('of a service can’t be changed', async () => {
    const { world, group, run, eniOf, interfaces, isolate } = await setUp();
    const [id, sealed] = [await run(), await group('sealed')];
    makeRequesterManaged(world, where, await eniOf(id));
    expect(await nameOf(isolate(await eniOf(id), sealed))).toBe('OperationNotPermitted');
    expect((await interfaces(id))[0]).toMatchObject({ RequesterManaged: true, RequesterId: 'amazon-rds' });
    const managed = await run();
    makeServiceManaged(world, where, managed);
    expect(await nameOf(isolate(await eniOf(managed), sealed))).toBe('OperationNotPermitted');
    expect((await interfaces(managed))[0]?.Operator).toEqual({ Managed: true, Principal: 'eks.amazonaws.com' });
  });

  it('remember idle flows for as long as they are told, on Nitro', async () => {
    const { ec2, run, eniOf, interfaces } = await setUp();
    const track = (NetworkInterfaceId: string, TcpEstablishedTimeout: number) =>
      ec2.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId,
          ConnectionTrackingSpecification: { TcpEstablishedTimeout },
        }),
      );
    const id = await run();
    expect((await interfaces(id))[0]?.ConnectionTrackingConfiguration).toBeUndefined();
    await track(await eniOf(id), 60);
    expect((await interfaces(id))[0]?.ConnectionTrackingConfiguration).toEqual({ TcpEstablishedTimeout: 60 });
    expect(await nameOf(track(await eniOf(id), 59))).toBe('InvalidParameterValue');
    await track(await eniOf(id), 432_000);
    expect((await interfaces(id))[0]?.ConnectionTrackingConfiguration).toBeUndefined();
    expect(await nameOf(track(await eniOf(await run({ InstanceType: 'm4.large' })), 60))).toBe('UnsupportedOperation');
    const { InstanceTypes } = await ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ['t2.micro', 'm8i.large'] }),
    );
    expect(InstanceTypes?.map(({ Hypervisor }) => Hypervisor)).toEqual(['xen', 'nitro']);
  });

  it('come and go as secondary ones, but the first stays', async () => {
    const { ec2, run, subnetId, interfaces, instance } = await setUp();
    const id = await run();
    const created = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId }));
    const NetworkInterfaceId = created.NetworkInterface?.NetworkInterfaceId ?? '';
    const attach = { NetworkInterfaceId, InstanceId: id, DeviceIndex: 1 };
    const { AttachmentId } = await ec2.send(new AttachNetworkInterfaceCommand(attach));
    expect((await interfaces(id)).map(({ Attachment }) => Attachment?.DeviceIndex)).toEqual([0, 1]);
    expect((await instance(id)).NetworkInterfaces).toHaveLength(2);
    await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
    const [primary] = await interfaces(id);
    const detach = new DetachNetworkInterfaceCommand({ AttachmentId: primary?.Attachment?.AttachmentId });
    expect(await nameOf(ec2.send(detach))).toBe('OperationNotPermitted');
  });
});

describe('elastic addresses', () => {
  it('show on the interface, and outlive their association', async () => {
    const { ec2, run, eniOf, interfaces, instance } = await setUp();
    const id = await run();
    const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    const NetworkInterfaceId = await eniOf(id);
    const { AssociationId } = await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId }));
    expect((await interfaces(id))[0]?.Association).toMatchObject({ AllocationId, AssociationId, PublicIp });
    expect((await instance(id)).PublicIpAddress).toBe(PublicIp);
    expect(await nameOf(ec2.send(new ReleaseAddressCommand({ AllocationId })))).toBe('InvalidIPAddress.InUse');
    await ec2.send(new DisassociateAddressCommand({ AssociationId }));
    expect(await nameOf(ec2.send(new DisassociateAddressCommand({ AssociationId })))).toBe(
      'InvalidAssociationID.NotFound',
    );
    const { Addresses } = await ec2.send(new DescribeAddressesCommand({}));
    expect(Addresses?.map((each) => [each.AllocationId, each.AssociationId])).toEqual([[AllocationId, undefined]]);
  });
});

describe('routing', () => {
  it('tells which way a subnet’s packets leave', async () => {
    const { ec2, vpcId, subnetId } = await setUp();
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const InternetGatewayId = InternetGateway?.InternetGatewayId;
    await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId }));
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({}));
    const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId }));
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    const route = { RouteTableId: RouteTable?.RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    await ec2.send(new CreateRouteCommand({ ...route, NatGatewayId: NatGateway?.NatGatewayId }));
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: RouteTable?.RouteTableId, SubnetId: subnetId }));
    const tables = async (Name: string, Value: string) =>
      (await ec2.send(new DescribeRouteTablesCommand({ Filters: [{ Name, Values: [Value] }] }))).RouteTables;
    expect((await tables('association.subnet-id', subnetId))?.[0]?.Routes).toMatchObject([
      { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' },
      { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: NatGateway?.NatGatewayId },
    ]);
    expect(await tables('association.main', 'true')).toHaveLength(1);
    const { NatGateways } = await ec2.send(
      new DescribeNatGatewaysCommand({ Filter: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    expect(NatGateways?.[0]?.NatGatewayAddresses).toMatchObject([{ AllocationId }]);
  });

  it('has endpoints whose interfaces their service keeps for itself', async () => {
    const { ec2, vpcId, subnetId, group, isolate } = await setUp();
    const sealed = await group('sealed');
    const ServiceName = 'com.amazonaws.eu-central-1.ssm';
    const wanted = { VpcId: vpcId, ServiceName, SubnetIds: [subnetId], SecurityGroupIds: [sealed] };
    await ec2.send(new CreateVpcEndpointCommand({ ...wanted, VpcEndpointType: 'Interface' }));
    const Filters = [{ Name: 'service-name', Values: ['*.ssm'] }];
    const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters }));
    expect(VpcEndpoints?.[0]?.Groups).toEqual([{ GroupId: sealed, GroupName: 'sealed' }]);
    const [eni = ''] = VpcEndpoints?.[0]?.NetworkInterfaceIds ?? [];
    expect(await nameOf(isolate(eni, sealed))).toBe('OperationNotPermitted');
  });
});

describe('tags', () => {
  it('are put on, taken off and found', async () => {
    const { ec2, run } = await setUp();
    const id = await run();
    const put = (Key: string, Value: string) =>
      ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));
    await put('incident', 'i-1');
    await put('owner', 'web');
    expect(await nameOf(put('aws:own', 'x'))).toBe('InvalidParameterValue');
    await ec2.send(
      new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'incident', Value: 'other' }, { Key: 'owner' }] }),
    );
    const Filters = [{ Name: 'resource-id', Values: [id] }];
    const { Tags } = await ec2.send(new DescribeTagsCommand({ Filters }));
    expect(Tags).toEqual([{ ResourceId: id, ResourceType: 'instance', Key: 'incident', Value: 'i-1' }]);
    const absent = new CreateTagsCommand({ Resources: ['i-0123456789abcdef0'], Tags: [{ Key: 'a', Value: 'b' }] });
    expect(await nameOf(ec2.send(absent))).toBe('InvalidInstanceID.NotFound');
  });
});
