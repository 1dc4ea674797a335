// EBS snapshots. They are what the volume held when they were asked for, however long they stay `pending`.
import type {
  CreateSnapshotRequest,
  CreateSnapshotsRequest,
  CreateSnapshotsResult,
  DeleteSnapshotRequest,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  Snapshot,
  SnapshotInfo,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { endsByItself } from './ec2-lifecycle.ts';
import type { Ec2, SnapshotRecord, VolumeRecord } from './ec2-records.ts';
import { lockStateOf } from './ec2-snapshot-locks.ts';
import { addTags, chosen, ec2Slice, found, matches, page, tagNew, tagsOf } from './ec2-state.ts';
import { volumeOf } from './ec2-volumes.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

/** Two snapshots of one volume must be asked for at least so far apart. */
const apartMilliseconds = 15_000;

/** Pending snapshots of one volume; those that ended in error count as well. */
const concurrent = (volume: VolumeRecord): number => (['st1', 'sc1'].includes(volume.VolumeType) ? 1 : 5);

/** Half a minute to four and a half, out of the snapshot's id, which comes from the seed. */
const durationMilliseconds = (snapshotId: string): number =>
  30_000 + (Number.parseInt(snapshotId.slice(-6), 16) % 240_000);

const checkRates = (ec2: Ec2, volume: VolumeRecord, now: Date): void => {
  const own = Object.values(ec2.snapshots).filter(({ VolumeId }) => VolumeId === volume.VolumeId);
  if (own.some(({ StartTime }) => now.getTime() - StartTime < apartMilliseconds)) {
    throw awsError(
      'SnapshotCreationPerVolumeRateExceeded',
      'The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval between requests.',
    );
  }
  if (own.filter(({ State }) => State !== 'completed').length >= concurrent(volume)) {
    throw awsError(
      'ConcurrentSnapshotLimitExceeded',
      'Maximum allowed in-progress snapshots for a single volume exceeded.',
    );
  }
};

interface Wanted {
  readonly description: string | undefined;
  readonly tags: readonly TagSpecification[] | undefined;
  readonly copyTags: boolean;
}

const snap = (
  ec2: Ec2,
  volume: VolumeRecord,
  { description, tags, copyTags }: Wanted,
  { newId, now }: Request,
): SnapshotRecord => {
  const SnapshotId = newId('snap');
  const failure = ec2.failingSnapshots[volume.VolumeId];
  delete ec2.failingSnapshots[volume.VolumeId];
  if (copyTags) addTags(ec2, SnapshotId, tagsOf(ec2, volume.VolumeId));
  tagNew(ec2, SnapshotId, tags, 'snapshot');
  const snapshot: SnapshotRecord = {
    SnapshotId,
    VolumeId: volume.VolumeId,
    VolumeSize: volume.Size,
    Encrypted: volume.Encrypted,
    ...(volume.KmsKeyId ? { KmsKeyId: volume.KmsKeyId } : {}),
    Description: description ?? '',
    StartTime: now.getTime(),
    endsAt: now.getTime() + durationMilliseconds(SnapshotId),
    ...(failure === undefined ? {} : { failure }),
    State: 'pending',
  };
  ec2.snapshots[SnapshotId] = snapshot;
  endsByItself(ec2, snapshot.endsAt);
  return snapshot;
};

const progress = ({ State, StartTime, endsAt }: SnapshotRecord, now: Date): string => {
  if (State === 'completed') return '100%';
  return `${Math.min(99, Math.floor((100 * (now.getTime() - StartTime)) / (endsAt - StartTime)))}%`;
};

const describeInfo = (ec2: Ec2, snapshot: SnapshotRecord, { account, now }: Request) =>
  ({
    SnapshotId: snapshot.SnapshotId,
    VolumeId: snapshot.VolumeId,
    VolumeSize: snapshot.VolumeSize,
    Encrypted: snapshot.Encrypted,
    Description: snapshot.Description,
    StartTime: new Date(snapshot.StartTime),
    State: snapshot.State,
    Progress: progress(snapshot, now),
    OwnerId: account,
    Tags: tagsOf(ec2, snapshot.SnapshotId),
  }) satisfies SnapshotInfo;

const describe = (ec2: Ec2, snapshot: SnapshotRecord, request: Request): Snapshot => ({
  ...describeInfo(ec2, snapshot, request),
  StorageTier: 'standard',
  ...(snapshot.KmsKeyId ? { KmsKeyId: snapshot.KmsKeyId } : {}),
  ...(snapshot.State === 'error' ? { StateMessage: snapshot.failure ?? '' } : {}),
  ...(snapshot.State === 'completed'
    ? { CompletionTime: new Date(snapshot.endsAt), FullSnapshotSizeInBytes: snapshot.VolumeSize * 2 ** 30 }
    : {}),
});

export const createSnapshot = (input: CreateSnapshotRequest, request: Request): Snapshot => {
  const ec2 = ec2Slice(request);
  const volume = volumeOf(ec2, input.VolumeId);
  checkRates(ec2, volume, request.now);
  const wanted = { description: input.Description, tags: input.TagSpecifications, copyTags: false };
  return describe(ec2, snap(ec2, volume, wanted, request), request);
};

export const createSnapshots = (input: CreateSnapshotsRequest, request: Request): CreateSnapshotsResult => {
  const ec2 = ec2Slice(request);
  const { InstanceId, ExcludeBootVolume, ExcludeDataVolumeIds = [] } = input.InstanceSpecification ?? {};
  const instance = found(ec2.instances, InstanceId, 'InvalidInstanceID.NotFound', 'instance ID');
  const attached = Object.values(ec2.volumes).filter(
    ({ Attachment }) => Attachment?.InstanceId === instance.InstanceId,
  );
  const root = attached.find(({ Attachment }) => Attachment?.Device === instance.RootDeviceName);
  if (root && ExcludeDataVolumeIds.includes(root.VolumeId)) {
    throw awsError(
      'InvalidParameterValue',
      `The root volume '${root.VolumeId}' can't be excluded as a data volume; use ExcludeBootVolume.`,
    );
  }
  const volumes = attached.filter(
    (volume) => !(ExcludeBootVolume && volume === root) && !ExcludeDataVolumeIds.includes(volume.VolumeId),
  );
  if (volumes.length === 0)
    throw awsError('InvalidParameterValue', `No volumes to snapshot on instance '${instance.InstanceId}'.`);
  for (const volume of volumes) checkRates(ec2, volume, request.now);
  const wanted = {
    description: input.Description,
    tags: input.TagSpecifications,
    copyTags: input.CopyTagsFromSource === 'volume',
  };
  return { Snapshots: volumes.map((volume) => describeInfo(ec2, snap(ec2, volume, wanted, request), request)) };
};

export const describeSnapshots = (input: DescribeSnapshotsRequest, request: Request): DescribeSnapshotsResult => {
  const ec2 = ec2Slice(request);
  const owners = input.OwnerIds ?? [];
  const ours = owners.length === 0 || owners.includes('self') || owners.includes(request.account);
  const snapshots = chosen(ec2.snapshots, input.SnapshotIds, 'InvalidSnapshot.NotFound', 'snapshot').filter(
    (snapshot) =>
      ours &&
      matches(
        input.Filters,
        {
          'snapshot-id': [snapshot.SnapshotId],
          'volume-id': [snapshot.VolumeId],
          'volume-size': [snapshot.VolumeSize],
          status: [snapshot.State],
          description: [snapshot.Description],
          encrypted: [snapshot.Encrypted],
          'owner-id': [request.account],
          progress: [progress(snapshot, request.now)],
        },
        tagsOf(ec2, snapshot.SnapshotId),
      ),
  );
  const { items, ...next } = page(snapshots, input);
  return { Snapshots: items.map((snapshot) => describe(ec2, snapshot, request)), ...next };
};

export const deleteSnapshot = (input: DeleteSnapshotRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const snapshot = found(ec2.snapshots, input.SnapshotId, 'InvalidSnapshot.NotFound', 'snapshot');
  const locked = lockStateOf(snapshot, request.now);
  if (locked && locked !== 'expired') {
    throw awsError('SnapshotLocked', `The snapshot '${snapshot.SnapshotId}' is locked and can't be deleted.`);
  }
  delete ec2.snapshots[snapshot.SnapshotId];
  delete ec2.tags[snapshot.SnapshotId];
  return {};
};
