// What happens on AWS without anybody's call, so that a scenario can't arrange it through the API.
import type { Circumstance } from '../../playbooks/language/scenario.ts';
import { groupsAllow, isTracked } from './ec2-flows.ts';
import type { FlowRecord, InstanceRecord, NetworkInterfaceRecord } from './ec2-records.ts';
import { ec2Slice } from './ec2-state.ts';
import { iamSlice } from './iam-slice.ts';
import type { World } from './world.ts';

/** Where it happens. */
interface Where {
  readonly account: string;
  readonly region: string;
}

const sliceOf = (world: World, { account, region }: Where) =>
  ec2Slice({ state: world.state, account, region, now: world.clock.now() });

const interfaceOf = (world: World, where: Where, id: string): NetworkInterfaceRecord => {
  const eni = sliceOf(world, where).networkInterfaces[id];
  if (!eni) throw new Error(`there is no network interface ${id} in ${where.account} ${where.region}`);
  return eni;
};

const instanceOf = (world: World, where: Where, id: string): InstanceRecord => {
  const instance = sliceOf(world, where).instances[id];
  if (!instance) throw new Error(`there is no instance ${id} in ${where.account} ${where.region}`);
  return instance;
};

/** A service keeps the interface for itself, as a load balancer or a database does: the account may change its tags only. */
export const makeRequesterManaged = (
  world: World,
  where: Where,
  interfaceId: string,
  requester = 'amazon-rds',
): void => {
  const eni = interfaceOf(world, where, interfaceId);
  eni.RequesterManaged = true;
  eni.RequesterId = requester;
};

/** A service runs the instance, as EKS Auto Mode does: the account can't change it directly, nor its interfaces. */
export const makeServiceManaged = (
  world: World,
  where: Where,
  instanceId: string,
  principal = 'eks.amazonaws.com',
): void => {
  const Operator = { Managed: true, Principal: principal };
  instanceOf(world, where, instanceId).Operator = Operator;
  for (const eni of Object.values(sliceOf(world, where).networkInterfaces)) {
    if (eni.Attachment?.InstanceId === instanceId) eni.Operator = Operator;
  }
};

const giveBack = (world: World, where: Where, instanceId: string): void => {
  delete instanceOf(world, where, instanceId).Operator;
  for (const eni of Object.values(sliceOf(world, where).networkInterfaces))
    if (eni.Attachment?.InstanceId === instanceId) delete eni.Operator;
};

export const makeSpot = (world: World, where: Where, instanceId: string): void => {
  instanceOf(world, where, instanceId).Lifecycle = 'spot';
};

/** The next snapshot of the volume, or of each volume of the instance, ends in `error`. */
export const failNextSnapshot = (
  world: World,
  where: Where,
  volumeOrInstanceId: string,
  message = 'An internal error has occurred',
): void => {
  const ec2 = sliceOf(world, where);
  const volumes = Object.values(ec2.volumes).filter(
    ({ VolumeId, Attachment }) => VolumeId === volumeOrInstanceId || Attachment?.InstanceId === volumeOrInstanceId,
  );
  if (volumes.length === 0)
    throw new Error(`there is no volume of ${volumeOrInstanceId} in ${where.account} ${where.region}`);
  for (const { VolumeId } of volumes) ec2.failingSnapshots[VolumeId] = message;
};

/** A user's access key turns out to be one of the account's root user: IAM lists it with nobody. */
const makeRootKey = (world: World, { account }: Where, accessKeyId: string): void => {
  const iam = iamSlice(world.state, account);
  const owner = Object.values(iam.users).find(({ accessKeys }) => accessKeys.some(({ id }) => id === accessKeyId));
  const key = owner?.accessKeys.find(({ id }) => id === accessKeyId);
  if (!owner || !key) throw new Error(`no user of ${account} has the access key ${accessKeyId}`);
  owner.accessKeys = owner.accessKeys.filter((each) => each !== key);
  iam.rootAccessKeys.push(key);
};

export interface NewFlow {
  readonly networkInterfaceId: string;
  /** Who opens it: the instance (`egress`) or the peer (`ingress`). */
  readonly direction: 'ingress' | 'egress';
  readonly peer: string;
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  /** Through a NAT gateway, a Network Load Balancer, PrivateLink: tracked whatever the rules say. */
  readonly automaticallyTracked?: boolean;
  /** Between two packets; a flow that is idle for longer than its time-out is forgotten. */
  readonly packetEverySeconds?: number;
}

/** Opens a connection that lives on, and answers its id; throws where the security groups don't let it through. */
export const openFlow = (world: World, where: Where, flow: NewFlow): string => {
  const ec2 = sliceOf(world, where);
  const eni = interfaceOf(world, where, flow.networkInterfaceId);
  const { direction, peer, port, protocol = 'tcp', automaticallyTracked = false } = flow;
  const packet = { direction, peer, port, protocol, automaticallyTracked };
  if (!groupsAllow(ec2, eni, packet)) {
    throw new Error(
      `the security groups of ${eni.NetworkInterfaceId} let no ${direction} ${protocol} ${port} with ${peer} through`,
    );
  }
  const id = world.newId('flow');
  const record: FlowRecord = {
    id,
    networkInterfaceId: eni.NetworkInterfaceId,
    ...packet,
    packetEvery: (flow.packetEverySeconds ?? 5) * 1000,
    tracked: isTracked(ec2, eni, packet),
    lastPacketAt: world.clock.now().getTime(),
    state: 'open',
  };
  ec2.flows[id] = record;
  return id;
};

/** Whether bytes still go over a connection. */
export const isFlowAlive = (world: World, where: Where, flowId: string): boolean =>
  sliceOf(world, where).flows[flowId]?.state === 'open';

const circumstances: Readonly<Record<Circumstance, (world: World, where: Where, id: string) => void>> = {
  'interface is requester-managed': makeRequesterManaged,
  'instance is service-managed': makeServiceManaged,
  'service gives the instance back': giveBack,
  'instance is a Spot instance': makeSpot,
  'next snapshot ends in error': failNextSnapshot,
  'key belongs to root': makeRootKey,
};

/** Brings about what a scenario names in words. */
export const bring = (world: World, where: Where, circumstance: Circumstance, id: string): void =>
  circumstances[circumstance](world, where, id);
