// The other settings of EC2, on the account in memory: each is read as it was written, put back as it was, and gone when its carrier is.
import {
  type _InstanceType,
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DetachVolumeCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReleaseAddressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { type Aws, gone } from '../../playbooks/language/aws.ts';
import type { InstanceId, InterfaceId } from '../../playbooks/settings/ec2.ts';
import { type AllocationId, addressAssociation } from '../../playbooks/settings/ec2-address-association.ts';
import { connectionTracking, shortestIdleTimeouts } from '../../playbooks/settings/ec2-connection-tracking.ts';
import { incidentTag } from '../../playbooks/settings/ec2-incident-tag.ts';
import {
  type DeviceId,
  shutdownBehavior,
  stopProtection,
  terminationProtection,
  volumeRetention,
} from '../../playbooks/settings/ec2-instance-protection.ts';

let practice: Practice;
let aws: Aws;
let ec2: EC2Client;
let subnet: string;

beforeEach(async () => {
  practice = createPractice({ playbooks: new Map(), seed: 4, latency: 'none' });
  aws = practice.stage.aws;
  ec2 = aws(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
  subnet = Subnet?.SubnetId ?? '';
});

const newInstance = async (InstanceType: _InstanceType = 'm5.large') => {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: 'ami-1', InstanceType, MinCount: 1, MaxCount: 1, SubnetId: subnet }),
  );
  const [instance] = Instances ?? [];
  return {
    id: instance?.InstanceId as InstanceId,
    eni: instance?.NetworkInterfaces?.[0]?.NetworkInterfaceId as InterfaceId,
    address: instance?.PrivateIpAddress ?? '',
  };
};

const terminate = async (id: string): Promise<void> => {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await practice.stage.wait(60);
};

describe('connection tracking', () => {
  const track = (eni: string, ConnectionTrackingSpecification: object) =>
    ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eni, ConnectionTrackingSpecification }));
  const restore = async (eni: InterfaceId) =>
    connectionTracking.write(aws, eni, 'default', await connectionTracking.prepare?.(aws, eni, 'default'));

  it('shortens the idle timeouts and puts the default back, for which AWS has no call', async () => {
    const { eni } = await newInstance();
    expect(await connectionTracking.read(aws, eni)).toBe('default');
    await connectionTracking.write(aws, eni, shortestIdleTimeouts);
    expect(await connectionTracking.read(aws, eni)).toEqual(shortestIdleTimeouts);
    await restore(eni);
    expect(await connectionTracking.read(aws, eni)).toBe('default');
  });

  it('puts back what somebody had set, though AWS answers only what was set', async () => {
    const { eni } = await newInstance();
    await track(eni, { TcpEstablishedTimeout: 3600 });
    const before = await connectionTracking.read(aws, eni);
    expect(before).toEqual({ tcpEstablished: 3600, udp: 30, udpStream: 180 });
    if (before === gone) throw new Error('it is there');
    await connectionTracking.write(aws, eni, shortestIdleTimeouts);
    await connectionTracking.write(aws, eni, before, await connectionTracking.prepare?.(aws, eni, before));
    expect(await connectionTracking.read(aws, eni)).toEqual(before);
  });

  it('tells the default of one generation from the same number set by somebody on another', async () => {
    const old = await newInstance('m5.large');
    await track(old.eni, { TcpEstablishedTimeout: 350, UdpTimeout: 30, UdpStreamTimeout: 180 });
    expect(await connectionTracking.read(aws, old.eni)).toEqual({ tcpEstablished: 350, udp: 30, udpStream: 180 });
    const recent = await newInstance('m8i.large');
    await connectionTracking.write(aws, recent.eni, shortestIdleTimeouts);
    await restore(recent.eni);
    expect(await connectionTracking.read(aws, recent.eni)).toBe('default');
  });

  it('works on an interface that no instance has', async () => {
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet }));
    const eni = NetworkInterface?.NetworkInterfaceId as InterfaceId;
    await connectionTracking.write(aws, eni, shortestIdleTimeouts);
    await restore(eni);
    expect(await connectionTracking.read(aws, eni)).toBe('default');
    expect(await connectionTracking.read(aws, 'eni-0a1b2c3d4e5f60009')).toBe(gone);
  });
});

describe('address association', () => {
  const allocate = async (eni: string): Promise<AllocationId> => {
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId: eni }));
    return AllocationId as AllocationId;
  };

  it('detaches, detaches again, and gives the address back to the same place', async () => {
    const { eni, address } = await newInstance();
    const id = await allocate(eni);
    expect(await addressAssociation.read(aws, id)).toEqual({ interface: eni, address });
    await addressAssociation.write(aws, id, 'detached');
    await addressAssociation.write(aws, id, 'detached');
    expect(await addressAssociation.read(aws, id)).toBe('detached');
    await addressAssociation.write(aws, id, { interface: eni, address });
    await addressAssociation.write(aws, id, { interface: eni, address });
    expect(await addressAssociation.read(aws, id)).toEqual({ interface: eni, address });
  });

  it('pushes no other address off the interface that somebody has given one meanwhile', async () => {
    const { eni, address } = await newInstance();
    const id = await allocate(eni);
    await addressAssociation.write(aws, id, 'detached');
    const other = await allocate(eni);
    await expect(addressAssociation.write(aws, id, { interface: eni, address })).rejects.toThrow();
    expect(await addressAssociation.read(aws, other)).toEqual({ interface: eni, address });
  });

  it('takes it from elsewhere when told so', async () => {
    const [ours, theirs] = [await newInstance(), await newInstance()];
    const id = await allocate(theirs.eni);
    const to = { interface: ours.eni, address: ours.address };
    await addressAssociation.write(aws, id, to);
    expect(await addressAssociation.read(aws, id)).toEqual(to);
  });

  it('knows an address that was released', async () => {
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
    expect(await addressAssociation.read(aws, AllocationId as AllocationId)).toBe(gone);
    await expect(addressAssociation.write(aws, AllocationId as AllocationId, 'detached')).rejects.toThrow('released');
  });
});

describe('protection of an instance', () => {
  it.each([
    ['termination', terminationProtection],
    ['stop', stopProtection],
  ] as const)('%s: on and off again', async (_name, protection) => {
    const { id } = await newInstance();
    expect(await protection.read(aws, id)).toBe(false);
    await protection.write(aws, id, true);
    expect(await protection.read(aws, id)).toBe(true);
    await protection.write(aws, id, false);
    expect(await protection.read(aws, id)).toBe(false);
  });

  it('makes a shutdown from within stop the instance, and gives back what it did before', async () => {
    const { id } = await newInstance();
    const modify = new ModifyInstanceAttributeCommand({
      InstanceId: id,
      InstanceInitiatedShutdownBehavior: { Value: 'terminate' },
    });
    await ec2.send(modify);
    expect(await shutdownBehavior.read(aws, id)).toBe('terminate');
    await shutdownBehavior.write(aws, id, 'stop');
    expect(await shutdownBehavior.read(aws, id)).toBe('stop');
    await shutdownBehavior.write(aws, id, 'terminate');
    expect(await shutdownBehavior.read(aws, id)).toBe('terminate');
  });

  it('keeps a volume, and knows one that was taken out', async () => {
    const { id } = await newInstance();
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const [mapping] = Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings ?? [];
    const device: DeviceId = `${id}/${mapping?.DeviceName}`;
    expect(device).toBe(`${id}//dev/xvda`);
    expect(await volumeRetention.read(aws, device)).toBe('deleted');
    await volumeRetention.write(aws, device, 'kept');
    expect(await volumeRetention.read(aws, device)).toBe('kept');
    await ec2.send(new DetachVolumeCommand({ VolumeId: mapping?.Ebs?.VolumeId }));
    expect(await volumeRetention.read(aws, device)).toBe(gone);
  });

  it('counts a terminated instance as gone, though AWS describes it for an hour', async () => {
    const { id } = await newInstance();
    await terminate(id);
    for (const setting of [terminationProtection, stopProtection, shutdownBehavior, incidentTag])
      expect(await setting.read(aws, id)).toBe(gone);
    expect(await volumeRetention.read(aws, `${id}//dev/xvda`)).toBe(gone);
    expect(await terminationProtection.read(aws, 'i-0a1b2c3d4e5f60009')).toBe(gone);
  });
});

describe('the incident tag', () => {
  it('comes, goes, and gives back what a person had written there', async () => {
    const { id } = await newInstance();
    expect(await incidentTag.read(aws, id)).toBe(null);
    await incidentTag.write(aws, id, 'fb-1');
    expect(await incidentTag.read(aws, id)).toBe('fb-1');
    await incidentTag.write(aws, id, null);
    expect(await incidentTag.read(aws, id)).toBe(null);
    const Tags = [{ Key: 'firebreak:incident', Value: 'by hand' }];
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
    expect(await incidentTag.read(aws, id)).toBe('by hand');
    // A tag without a value is there all the same.
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'firebreak:incident', Value: '' }] }));
    expect(await incidentTag.read(aws, id)).toBe('');
  });

  it('names every incident that holds the instance', () => {
    expect(incidentTag.combine?.(['fb-2', 'fb-1', 'fb-1 fb-3'])).toBe('fb-1 fb-2 fb-3');
    expect(incidentTag.combine?.([null])).toBe(null);
  });
});
