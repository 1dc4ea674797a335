// Which load balancers send an instance requests. AWS has no list by instance, so all target groups of its VPCs are looked through.
import { DescribeLoadBalancersCommand, ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetGroup,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../language/aws.ts';
import { type ClassicMemberId, isRegistered, type TargetId, targetId } from '../settings/elastic-load-balancing.ts';
import type { Read } from './reader.ts';

/** How many a group of servers has, and how many of them would go on serving without ours. */
export type Serving = { readonly of: string; readonly total: number; readonly remaining: number };

export type SeenTarget = { readonly id: TargetId; readonly protocol: string };

export type SeenClassicBalancer = { readonly id: ClassicMemberId; readonly serving: Serving };

export const listTargetGroups = async (aws: Aws): Promise<readonly TargetGroup[]> => {
  const groups: TargetGroup[] = [];
  let marker: string | undefined;
  do {
    const page = await aws(ElasticLoadBalancingV2Client).send(
      new DescribeTargetGroupsCommand({ ...(marker && { Marker: marker }) }),
    );
    groups.push(...(page.TargetGroups ?? []));
    marker = page.NextMarker;
  } while (marker);
  return groups;
};

export const classicBalancers = async (aws: Aws, instance: string): Promise<readonly SeenClassicBalancer[]> => {
  const found: SeenClassicBalancer[] = [];
  let marker: string | undefined;
  do {
    const page = await aws(ElasticLoadBalancingClient).send(
      new DescribeLoadBalancersCommand({ ...(marker && { Marker: marker }) }),
    );
    for (const { LoadBalancerName: name, Instances = [] } of page.LoadBalancerDescriptions ?? []) {
      const others = Instances.filter(({ InstanceId }) => InstanceId !== instance);
      if (others.length === Instances.length) continue;
      const serving = { of: `load balancer ${name}`, total: Instances.length, remaining: others.length };
      found.push({ id: `${name}/${instance}` as ClassicMemberId, serving });
    }
    marker = page.NextMarker;
  } while (marker);
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
};

type Place = { readonly vpc: string; readonly addresses: readonly string[] };

/** A group of addresses may name one of a peered VPC; a group of instances holds only its own VPC's. */
const mayHold = ({ TargetType, VpcId }: TargetGroup, places: readonly Place[]): boolean =>
  TargetType === 'ip' || (TargetType === 'instance' && places.some(({ vpc }) => vpc === VpcId));

export type SeenTargetGroup = {
  readonly arn: string;
  readonly targets: readonly SeenTarget[];
  /** Null where no load balancer uses the group: then nobody is served by it anyway. */
  readonly serving: Serving | null;
};

/** Without health checks AWS sends requests to all: such a target serves as well. */
const serves = ({ TargetHealth }: TargetHealthDescription): boolean =>
  TargetHealth?.State === 'healthy' || TargetHealth?.State === 'unavailable';

const servingIn = (
  name: string | undefined,
  all: readonly TargetHealthDescription[],
  isOurs: (health: TargetHealthDescription) => boolean,
): Serving | null => {
  if (all.every(({ TargetHealth }) => TargetHealth?.Reason === 'Target.NotInUse')) return null;
  const remaining = all.filter((health) => serves(health) && !isOurs(health)).length;
  return { of: `target group ${name}`, total: all.length, remaining };
};

/** The groups in which the instance is registered, by its id or by one of its addresses. */
export const targetGroupsOf = async (
  aws: Aws,
  read: Read,
  groups: readonly TargetGroup[],
  instance: string,
  places: readonly Place[],
): Promise<readonly SeenTargetGroup[]> => {
  const ours = new Set([instance, ...places.flatMap(({ addresses }) => addresses)]);
  const isOurs = ({ Target }: TargetHealthDescription): boolean => ours.has(Target?.Id ?? '');
  const found = await Promise.all(
    groups
      .filter((group) => mayHold(group, places))
      .map(async ({ TargetGroupArn: arn = '', TargetGroupName: name, Protocol: protocol = '' }) => {
        const answer = await read(`target group ${name}`, () =>
          aws(ElasticLoadBalancingV2Client).send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })),
        );
        const all = answer?.TargetHealthDescriptions ?? [];
        const targets = all
          .filter((health) => isRegistered(health) && isOurs(health))
          .map(({ Target }) => ({ id: targetId(arn, { Id: '', ...Target }), protocol }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1));
        return { arn, targets, serving: servingIn(name, all, isOurs) };
      }),
  );
  return found.filter(({ targets }) => targets.length > 0).toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
};
