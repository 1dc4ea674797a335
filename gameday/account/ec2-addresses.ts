// Elastic addresses.
import type {
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { publicAddress } from './ec2-interfaces.ts';
import type { AddressRecord, Ec2, NetworkInterfaceRecord } from './ec2-records.ts';
import { chosen, ec2Slice, found, matches, tagNew, tagsOf } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

export const allocateAddress = (input: AllocateAddressRequest, request: Request): AllocateAddressResult => {
  const ec2 = ec2Slice(request);
  const AllocationId = request.newId('eipalloc');
  const PublicIp = publicAddress(request.newId);
  tagNew(ec2, AllocationId, input.TagSpecifications, 'elastic-ip');
  ec2.addresses[AllocationId] = { AllocationId, PublicIp };
  return { AllocationId, PublicIp, PublicIpv4Pool: 'amazon', NetworkBorderGroup: request.region, Domain: 'vpc' };
};

const byPublicIp = (ec2: Ec2, publicIp: string | undefined): string | undefined =>
  Object.values(ec2.addresses).find(({ PublicIp }) => PublicIp === publicIp)?.AllocationId;

const addressOf = (
  ec2: Ec2,
  { AllocationId, PublicIp }: { readonly AllocationId?: string | undefined; readonly PublicIp?: string | undefined },
): AddressRecord =>
  found(ec2.addresses, AllocationId ?? byPublicIp(ec2, PublicIp), 'InvalidAllocationID.NotFound', 'allocation ID');

const primaryInterface = (ec2: Ec2, instanceId: string | undefined): NetworkInterfaceRecord => {
  const instance = found(ec2.instances, instanceId, 'InvalidInstanceID.NotFound', 'instance ID');
  const own = Object.values(ec2.networkInterfaces).filter(
    ({ Attachment }) => Attachment?.InstanceId === instance.InstanceId,
  );
  if (own.length > 1) {
    throw awsError(
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${instance.InstanceId}'. Please specify an interface ID for the operation instead.`,
    );
  }
  const [eni] = own;
  if (!eni) throw awsError('IncorrectInstanceState', `The instance '${instance.InstanceId}' has no network interface`);
  return eni;
};

/** Elastic addresses in a VPC move on their own, unless the caller forbids it. */
export const associateAddress = (input: AssociateAddressRequest, request: Request): AssociateAddressResult => {
  const ec2 = ec2Slice(request);
  const address = addressOf(ec2, input);
  const eni = input.NetworkInterfaceId
    ? found(
        ec2.networkInterfaces,
        input.NetworkInterfaceId,
        'InvalidNetworkInterfaceID.NotFound',
        'networkInterface ID',
      )
    : primaryInterface(ec2, input.InstanceId);
  const privateAddress = input.PrivateIpAddress ?? eni.PrivateIpAddresses[0] ?? '';
  if (!eni.PrivateIpAddresses.includes(privateAddress)) {
    throw awsError('InvalidParameterValue', `Address ${privateAddress} does not belong to ${eni.NetworkInterfaceId}`);
  }
  const elsewhere =
    address.AssociationId !== undefined &&
    (address.NetworkInterfaceId !== eni.NetworkInterfaceId || address.PrivateIpAddress !== privateAddress);
  if (elsewhere && input.AllowReassociation === false) {
    throw awsError(
      'Resource.AlreadyAssociated',
      `resource ${address.AllocationId} is already associated with associate-id ${address.AssociationId}`,
    );
  }
  if (address.AssociationId && !elsewhere) return { AssociationId: address.AssociationId };
  for (const other of Object.values(ec2.addresses)) {
    if (other.NetworkInterfaceId === eni.NetworkInterfaceId && other.PrivateIpAddress === privateAddress)
      release(other);
  }
  address.AssociationId = request.newId('eipassoc');
  address.NetworkInterfaceId = eni.NetworkInterfaceId;
  address.PrivateIpAddress = privateAddress;
  // The address that AWS gave by itself goes back to AWS.
  if (privateAddress === eni.PrivateIpAddresses[0]) delete eni.AutoPublicIp;
  return { AssociationId: address.AssociationId };
};

const release = (address: AddressRecord): void => {
  delete address.AssociationId;
  delete address.NetworkInterfaceId;
  delete address.PrivateIpAddress;
};

export const disassociateAddress = (input: DisassociateAddressRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const address = Object.values(ec2.addresses).find(
    ({ AssociationId, PublicIp }) =>
      AssociationId !== undefined && (AssociationId === input.AssociationId || PublicIp === input.PublicIp),
  );
  if (!address) {
    throw awsError('InvalidAssociationID.NotFound', `The association ID '${input.AssociationId ?? ''}' does not exist`);
  }
  release(address);
  return {};
};

export const releaseAddress = (input: ReleaseAddressRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const address = addressOf(ec2, input);
  if (address.AssociationId) {
    throw awsError('InvalidIPAddress.InUse', `Address ${address.PublicIp} is in use.`);
  }
  delete ec2.addresses[address.AllocationId];
  delete ec2.tags[address.AllocationId];
  return {};
};

export const describeAddresses = (input: DescribeAddressesRequest, request: Request): DescribeAddressesResult => {
  const ec2 = ec2Slice(request);
  const publicIps = input.PublicIps ?? [];
  const addresses = chosen(ec2.addresses, input.AllocationIds, 'InvalidAllocationID.NotFound', 'allocation ID').filter(
    (address) => publicIps.length === 0 || publicIps.includes(address.PublicIp),
  );
  const instanceOf = (address: AddressRecord): string | undefined =>
    ec2.networkInterfaces[address.NetworkInterfaceId ?? '']?.Attachment?.InstanceId;
  return {
    Addresses: addresses
      .filter((address) =>
        matches(
          input.Filters,
          {
            'allocation-id': [address.AllocationId],
            'association-id': [address.AssociationId],
            'instance-id': [instanceOf(address)],
            'network-interface-id': [address.NetworkInterfaceId],
            'private-ip-address': [address.PrivateIpAddress],
            'public-ip': [address.PublicIp],
            domain: ['vpc'],
          },
          tagsOf(ec2, address.AllocationId),
        ),
      )
      .map((address) => {
        const InstanceId = instanceOf(address);
        return {
          AllocationId: address.AllocationId,
          PublicIp: address.PublicIp,
          PublicIpv4Pool: 'amazon',
          NetworkBorderGroup: request.region,
          Domain: 'vpc' as const,
          ...(address.AssociationId
            ? {
                AssociationId: address.AssociationId,
                NetworkInterfaceId: address.NetworkInterfaceId,
                NetworkInterfaceOwnerId: request.account,
                PrivateIpAddress: address.PrivateIpAddress,
              }
            : {}),
          ...(InstanceId ? { InstanceId } : {}),
          Tags: tagsOf(ec2, address.AllocationId),
        };
      }),
  };
};
