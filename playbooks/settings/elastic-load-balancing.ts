// Whether load balancers send an instance their requests.
import type { Instance } from '@aws-sdk/client-ec2';
import {
  DeregisterInstancesFromLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingClient,
  RegisterInstancesWithLoadBalancerCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetDescription,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Aws, type Gone, gone, unless } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn } from '../language/statement.ts';
import { describeInstance } from './ec2.ts';

export type Registration = 'registered' | 'deregistered';
const settleSeconds = 10;
const say = (value: Registration): string => (value === 'registered' ? 'gets requests' : 'gets no new requests');

/**
 * A target group's ARN, a target, its port: `arn:…:targetgroup/web/0123456789abcdef/i-0123456789abcdef0:80`. An address outside the
 * group's own zones carries its zone behind an `@`, since it can't be registered again without.
 */
export type TargetId = `arn:${string}/${string}:${string}`;

export const targetId = (groupArn: string, { Id, Port, AvailabilityZone }: TargetDescription): TargetId =>
  `${groupArn}/${Id}:${Port ?? ''}${AvailabilityZone === 'all' ? '@all' : ''}` as TargetId;

const partsOf = (id: TargetId): { readonly group: string; readonly target: TargetDescription } => {
  const parts = /^(arn:[^/]+\/[^/]+\/[^/]+)\/(.+):(\d*)(@all)?$/.exec(id);
  if (!parts?.[1] || !parts[2])
    throw new Error(`'${id}' names no target: it shall read <target group's ARN>/<instance or address>:<port>.`);
  const [, group, target, port, zone] = parts;
  return {
    group,
    target: { Id: target, ...(port && { Port: Number(port) }), ...(zone && { AvailabilityZone: 'all' }) },
  };
};

/** A draining target gets no new requests: that counts as deregistered, though those under way may take until the draining ends. */
export const isRegistered = ({ TargetHealth }: TargetHealthDescription): boolean =>
  !TargetHealth?.State?.includes('draining') && TargetHealth?.Reason !== 'Target.NotRegistered';

/** An instance that is gone can't be registered any more; an address can. */
const instanceOf = async (aws: Aws, target: string | undefined): Promise<Instance | Gone | null> =>
  target?.startsWith('i-') ? describeInstance(aws, target) : null;

/** A target of an application, network or gateway load balancer. */
export const target = setting<TargetId, Registration>({
  name: 'elasticloadbalancing/target',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('elasticloadbalancing:DescribeTargetHealth', 'ec2:DescribeInstances')],
    write: [
      allowOn(
        ['arn:${Partition}:elasticloadbalancing:${Region}:${Account}:targetgroup/*/*'],
        ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
      ),
    ],
  },
  settleSeconds,
  read: async (aws, id) => {
    const { group, target } = partsOf(id);
    const [health, instance] = await Promise.all([
      // Asked for by name, a target that is not registered may be answered by an error: so all of them.
      unless(['TargetGroupNotFound', 'TargetGroupNotFoundException'], gone, () =>
        aws(ElasticLoadBalancingV2Client).send(new DescribeTargetHealthCommand({ TargetGroupArn: group })),
      ),
      instanceOf(aws, target.Id),
    ]);
    if (health === gone || instance === gone) return gone;
    const found = health.TargetHealthDescriptions?.find(
      ({ Target }) => Target?.Id === target.Id && (target.Port === undefined || Target?.Port === target.Port),
    );
    return found && isRegistered(found) ? 'registered' : 'deregistered';
  },
  write: async (aws, id, to) => {
    const { group, target } = partsOf(id);
    const input = { TargetGroupArn: group, Targets: [target] };
    const client = aws(ElasticLoadBalancingV2Client);
    if (to === 'registered') await client.send(new RegisterTargetsCommand(input));
    else await client.send(new DeregisterTargetsCommand(input));
  },
  say,
});

/** A classic load balancer and an instance: `web/i-0123456789abcdef0`. */
export type ClassicMemberId = `${string}/i-${string}`;

/** An instance behind a classic load balancer. */
export const classicInstance = setting<ClassicMemberId, Registration>({
  name: 'elasticloadbalancing/classic-instance',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('elasticloadbalancing:DescribeLoadBalancers', 'ec2:DescribeInstances')],
    write: [
      allowOn(
        ['arn:${Partition}:elasticloadbalancing:${Region}:${Account}:loadbalancer/*'],
        [
          'elasticloadbalancing:RegisterInstancesWithLoadBalancer',
          'elasticloadbalancing:DeregisterInstancesFromLoadBalancer',
        ],
      ),
    ],
  },
  settleSeconds,
  read: async (aws, id) => {
    const [name = '', instanceId = ''] = id.split('/');
    const [answer, instance] = await Promise.all([
      unless(['AccessPointNotFoundException', 'LoadBalancerNotFound'], gone, () =>
        aws(ElasticLoadBalancingClient).send(new DescribeLoadBalancersCommand({ LoadBalancerNames: [name] })),
      ),
      describeInstance(aws, instanceId),
    ]);
    if (answer === gone || instance === gone) return gone;
    const balancer = answer.LoadBalancerDescriptions?.[0];
    if (!balancer) return gone;
    return balancer.Instances?.some(({ InstanceId }) => InstanceId === instanceId) ? 'registered' : 'deregistered';
  },
  write: async (aws, id, to) => {
    const [LoadBalancerName = '', InstanceId = ''] = id.split('/');
    const input = { LoadBalancerName, Instances: [{ InstanceId }] };
    const client = aws(ElasticLoadBalancingClient);
    if (to === 'registered') await client.send(new RegisterInstancesWithLoadBalancerCommand(input));
    else await client.send(new DeregisterInstancesFromLoadBalancerCommand(input));
  },
  say,
});
