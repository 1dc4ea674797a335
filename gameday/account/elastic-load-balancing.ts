// Elastic Load Balancing: target groups, and classic load balancers. They are two services with one memory.
import type * as Classic from '@aws-sdk/client-elastic-load-balancing';
import type * as V2 from '@aws-sdk/client-elastic-load-balancing-v2';
import { ec2Slice } from './ec2-state.ts';
import { healthOf } from './elastic-load-balancing-health.ts';
import {
  type ClassicRecord,
  deregister,
  loadBalancing,
  register,
  type TargetGroupRecord,
  type TargetRecord,
} from './elastic-load-balancing-slice.ts';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';

const groupNotFound = (): Error => awsError('TargetGroupNotFoundException', 'One or more target groups not found');

const groupOf = (arn: string | undefined, request: Request): TargetGroupRecord => {
  const group = loadBalancing(request).targetGroups[arn ?? ''];
  if (!group) throw groupNotFound();
  return group;
};

const describeGroup = (group: TargetGroupRecord): V2.TargetGroup => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  Protocol: group.protocol as V2.ProtocolEnum,
  Port: group.port,
  ...(group.vpcId ? { VpcId: group.vpcId } : {}),
  TargetType: group.targetType,
  HealthCheckEnabled: true,
  HealthCheckPath: group.healthCheckPath,
  HealthCheckPort: 'traffic-port',
  HealthCheckProtocol: group.protocol as V2.ProtocolEnum,
  LoadBalancerArns: [],
});

const createTargetGroup = (input: V2.CreateTargetGroupInput, request: Request): V2.CreateTargetGroupOutput => {
  const { targetGroups } = loadBalancing(request);
  const { Name: name = '', TargetType: targetType = 'instance' } = input;
  if (targetType !== 'instance' && targetType !== 'ip') {
    throw new Error(`the account in memory has no target groups of type ${targetType}: add them here`);
  }
  if (Object.values(targetGroups).some((group) => group.name === name)) {
    throw awsError(
      'DuplicateTargetGroupNameException',
      `A target group with the same name '${name}' exists, but with different settings`,
    );
  }
  const id = request.newId('tg').slice(-16);
  const arn = `arn:${request.partition}:elasticloadbalancing:${request.region}:${request.account}:targetgroup/${name}/${id}`;
  const group: TargetGroupRecord = {
    arn,
    name,
    protocol: input.Protocol ?? 'HTTP',
    port: input.Port ?? 80,
    ...(input.VpcId ? { vpcId: input.VpcId } : {}),
    targetType,
    healthCheckPath: input.HealthCheckPath ?? '/',
    targets: [],
  };
  targetGroups[arn] = group;
  return { TargetGroups: [describeGroup(group)] };
};

const deleteTargetGroup = ({ TargetGroupArn }: V2.DeleteTargetGroupInput, request: Request): object => {
  delete loadBalancing(request).targetGroups[TargetGroupArn ?? ''];
  return {};
};

const describeTargetGroups = (input: V2.DescribeTargetGroupsInput, request: Request): V2.DescribeTargetGroupsOutput => {
  const all = Object.values(loadBalancing(request).targetGroups);
  const { TargetGroupArns: arns, Names: names } = input;
  const missing = [...(arns ?? []), ...(names ?? [])].some(
    (wanted) => !all.some(({ arn, name }) => arn === wanted || name === wanted),
  );
  if (missing) throw groupNotFound();
  return {
    TargetGroups: all
      .filter(({ arn, name }) => (arns?.includes(arn) ?? true) && (names?.includes(name) ?? true))
      .map(describeGroup),
  };
};

const targetIn = (
  group: TargetGroupRecord,
  { Id = '', Port, AvailabilityZone }: V2.TargetDescription,
): TargetRecord => ({
  id: Id,
  port: Port ?? group.port,
  ...(AvailabilityZone ? { availabilityZone: AvailabilityZone } : {}),
});

const checkTarget = (group: TargetGroupRecord, { id }: TargetRecord, request: Request): void => {
  if (group.targetType === 'ip') return;
  const instance = ec2Slice(request).instances[id];
  if (!instance) throw awsError('InvalidTargetException', `The following targets do not exist: '${id}'`);
  if (instance.State !== 'running') {
    throw awsError(
      'InvalidTargetException',
      `The following targets are not in a running state and cannot be registered: '${id}'`,
    );
  }
  if (group.vpcId && instance.VpcId !== group.vpcId) {
    throw awsError(
      'InvalidTargetException',
      `The following targets are not in the target group VPC '${group.vpcId}': '${id}'`,
    );
  }
};

const registerTargets = (input: V2.RegisterTargetsInput, request: Request): object => {
  const group = groupOf(input.TargetGroupArn, request);
  const targets = (input.Targets ?? []).map((target) => targetIn(group, target));
  for (const target of targets) checkTarget(group, target, request);
  for (const target of targets) register(group, target);
  return {};
};

const deregisterTargets = (input: V2.DeregisterTargetsInput, request: Request): object => {
  const group = groupOf(input.TargetGroupArn, request);
  for (const target of input.Targets ?? []) {
    const { id, port } = targetIn(group, target);
    deregister(group, id, port, request.now);
  }
  return {};
};

const describeTargetHealth = (input: V2.DescribeTargetHealthInput, request: Request): V2.DescribeTargetHealthOutput => {
  const group = groupOf(input.TargetGroupArn, request);
  const ec2 = ec2Slice(request);
  const asked = input.Targets?.map((target) => targetIn(group, target));
  return {
    TargetHealthDescriptions: (asked ?? group.targets).map(({ id, port }) => {
      const target = group.targets.find((each) => each.id === id && each.port === port);
      return {
        Target: {
          Id: id,
          Port: port,
          ...(target?.availabilityZone ? { AvailabilityZone: target.availabilityZone } : {}),
        },
        HealthCheckPort: String(port),
        TargetHealth: target
          ? healthOf(ec2, group, target)
          : {
              State: 'unused',
              Reason: 'Target.NotRegistered',
              Description: 'Target is not registered to the target group',
            },
      };
    }),
  };
};

export const elasticLoadBalancingV2: ServiceModel = {
  CreateTargetGroup: createTargetGroup,
  DeleteTargetGroup: deleteTargetGroup,
  DescribeTargetGroups: describeTargetGroups,
  RegisterTargets: registerTargets,
  DeregisterTargets: deregisterTargets,
  DescribeTargetHealth: describeTargetHealth,
};

const balancerOf = (name: string | undefined, request: Request): ClassicRecord => {
  const balancer = loadBalancing(request).classic[name ?? ''];
  if (!balancer) throw awsError('AccessPointNotFoundException', `There is no ACTIVE Load Balancer named '${name}'`);
  return balancer;
};

const dnsName = ({ name }: { readonly name: string }, { region }: Request): string =>
  `${name}-1.${region}.elb.amazonaws.com`;

const createLoadBalancer = (
  input: Classic.CreateAccessPointInput,
  request: Request,
): Classic.CreateAccessPointOutput => {
  const { classic } = loadBalancing(request);
  const { LoadBalancerName: name = '', Subnets: subnets = [] } = input;
  if (classic[name]) throw awsError('DuplicateAccessPointNameException', `Load balancer '${name}' already exists`);
  const records = subnets.map((id) => {
    const subnet = ec2Slice(request).subnets[id];
    if (!subnet) throw awsError('SubnetNotFoundException', `The subnet '${id}' does not exist`);
    return subnet;
  });
  classic[name] = {
    name,
    scheme: input.Scheme ?? 'internet-facing',
    createdAt: request.now.getTime(),
    listeners: (input.Listeners ?? []).map((listener) => ({
      protocol: listener.Protocol ?? 'HTTP',
      port: listener.LoadBalancerPort ?? 80,
      instanceProtocol: listener.InstanceProtocol ?? listener.Protocol ?? 'HTTP',
      instancePort: listener.InstancePort ?? 80,
    })),
    subnets,
    availabilityZones: input.AvailabilityZones ?? [...new Set(records.map(({ AvailabilityZone }) => AvailabilityZone))],
    groups: input.SecurityGroups ?? [],
    ...(records[0] ? { vpcId: records[0].VpcId } : {}),
    instances: [],
  };
  return { DNSName: dnsName({ name }, request) };
};

const deleteLoadBalancer = ({ LoadBalancerName }: Classic.DeleteAccessPointInput, request: Request): object => {
  delete loadBalancing(request).classic[LoadBalancerName ?? ''];
  return {};
};

const describeBalancer = (balancer: ClassicRecord, request: Request): Classic.LoadBalancerDescription => ({
  LoadBalancerName: balancer.name,
  DNSName: dnsName(balancer, request),
  Scheme: balancer.scheme,
  CreatedTime: new Date(balancer.createdAt),
  ListenerDescriptions: balancer.listeners.map((listener) => ({
    Listener: {
      Protocol: listener.protocol,
      LoadBalancerPort: listener.port,
      InstanceProtocol: listener.instanceProtocol,
      InstancePort: listener.instancePort,
    },
    PolicyNames: [],
  })),
  Subnets: [...balancer.subnets],
  AvailabilityZones: [...balancer.availabilityZones],
  SecurityGroups: [...balancer.groups],
  ...(balancer.vpcId ? { VPCId: balancer.vpcId } : {}),
  Instances: balancer.instances.map((InstanceId) => ({ InstanceId })),
});

const describeLoadBalancers = (
  { LoadBalancerNames: names }: Classic.DescribeAccessPointsInput,
  request: Request,
): Classic.DescribeAccessPointsOutput => {
  const balancers = names?.length
    ? names.map((name) => balancerOf(name, request))
    : Object.values(loadBalancing(request).classic);
  return { LoadBalancerDescriptions: balancers.map((balancer) => describeBalancer(balancer, request)) };
};

const instancesIn = (instances: readonly Classic.Instance[] | undefined, request: Request): readonly string[] =>
  (instances ?? []).map(({ InstanceId = '' }) => {
    if (!ec2Slice(request).instances[InstanceId]) {
      throw awsError('InvalidEndPointException', `Could not find EC2 instance ${InstanceId}.`);
    }
    return InstanceId;
  });

const registerInstances = (
  input: Classic.RegisterEndPointsInput,
  request: Request,
): Classic.RegisterEndPointsOutput => {
  const balancer = balancerOf(input.LoadBalancerName, request);
  balancer.instances = [...new Set([...balancer.instances, ...instancesIn(input.Instances, request)])];
  return { Instances: balancer.instances.map((InstanceId) => ({ InstanceId })) };
};

const deregisterInstances = (
  input: Classic.DeregisterEndPointsInput,
  request: Request,
): Classic.DeregisterEndPointsOutput => {
  const balancer = balancerOf(input.LoadBalancerName, request);
  const going = instancesIn(input.Instances, request);
  balancer.instances = balancer.instances.filter((id) => !going.includes(id));
  return { Instances: balancer.instances.map((InstanceId) => ({ InstanceId })) };
};

export const elasticLoadBalancing: ServiceModel = {
  CreateLoadBalancer: createLoadBalancer,
  DeleteLoadBalancer: deleteLoadBalancer,
  DescribeLoadBalancers: describeLoadBalancers,
  RegisterInstancesWithLoadBalancer: registerInstances,
  DeregisterInstancesFromLoadBalancer: deregisterInstances,
};
