// Locks on snapshots.
import type {
  DescribeLockedSnapshotsRequest,
  DescribeLockedSnapshotsResult,
  LockedSnapshotsInfo,
  LockSnapshotRequest,
  LockSnapshotResult,
  LockState,
  UnlockSnapshotRequest,
  UnlockSnapshotResult,
} from '@aws-sdk/client-ec2';
import type { SnapshotLockRecord, SnapshotRecord } from './ec2-records.ts';
import { chosen, ec2Slice, found, matches, page } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Of a snapshot that was locked while `pending`, the duration starts with its completion. */
const durationStart = ({ State, endsAt }: SnapshotRecord, { createdAt }: SnapshotLockRecord): number | undefined =>
  State === 'completed' ? Math.max(createdAt, endsAt) : undefined;

const expiry = (snapshot: SnapshotRecord, lock: SnapshotLockRecord): number | undefined => {
  const start = durationStart(snapshot, lock);
  return start === undefined ? undefined : start + lock.duration * day;
};

const coolOffEnd = ({ coolOffPeriod, createdAt }: SnapshotLockRecord): number | undefined =>
  coolOffPeriod === undefined ? undefined : createdAt + coolOffPeriod * hour;

export const lockStateOf = (snapshot: SnapshotRecord, now: Date): LockState | undefined => {
  const { lock } = snapshot;
  if (!lock) return undefined;
  if ((expiry(snapshot, lock) ?? Number.POSITIVE_INFINITY) <= now.getTime()) return 'expired';
  return lock.mode === 'compliance' && (coolOffEnd(lock) ?? 0) > now.getTime() ? 'compliance-cooloff' : lock.mode;
};

const snapshotOf = (id: string | undefined, request: Request): SnapshotRecord =>
  found(ec2Slice(request).snapshots, id, 'InvalidSnapshot.NotFound', 'snapshot');

const dated = <K extends string>(key: K, time: number | undefined): Partial<Record<K, Date>> =>
  time === undefined ? {} : ({ [key]: new Date(time) } as Record<K, Date>);

const describe = (snapshot: SnapshotRecord, lock: SnapshotLockRecord, now: Date): LockSnapshotResult => ({
  SnapshotId: snapshot.SnapshotId,
  LockState: lockStateOf(snapshot, now),
  LockDuration: lock.duration,
  LockCreatedOn: new Date(lock.createdAt),
  ...(lock.coolOffPeriod === undefined ? {} : { CoolOffPeriod: lock.coolOffPeriod }),
  ...dated('CoolOffPeriodExpiresOn', coolOffEnd(lock)),
  ...dated('LockDurationStartTime', durationStart(snapshot, lock)),
  ...dated('LockExpiresOn', expiry(snapshot, lock)),
});

const invalid = (message: string): Error => awsError('InvalidParameterValue', message);

const checkedLock = (input: LockSnapshotRequest, now: Date): SnapshotLockRecord => {
  const { LockMode: mode, LockDuration, ExpirationDate, CoolOffPeriod } = input;
  if (mode !== 'governance' && mode !== 'compliance')
    throw invalid(`Value (${mode}) for parameter LockMode is invalid.`);
  if ((LockDuration === undefined) === (ExpirationDate === undefined)) {
    throw awsError(
      'InvalidParameterCombination',
      'You must specify either LockDuration or ExpirationDate, but not both.',
    );
  }
  const duration = LockDuration ?? Math.ceil(((ExpirationDate?.getTime() ?? 0) - now.getTime()) / day);
  if (duration < 1 || duration > 36_500)
    throw invalid(`The lock duration must be from 1 to 36500 days, not ${duration}.`);
  if (CoolOffPeriod === undefined) return { mode, createdAt: now.getTime(), duration };
  if (mode === 'governance') {
    throw awsError('InvalidParameterCombination', 'CoolOffPeriod is for the compliance mode only.');
  }
  if (CoolOffPeriod < 1 || CoolOffPeriod > 72)
    throw invalid(`CoolOffPeriod must be from 1 to 72 hours, not ${CoolOffPeriod}.`);
  return { mode, createdAt: now.getTime(), duration, coolOffPeriod: CoolOffPeriod };
};

/** A lock can be changed at will but for one in compliance mode after its cooling-off: that can only be made longer. */
export const lockSnapshot = (input: LockSnapshotRequest, request: Request): LockSnapshotResult => {
  const snapshot = snapshotOf(input.SnapshotId, request);
  if (snapshot.State === 'error') {
    throw awsError(
      'IncorrectState',
      `The snapshot '${snapshot.SnapshotId}' is in the 'error' state and can't be locked.`,
    );
  }
  const next = checkedLock(input, request.now);
  const { lock } = snapshot;
  if (lock && lockStateOf(snapshot, request.now) === 'compliance') {
    if (next.mode !== 'compliance' || next.duration <= lock.duration || next.coolOffPeriod !== undefined) {
      throw awsError(
        'SnapshotLocked',
        `The snapshot '${snapshot.SnapshotId}' is locked in compliance mode: its lock can only be extended.`,
      );
    }
    snapshot.lock = { ...lock, duration: next.duration };
  } else snapshot.lock = next;
  return describe(snapshot, snapshot.lock, request.now);
};

export const unlockSnapshot = (input: UnlockSnapshotRequest, request: Request): UnlockSnapshotResult => {
  const snapshot = snapshotOf(input.SnapshotId, request);
  if (!snapshot.lock) throw awsError('SnapshotNotLocked', `The snapshot '${snapshot.SnapshotId}' is not locked.`);
  if (lockStateOf(snapshot, request.now) === 'compliance') {
    throw awsError(
      'SnapshotLocked',
      `The snapshot '${snapshot.SnapshotId}' is locked in compliance mode and can't be unlocked.`,
    );
  }
  delete snapshot.lock;
  return { SnapshotId: snapshot.SnapshotId };
};

export const describeLockedSnapshots = (
  input: DescribeLockedSnapshotsRequest,
  request: Request,
): DescribeLockedSnapshotsResult => {
  const ec2 = ec2Slice(request);
  const snapshots = chosen(ec2.snapshots, input.SnapshotIds, 'InvalidSnapshot.NotFound', 'snapshot').flatMap(
    (snapshot): LockedSnapshotsInfo[] => {
      const state = lockStateOf(snapshot, request.now);
      if (!snapshot.lock || !state || !matches(input.Filters, { 'lock-state': [state] })) return [];
      return [{ ...describe(snapshot, snapshot.lock, request.now), OwnerId: request.account }];
    },
  );
  const { items, ...next } = page(snapshots, input);
  return { Snapshots: items, ...next };
};
