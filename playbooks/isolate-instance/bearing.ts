// What isolation would bear upon: what is cut off with the instance, and how much of its groups would go on serving. Pure.
import type { Bearing } from '../language/playbook.ts';
import { wayOut } from './scaling.ts';
import type { Seen } from './seen.ts';

/** Gaps behind which a group may hide that the instance serves in. */
const hidesGroups = (what: string): boolean =>
  ['Auto Scaling membership', 'Auto Scaling group', 'classic load balancers'].includes(what) ||
  what.startsWith('target group');

const isPresent = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

export const bearing = (seen: Seen): Bearing => {
  const { partition, region, account } = seen.place;
  const ec2 = (kind: string, id: string) => `arn:${partition}:ec2:${region}:${account}:${kind}/${id}`;
  // Letting a group's work rest is a change of the whole group.
  const rests = wayOut(seen) === 'suspend' ? seen.group?.arn : null;
  return {
    arns: [
      ...seen.interfaces.map(({ id }) => ec2('network-interface', id)),
      ...seen.interfaces.flatMap(({ elastic }) => elastic).map(({ allocation }) => ec2('elastic-ip', allocation)),
      ...[rests].filter(isPresent),
    ],
    tags: seen.tags,
    shares: [
      seen.group?.serving,
      ...seen.targetGroups.map(({ serving }) => serving),
      ...seen.classicBalancers.map(({ serving }) => serving),
    ].filter(isPresent),
    unread: seen.gaps.filter(({ what }) => hidesGroups(what)).map(({ what, why }) => `${what}: ${why}`),
  };
};
