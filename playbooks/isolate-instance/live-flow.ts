// Whether the connection that a finding describes outlives the change of groups. Pure.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
import { BlockList, isIP } from 'node:net';
import type { Activity } from '../language/finding.ts';
import type { SeenTarget } from './load-balancers.ts';
import type { OpenRule, Seen, SeenInterface, SeenRoute } from './seen.ts';

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const covers = ({ destination }: SeenRoute, address: string): boolean => {
  const [network = '', prefix = ''] = destination.split('/');
  if (isIP(address) === 0 || isIP(network) !== isIP(address)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family(network));
  return list.check(address, family(address));
};

const prefixOf = ({ destination }: SeenRoute): number => Number(destination.split('/')[1]);

/** The narrowest route to an address decides. */
export const routeTo = (routes: readonly SeenRoute[], address: string): SeenRoute | undefined =>
  routes.filter((route) => covers(route, address)).toSorted((a, b) => prefixOf(b) - prefixOf(a))[0];

/** Open to everyone, whatever the port. */
const isAll = ({ protocol }: OpenRule): boolean => protocol === '-1';

/**
 * A flow is not tracked, and so ends at once, where its own rule and all ports of the other direction are open to everyone.
 * Which port an inbound flow came in by, a finding does not say: only a rule for all ports counts then.
 */
const isUntracked = (seen: Seen, { groups }: SeenInterface, activity: Activity): boolean => {
  const rules = seen.openRules.filter(({ group }) => groups.includes(group));
  const own = activity.direction === 'INBOUND' ? 'in' : 'out';
  const port = own === 'out' ? activity.remotePort : undefined;
  const protocol = activity.protocol?.toLowerCase();
  const lets = (rule: OpenRule): boolean =>
    isAll(rule) || (rule.protocol === protocol && port !== undefined && rule.from <= port && port <= rule.to);
  return (
    rules.some((rule) => rule.direction === own && lets(rule)) &&
    rules.some((rule) => rule.direction !== own && isAll(rule))
  );
};

/** What AWS keeps track of by itself, whatever the rules say. */
const trackedBy = (target: string): string | undefined => {
  if (target.startsWith('nat-')) return `the NAT gateway ${target}`;
  if (target.startsWith('eigw-')) return `the egress-only internet gateway ${target}`;
  if (target.startsWith('vpce-')) return `the firewall endpoint ${target}`;
  return undefined;
};

/** Network and gateway load balancers; the others open connections of their own. */
const passesThrough = ({ protocol }: SeenTarget): boolean =>
  ['TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC', 'GENEVE'].includes(protocol);

const survivesOn = (seen: Seen, eni: SeenInterface, activity: Activity, remote: string): string | undefined => {
  if (activity.direction === 'INBOUND' && seen.targetGroups.some(({ targets }) => targets.some(passesThrough)))
    return 'a network load balancer';
  const target = routeTo(seen.routes[eni.subnet] ?? [], remote)?.target;
  if (target === undefined) return undefined;
  const by = trackedBy(target);
  if (by) return by;
  if (target.startsWith('igw-') && family(remote) === 'ipv4') {
    // The flow goes with its public address, which is detached; without any it can't come this way.
    if (eni.assignedAddress === null) return undefined;
  }
  return isUntracked(seen, eni, activity) ? undefined : `the security groups of ${eni.id}, which keep track of it`;
};

/** What has to be known before a connection can be said to end. */
const unknownOf = ({ gaps }: Seen, { direction }: Activity): string | undefined =>
  gaps.find(({ what }) => what === 'route tables' || (direction === 'INBOUND' && what.startsWith('target group')))
    ?.what;

/** How the connection of the finding can go on, in words; empty where it ends. */
export const liveFlows = (seen: Seen, activity: Activity): readonly string[] => {
  const { remoteAddress: remote, remotePort } = activity;
  if (activity.kind !== 'connection' || !remote || seen.state !== 'running') return [];
  const connection = `the connection with ${remote}${remotePort === undefined ? '' : `:${remotePort}`}, if it is still open`;
  const unknown = unknownOf(seen, activity);
  if (unknown) return [`${connection}: the ${unknown} could not be read, so it is not known to end`];
  const ways = seen.interfaces
    .filter(({ managedBy }) => managedBy === null)
    .flatMap((eni) => survivesOn(seen, eni, activity, remote) ?? []);
  return [...new Set(ways)].map((way) => `${connection}: it goes through ${way}, and lives until it falls silent`);
};
