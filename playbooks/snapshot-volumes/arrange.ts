// The instances of the scenarios, and whether their volumes are kept: judged on the account's own state.
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  DeleteSnapshotCommand,
  DeleteSubnetCommand,
  DeleteVolumeCommand,
  DeleteVpcCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { type Aws, isAwsError } from '../language/aws.ts';
import type { Stage } from '../language/scenario.ts';

const dataDevice = '/dev/sdf';

/** A server with a boot volume and an encrypted data volume. */
export const makeServer = async (stage: Stage) => {
  const ec2 = stage.aws(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.70.0.0/16' }));
  const vpc = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.70.1.0/24' }));
  const subnet = Subnet?.SubnetId ?? '';
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0a1b2c3d4e5f60001',
      InstanceType: 'm5.large',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnet,
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } },
        { DeviceName: dataDevice, Ebs: { VolumeSize: 20, Encrypted: true, DeleteOnTermination: true } },
      ],
    }),
  );
  const instance = Instances?.[0]?.InstanceId ?? '';
  return { instance, vpc, subnet, loose: [] as readonly string[] };
};

type Server = Awaited<ReturnType<typeof makeServer>>;

const volumesOf = async (aws: Aws, instance: string) => {
  const { Volumes = [] } = await aws(EC2Client).send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instance] }] }),
  );
  return Volumes;
};

const isCompleted = async (aws: Aws, snapshot: string): Promise<boolean> => {
  const { Snapshots } = await aws(EC2Client).send(new DescribeSnapshotsCommand({ SnapshotIds: [snapshot] }));
  return Snapshots?.[0]?.State === 'completed';
};

/** An operator's good intentions: snapshots the data volume by hand, with a name that promises evidence, then swaps the volume. */
export const swapDataVolume = async (server: Server, stage: Stage): Promise<Server> => {
  const ec2 = stage.aws(EC2Client);
  const old = (await volumesOf(stage.aws, server.instance)).find(({ Attachments }) =>
    Attachments?.some(({ Device }) => Device === dataDevice),
  );
  const VolumeId = old?.VolumeId ?? '';
  const { SnapshotId = '' } = await ec2.send(
    new CreateSnapshotCommand({
      VolumeId,
      Description: `Evidence of ${server.instance}`,
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'Name', Value: `evidence-${server.instance}` }] }],
    }),
  );
  for (let tries = 0; tries < 60 && !(await isCompleted(stage.aws, SnapshotId)); tries++) await stage.wait(10);
  await ec2.send(new DetachVolumeCommand({ VolumeId, InstanceId: server.instance, Device: dataDevice }));
  const fresh = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: old?.AvailabilityZone ?? '', Size: 20, Encrypted: true }),
  );
  await stage.wait(5);
  await ec2.send(
    new AttachVolumeCommand({ VolumeId: fresh.VolumeId, InstanceId: server.instance, Device: dataDevice }),
  );
  return { ...server, loose: [VolumeId, fresh.VolumeId ?? ''] };
};

/** Whether every volume that is attached now has a completed snapshot from after the discovery, and all of them from one moment. */
export const isKept = async (aws: Aws, instance: string): Promise<boolean> => {
  const [volumes, { Snapshots = [] }] = await Promise.all([
    volumesOf(aws, instance),
    aws(EC2Client).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })),
  ]);
  const found = volumes.map(({ VolumeId }) =>
    Snapshots.find((one) => one.VolumeId === VolumeId && one.State === 'completed'),
  );
  const times = found.map((one) => Math.floor((one?.StartTime?.getTime() ?? 0) / 60_000));
  return volumes.length > 0 && found.every((one) => one !== undefined) && Math.max(...times) - Math.min(...times) <= 1;
};

const quietly = async (call: () => Promise<unknown>): Promise<void> => {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof Error) || !('$fault' in error)) throw error;
  }
};

const terminated = async (aws: Aws, instance: string): Promise<boolean> => {
  const { Reservations } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [instance] }));
  return (Reservations?.[0]?.Instances?.[0]?.State?.Name ?? 'terminated') === 'terminated';
};

export const removeServer = async ({ instance, vpc, subnet, loose }: Server, stage: Stage): Promise<void> => {
  const ec2 = stage.aws(EC2Client);
  const volumes = [...loose, ...(await volumesOf(stage.aws, instance)).map(({ VolumeId = '' }) => VolumeId)];
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  for (let tries = 0; tries < 60 && !(await terminated(stage.aws, instance)); tries++) await stage.wait(5);
  for (const VolumeId of volumes) await quietly(() => ec2.send(new DeleteVolumeCommand({ VolumeId })));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  for (const { SnapshotId, VolumeId } of Snapshots) {
    if (!volumes.includes(VolumeId ?? '')) continue;
    await quietly(() => ec2.send(new UnlockSnapshotCommand({ SnapshotId })));
    await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  }
  for (let tries = 0; ; tries++) {
    try {
      await ec2.send(new DeleteSubnetCommand({ SubnetId: subnet }));
      break;
    } catch (error) {
      if (!isAwsError(error, 'DependencyViolation') || tries >= 24) throw error;
      await stage.wait(5);
    }
  }
  await ec2.send(new DeleteVpcCommand({ VpcId: vpc }));
};
