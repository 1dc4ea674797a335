// Snapshot sets as AWS has them: found by the tags that they got when they were made.
import {
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  LockSnapshotCommand,
  type Snapshot,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../language/aws.ts';
import type { Provenance } from '../language/evidence.ts';

export const incidentTag = 'firebreak:incident';
const caseTag = 'firebreak:case';
const findingTag = 'firebreak:finding';
const instanceTag = 'firebreak:instance';
const requestedAtTag = 'firebreak:requested-at';
const attemptTag = 'firebreak:attempt';

/** What each snapshot tells about itself, whatever becomes of our ledger. AWS takes letters, digits and ` +-=._:/@`, 256 at most. */
export const tagsFor = (instance: string, provenance: Provenance, attempt: number) =>
  Object.entries({
    [incidentTag]: provenance.incident,
    [caseTag]: provenance.case,
    [findingTag]: provenance.finding,
    [instanceTag]: instance,
    [requestedAtTag]: provenance.requestedAt,
    [attemptTag]: String(attempt),
  }).map(([Key, value]) => ({ Key, Value: value.replace(/[^\p{L}\p{N} +\-=._:/@]/gu, '_').slice(0, 256) }));

/** Snapshots of one instance that were asked for by one call. */
export interface SnapshotSet {
  readonly incident: string;
  readonly case: string;
  readonly requestedAt: string;
  readonly snapshots: readonly Snapshot[];
}

export const failed = ({ snapshots }: SnapshotSet): boolean => snapshots.some(({ State }) => State === 'error');

const describe = async (aws: Aws, instance: string): Promise<readonly Snapshot[]> => {
  const snapshots: Snapshot[] = [];
  let token: string | undefined;
  do {
    const page = await aws(EC2Client).send(
      new DescribeSnapshotsCommand({
        OwnerIds: ['self'],
        Filters: [{ Name: `tag:${instanceTag}`, Values: [instance] }],
        ...(token && { NextToken: token }),
      }),
    );
    snapshots.push(...(page.Snapshots ?? []));
    token = page.NextToken;
  } while (token);
  return snapshots;
};

/** All sets of an instance that carry our tags, the youngest first. */
export const setsOf = async (aws: Aws, instance: string): Promise<readonly SnapshotSet[]> => {
  const sets = new Map<string, SnapshotSet>();
  for (const snapshot of await describe(aws, instance)) {
    const tags = new Map(snapshot.Tags?.map(({ Key, Value }) => [Key, Value ?? '']));
    const [incident = '', requestedAt = ''] = [tags.get(incidentTag), tags.get(requestedAtTag)];
    // A second try after a set that ended in error has the same incident and time.
    const key = `${incident} ${requestedAt} ${tags.get(attemptTag)}`;
    const snapshots = [...(sets.get(key)?.snapshots ?? []), snapshot];
    sets.set(key, { incident, case: tags.get(caseTag) ?? '', requestedAt, snapshots });
  }
  return [...sets.values()].toSorted((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
};

export const secondsBetween = (a: string, b: string): number => Math.abs(Date.parse(a) - Date.parse(b)) / 1000;

/** 'governance until …', or why there is no lock. */
export type LockStates = Readonly<Record<string, string>>;

const lockDays = 90;

/**
 * A lock holds from the moment of the request, while the snapshot is still pending. In governance mode those who may can take it off
 * again; compliance mode can't be taken off by anybody, and so is not ours to choose.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshot-lock.html
 */
export const lock = async (aws: Aws, snapshots: readonly string[]): Promise<LockStates> =>
  Object.fromEntries(
    await Promise.all(
      snapshots.map(async (id) => {
        try {
          const answer = await aws(EC2Client).send(
            new LockSnapshotCommand({ SnapshotId: id, LockMode: 'governance', LockDuration: lockDays }),
          );
          return [id, `${answer.LockState ?? 'governance'}, ${lockDays} days`];
        } catch (error) {
          return [id, `${unlocked}: ${error instanceof Error ? error.name : 'unknown'}`];
        }
      }),
    ),
  );

const unlocked = 'not locked';
export const isUnlocked = (state: string | undefined): boolean => state?.startsWith(unlocked) ?? true;

/** In brackets what AWS said, where it said something. */
export const whyUnlocked = (state: string | undefined): string => {
  const [, said] = state?.split(`${unlocked}: `) ?? [];
  return said ? ` (${said})` : '';
};

/** The locks as AWS has them; undefined where it won't say. */
export const locksOf = async (aws: Aws, snapshots: readonly string[]): Promise<LockStates | undefined> => {
  try {
    const answer = await aws(EC2Client).send(new DescribeLockedSnapshotsCommand({ SnapshotIds: [...snapshots] }));
    const states = (answer.Snapshots ?? []).map(({ SnapshotId = '', LockState = '', LockDuration }) => [
      SnapshotId,
      LockState === 'expired' ? `${unlocked}: expired` : `${LockState}, ${LockDuration} days`,
    ]);
    return { ...Object.fromEntries(snapshots.map((id) => [id, unlocked])), ...Object.fromEntries(states) };
  } catch {
    return undefined;
  }
};
