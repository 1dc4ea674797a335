// Crash-consistent snapshots of an instance's volumes, asked for by one call, locked at once, with a manifest that proves what was taken.
import { createHash } from 'node:crypto';
import { CreateSnapshotsCommand, EC2Client, type Snapshot } from '@aws-sdk/client-ec2';
import { type Aws, isAwsError } from '../language/aws.ts';
import { evidence, type Provenance, type Taken } from '../language/evidence.ts';
import { canonical, type Json } from '../language/json.ts';
import { allow, allowOn } from '../language/statement.ts';
import { everyEc2 } from '../settings/ec2.ts';
import {
  failed,
  incidentTag,
  isUnlocked,
  type LockStates,
  lock,
  locksOf,
  type SnapshotSet,
  secondsBetween,
  setsOf,
  tagsFor,
  whyUnlocked,
} from './ebs-snapshot-sets.ts';

/** A volume as it was seen on the instance. What could not be read of it is null. */
export type SeenVolume = {
  readonly volume: string;
  readonly device: string;
  readonly boot: boolean;
  readonly size: number | null;
  readonly encrypted: boolean | null;
  readonly kmsKey: string | null;
};

export type VolumesToKeep = { readonly volumes: readonly SeenVolume[]; readonly excludeBoot: boolean };

type Kept = {
  readonly snapshot: string;
  readonly volume: string;
  readonly device: string;
  readonly size: number | null;
  readonly encrypted: boolean | null;
  readonly kmsKey: string | null;
  readonly startTime: string | null;
  readonly completionTime: string | null;
  readonly state: string;
  readonly stateMessage: string;
  readonly lock: string;
};

/** Kept in the ledger, word for word. `sha256` is of the canonical spelling of all the rest. */
export type SnapshotManifest = {
  readonly instance: string;
  readonly incident: string;
  readonly case: string;
  readonly finding: string;
  readonly requestedAt: string;
  /** Whose request made the snapshots: another incident's, where theirs were fresh enough to serve this one too. */
  readonly takenFor: { readonly incident: string; readonly case: string };
  readonly volumes: readonly SeenVolume[];
  readonly snapshots: readonly Kept[];
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
  readonly createRequestId: string | null;
  /** How often AWS did not show a snapshot that it had confirmed: EC2 may be late, but not for ever. */
  readonly unseen: number;
  readonly sha256: string;
};

const reuseSeconds = 300;
/** Reviews in which a confirmed snapshot may be missing before it counts as gone. */
const unseenMax = 3;
/** The errors that say: this volume has been snapshotted just now. */
const tooSoon = ['SnapshotCreationPerVolumeRateExceeded', 'ConcurrentSnapshotLimitExceeded'];

const snapshots = ['arn:${Partition}:ec2:${Region}::snapshot/*'];

const isWanted = (detail: VolumesToKeep, { boot }: SeenVolume): boolean => !(boot && detail.excludeBoot);

const covers = (set: SnapshotSet, wanted: readonly SeenVolume[]): boolean =>
  wanted.every(({ volume }) => set.snapshots.some(({ VolumeId }) => VolumeId === volume));

const isOwn = (set: SnapshotSet, { incident, requestedAt }: Provenance): boolean =>
  set.incident === incident && set.requestedAt === requestedAt;

const isFresh = (set: SnapshotSet, { requestedAt }: Provenance): boolean =>
  secondsBetween(set.requestedAt, requestedAt) < reuseSeconds;

/** The set that serves this request already: its own from before a crash, or a fresh one of the same case. A failed set serves nobody. */
const serving = (
  sets: readonly SnapshotSet[],
  wanted: readonly SeenVolume[],
  provenance: Provenance,
): SnapshotSet | undefined =>
  sets.find((set) => !failed(set) && isOwn(set, provenance)) ??
  sets.find((set) => !failed(set) && set.case === provenance.case && isFresh(set, provenance) && covers(set, wanted));

type Made = { readonly set: SnapshotSet; readonly createRequestId: string | null };

const create = async (
  aws: Aws,
  instance: string,
  excludeBoot: boolean,
  wanted: readonly SeenVolume[],
  provenance: Provenance,
  attempt: number,
): Promise<Made> => {
  try {
    // No client token: a repeated call would make a second set. So it is sent once, and looked for by its tags.
    const answer = await aws(EC2Client, { once: true }).send(
      new CreateSnapshotsCommand({
        InstanceSpecification: { InstanceId: instance, ExcludeBootVolume: excludeBoot },
        Description: `Evidence of ${instance}, Firebreak incident ${provenance.incident}`,
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: tagsFor(instance, provenance, attempt) }],
      }),
    );
    const set = { ...provenance, snapshots: answer.Snapshots ?? [] };
    return { set, createRequestId: answer.$metadata.requestId ?? null };
  } catch (error) {
    const sets = await setsOf(aws, instance);
    const made = serving(sets, wanted, provenance);
    if (made) return { set: made, createRequestId: null };
    const others = isAwsError(error, ...tooSoon)
      ? sets.find((set) => !failed(set) && isFresh(set, provenance) && covers(set, wanted))
      : undefined;
    if (!others) throw error;
    return { set: others, createRequestId: null };
  }
};

const kept = (snapshot: Snapshot, volumes: readonly SeenVolume[], locks: LockStates): Kept => {
  const volume = volumes.find((seen) => seen.volume === snapshot.VolumeId);
  return {
    snapshot: snapshot.SnapshotId ?? '',
    volume: snapshot.VolumeId ?? '',
    device: volume?.device ?? '',
    size: snapshot.VolumeSize ?? volume?.size ?? null,
    encrypted: snapshot.Encrypted ?? volume?.encrypted ?? null,
    kmsKey: snapshot.KmsKeyId ?? volume?.kmsKey ?? null,
    startTime: snapshot.StartTime?.toISOString() ?? null,
    completionTime: snapshot.CompletionTime?.toISOString() ?? null,
    state: snapshot.State ?? 'pending',
    stateMessage: snapshot.StateMessage ?? '',
    lock: locks[snapshot.SnapshotId ?? ''] ?? 'unknown',
  };
};

type Unsealed = Omit<SnapshotManifest, 'sha256'>;

const sealed = (manifest: Unsealed): SnapshotManifest => ({
  ...manifest,
  sha256: createHash('sha256').update(canonical(manifest)).digest('hex'),
});

const stateOf = ({ snapshots, missing, unseen }: Unsealed): Taken['state'] => {
  const states = snapshots.map(({ state }) => state);
  if (states.includes('error')) return 'failed';
  if (states.includes('unseen') && unseen < unseenMax) return 'pending';
  if (states.some((state) => state === 'pending' || state === 'recovering')) return 'pending';
  return missing.length === 0 && states.every((state) => state === 'completed') ? 'complete' : 'partial';
};

const noteOn = ({ snapshots, missing, surplus, unseen, incident, takenFor }: Unsealed): string => {
  const errors = snapshots.filter(({ state }) => state === 'error');
  const lost = snapshots.filter(({ state }) => state === 'recoverable' || (state === 'unseen' && unseen >= unseenMax));
  const open = snapshots.filter((one) => isUnlocked(one.lock));
  return [
    ...(takenFor.incident === incident ? [] : [`Taken for incident ${takenFor.incident} of case ${takenFor.case}.`]),
    ...errors.map((one) => `${one.snapshot} of ${one.volume} failed: ${one.stateMessage || 'AWS says no reason'}.`),
    ...lost.map((one) => `${one.snapshot} of ${one.volume} was deleted.`),
    ...missing.map((volume) => `${volume} has no snapshot.`),
    ...(open.length > 0
      ? [`Not locked: ${open.map((one) => `${one.snapshot}${whyUnlocked(one.lock)}`).join(', ')}.`]
      : []),
    ...(surplus.length > 0
      ? [`Surplus, made by a call whose answer was lost or whose set ended in error: ${surplus.join(', ')}.`]
      : []),
  ]
    .filter(Boolean)
    .join(' ');
};

const taken = (manifest: Unsealed): Taken => ({
  reference: manifest.snapshots.map(({ snapshot }) => snapshot).join(' '),
  state: stateOf(manifest),
  note: noteOn(manifest),
  manifest: sealed(manifest),
});

const whose = ({ incident, case: ofCase }: { readonly incident: string; readonly case: string }) => ({
  incident,
  case: ofCase,
});

/** Other sets that served the same purpose at the same time. */
const surplusTo = (
  own: readonly Kept[],
  sets: readonly SnapshotSet[],
  manifest: Pick<Unsealed, 'case' | 'requestedAt'>,
): readonly string[] =>
  sets
    .filter((set) => set.case === manifest.case)
    .filter((set) => secondsBetween(set.requestedAt, manifest.requestedAt) < reuseSeconds)
    .flatMap((set) => set.snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []))
    .filter((id) => !own.some(({ snapshot }) => snapshot === id))
    .toSorted();

/**
 * A snapshot holds what was written to the volume at the moment of the request, however long it takes to complete: so it need not be
 * waited for before the instance is changed. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-create-snapshots.html
 */
export const volumeSnapshots = evidence<VolumesToKeep>({
  name: 'ec2/volume-snapshots',
  permissions: [
    allow('ec2:DescribeSnapshots', 'ec2:DescribeLockedSnapshots'),
    allowOn([everyEc2('instance'), everyEc2('volume')], ['ec2:CreateSnapshots']),
    allowOn(snapshots, ['ec2:CreateSnapshots'], { Null: { [`aws:RequestTag/${incidentTag}`]: 'false' } }),
    allowOn(snapshots, ['ec2:CreateTags'], { StringEquals: { 'ec2:CreateAction': 'CreateSnapshots' } }),
    allowOn(snapshots, ['ec2:LockSnapshot'], { Null: { [`aws:ResourceTag/${incidentTag}`]: 'false' } }),
  ],
  reuseSeconds,
  request: async (aws, instance, detail, provenance) => {
    const wanted = detail.volumes.filter((volume) => isWanted(detail, volume));
    const about = {
      instance,
      incident: provenance.incident,
      case: provenance.case,
      finding: provenance.finding,
      volumes: detail.volumes,
      unseen: 0,
    };
    if (wanted.length === 0) {
      const none = { snapshots: [], missing: [], surplus: [], createRequestId: null };
      const manifest = { ...about, ...none, requestedAt: provenance.requestedAt, takenFor: whose(provenance) };
      return { ...taken(manifest), reference: instance, state: 'failed', note: 'There is no EBS volume to snapshot.' };
    }
    const sets = await setsOf(aws, instance);
    const before = serving(sets, wanted, provenance);
    const attempt = sets.filter((set) => isOwn(set, provenance)).length + 1;
    const { set, createRequestId } = before
      ? { set: before, createRequestId: null }
      : await create(aws, instance, detail.excludeBoot, wanted, provenance, attempt);
    const locks = await lock(
      aws,
      set.snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []),
    );
    const found = set.snapshots.map((snapshot) => kept(snapshot, detail.volumes, locks)).toSorted(byDevice);
    const { requestedAt } = set;
    return taken({
      ...about,
      requestedAt,
      takenFor: whose(set),
      snapshots: found,
      missing: wanted.map(({ volume }) => volume).filter((id) => !found.some(({ volume }) => volume === id)),
      surplus: surplusTo(found, sets, { case: about.case, requestedAt }),
      createRequestId,
    });
  },
  review: async (aws, { manifest: json }) => {
    const { sha256: _, ...before } = json as SnapshotManifest;
    const ids = before.snapshots.map(({ snapshot }) => snapshot);
    if (ids.length === 0) return { ...taken(before), reference: before.instance, state: 'failed' };
    const sets = await setsOf(aws, before.instance);
    const all = sets.flatMap((set) => set.snapshots);
    const look = (locks: LockStates) =>
      before.snapshots.map((one): Kept => {
        const now = all.find(({ SnapshotId }) => SnapshotId === one.snapshot);
        return now ? kept(now, before.volumes, { [one.snapshot]: one.lock, ...locks }) : { ...one, state: 'unseen' };
      });
    const isOver = look({}).every(({ state }) => state !== 'pending' && state !== 'recovering');
    const open = before.snapshots.filter((one) => isUnlocked(one.lock)).map(({ snapshot }) => snapshot);
    // The lock that the request could not set is tried again; what AWS says of the locks counts once all is over.
    const again = await lock(aws, open);
    const found = look({ ...again, ...(isOver ? await locksOf(aws, ids) : {}) });
    return taken({
      ...before,
      snapshots: found,
      surplus: surplusTo(found, sets, before),
      unseen: found.some(({ state }) => state === 'unseen') ? before.unseen + 1 : 0,
    });
  },
});

const byDevice = (a: Kept, b: Kept): number => (`${a.device} ${a.volume}` < `${b.device} ${b.volume}` ? -1 : 1);

/** Whether a manifest is as it was when it was sealed. */
export const isIntact = (manifest: Json): boolean => {
  const { sha256, ...rest } = manifest as SnapshotManifest;
  return sealed(rest).sha256 === sha256;
};
