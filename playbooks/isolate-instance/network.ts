// Where an instance stands in the network: its interfaces, and by which routes and rules traffic comes and goes.
import {
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type NetworkInterface,
  type RouteTable,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../language/aws.ts';
import type { InterfaceId } from '../settings/ec2.ts';
import type { AllocationId } from '../settings/ec2-address-association.ts';
import type { OpenRule, Seen, SeenInterface, SeenRoute } from './seen.ts';

export const interfacesOf = async (aws: Aws, instance: string): Promise<readonly SeenInterface[]> => {
  const { NetworkInterfaces = [] } = await aws(EC2Client).send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instance] }] }),
  );
  return NetworkInterfaces.toSorted(byDevice).map(seenInterface);
};

/** The primary interface first: what is attacked is most often reached there. */
const byDevice = (a: NetworkInterface, b: NetworkInterface): number =>
  (a.Attachment?.NetworkCardIndex ?? 0) - (b.Attachment?.NetworkCardIndex ?? 0) ||
  (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0);

type Association = { readonly address: string; readonly allocation: string | undefined; readonly public: string };

/** The primary address' association stands on the interface as well as on the address. */
const associationsOf = ({ Association, PrivateIpAddress, PrivateIpAddresses = [] }: NetworkInterface) => {
  const all = [{ PrivateIpAddress, Association }, ...PrivateIpAddresses].flatMap((one): readonly Association[] =>
    one.Association?.PublicIp
      ? [
          {
            address: one.PrivateIpAddress ?? '',
            allocation: one.Association.AllocationId,
            public: one.Association.PublicIp,
          },
        ]
      : [],
  );
  return all.filter((one, index) => index === all.findIndex((other) => other.public === one.public));
};

const seenInterface = (eni: NetworkInterface): SeenInterface => {
  const associations = associationsOf(eni);
  const managed = eni.RequesterManaged || eni.Operator?.Managed;
  return {
    id: eni.NetworkInterfaceId as InterfaceId,
    kind: eni.InterfaceType ?? 'interface',
    vpc: eni.VpcId ?? '',
    subnet: eni.SubnetId ?? '',
    groups: (eni.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted(),
    addresses: [
      ...(eni.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
      ...(eni.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    ],
    elastic: associations.flatMap(({ allocation, ...rest }) =>
      allocation ? [{ allocation: allocation as AllocationId, ...rest }] : [],
    ),
    assignedAddress: associations.find(({ allocation }) => !allocation)?.public ?? null,
    managedBy: managed ? (eni.Operator?.Principal ?? eni.RequesterId ?? 'an AWS service') : null,
  };
};

export const routeTablesOf = async (aws: Aws, vpcs: readonly string[]): Promise<readonly RouteTable[]> => {
  const answer = await aws(EC2Client).send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [...vpcs] }] }),
  );
  return answer.RouteTables ?? [];
};

const targetOf = (route: NonNullable<RouteTable['Routes']>[number]): string =>
  route.NatGatewayId ??
  route.GatewayId ??
  route.EgressOnlyInternetGatewayId ??
  route.TransitGatewayId ??
  route.VpcPeeringConnectionId ??
  route.NetworkInterfaceId ??
  route.LocalGatewayId ??
  route.CarrierGatewayId ??
  'elsewhere';

/** A subnet's own table, else its VPC's main one. */
export const routesOf = (tables: readonly RouteTable[], { subnet, vpc }: SeenInterface): readonly SeenRoute[] => {
  const table =
    tables.find(({ Associations }) => Associations?.some(({ SubnetId }) => SubnetId === subnet)) ??
    tables.find(({ VpcId, Associations }) => VpcId === vpc && Associations?.some(({ Main }) => Main));
  return (table?.Routes ?? []).flatMap((route) => {
    const destination = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock;
    return destination && route.State !== 'blackhole' ? [{ destination, target: targetOf(route) }] : [];
  });
};

export const describeGroups = async (aws: Aws, ids: readonly string[]): Promise<readonly SecurityGroup[]> => {
  const answer = await aws(EC2Client).send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: [...ids] }] }),
  );
  return answer.SecurityGroups ?? [];
};

export const openRulesOf = ({
  GroupId = '',
  IpPermissions = [],
  IpPermissionsEgress = [],
}: SecurityGroup): readonly OpenRule[] =>
  [
    ...IpPermissions.map((permission) => ({ permission, direction: 'in' as const })),
    ...IpPermissionsEgress.map((permission) => ({ permission, direction: 'out' as const })),
  ].flatMap(({ permission, direction }) => {
    const everyone =
      permission.IpRanges?.some(({ CidrIp }) => CidrIp === '0.0.0.0/0') ||
      permission.Ipv6Ranges?.some(({ CidrIpv6 }) => CidrIpv6 === '::/0');
    const { IpProtocol: protocol = '-1', FromPort: from = 0, ToPort: to = 65_535 } = permission;
    return everyone ? [{ group: GroupId, direction, protocol, from, to }] : [];
  });

export const endpointsOf = async (aws: Aws, vpcs: readonly string[]): Promise<Seen['endpoints']> => {
  const answer = await aws(EC2Client).send(
    new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [...vpcs] }] }),
  );
  return (answer.VpcEndpoints ?? []).map(({ VpcId: vpc = '', ServiceName = '' }) => ({
    vpc,
    service: ServiceName.slice(ServiceName.lastIndexOf('.') + 1),
  }));
};
