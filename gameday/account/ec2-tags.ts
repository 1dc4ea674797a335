// Tags on any EC2 resource.
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
} from '@aws-sdk/client-ec2';
import type { Ec2 } from './ec2-records.ts';
import { addTags, ec2Slice, matches, page } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

const types: Readonly<
  Record<string, { readonly type: ResourceType; readonly table: keyof Ec2; readonly code: string }>
> = {
  vpc: { type: 'vpc', table: 'vpcs', code: 'InvalidVpcID.NotFound' },
  subnet: { type: 'subnet', table: 'subnets', code: 'InvalidSubnetID.NotFound' },
  sg: { type: 'security-group', table: 'securityGroups', code: 'InvalidGroup.NotFound' },
  eni: { type: 'network-interface', table: 'networkInterfaces', code: 'InvalidNetworkInterfaceID.NotFound' },
  eipalloc: { type: 'elastic-ip', table: 'addresses', code: 'InvalidAllocationID.NotFound' },
  igw: { type: 'internet-gateway', table: 'internetGateways', code: 'InvalidInternetGatewayID.NotFound' },
  nat: { type: 'natgateway', table: 'natGateways', code: 'NatGatewayNotFound' },
  rtb: { type: 'route-table', table: 'routeTables', code: 'InvalidRouteTableID.NotFound' },
  vpce: { type: 'vpc-endpoint', table: 'vpcEndpoints', code: 'InvalidVpcEndpointId.NotFound' },
  i: { type: 'instance', table: 'instances', code: 'InvalidInstanceID.NotFound' },
  lt: { type: 'launch-template', table: 'launchTemplates', code: 'InvalidLaunchTemplateId.NotFound' },
  vol: { type: 'volume', table: 'volumes', code: 'InvalidVolume.NotFound' },
  snap: { type: 'snapshot', table: 'snapshots', code: 'InvalidSnapshot.NotFound' },
};

const prefixOf = (id: string): string => id.slice(0, id.lastIndexOf('-'));

const checkExists = (ec2: Ec2, id: string): void => {
  const kind = types[prefixOf(id)];
  if (!kind && prefixOf(id) !== 'sgr') throw awsError('InvalidID', `The ID '${id}' is not valid`);
  if (kind && !(id in ec2[kind.table])) throw awsError(kind.code, `The ID '${id}' does not exist`);
};

export const createTags = (input: CreateTagsRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const ids = input.Resources ?? [];
  for (const id of ids) checkExists(ec2, id);
  for (const id of ids) addTags(ec2, id, input.Tags);
  return {};
};

/** A tag with a value goes only if it has that value; without tags all of them go. */
export const deleteTags = (input: DeleteTagsRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const ids = input.Resources ?? [];
  for (const id of ids) checkExists(ec2, id);
  for (const id of ids) {
    const goes = (key: string, value: string): boolean =>
      !input.Tags || input.Tags.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value));
    const left = Object.entries(ec2.tags[id] ?? {}).filter(([key, value]) => !goes(key, value));
    if (left.length > 0) ec2.tags[id] = Object.fromEntries(left);
    else delete ec2.tags[id];
  }
  return {};
};

export const describeTags = (input: DescribeTagsRequest, request: Request): DescribeTagsResult => {
  const ec2 = ec2Slice(request);
  const tags = Object.entries(ec2.tags).flatMap(([ResourceId, own]) =>
    Object.entries(own).map(([Key, Value]) => ({
      ResourceId,
      ResourceType: types[prefixOf(ResourceId)]?.type ?? ('security-group-rule' as const),
      Key,
      Value,
    })),
  );
  const { items, ...next } = page(
    tags.filter((tag) =>
      matches(
        input.Filters,
        { 'resource-id': [tag.ResourceId], 'resource-type': [tag.ResourceType], key: [tag.Key], value: [tag.Value] },
        [tag],
      ),
    ),
    input,
  );
  return { Tags: items, ...next };
};
