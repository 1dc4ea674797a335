// Internet gateways, NAT gateways and route tables: which way packets leave a subnet.
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  CreateRouteRequest,
  CreateRouteResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteInternetGatewayRequest,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DeleteRouteTableRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DetachInternetGatewayRequest,
  DisassociateRouteTableRequest,
  InternetGateway,
  NatGateway,
  RouteTable,
} from '@aws-sdk/client-ec2';
import { addInterface } from './ec2-interfaces.ts';
import { removeInterface } from './ec2-lifecycle.ts';
import type { Ec2, InternetGatewayRecord, NatGatewayRecord, RouteRecord, RouteTableRecord } from './ec2-records.ts';
import { chosen, ec2Slice, found, matches, page, tagNew, tagsOf } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

const gatewayOf = (ec2: Ec2, id: string | undefined): InternetGatewayRecord =>
  found(ec2.internetGateways, id, 'InvalidInternetGatewayID.NotFound', 'internetGateway ID');

const tableOf = (ec2: Ec2, id: string | undefined): RouteTableRecord =>
  found(ec2.routeTables, id, 'InvalidRouteTableID.NotFound', 'routeTable ID');

const describeInternetGateway = (ec2: Ec2, gateway: InternetGatewayRecord, account: string): InternetGateway => ({
  InternetGatewayId: gateway.InternetGatewayId,
  OwnerId: account,
  // The API says `available` here although its own list of attachment states doesn't know the word.
  Attachments: gateway.VpcId ? [{ VpcId: gateway.VpcId, State: 'available' as never }] : [],
  Tags: tagsOf(ec2, gateway.InternetGatewayId),
});

export const createInternetGateway = (
  input: CreateInternetGatewayRequest,
  request: Request,
): CreateInternetGatewayResult => {
  const ec2 = ec2Slice(request);
  const InternetGatewayId = request.newId('igw');
  tagNew(ec2, InternetGatewayId, input.TagSpecifications, 'internet-gateway');
  const gateway = { InternetGatewayId };
  ec2.internetGateways[InternetGatewayId] = gateway;
  return { InternetGateway: describeInternetGateway(ec2, gateway, request.account) };
};

export const attachInternetGateway = (input: AttachInternetGatewayRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const gateway = gatewayOf(ec2, input.InternetGatewayId);
  const { VpcId } = found(ec2.vpcs, input.VpcId, 'InvalidVpcID.NotFound', 'vpc ID');
  if (gateway.VpcId || Object.values(ec2.internetGateways).some((each) => each.VpcId === VpcId)) {
    throw awsError(
      'Resource.AlreadyAssociated',
      `resource ${gateway.InternetGatewayId} is already attached to network ${VpcId}`,
    );
  }
  gateway.VpcId = VpcId;
  return {};
};

export const detachInternetGateway = (input: DetachInternetGatewayRequest, request: Request): object => {
  const gateway = gatewayOf(ec2Slice(request), input.InternetGatewayId);
  if (gateway.VpcId !== input.VpcId) {
    throw awsError(
      'Gateway.NotAttached',
      `resource ${gateway.InternetGatewayId} is not attached to network ${input.VpcId}`,
    );
  }
  delete gateway.VpcId;
  return {};
};

export const deleteInternetGateway = (input: DeleteInternetGatewayRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const { InternetGatewayId, VpcId } = gatewayOf(ec2, input.InternetGatewayId);
  if (VpcId) {
    throw awsError(
      'DependencyViolation',
      `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
    );
  }
  delete ec2.internetGateways[InternetGatewayId];
  delete ec2.tags[InternetGatewayId];
  return {};
};

export const describeInternetGateways = (
  input: DescribeInternetGatewaysRequest,
  request: Request,
): DescribeInternetGatewaysResult => {
  const ec2 = ec2Slice(request);
  const gateways = chosen(
    ec2.internetGateways,
    input.InternetGatewayIds,
    'InvalidInternetGatewayID.NotFound',
    'internetGateway ID',
  ).filter((gateway) =>
    matches(
      input.Filters,
      { 'attachment.vpc-id': [gateway.VpcId], 'internet-gateway-id': [gateway.InternetGatewayId] },
      tagsOf(ec2, gateway.InternetGatewayId),
    ),
  );
  const { items, ...next } = page(gateways, input);
  return { InternetGateways: items.map((gateway) => describeInternetGateway(ec2, gateway, request.account)), ...next };
};

const describeNatGateway = (ec2: Ec2, nat: NatGatewayRecord): NatGateway => {
  const eni = ec2.networkInterfaces[nat.NetworkInterfaceId];
  const address = ec2.addresses[nat.AllocationId ?? ''];
  return {
    NatGatewayId: nat.NatGatewayId,
    VpcId: nat.VpcId,
    SubnetId: nat.SubnetId,
    ConnectivityType: nat.ConnectivityType,
    CreateTime: new Date(nat.CreateTime),
    State: nat.State,
    NatGatewayAddresses: eni
      ? [
          {
            NetworkInterfaceId: eni.NetworkInterfaceId,
            PrivateIp: eni.PrivateIpAddresses[0],
            IsPrimary: true,
            Status: 'succeeded',
            ...(address
              ? { AllocationId: address.AllocationId, PublicIp: address.PublicIp, AssociationId: address.AssociationId }
              : {}),
          },
        ]
      : [],
    Tags: tagsOf(ec2, nat.NatGatewayId),
  };
};

export const createNatGateway = (input: CreateNatGatewayRequest, request: Request): CreateNatGatewayResult => {
  const ec2 = ec2Slice(request);
  const subnet = found(ec2.subnets, input.SubnetId, 'InvalidSubnetID.NotFound', 'subnet ID');
  const ConnectivityType = input.ConnectivityType ?? 'public';
  const address = input.AllocationId
    ? found(ec2.addresses, input.AllocationId, 'InvalidAllocationID.NotFound', 'allocation ID')
    : undefined;
  if (ConnectivityType === 'public' && !address) {
    throw awsError('MissingParameter', 'The request must contain the parameter allocationId');
  }
  if (address?.AssociationId)
    throw awsError('Resource.AlreadyAssociated', `${address.AllocationId} is already associated`);
  const NatGatewayId = request.newId('nat');
  const eni = addInterface(
    ec2,
    {
      subnet,
      groups: [],
      type: 'nat_gateway',
      description: `Interface for NAT Gateway ${NatGatewayId}`,
      requesterId: 'amazon-aws',
    },
    request,
  );
  eni.Attachment = {
    AttachmentId: request.newId('ela-attach'),
    InstanceOwnerId: 'amazon-aws',
    DeviceIndex: 1,
    NetworkCardIndex: 0,
    AttachTime: request.now.getTime(),
    DeleteOnTermination: false,
  };
  if (address) {
    address.AssociationId = request.newId('eipassoc');
    address.NetworkInterfaceId = eni.NetworkInterfaceId;
    address.PrivateIpAddress = eni.PrivateIpAddresses[0] ?? '';
  }
  const nat: NatGatewayRecord = {
    NatGatewayId,
    VpcId: subnet.VpcId,
    SubnetId: subnet.SubnetId,
    ConnectivityType,
    CreateTime: request.now.getTime(),
    NetworkInterfaceId: eni.NetworkInterfaceId,
    ...(address ? { AllocationId: address.AllocationId } : {}),
    State: 'available',
  };
  ec2.natGateways[NatGatewayId] = nat;
  tagNew(ec2, NatGatewayId, input.TagSpecifications, 'natgateway');
  return { NatGateway: describeNatGateway(ec2, nat) };
};

export const deleteNatGateway = (input: DeleteNatGatewayRequest, request: Request): DeleteNatGatewayResult => {
  const ec2 = ec2Slice(request);
  const nat = found(ec2.natGateways, input.NatGatewayId, 'NatGatewayNotFound', 'NatGateway');
  removeInterface(ec2, nat.NetworkInterfaceId);
  delete ec2.natGateways[nat.NatGatewayId];
  delete ec2.tags[nat.NatGatewayId];
  return { NatGatewayId: nat.NatGatewayId };
};

export const describeNatGateways = (input: DescribeNatGatewaysRequest, request: Request): DescribeNatGatewaysResult => {
  const ec2 = ec2Slice(request);
  const gateways = chosen(ec2.natGateways, input.NatGatewayIds, 'NatGatewayNotFound', 'NatGateway').filter((nat) =>
    matches(
      input.Filter,
      { 'vpc-id': [nat.VpcId], 'subnet-id': [nat.SubnetId], 'nat-gateway-id': [nat.NatGatewayId], state: [nat.State] },
      tagsOf(ec2, nat.NatGatewayId),
    ),
  );
  const { items, ...next } = page(gateways, input);
  return { NatGateways: items.map((nat) => describeNatGateway(ec2, nat)), ...next };
};

const describeRouteTable = (ec2: Ec2, table: RouteTableRecord, account: string): RouteTable => ({
  RouteTableId: table.RouteTableId,
  VpcId: table.VpcId,
  OwnerId: account,
  Routes: table.Routes.map((route) => ({ ...route, State: 'active' })),
  Associations: table.Associations.map((association) => ({
    ...association,
    RouteTableId: table.RouteTableId,
    AssociationState: { State: 'associated' },
  })),
  PropagatingVgws: [],
  Tags: tagsOf(ec2, table.RouteTableId),
});

export const createRouteTable = (input: CreateRouteTableRequest, request: Request): CreateRouteTableResult => {
  const ec2 = ec2Slice(request);
  const vpc = found(ec2.vpcs, input.VpcId, 'InvalidVpcID.NotFound', 'vpc ID');
  const RouteTableId = request.newId('rtb');
  tagNew(ec2, RouteTableId, input.TagSpecifications, 'route-table');
  const table: RouteTableRecord = {
    RouteTableId,
    VpcId: vpc.VpcId,
    Routes: [{ DestinationCidrBlock: vpc.CidrBlock, GatewayId: 'local', Origin: 'CreateRouteTable' }],
    Associations: [],
  };
  ec2.routeTables[RouteTableId] = table;
  return { RouteTable: describeRouteTable(ec2, table, request.account) };
};

export const createRoute = (input: CreateRouteRequest, request: Request): CreateRouteResult => {
  const ec2 = ec2Slice(request);
  const { RouteTableId, DryRun: _, ...given } = input;
  const table = tableOf(ec2, RouteTableId);
  const route = { ...given, Origin: 'CreateRoute' } as RouteRecord;
  if (route.GatewayId?.startsWith('igw-')) gatewayOf(ec2, route.GatewayId);
  if (route.NatGatewayId) found(ec2.natGateways, route.NatGatewayId, 'InvalidNatGatewayID.NotFound', 'NatGateway ID');
  const same = (other: RouteRecord): boolean =>
    other.DestinationCidrBlock === route.DestinationCidrBlock &&
    other.DestinationIpv6CidrBlock === route.DestinationIpv6CidrBlock &&
    other.DestinationPrefixListId === route.DestinationPrefixListId;
  if (table.Routes.some(same)) {
    throw awsError('RouteAlreadyExists', `The route identified by ${route.DestinationCidrBlock} already exists.`);
  }
  table.Routes.push(route);
  return { Return: true };
};

export const associateRouteTable = (input: AssociateRouteTableRequest, request: Request): AssociateRouteTableResult => {
  const ec2 = ec2Slice(request);
  const table = tableOf(ec2, input.RouteTableId);
  const { SubnetId } = found(ec2.subnets, input.SubnetId, 'InvalidSubnetID.NotFound', 'subnet ID');
  if (
    Object.values(ec2.routeTables).some(({ Associations }) => Associations.some((each) => each.SubnetId === SubnetId))
  ) {
    throw awsError(
      'Resource.AlreadyAssociated',
      `the specified association for route table conflicts with an existing association`,
    );
  }
  const RouteTableAssociationId = request.newId('rtbassoc');
  table.Associations.push({ RouteTableAssociationId, Main: false, SubnetId });
  return { AssociationId: RouteTableAssociationId, AssociationState: { State: 'associated' } };
};

export const disassociateRouteTable = (input: DisassociateRouteTableRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const isAsked = (each: { readonly RouteTableAssociationId: string }): boolean =>
    each.RouteTableAssociationId === input.AssociationId;
  const table = Object.values(ec2.routeTables).find(({ Associations }) => Associations.some(isAsked));
  if (!table)
    throw awsError('InvalidAssociationID.NotFound', `The association ID '${input.AssociationId}' does not exist`);
  table.Associations = table.Associations.filter((each) => !isAsked(each));
  return {};
};

export const deleteRouteTable = (input: DeleteRouteTableRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const table = tableOf(ec2, input.RouteTableId);
  if (table.Associations.length > 0) {
    throw awsError(
      'DependencyViolation',
      `The routeTable '${table.RouteTableId}' has dependencies and cannot be deleted.`,
    );
  }
  delete ec2.routeTables[table.RouteTableId];
  delete ec2.tags[table.RouteTableId];
  return {};
};

export const describeRouteTables = (input: DescribeRouteTablesRequest, request: Request): DescribeRouteTablesResult => {
  const ec2 = ec2Slice(request);
  const tables = chosen(ec2.routeTables, input.RouteTableIds, 'InvalidRouteTableID.NotFound', 'routeTable ID').filter(
    (table) =>
      matches(
        input.Filters,
        {
          'vpc-id': [table.VpcId],
          'route-table-id': [table.RouteTableId],
          'association.subnet-id': table.Associations.map(({ SubnetId }) => SubnetId),
          'association.main': table.Associations.map(({ Main }) => Main),
          'association.route-table-association-id': table.Associations.map((each) => each.RouteTableAssociationId),
          'route.nat-gateway-id': table.Routes.map(({ NatGatewayId }) => NatGatewayId),
          'route.gateway-id': table.Routes.map(({ GatewayId }) => GatewayId),
          'route.destination-cidr-block': table.Routes.map((route) => route.DestinationCidrBlock),
        },
        tagsOf(ec2, table.RouteTableId),
      ),
  );
  const { items, ...next } = page(tables, input);
  return { RouteTables: items.map((table) => describeRouteTable(ec2, table, request.account)), ...next };
};
