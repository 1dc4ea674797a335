// Network interfaces.
import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DetachNetworkInterfaceRequest,
  GroupIdentifier,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { freeAddress, freeIpv6Address } from './cidr.ts';
import { setTracking } from './ec2-connection-tracking.ts';
import { removeInterface } from './ec2-lifecycle.ts';
import type {
  Ec2,
  InstanceRecord,
  InterfaceAttachmentRecord,
  NetworkInterfaceRecord,
  SubnetRecord,
} from './ec2-records.ts';
import { chosen, ec2Slice, type FacetsOf, found, page, passing, tagNew, tagsOf } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

/** Groups on one interface; a quota that can be raised to 16. */
const groupsPerInterface = 5;

export const interfaceOf = (ec2: Ec2, id: string | undefined): NetworkInterfaceRecord =>
  found(ec2.networkInterfaces, id, 'InvalidNetworkInterfaceID.NotFound', 'networkInterface ID');

const instanceOf = (ec2: Ec2, id: string | undefined): InstanceRecord =>
  found(ec2.instances, id, 'InvalidInstanceID.NotFound', 'instance ID');

/** The groups for an interface: they are a set, and all of the interface's own VPC. */
export const checkedGroups = (ec2: Ec2, vpcId: string, ids: readonly string[]): string[] => {
  const groups = [...new Set(ids)].sort();
  for (const id of groups) {
    if (ec2.securityGroups[id]?.VpcId !== vpcId) {
      throw awsError('InvalidGroup.NotFound', `The security group '${id}' does not exist in VPC '${vpcId}'`);
    }
  }
  if (groups.length === 0) throw awsError('InvalidParameterValue', 'You must specify at least one security group');
  if (groups.length > groupsPerInterface) {
    throw awsError(
      'SecurityGroupsPerInterfaceLimitExceeded',
      'The maximum number of security groups per interface has been reached.',
    );
  }
  return groups;
};

export const defaultGroup = (ec2: Ec2, vpcId: string): string => {
  const group = Object.values(ec2.securityGroups).find(
    ({ VpcId, GroupName }) => VpcId === vpcId && GroupName === 'default',
  );
  if (!group) throw new Error(`the account in memory lost the default security group of ${vpcId}`);
  return group.GroupId;
};

/** An address from the range that is kept for benchmarks, so that it belongs to nobody. */
export const publicAddress = (newId: Request['newId']): string => {
  const digits = newId('ip').slice(-5);
  const byte = (start: number): number => Number.parseInt(digits.slice(start, start + 2), 16);
  return `198.${18 + (Number.parseInt(digits.slice(4), 16) % 2)}.${byte(0)}.${byte(2)}`;
};

export interface NewInterface {
  readonly subnet: SubnetRecord;
  readonly groups: readonly string[];
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly privateAddresses?: readonly string[];
  readonly secondaryAddresses?: number;
  readonly ipv6Addresses?: number;
  readonly autoPublicIp?: boolean;
  readonly requesterId?: string;
}

/** Puts an interface in a subnet. Without groups it gets the VPC's default one, but for those that a service keeps for itself. */
export const addInterface = (ec2: Ec2, wanted: NewInterface, { newId }: Request): NetworkInterfaceRecord => {
  const { subnet, requesterId } = wanted;
  const all = Object.values(ec2.networkInterfaces);
  const taken = new Set(all.flatMap((eni) => [...eni.PrivateIpAddresses, ...eni.Ipv6Addresses]));
  const take = (free: string | undefined): string => {
    if (!free)
      throw awsError('InsufficientFreeAddressesInSubnet', `The subnet '${subnet.SubnetId}' has no free addresses`);
    taken.add(free);
    return free;
  };
  const given = wanted.privateAddresses ?? [];
  for (const address of given) {
    if (taken.has(address)) throw awsError('InvalidIPAddress.InUse', `Address ${address} is in use.`);
  }
  const count = Math.max(0, (wanted.secondaryAddresses ?? 0) + 1 - given.length);
  const v4 = [...given, ...Array.from({ length: count }, () => take(freeAddress(subnet.CidrBlock, taken)))];
  const v6Block = subnet.Ipv6CidrBlock;
  if (wanted.ipv6Addresses && !v6Block) {
    throw awsError('InvalidParameterValue', `The subnet '${subnet.SubnetId}' has no IPv6 block`);
  }
  const v6 = Array.from({ length: wanted.ipv6Addresses ?? 0 }, () => take(freeIpv6Address(v6Block ?? '', taken)));
  const groups = wanted.groups.length > 0 ? checkedGroups(ec2, subnet.VpcId, wanted.groups) : undefined;
  const NetworkInterfaceId = newId('eni');
  const mac = NetworkInterfaceId.slice(-10).match(/../g) ?? [];
  const eni: NetworkInterfaceRecord = {
    NetworkInterfaceId,
    VpcId: subnet.VpcId,
    SubnetId: subnet.SubnetId,
    AvailabilityZone: subnet.AvailabilityZone,
    MacAddress: ['02', ...mac].join(':'),
    PrivateIpAddresses: v4,
    Ipv6Addresses: v6,
    InterfaceType: wanted.type ?? 'interface',
    Description: wanted.description ?? '',
    Groups: groups ?? (requesterId ? [] : [defaultGroup(ec2, subnet.VpcId)]),
    SourceDestCheck: wanted.type !== 'nat_gateway',
    RequesterManaged: requesterId !== undefined,
    ...(requesterId ? { RequesterId: requesterId } : {}),
    ...(wanted.autoPublicIp ? { AutoPublicIp: publicAddress(newId) } : {}),
  };
  ec2.networkInterfaces[NetworkInterfaceId] = eni;
  return eni;
};

const dnsName = (address: string, { region }: Request): string =>
  `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`;

export const groupIdentifiers = (ec2: Ec2, ids: readonly string[]): GroupIdentifier[] =>
  ids.map((GroupId) => ({ GroupId, GroupName: ec2.securityGroups[GroupId]?.GroupName ?? '' }));

export const attachmentOf = ({ Attachment }: NetworkInterfaceRecord) =>
  Attachment && {
    AttachmentId: Attachment.AttachmentId,
    DeviceIndex: Attachment.DeviceIndex,
    NetworkCardIndex: Attachment.NetworkCardIndex,
    DeleteOnTermination: Attachment.DeleteOnTermination,
    AttachTime: new Date(Attachment.AttachTime),
    Status: 'attached' as const,
  };

/** The public address on a private one: an elastic address, or on the first private one what AWS gave by itself. */
export const associationOf = (ec2: Ec2, eni: NetworkInterfaceRecord, address: string, request: Request) => {
  const elastic = Object.values(ec2.addresses).find(
    (each) => each.NetworkInterfaceId === eni.NetworkInterfaceId && each.PrivateIpAddress === address,
  );
  const PublicIp = elastic?.PublicIp ?? (address === eni.PrivateIpAddresses[0] ? eni.AutoPublicIp : undefined);
  if (!PublicIp) return undefined;
  const PublicDnsName = `ec2-${PublicIp.replaceAll('.', '-')}.${request.region}.compute.amazonaws.com`;
  return elastic
    ? {
        PublicIp,
        PublicDnsName,
        IpOwnerId: request.account,
        AllocationId: elastic.AllocationId,
        AssociationId: elastic.AssociationId,
      }
    : { PublicIp, PublicDnsName, IpOwnerId: 'amazon' };
};

const describe = (ec2: Ec2, eni: NetworkInterfaceRecord, request: Request): NetworkInterface => {
  const [primary = ''] = eni.PrivateIpAddresses;
  const association = associationOf(ec2, eni, primary, request);
  const attachment = attachmentOf(eni);
  return {
    NetworkInterfaceId: eni.NetworkInterfaceId,
    VpcId: eni.VpcId,
    SubnetId: eni.SubnetId,
    AvailabilityZone: eni.AvailabilityZone,
    OwnerId: request.account,
    Description: eni.Description,
    InterfaceType: eni.InterfaceType as NonNullable<NetworkInterface['InterfaceType']>,
    MacAddress: eni.MacAddress,
    Groups: groupIdentifiers(ec2, eni.Groups),
    PrivateIpAddress: primary,
    PrivateDnsName: dnsName(primary, request),
    PrivateIpAddresses: eni.PrivateIpAddresses.map((PrivateIpAddress, index) => {
      const Association = associationOf(ec2, eni, PrivateIpAddress, request);
      return {
        PrivateIpAddress,
        PrivateDnsName: dnsName(PrivateIpAddress, request),
        Primary: index === 0,
        ...(Association ? { Association } : {}),
      };
    }),
    Ipv6Addresses: eni.Ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    SourceDestCheck: eni.SourceDestCheck,
    RequesterManaged: eni.RequesterManaged,
    ...(eni.RequesterId ? { RequesterId: eni.RequesterId } : {}),
    Operator: eni.Operator ?? { Managed: false },
    Status: attachment ? 'in-use' : 'available',
    ...(attachment
      ? {
          Attachment: {
            ...attachment,
            InstanceOwnerId: eni.Attachment?.InstanceOwnerId,
            ...(eni.Attachment?.InstanceId ? { InstanceId: eni.Attachment.InstanceId } : {}),
          },
        }
      : {}),
    ...(association ? { Association: association } : {}),
    ...(eni.ConnectionTracking ? { ConnectionTrackingConfiguration: { ...eni.ConnectionTracking } } : {}),
    TagSet: tagsOf(ec2, eni.NetworkInterfaceId),
  };
};

export const describeNetworkInterfaces = (
  input: DescribeNetworkInterfacesRequest,
  request: Request,
): DescribeNetworkInterfacesResult => {
  const ec2 = ec2Slice(request);
  const all = chosen(
    ec2.networkInterfaces,
    input.NetworkInterfaceIds,
    'InvalidNetworkInterfaceID.NotFound',
    'networkInterface ID',
  );
  const facets: FacetsOf<NetworkInterfaceRecord> = {
    'network-interface-id': (eni) => [eni.NetworkInterfaceId],
    'attachment.instance-id': (eni) => [eni.Attachment?.InstanceId],
    'attachment.attachment-id': (eni) => [eni.Attachment?.AttachmentId],
    'attachment.device-index': (eni) => [eni.Attachment?.DeviceIndex],
    'group-id': (eni) => eni.Groups,
    'group-name': (eni) => eni.Groups.map((id) => ec2.securityGroups[id]?.GroupName),
    'vpc-id': (eni) => [eni.VpcId],
    'subnet-id': (eni) => [eni.SubnetId],
    'availability-zone': (eni) => [eni.AvailabilityZone],
    'interface-type': (eni) => [eni.InterfaceType],
    description: (eni) => [eni.Description],
    'private-ip-address': (eni) => eni.PrivateIpAddresses,
    'addresses.private-ip-address': (eni) => eni.PrivateIpAddresses,
    'requester-managed': (eni) => [eni.RequesterManaged],
    'requester-id': (eni) => [eni.RequesterId],
    'operator.managed': (eni) => [eni.Operator?.Managed ?? false],
    'association.public-ip': (eni) => [associationOf(ec2, eni, eni.PrivateIpAddresses[0] ?? '', request)?.PublicIp],
    status: (eni) => [eni.Attachment ? 'in-use' : 'available'],
  };
  const chosenOnes = passing(all, input.Filters, facets, (eni) => tagsOf(ec2, eni.NetworkInterfaceId));
  const { items, ...next } = page(chosenOnes, input);
  return { NetworkInterfaces: items.map((eni) => describe(ec2, eni, request)), ...next };
};

export const createNetworkInterface = (
  input: CreateNetworkInterfaceRequest,
  request: Request,
): CreateNetworkInterfaceResult => {
  const ec2 = ec2Slice(request);
  const subnet = found(ec2.subnets, input.SubnetId, 'InvalidSubnetID.NotFound', 'subnet ID');
  const tracking = input.ConnectionTrackingSpecification;
  const eni = addInterface(
    ec2,
    {
      subnet,
      groups: input.Groups ?? [],
      description: input.Description,
      type: input.InterfaceType,
      privateAddresses: input.PrivateIpAddress ? [input.PrivateIpAddress] : [],
      secondaryAddresses: input.SecondaryPrivateIpAddressCount ?? 0,
      ipv6Addresses: input.Ipv6AddressCount ?? 0,
    },
    request,
  );
  if (tracking) setTracking(eni, tracking);
  tagNew(ec2, eni.NetworkInterfaceId, input.TagSpecifications, 'network-interface');
  return { NetworkInterface: describe(ec2, eni, request) };
};

export const newAttachment = (
  instanceId: string,
  deviceIndex: number,
  deleteOnTermination: boolean,
  { newId, now, account }: Request,
): InterfaceAttachmentRecord => ({
  AttachmentId: newId('eni-attach'),
  InstanceId: instanceId,
  InstanceOwnerId: account,
  DeviceIndex: deviceIndex,
  NetworkCardIndex: 0,
  AttachTime: now.getTime(),
  DeleteOnTermination: deleteOnTermination,
});

export const attachNetworkInterface = (
  input: AttachNetworkInterfaceRequest,
  request: Request,
): AttachNetworkInterfaceResult => {
  const ec2 = ec2Slice(request);
  const eni = interfaceOf(ec2, input.NetworkInterfaceId);
  const instance = instanceOf(ec2, input.InstanceId);
  checkNotManaged(ec2, eni);
  if (instance.State !== 'running' && instance.State !== 'stopped') {
    throw awsError('IncorrectInstanceState', `Instance '${instance.InstanceId}' is not 'running' or 'stopped'.`);
  }
  if (eni.Attachment) {
    throw awsError(
      'InvalidNetworkInterface.InUse',
      `Network interface '${eni.NetworkInterfaceId}' is currently in use.`,
    );
  }
  if (eni.AvailabilityZone !== instance.AvailabilityZone) {
    throw awsError(
      'InvalidParameterCombination',
      'The network interface and the instance are not in one Availability Zone.',
    );
  }
  const index = input.DeviceIndex ?? 1;
  const occupied = Object.values(ec2.networkInterfaces).some(
    ({ Attachment }) => Attachment?.InstanceId === instance.InstanceId && Attachment.DeviceIndex === index,
  );
  if (occupied) {
    throw awsError(
      'InvalidParameterValue',
      `Instance '${instance.InstanceId}' already has an interface attached at device index '${index}'.`,
    );
  }
  eni.Attachment = newAttachment(instance.InstanceId, index, false, request);
  return { AttachmentId: eni.Attachment.AttachmentId, NetworkCardIndex: 0 };
};

export const detachNetworkInterface = (input: DetachNetworkInterfaceRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const eni = Object.values(ec2.networkInterfaces).find(
    ({ Attachment }) => Attachment?.AttachmentId === input.AttachmentId,
  );
  if (!eni) {
    throw awsError(
      'InvalidAttachmentID.NotFound',
      `The networkInterface attachment ID '${input.AttachmentId}' does not exist`,
    );
  }
  checkNotManaged(ec2, eni);
  if (eni.Attachment?.DeviceIndex === 0) {
    throw awsError(
      'OperationNotPermitted',
      'The network interface at device index 0 and networkCard index 0 cannot be detached.',
    );
  }
  delete eni.Attachment;
  return {};
};

export const deleteNetworkInterface = (input: DeleteNetworkInterfaceRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const eni = interfaceOf(ec2, input.NetworkInterfaceId);
  checkNotManaged(ec2, eni);
  if (eni.Attachment) {
    throw awsError(
      'InvalidNetworkInterface.InUse',
      `Network interface '${eni.NetworkInterfaceId}' is currently in use.`,
    );
  }
  removeInterface(ec2, eni.NetworkInterfaceId);
  return {};
};

/** What a service keeps for itself: of such an interface the account may change the tags only. */
export const checkNotManaged = (ec2: Ec2, eni: NetworkInterfaceRecord): void => {
  const instance = ec2.instances[eni.Attachment?.InstanceId ?? ''];
  if (eni.RequesterManaged || eni.Operator?.Managed || instance?.Operator?.Managed) {
    throw awsError(
      'OperationNotPermitted',
      `You are not allowed to manage '${eni.NetworkInterfaceId}': it is managed by ${eni.Operator?.Principal ?? eni.RequesterId ?? 'a service'}.`,
    );
  }
};
