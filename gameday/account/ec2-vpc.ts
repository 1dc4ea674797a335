// VPCs and subnets.
import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteSubnetRequest,
  DeleteVpcRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifySubnetAttributeRequest,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2';
import type { Ec2, SubnetRecord, VpcRecord } from './ec2-records.ts';
import { arn, chosen, ec2Slice, found, matches, page, tagNew, tagsOf } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

/** Gives a new VPC its group `default`; handed in, since groups know VPCs and not the other way round. */
type AddDefaultGroup = (ec2: Ec2, vpc: VpcRecord, newId: Request['newId']) => void;

/** A /56 out of the range for documentation, the same for the same VPC. */
const ipv6Block = (vpcId: string): string => `2001:db8:${vpcId.slice(-8, -4)}:${vpcId.slice(-4, -2)}00::/56`;

const newVpc = (
  ec2: Ec2,
  options: { readonly CidrBlock: string; readonly ipv6: boolean; readonly IsDefault: boolean },
  { newId }: Request,
  addDefaultGroup: AddDefaultGroup,
): VpcRecord => {
  const VpcId = newId('vpc');
  const { CidrBlock, IsDefault } = options;
  const vpc = { VpcId, CidrBlock, IsDefault, ...(options.ipv6 ? { Ipv6CidrBlock: ipv6Block(VpcId) } : {}) };
  ec2.vpcs[VpcId] = vpc;
  addDefaultGroup(ec2, vpc, newId);
  const RouteTableId = newId('rtb');
  ec2.routeTables[RouteTableId] = {
    RouteTableId,
    VpcId,
    Routes: [{ DestinationCidrBlock: CidrBlock, GatewayId: 'local', Origin: 'CreateRouteTable' }],
    Associations: [{ RouteTableAssociationId: newId('rtbassoc'), Main: true }],
  };
  return vpc;
};

const newSubnet = (ec2: Ec2, subnet: Omit<SubnetRecord, 'SubnetId'>, { newId }: Request): SubnetRecord => {
  const SubnetId = newId('subnet');
  const record = { SubnetId, ...subnet };
  ec2.subnets[SubnetId] = record;
  return record;
};

/**
 * The default VPC, with an internet gateway and one default subnet. It comes to be when it is first needed: an account that
 * nobody has used stays empty.
 */
export const defaultVpc = (ec2: Ec2, request: Request, addDefaultGroup: AddDefaultGroup): VpcRecord => {
  const existing = Object.values(ec2.vpcs).find(({ IsDefault }) => IsDefault);
  if (existing) return existing;
  const vpc = newVpc(ec2, { CidrBlock: '172.31.0.0/16', ipv6: false, IsDefault: true }, request, addDefaultGroup);
  const AvailabilityZone = `${request.region}a`;
  const CidrBlock = '172.31.0.0/20';
  const { VpcId } = vpc;
  newSubnet(ec2, { VpcId, CidrBlock, AvailabilityZone, DefaultForAz: true, MapPublicIpOnLaunch: true }, request);
  const InternetGatewayId = request.newId('igw');
  ec2.internetGateways[InternetGatewayId] = { InternetGatewayId, VpcId };
  const main = Object.values(ec2.routeTables).find((table) => table.VpcId === VpcId);
  main?.Routes.push({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId, Origin: 'CreateRoute' });
  return vpc;
};

const describeVpc = (ec2: Ec2, vpc: VpcRecord, { account }: Request): Vpc => ({
  VpcId: vpc.VpcId,
  CidrBlock: vpc.CidrBlock,
  CidrBlockAssociationSet: [
    {
      AssociationId: vpc.VpcId.replace('vpc-', 'vpc-cidr-assoc-'),
      CidrBlock: vpc.CidrBlock,
      CidrBlockState: { State: 'associated' },
    },
  ],
  Ipv6CidrBlockAssociationSet: vpc.Ipv6CidrBlock
    ? [
        {
          AssociationId: vpc.VpcId.replace('vpc-', 'vpc-cidr-assoc-6'),
          Ipv6CidrBlock: vpc.Ipv6CidrBlock,
          Ipv6CidrBlockState: { State: 'associated' },
        },
      ]
    : [],
  DhcpOptionsId: 'default',
  InstanceTenancy: 'default',
  IsDefault: vpc.IsDefault,
  OwnerId: account,
  State: 'available',
  Tags: tagsOf(ec2, vpc.VpcId),
});

export const createVpc =
  (addDefaultGroup: AddDefaultGroup) =>
  (input: CreateVpcRequest, request: Request): CreateVpcResult => {
    const ec2 = ec2Slice(request);
    const { CidrBlock } = input;
    if (!CidrBlock) throw awsError('MissingParameter', 'Either cidrBlock or ipv4IpamPoolId should be provided.');
    const ipv6 = input.AmazonProvidedIpv6CidrBlock === true;
    const vpc = newVpc(ec2, { CidrBlock, ipv6, IsDefault: false }, request, addDefaultGroup);
    tagNew(ec2, vpc.VpcId, input.TagSpecifications, 'vpc');
    return { Vpc: describeVpc(ec2, vpc, request) };
  };

export const describeVpcs = (input: DescribeVpcsRequest, request: Request): DescribeVpcsResult => {
  const ec2 = ec2Slice(request);
  const vpcs = chosen(ec2.vpcs, input.VpcIds, 'InvalidVpcID.NotFound', 'vpc ID').filter((vpc) =>
    matches(
      input.Filters,
      {
        'vpc-id': [vpc.VpcId],
        cidr: [vpc.CidrBlock],
        'is-default': [vpc.IsDefault],
        isDefault: [vpc.IsDefault],
        state: ['available'],
        'owner-id': [request.account],
      },
      tagsOf(ec2, vpc.VpcId),
    ),
  );
  const { items, ...next } = page(vpcs, input);
  return { Vpcs: items.map((vpc) => describeVpc(ec2, vpc, request)), ...next };
};

export const deleteVpc = ({ VpcId }: DeleteVpcRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const vpc = found(ec2.vpcs, VpcId, 'InvalidVpcID.NotFound', 'vpc ID');
  const inVpc = (record: { readonly VpcId?: string }): boolean => record.VpcId === vpc.VpcId;
  const dependent =
    [ec2.subnets, ec2.internetGateways, ec2.vpcEndpoints].some((table) =>
      Object.values<{ VpcId?: string }>(table).some(inVpc),
    ) ||
    Object.values(ec2.securityGroups).some((group) => inVpc(group) && group.GroupName !== 'default') ||
    Object.values(ec2.routeTables).some((table) => inVpc(table) && !table.Associations.some(({ Main }) => Main));
  if (dependent) {
    throw awsError('DependencyViolation', `The vpc '${vpc.VpcId}' has dependencies and cannot be deleted.`);
  }
  for (const group of Object.values(ec2.securityGroups).filter(inVpc)) delete ec2.securityGroups[group.GroupId];
  for (const table of Object.values(ec2.routeTables).filter(inVpc)) delete ec2.routeTables[table.RouteTableId];
  delete ec2.vpcs[vpc.VpcId];
  delete ec2.tags[vpc.VpcId];
  return {};
};

const describeSubnet = (ec2: Ec2, subnet: SubnetRecord, request: Request): Subnet => ({
  SubnetId: subnet.SubnetId,
  SubnetArn: arn(request, `subnet/${subnet.SubnetId}`),
  VpcId: subnet.VpcId,
  CidrBlock: subnet.CidrBlock,
  AvailabilityZone: subnet.AvailabilityZone,
  DefaultForAz: subnet.DefaultForAz,
  MapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch,
  AssignIpv6AddressOnCreation: false,
  Ipv6CidrBlockAssociationSet: subnet.Ipv6CidrBlock
    ? [
        {
          AssociationId: subnet.SubnetId.replace('subnet-', 'subnet-cidr-assoc-'),
          Ipv6CidrBlock: subnet.Ipv6CidrBlock,
          Ipv6CidrBlockState: { State: 'associated' },
        },
      ]
    : [],
  OwnerId: request.account,
  State: 'available',
  Tags: tagsOf(ec2, subnet.SubnetId),
});

export const createSubnet = (input: CreateSubnetRequest, request: Request): CreateSubnetResult => {
  const ec2 = ec2Slice(request);
  const vpc = found(ec2.vpcs, input.VpcId, 'InvalidVpcID.NotFound', 'vpc ID');
  const { CidrBlock, Ipv6CidrBlock } = input;
  if (!CidrBlock) throw awsError('MissingParameter', 'Either ipv6CidrBlock or cidrBlock should be provided.');
  const siblings = Object.values(ec2.subnets).filter(({ VpcId }) => VpcId === vpc.VpcId);
  if (siblings.some((sibling) => sibling.CidrBlock === CidrBlock)) {
    throw awsError('InvalidSubnet.Conflict', `The CIDR '${CidrBlock}' conflicts with another subnet`);
  }
  const subnet = newSubnet(
    ec2,
    {
      VpcId: vpc.VpcId,
      CidrBlock,
      ...(Ipv6CidrBlock ? { Ipv6CidrBlock } : {}),
      AvailabilityZone: input.AvailabilityZone ?? `${request.region}a`,
      DefaultForAz: false,
      MapPublicIpOnLaunch: false,
    },
    request,
  );
  tagNew(ec2, subnet.SubnetId, input.TagSpecifications, 'subnet');
  return { Subnet: describeSubnet(ec2, subnet, request) };
};

export const describeSubnets = (input: DescribeSubnetsRequest, request: Request): DescribeSubnetsResult => {
  const ec2 = ec2Slice(request);
  const subnets = chosen(ec2.subnets, input.SubnetIds, 'InvalidSubnetID.NotFound', 'subnet ID').filter((subnet) =>
    matches(
      input.Filters,
      {
        'vpc-id': [subnet.VpcId],
        'subnet-id': [subnet.SubnetId],
        'availability-zone': [subnet.AvailabilityZone],
        availabilityZone: [subnet.AvailabilityZone],
        'cidr-block': [subnet.CidrBlock],
        'default-for-az': [subnet.DefaultForAz],
        defaultForAz: [subnet.DefaultForAz],
        'map-public-ip-on-launch': [subnet.MapPublicIpOnLaunch],
        state: ['available'],
      },
      tagsOf(ec2, subnet.SubnetId),
    ),
  );
  const { items, ...next } = page(subnets, input);
  return { Subnets: items.map((subnet) => describeSubnet(ec2, subnet, request)), ...next };
};

export const modifySubnetAttribute = (input: ModifySubnetAttributeRequest, request: Request): object => {
  const subnet = found(ec2Slice(request).subnets, input.SubnetId, 'InvalidSubnetID.NotFound', 'subnet ID');
  const { Value } = input.MapPublicIpOnLaunch ?? {};
  if (Value === undefined)
    throw new Error('the account in memory knows only MapPublicIpOnLaunch of ModifySubnetAttribute');
  subnet.MapPublicIpOnLaunch = Value;
  return {};
};

export const deleteSubnet = ({ SubnetId }: DeleteSubnetRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const subnet = found(ec2.subnets, SubnetId, 'InvalidSubnetID.NotFound', 'subnet ID');
  if (Object.values(ec2.networkInterfaces).some((eni) => eni.SubnetId === subnet.SubnetId)) {
    throw awsError('DependencyViolation', `The subnet '${subnet.SubnetId}' has dependencies and cannot be deleted.`);
  }
  for (const table of Object.values(ec2.routeTables)) {
    table.Associations = table.Associations.filter((association) => association.SubnetId !== subnet.SubnetId);
  }
  delete ec2.subnets[subnet.SubnetId];
  delete ec2.tags[subnet.SubnetId];
  return {};
};
