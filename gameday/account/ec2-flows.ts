// Live connections and security groups' connection tracking: a tracked flow outlives the rule that let it in.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
import { contains } from './cidr.ts';
import { tcpEstablishedSeconds } from './ec2-instance-families.ts';
import type { Ec2, FlowRecord, NetworkInterfaceRecord, RuleRecord } from './ec2-records.ts';

const udpStreamSeconds = 180;

const isEverywhere = (rule: RuleRecord): boolean => rule.CidrIpv4 === '0.0.0.0/0' || rule.CidrIpv6 === '::/0';

const covers = (ec2: Ec2, rule: RuleRecord, flow: Pick<FlowRecord, 'protocol' | 'port' | 'peer'>): boolean => {
  const ports =
    rule.IpProtocol === '-1' ||
    (rule.IpProtocol === flow.protocol && rule.FromPort <= flow.port && flow.port <= rule.ToPort);
  if (!ports) return false;
  if (rule.CidrIpv4) return contains(rule.CidrIpv4, flow.peer);
  if (rule.CidrIpv6) return contains(rule.CidrIpv6, flow.peer);
  return Object.values(ec2.networkInterfaces).some(
    (eni) =>
      rule.ReferencedGroupId !== undefined &&
      eni.Groups.includes(rule.ReferencedGroupId) &&
      [...eni.PrivateIpAddresses, ...eni.Ipv6Addresses].includes(flow.peer),
  );
};

const rulesOf = (ec2: Ec2, { Groups }: NetworkInterfaceRecord): readonly RuleRecord[] =>
  Groups.flatMap((id) => ec2.securityGroups[id]?.rules ?? []);

type Packet = Pick<FlowRecord, 'direction' | 'protocol' | 'port' | 'peer'>;

/** Whether the interface's security groups let a new connection through. */
export const groupsAllow = (ec2: Ec2, eni: NetworkInterfaceRecord, packet: Packet): boolean =>
  rulesOf(ec2, eni).some((rule) => rule.IsEgress === (packet.direction === 'egress') && covers(ec2, rule, packet));

/** A flow isn't tracked where its own rule and all ports of the other direction are open to everyone. */
export const isTracked = (
  ec2: Ec2,
  eni: NetworkInterfaceRecord,
  flow: Packet & Pick<FlowRecord, 'automaticallyTracked'>,
): boolean => {
  if (flow.automaticallyTracked) return true;
  const rules = rulesOf(ec2, eni).filter(isEverywhere);
  const outwards = flow.direction === 'egress';
  const own = rules.some((rule) => rule.IsEgress === outwards && covers(ec2, rule, flow));
  const back = rules.some((rule) => rule.IsEgress !== outwards && rule.IpProtocol === '-1');
  return !(own && back);
};

const settleFlow = (ec2: Ec2, flow: FlowRecord, now: number): void => {
  const eni = ec2.networkInterfaces[flow.networkInterfaceId];
  const instance = ec2.instances[eni?.Attachment?.InstanceId ?? ''];
  if (!eni || instance?.State !== 'running') {
    flow.state = 'closed';
    return;
  }
  const idle = now - flow.lastPacketAt;
  const packets = Math.floor(idle / flow.packetEvery);
  if (packets === 0) return;
  const seconds =
    flow.protocol === 'tcp'
      ? (eni.ConnectionTracking?.TcpEstablishedTimeout ?? tcpEstablishedSeconds(instance.InstanceType))
      : (eni.ConnectionTracking?.UdpStreamTimeout ?? udpStreamSeconds);
  const remembered = flow.tracked && flow.packetEvery <= seconds * 1000;
  if (!remembered && !groupsAllow(ec2, eni, flow)) {
    flow.state = 'closed';
    return;
  }
  // The next packet makes the flow tracked or untracked by the rules of now, where there are any for it.
  if (groupsAllow(ec2, eni, flow)) flow.tracked = isTracked(ec2, eni, flow);
  flow.lastPacketAt += packets * flow.packetEvery;
};

export const settleFlows = (ec2: Ec2, now: Date): void => {
  for (const flow of Object.values(ec2.flows)) if (flow.state === 'open') settleFlow(ec2, flow, now.getTime());
};
