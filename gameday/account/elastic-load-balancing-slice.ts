// What Elastic Load Balancing remembers in one account and Region, and what it does when an instance comes or goes.
import type { Request } from './model.ts';
import { slice } from './state.ts';

export interface TargetRecord {
  readonly id: string;
  readonly port: number;
  readonly availabilityZone?: string;
  /** While requests under way run out: until then the target is told as draining, afterwards not at all. */
  drainingUntil?: number;
}

export interface TargetGroupRecord {
  readonly arn: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly vpcId?: string;
  readonly targetType: 'instance' | 'ip';
  readonly healthCheckPath: string;
  targets: TargetRecord[];
}

export interface ClassicRecord {
  readonly name: string;
  readonly scheme: string;
  readonly createdAt: number;
  readonly listeners: readonly {
    readonly protocol: string;
    readonly port: number;
    readonly instanceProtocol: string;
    readonly instancePort: number;
  }[];
  readonly subnets: readonly string[];
  readonly availabilityZones: readonly string[];
  readonly groups: readonly string[];
  readonly vpcId?: string;
  instances: string[];
}

export interface LoadBalancing {
  /** By ARN. */
  readonly targetGroups: Record<string, TargetGroupRecord>;
  /** Classic load balancers, by name. */
  readonly classic: Record<string, ClassicRecord>;
}

export const loadBalancing = ({
  state,
  account,
  region,
}: Pick<Request, 'state' | 'account' | 'region'>): LoadBalancing =>
  slice<LoadBalancing>(state, account, region, 'elasticLoadBalancing', () => ({ targetGroups: {}, classic: {} }));

/** How long requests under way may take after a target was deregistered: AWS's default. */
const drainingMilliseconds = 300_000;

export const register = (group: TargetGroupRecord, target: TargetRecord): void => {
  group.targets = [...group.targets.filter(({ id, port }) => id !== target.id || port !== target.port), target];
};

/** A target that isn't there is passed over without a word. */
export const deregister = (group: TargetGroupRecord, id: string, port: number, now: Date): void => {
  for (const target of group.targets) {
    if (target.id === id && target.port === port) target.drainingUntil ??= now.getTime() + drainingMilliseconds;
  }
};

/** Targets whose draining has ended are gone. */
export const settleTargets = (request: Pick<Request, 'state' | 'account' | 'region' | 'now'>): void => {
  for (const group of Object.values(loadBalancing(request).targetGroups)) {
    group.targets = group.targets.filter(
      ({ drainingUntil = Number.POSITIVE_INFINITY }) => drainingUntil > request.now.getTime(),
    );
  }
};

interface Behind {
  readonly targetGroupArns: readonly string[];
  readonly classicNames: readonly string[];
}

/** Auto Scaling registers what enters its service … */
export const registerMember = (
  request: Request,
  instanceId: string,
  { targetGroupArns, classicNames }: Behind,
): void => {
  const { targetGroups, classic } = loadBalancing(request);
  for (const group of targetGroupArns.flatMap((arn) => targetGroups[arn] ?? [])) {
    register(group, { id: instanceId, port: group.port });
  }
  for (const balancer of classicNames.flatMap((name) => classic[name] ?? [])) {
    balancer.instances = [...new Set([...balancer.instances, instanceId])];
  }
};

/** … and deregisters what leaves it, whichever way. */
export const deregisterMember = (
  request: Request,
  instanceId: string,
  { targetGroupArns, classicNames }: Behind,
): void => {
  const { targetGroups, classic } = loadBalancing(request);
  for (const group of targetGroupArns.flatMap((arn) => targetGroups[arn] ?? [])) {
    for (const { id, port } of group.targets) if (id === instanceId) deregister(group, id, port, request.now);
  }
  for (const balancer of classicNames.flatMap((name) => classic[name] ?? [])) {
    balancer.instances = balancer.instances.filter((id) => id !== instanceId);
  }
};
