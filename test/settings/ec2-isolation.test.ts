// The isolation of a network interface, on the account in memory: the group is judged by its rules, and ends up one a VPC.
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { type Aws, gone } from '../../playbooks/language/aws.ts';
import type { InterfaceId } from '../../playbooks/settings/ec2.ts';
import {
  type InterfaceGroups,
  networkInterfaceIsolation as isolation,
} from '../../playbooks/settings/ec2-network-interface-isolation.ts';

let practice: Practice;
let aws: Aws;
let ec2: EC2Client;

beforeEach(() => {
  practice = createPractice({ playbooks: new Map(), seed: 3, latency: 'none' });
  aws = practice.stage.aws;
  ec2 = aws(EC2Client);
});

const network = async (ipv6 = false) => {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: ipv6 }));
  const vpc = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.0.1.0/24' }));
  return { vpc, subnet: Subnet?.SubnetId ?? '', web: await newGroup(vpc, 'web') };
};

const newGroup = async (VpcId: string, GroupName: string, isolated?: string): Promise<string> => {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      VpcId,
      GroupName,
      Description: 'test',
      ...(isolated && {
        TagSpecifications: [
          { ResourceType: 'security-group', Tags: [{ Key: 'firebreak:isolation', Value: isolated }] },
        ],
      }),
    }),
  );
  return GroupId ?? '';
};

const newInterface = async (SubnetId: string, ...Groups: string[]): Promise<InterfaceId> => {
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups }));
  return NetworkInterface?.NetworkInterfaceId as InterfaceId;
};

const set = async (id: InterfaceId, to: InterfaceGroups): Promise<void> =>
  isolation.write(aws, id, to, await isolation.prepare?.(aws, id, to));

const groupsOf = async (vpc: string): Promise<readonly SecurityGroup[]> => {
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpc] },
        { Name: 'tag-key', Values: ['firebreak:isolation'] },
      ],
    }),
  );
  return SecurityGroups;
};

const attachedTo = async (id: string): Promise<readonly string[]> => {
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }));
  return (NetworkInterfaces?.[0]?.Groups ?? []).map(({ GroupId = '' }) => GroupId);
};

const openTo = (GroupId: string, CidrIp: string) =>
  ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }],
    }),
  );

describe('sealed', () => {
  it('takes everything away and gives back what was', async () => {
    const { vpc, subnet, web } = await network();
    const admin = await newGroup(vpc, 'admin');
    const eni = await newInterface(subnet, web, admin);
    const before = await isolation.read(aws, eni);
    expect(before).toEqual([web, admin].toSorted());
    await set(eni, 'sealed');
    expect(await isolation.read(aws, eni)).toBe('sealed');
    if (before === gone) throw new Error('the interface is there');
    await set(eni, before);
    expect(await isolation.read(aws, eni)).toEqual(before);
    expect(await isolation.retire?.(aws, eni)).toEqual([]);
    expect(await groupsOf(vpc)).toEqual([]);
  });

  it('leaves no rule standing, neither of IPv4 nor of IPv6', async () => {
    const { vpc, subnet, web } = await network(true);
    await set(await newInterface(subnet, web), 'sealed');
    const [group] = await groupsOf(vpc);
    expect(group).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
  });

  it('makes one group for all interfaces of a VPC that are isolated side by side', async () => {
    const { vpc, subnet, web } = await network();
    const interfaces = await Promise.all(Array.from({ length: 8 }, () => newInterface(subnet, web)));
    await Promise.all(interfaces.map((eni) => set(eni, 'sealed')));
    expect(await Promise.all(interfaces.map((eni) => isolation.read(aws, eni)))).toEqual(Array(8).fill('sealed'));
    expect(await groupsOf(vpc)).toHaveLength(1);
  });

  it('finishes a group whose maker died before it was empty', async () => {
    const { vpc, subnet, web } = await network();
    const half = await newGroup(vpc, `firebreak-sealed-${vpc}`, 'sealed');
    const eni = await newInterface(subnet, web);
    await set(eni, 'sealed');
    expect(await attachedTo(eni)).toEqual([half]);
    expect(await isolation.read(aws, eni)).toBe('sealed');
  });

  it('takes a group that somebody has opened for no isolation, and makes another', async () => {
    const { vpc, subnet, web } = await network();
    const [first, second] = [await newInterface(subnet, web), await newInterface(subnet, web)];
    await set(first, 'sealed');
    const [opened = ''] = await attachedTo(first);
    await openTo(opened, '198.51.100.7/32');
    expect(await isolation.read(aws, first)).toEqual([opened]);
    await set(second, 'sealed');
    await set(first, 'sealed');
    const [other = ''] = await attachedTo(first);
    expect(other).not.toBe(opened);
    expect(await attachedTo(second)).toEqual([other]);
    const [kept] = (await groupsOf(vpc)).filter(({ GroupId }) => GroupId === opened);
    expect(kept?.IpPermissions, 'what somebody did to the group may be evidence').toHaveLength(1);
  });

  it('never rewrites a group that something uses', async () => {
    const { vpc, subnet, web } = await network();
    const used = await newGroup(vpc, `firebreak-sealed-${vpc}`, 'sealed');
    await newInterface(subnet, used);
    const eni = await newInterface(subnet, web);
    await set(eni, 'sealed');
    expect(await attachedTo(eni)).not.toEqual([used]);
    const [kept] = (await groupsOf(vpc)).filter(({ GroupId }) => GroupId === used);
    expect(kept?.IpPermissionsEgress).toHaveLength(1);
  });

  it('trusts no name: an empty group of that name which is not ours is not used', async () => {
    const { vpc, subnet, web } = await network();
    const stranger = await newGroup(vpc, `firebreak-sealed-${vpc}`);
    const eni = await newInterface(subnet, web);
    await set(eni, 'sealed');
    expect(await attachedTo(eni)).not.toEqual([stranger]);
    expect(await isolation.read(aws, eni)).toBe('sealed');
  });

  it('is not fooled by a second group beside ours', async () => {
    const { vpc, subnet, web } = await network();
    const eni = await newInterface(subnet, web);
    await set(eni, 'sealed');
    const [sealed] = await groupsOf(vpc);
    const both = [sealed?.GroupId ?? '', web].toSorted();
    await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eni, Groups: both }));
    expect(await isolation.read(aws, eni)).toEqual(both);
  });

  it('survives that the last user takes the group along between preparing and writing', async () => {
    const { subnet, web } = await network();
    const eni = await newInterface(subnet, web);
    const prepared = await isolation.prepare?.(aws, eni, 'sealed');
    await isolation.retire?.(aws, eni);
    await isolation.write(aws, eni, 'sealed', prepared);
    expect(await isolation.read(aws, eni)).toBe('sealed');
  });

  it('does not trust a stale look at the new group', async () => {
    practice = createPractice({
      playbooks: new Map(),
      seed: 5,
      latency: 'seeded',
      staleReads: { probability: 0.6, seconds: 5 },
    });
    aws = practice.stage.aws;
    ec2 = aws(EC2Client);
    const { vpc, subnet, web } = await network(true);
    const eni = await newInterface(subnet, web);
    await practice.stage.wait(10);
    try {
      await set(eni, 'sealed');
    } catch (error) {
      expect(String(error), 'to give up in words is fine, to open the host is not').toMatch(/does not get the rules/);
      return;
    }
    await practice.stage.wait(10);
    const [attached] = await attachedTo(eni);
    const group = (await groupsOf(vpc)).find(({ GroupId }) => GroupId === attached);
    expect(group).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
  });
});

describe('forensic', () => {
  const withEndpoints = async () => {
    const place = await network();
    const endpoints = await newGroup(place.vpc, 'endpoints');
    for (const service of ['ssm', 'ssmmessages'])
      await ec2.send(
        new CreateVpcEndpointCommand({
          VpcId: place.vpc,
          VpcEndpointType: 'Interface',
          ServiceName: `com.amazonaws.${aws.region}.${service}`,
          SubnetIds: [place.subnet],
          SecurityGroupIds: [endpoints],
        }),
      );
    await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: place.vpc,
        ServiceName: `com.amazonaws.${aws.region}.s3`,
        RouteTableIds: [],
      }),
    );
    return { ...place, endpoints, eni: await newInterface(place.subnet, place.web) };
  };

  it('lets 443 to the endpoints and to S3 through, and nothing else', async () => {
    const { vpc, endpoints, eni } = await withEndpoints();
    await set(eni, 'forensic');
    expect(await isolation.read(aws, eni)).toBe('forensic');
    const [group] = await groupsOf(vpc);
    expect(group?.IpPermissions).toEqual([]);
    expect(group?.IpPermissionsEgress).toHaveLength(1);
    const [permission] = group?.IpPermissionsEgress ?? [];
    expect(permission).toMatchObject({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
    expect(permission?.UserIdGroupPairs?.map(({ GroupId }) => GroupId)).toEqual([endpoints]);
    expect(permission?.PrefixListIds).toHaveLength(1);
    expect([permission?.IpRanges, permission?.Ipv6Ranges]).toEqual([[], []]);
  });

  it('takes one more way out for drift', async () => {
    const { web, eni } = await withEndpoints();
    await set(eni, 'forensic');
    const [GroupId = ''] = await attachedTo(eni);
    await ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: web }] }],
      }),
    );
    expect(await isolation.read(aws, eni)).toEqual([GroupId]);
  });

  it('gives way to sealed while both are wanted', () => {
    expect(isolation.combine?.(['forensic', 'sealed'])).toBe('sealed');
    expect(isolation.combine?.(['forensic', 'forensic'])).toBe('forensic');
  });
});

describe('giving back', () => {
  it('says which group is not there any more, before it writes anything', async () => {
    const { vpc, subnet, web } = await network();
    const admin = await newGroup(vpc, 'admin');
    const eni = await newInterface(subnet, web, admin);
    await set(eni, 'sealed');
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: admin }));
    await expect(isolation.prepare?.(aws, eni, [web, admin])).rejects.toThrow(admin);
    expect(await isolation.read(aws, eni)).toBe('sealed');
  });

  it('keeps the group while another interface uses it, and an edited one for ever', async () => {
    const { vpc, subnet, web } = await network();
    const [first, second] = [await newInterface(subnet, web), await newInterface(subnet, web)];
    await set(first, 'sealed');
    await set(second, 'sealed');
    const [sealed = ''] = await attachedTo(first);
    await set(first, [web]);
    expect(await isolation.retire?.(aws, first)).toEqual([sealed]);
    await openTo(sealed, '198.51.100.7/32');
    await set(second, [web]);
    expect(await isolation.retire?.(aws, second)).toEqual([sealed]);
    expect(await groupsOf(vpc)).toHaveLength(1);
  });

  it('knows an interface that is gone', async () => {
    expect(await isolation.read(aws, 'eni-0a1b2c3d4e5f60009')).toBe(gone);
  });
});
