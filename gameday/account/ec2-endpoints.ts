// VPC endpoints.
import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { addInterface, defaultGroup, groupIdentifiers } from './ec2-interfaces.ts';
import { removeInterface } from './ec2-lifecycle.ts';
import type { Ec2, VpcEndpointRecord } from './ec2-records.ts';
import { chosen, ec2Slice, found, matches, page, tagNew, tagsOf } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

const describe = (ec2: Ec2, endpoint: VpcEndpointRecord, account: string): VpcEndpoint => ({
  VpcEndpointId: endpoint.VpcEndpointId,
  VpcEndpointType: endpoint.VpcEndpointType,
  VpcId: endpoint.VpcId,
  ServiceName: endpoint.ServiceName,
  // AWS answers in small letters what its own list of states writes with a capital.
  State: 'available' as never,
  ...(endpoint.PolicyDocument ? { PolicyDocument: endpoint.PolicyDocument } : {}),
  RouteTableIds: [...endpoint.RouteTableIds],
  SubnetIds: [...endpoint.SubnetIds],
  Groups: groupIdentifiers(ec2, endpoint.Groups),
  NetworkInterfaceIds: [...endpoint.NetworkInterfaceIds],
  PrivateDnsEnabled: endpoint.PrivateDnsEnabled,
  RequesterManaged: false,
  CreationTimestamp: new Date(endpoint.CreationTimestamp),
  OwnerId: account,
  Tags: tagsOf(ec2, endpoint.VpcEndpointId),
});

const listed = ['s3', 'dynamodb'];

/** The id of the list of a service's addresses, made up but the same for the same Region and service. */
const prefixListId = (region: string, service: string): string => {
  const sum = `${region} ${service}`
    .split('')
    .reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) >>> 0, 7);
  return `pl-${sum.toString(16).padStart(8, '0')}`;
};

export const describePrefixLists = (input: DescribePrefixListsRequest, request: Request): DescribePrefixListsResult => {
  const { region } = request;
  const all = Object.fromEntries(
    listed.map((service) => {
      const PrefixListId = prefixListId(region, service);
      return [PrefixListId, { PrefixListId, PrefixListName: `com.amazonaws.${region}.${service}`, Cidrs: [] }];
    }),
  );
  const lists = chosen(all, input.PrefixListIds, 'InvalidPrefixListId.NotFound', 'prefixList ID').filter((list) =>
    matches(input.Filters, { 'prefix-list-id': [list.PrefixListId], 'prefix-list-name': [list.PrefixListName] }),
  );
  const { items, ...next } = page(lists, input);
  return { PrefixLists: items, ...next };
};

/** An interface endpoint has one interface a subnet, which the service keeps for itself. */
export const createVpcEndpoint = (input: CreateVpcEndpointRequest, request: Request): CreateVpcEndpointResult => {
  const ec2 = ec2Slice(request);
  const { VpcId } = found(ec2.vpcs, input.VpcId, 'InvalidVpcId.NotFound', 'Vpc Id');
  const VpcEndpointType = input.VpcEndpointType ?? 'Gateway';
  if (VpcEndpointType !== 'Gateway' && VpcEndpointType !== 'Interface') {
    throw new Error(`the account in memory has no VPC endpoints of type ${VpcEndpointType}: add them here`);
  }
  const ServiceName = input.ServiceName ?? '';
  if (!ServiceName) throw awsError('MissingParameter', 'The request must contain the parameter ServiceName');
  const isInterface = VpcEndpointType === 'Interface';
  const subnets = (isInterface ? (input.SubnetIds ?? []) : []).map((id) =>
    found(ec2.subnets, id, 'InvalidSubnetId.NotFound', 'subnet Id'),
  );
  const tables = (isInterface ? [] : (input.RouteTableIds ?? [])).map((id) =>
    found(ec2.routeTables, id, 'InvalidRouteTableId.NotFound', 'route table Id'),
  );
  const VpcEndpointId = request.newId('vpce');
  const groups = isInterface ? (input.SecurityGroupIds ?? [defaultGroup(ec2, VpcId)]) : [];
  const interfaces = subnets.map((subnet) =>
    addInterface(
      ec2,
      {
        subnet,
        groups,
        type: 'vpc_endpoint',
        description: `VPC Endpoint Interface ${VpcEndpointId}`,
        requesterId: '727180483921',
      },
      request,
    ),
  );
  for (const table of tables) {
    table.Routes.push({
      DestinationPrefixListId: prefixListId(request.region, ServiceName.split('.').at(-1) ?? ''),
      GatewayId: VpcEndpointId,
      Origin: 'CreateRoute',
    });
  }
  const endpoint: VpcEndpointRecord = {
    VpcEndpointId,
    VpcEndpointType,
    VpcId,
    ServiceName,
    ...(input.PolicyDocument ? { PolicyDocument: input.PolicyDocument } : {}),
    PrivateDnsEnabled: isInterface && (input.PrivateDnsEnabled ?? true),
    CreationTimestamp: request.now.getTime(),
    NetworkInterfaceIds: interfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
    RouteTableIds: tables.map(({ RouteTableId }) => RouteTableId),
    SubnetIds: subnets.map(({ SubnetId }) => SubnetId),
    Groups: groups,
  };
  ec2.vpcEndpoints[VpcEndpointId] = endpoint;
  tagNew(ec2, VpcEndpointId, input.TagSpecifications, 'vpc-endpoint');
  return { VpcEndpoint: describe(ec2, endpoint, request.account) };
};

export const describeVpcEndpoints = (
  input: DescribeVpcEndpointsRequest,
  request: Request,
): DescribeVpcEndpointsResult => {
  const ec2 = ec2Slice(request);
  const endpoints = chosen(
    ec2.vpcEndpoints,
    input.VpcEndpointIds,
    'InvalidVpcEndpointId.NotFound',
    'Vpc Endpoint Id',
  ).filter((endpoint) =>
    matches(
      input.Filters,
      {
        'vpc-id': [endpoint.VpcId],
        'service-name': [endpoint.ServiceName],
        'vpc-endpoint-id': [endpoint.VpcEndpointId],
        'vpc-endpoint-type': [endpoint.VpcEndpointType],
        'vpc-endpoint-state': ['available'],
      },
      tagsOf(ec2, endpoint.VpcEndpointId),
    ),
  );
  const { items, ...next } = page(endpoints, input);
  return { VpcEndpoints: items.map((endpoint) => describe(ec2, endpoint, request.account)), ...next };
};

/** What can't be deleted is told in the answer, not by an error. */
export const deleteVpcEndpoints = (input: DeleteVpcEndpointsRequest, request: Request): DeleteVpcEndpointsResult => {
  const ec2 = ec2Slice(request);
  const ids = input.VpcEndpointIds ?? [];
  for (const endpoint of ids.flatMap((id) => ec2.vpcEndpoints[id] ?? [])) {
    for (const id of endpoint.NetworkInterfaceIds) removeInterface(ec2, id);
    for (const table of Object.values(ec2.routeTables)) {
      table.Routes = table.Routes.filter(({ GatewayId }) => GatewayId !== endpoint.VpcEndpointId);
    }
  }
  const unknown = ids.filter((id) => !ec2.vpcEndpoints[id]);
  for (const id of ids) {
    delete ec2.vpcEndpoints[id];
    delete ec2.tags[id];
  }
  return {
    Unsuccessful: unknown.map((ResourceId) => ({
      ResourceId,
      Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: `The VpcEndpoint Id '${ResourceId}' does not exist` },
    })),
  };
};
