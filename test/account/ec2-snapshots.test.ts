// Snapshots in memory, and their locks.
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotsCommand,
  LockSnapshotCommand,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { failNextSnapshot } from '../../gameday/account/circumstances.ts';
import { nameOf } from './clients.ts';
import { setUp, where } from './ec2-ground.ts';

describe('snapshots', () => {
  const withVolumes = async () => {
    const ground = await setUp();
    const { ec2, run } = ground;
    const id = await run({ TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'role', Value: 'web' }] }] });
    const data = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'eu-central-1a', Size: 20 }));
    await ec2.send(new AttachVolumeCommand({ InstanceId: id, VolumeId: data.VolumeId, Device: '/dev/sdf' }));
    const snap = async () => {
      const wanted = new CreateSnapshotsCommand({
        InstanceSpecification: { InstanceId: id },
        Description: 'evidence',
        CopyTagsFromSource: 'volume',
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'case', Value: 'c-1' }] }],
      });
      return (await ec2.send(wanted)).Snapshots ?? [];
    };
    const states = async () => {
      const { Snapshots = [] } = await ec2.send(
        new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: 'tag:case', Values: ['c-1'] }] }),
      );
      return Snapshots.map(({ State }) => State);
    };
    return { ...ground, id, snap, states };
  };

  it('are taken of all volumes at one time, and are done after a while', async () => {
    const { world, snap, states } = await withVolumes();
    const snapshots = await snap();
    expect(snapshots).toHaveLength(2);
    expect(new Set(snapshots.map(({ StartTime }) => StartTime?.getTime())).size).toBe(1);
    expect(snapshots[0]?.Tags).toEqual([
      { Key: 'role', Value: 'web' },
      { Key: 'case', Value: 'c-1' },
    ]);
    expect(await states()).toEqual(['pending', 'pending']);
    await world.clock.sleep(300_000);
    expect(await states()).toEqual(['completed', 'completed']);
  });

  it('of one volume must be fifteen seconds apart', async () => {
    const { ec2, world, snap } = await withVolumes();
    const [first] = await snap();
    expect(await nameOf(snap())).toBe('SnapshotCreationPerVolumeRateExceeded');
    await world.clock.sleep(14_999);
    const one = new CreateSnapshotCommand({ VolumeId: first?.VolumeId });
    expect(await nameOf(ec2.send(one))).toBe('SnapshotCreationPerVolumeRateExceeded');
    await world.clock.sleep(1);
    expect(await nameOf(ec2.send(one))).toBe('no error');
  });

  it('can be locked while they are pending; the lock’s time begins when they are done', async () => {
    const { ec2, world, snap } = await withVolumes();
    const [{ SnapshotId } = {}] = await snap();
    const lock = { SnapshotId, LockMode: 'governance', LockDuration: 30 } as const;
    const locked = await ec2.send(new LockSnapshotCommand(lock));
    expect(locked).toMatchObject({ LockState: 'governance', LockDuration: 30 });
    expect(locked.LockExpiresOn).toBeUndefined();
    expect(await nameOf(ec2.send(new DeleteSnapshotCommand({ SnapshotId })))).toBe('SnapshotLocked');
    await world.clock.sleep(300_000);
    const { Snapshots } = await ec2.send(new DescribeLockedSnapshotsCommand({}));
    const [found] = Snapshots ?? [];
    expect((found?.LockExpiresOn?.getTime() ?? 0) - (found?.LockDurationStartTime?.getTime() ?? 0)).toBe(
      30 * 86_400_000,
    );
    await ec2.send(new UnlockSnapshotCommand({ SnapshotId }));
    expect(await nameOf(ec2.send(new DeleteSnapshotCommand({ SnapshotId })))).toBe('no error');
    expect(await nameOf(ec2.send(new LockSnapshotCommand(lock)))).toBe('InvalidSnapshot.NotFound');
  });

  it('locked in compliance mode can’t be unlocked, only locked for longer', async () => {
    const { ec2, snap } = await withVolumes();
    const [{ SnapshotId } = {}] = await snap();
    const lock = (LockDuration: number, more = {}) =>
      ec2.send(new LockSnapshotCommand({ SnapshotId, LockMode: 'compliance', LockDuration, ...more }));
    expect((await lock(30, { CoolOffPeriod: 1 })).LockState).toBe('compliance-cooloff');
    expect((await lock(30)).LockState).toBe('compliance');
    expect(await nameOf(ec2.send(new UnlockSnapshotCommand({ SnapshotId })))).toBe('SnapshotLocked');
    expect(await nameOf(lock(10))).toBe('SnapshotLocked');
    expect((await lock(60)).LockDuration).toBe(60);
    const both = { LockDuration: 1, ExpirationDate: new Date('2027-01-01T00:00:00Z') };
    expect(await nameOf(lock(1, both))).toBe('InvalidParameterCombination');
  });

  it('can end in error, which drops their lock', async () => {
    const { ec2, id, world, snap, states } = await withVolumes();
    failNextSnapshot(world, where, id);
    const [{ SnapshotId } = {}] = await snap();
    await ec2.send(new LockSnapshotCommand({ SnapshotId, LockMode: 'governance', LockDuration: 1 }));
    await world.clock.sleep(300_000);
    expect(await states()).toEqual(['error', 'error']);
    expect((await ec2.send(new DescribeLockedSnapshotsCommand({}))).Snapshots).toEqual([]);
    await snap();
    await world.clock.sleep(300_000);
    expect(await states()).toEqual(['error', 'error', 'completed', 'completed']);
  });
});
