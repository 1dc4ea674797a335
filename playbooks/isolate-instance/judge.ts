// Can the attacker still do it? Judged on the account's own state, with nothing of the playbook.
import { BlockList, isIP } from 'node:net';
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import type { Aws } from '../language/aws.ts';

const covers = (block: string, address: string): boolean => {
  const [network = '', prefix = ''] = block.split('/');
  if (isIP(network) !== isIP(address)) return false;
  const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), kind);
  return list.check(address, kind);
};

const lets = ({ IpRanges = [], Ipv6Ranges = [] }: IpPermission, address: string): boolean =>
  [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].some((block) =>
    covers(block ?? '', address),
  );

/** Whether any group of any of its interfaces lets traffic with one of these addresses through, in either direction. */
export const canTalk = async (aws: Aws, instance: string, ...addresses: readonly string[]): Promise<boolean> => {
  const { NetworkInterfaces = [] } = await aws(EC2Client).send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instance] }] }),
  );
  const ids = NetworkInterfaces.flatMap(({ Groups }) => (Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []));
  if (ids.length === 0) return false;
  const { SecurityGroups = [] } = await aws(EC2Client).send(new DescribeSecurityGroupsCommand({ GroupIds: ids }));
  const permissions = SecurityGroups.flatMap(({ IpPermissions = [], IpPermissionsEgress = [] }) => [
    ...IpPermissions,
    ...IpPermissionsEgress,
  ]);
  return permissions.some((permission) => addresses.some((address) => lets(permission, address)));
};

/** Whether an open connection would live on whatever the groups say: the instance runs, and NAT keeps track of what goes out. */
export const isTrackedByNat = async (aws: Aws, instance: string): Promise<boolean> => {
  const { Reservations } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [instance] }));
  const found = Reservations?.[0]?.Instances?.[0];
  const subnet = found?.NetworkInterfaces?.[0]?.SubnetId ?? found?.SubnetId ?? '';
  const { RouteTables = [] } = await aws(EC2Client).send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.subnet-id', Values: [subnet] }] }),
  );
  const throughNat = RouteTables.some(({ Routes }) => Routes?.some(({ NatGatewayId }) => NatGatewayId));
  return found?.State?.Name === 'running' && throughNat;
};

type Document = {
  readonly Statement: readonly {
    Effect: string;
    Action?: unknown;
    NotAction?: readonly string[];
    Condition?: unknown;
  }[];
};

/** What the attacker has no use for: only Systems Manager can speak to its agent. */
const harmless = /^(ssmmessages:|ec2messages:|ssm:(Describe|List|Put|Update|GetDocument$))/;

/** Whether the role denies everything that is of use to the session that EC2 names after the instance. */
export const isSessionDenied = async (
  aws: Aws,
  { roleName: RoleName, roleId }: { readonly roleName: string; readonly roleId: string },
  instance: string,
): Promise<boolean> => {
  const iam = aws(IAMClient);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as Document;
    const denies = Statement.some(
      ({ Effect, Action, NotAction, Condition }) =>
        Effect === 'Deny' &&
        (Action === '*' || NotAction?.every((action) => harmless.test(action))) &&
        JSON.stringify(Condition) === JSON.stringify({ StringEquals: { 'aws:userid': `${roleId}:${instance}` } }),
    );
    if (denies) return true;
  }
  return false;
};
