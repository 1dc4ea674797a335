// Snapshots as evidence, on the account in memory: one set a request, whatever goes wrong, and a manifest that says what there is.
import {
  CreateSnapshotsCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSnapshotCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DetachVolumeCommand,
  EC2Client,
  RunInstancesCommand,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../gameday/account/world.ts';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { isIntact, type SnapshotManifest, volumeSnapshots } from '../../playbooks/evidence/ebs-volume-snapshots.ts';
import { describeVolumes, volumesOf } from '../../playbooks/evidence/ec2-instance-volumes.ts';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Provenance, Taken } from '../../playbooks/language/evidence.ts';

let practice: Practice;
let aws: Aws;
let ec2: EC2Client;
let instance: string;

const newInstance = async (): Promise<string> => {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-1',
      InstanceType: 'm5.large',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: Subnet?.SubnetId,
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, Encrypted: true } }],
    }),
  );
  return Instances?.[0]?.InstanceId ?? '';
};

beforeEach(async () => {
  practice = createPractice({ playbooks: new Map(), seed: 6, latency: 'none' });
  aws = practice.stage.aws;
  ec2 = aws(EC2Client);
  instance = await newInstance();
});

const provenance = (incident = 'fb-1', ofCase = 'case-1'): Provenance => ({
  incident,
  case: ofCase,
  playbook: 'snapshot-volumes',
  finding: 'arn:aws:guardduty:eu-central-1:111122223333:detector/d/finding/<f>',
  requestedAt: practice.world.clock.now().toISOString(),
});

const seen = async (excludeBoot = false) => {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance] }));
  const [found] = Reservations?.[0]?.Instances ?? [];
  if (!found) throw new Error('there is an instance');
  return { volumes: volumesOf(found, await describeVolumes(aws, instance)), excludeBoot };
};

const request = async (from: Provenance, excludeBoot = false): Promise<Taken> =>
  volumeSnapshots.request(aws, instance, await seen(excludeBoot), from);

const reviewed = async (taken: Taken, from: Provenance): Promise<Taken> => {
  let now = taken;
  for (let tries = 0; tries < 30 && now.state === 'pending'; tries++) {
    await practice.stage.wait(30);
    now = (await volumeSnapshots.review?.(aws, now, from)) ?? now;
  }
  return now;
};

const manifestOf = ({ manifest }: Taken) => manifest as SnapshotManifest;
const all = async () => (await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? [];

/** Lets one call of that name fail. */
const failOnce = (command: string, fault: Fault): void => {
  let left = 1;
  practice.world.inject((call) => (call.command === command && left-- > 0 ? fault : undefined));
};

describe('snapshots of all volumes', () => {
  it('are complete, locked, tagged, and listed in a manifest that can be checked', async () => {
    const from = provenance();
    const first = await request(from);
    expect(first).toMatchObject({ state: 'pending', note: '' });
    expect(manifestOf(first).snapshots.map(({ lock }) => lock)).toEqual(Array(2).fill('governance, 90 days'));
    const last = await reviewed(first, from);
    expect(last).toMatchObject({ state: 'complete', note: '' });
    const manifest = manifestOf(last);
    expect(manifest.snapshots.map(({ device, size, encrypted }) => [device, size, encrypted])).toEqual([
      ['/dev/sdf', 20, true],
      ['/dev/xvda', 8, false],
    ]);
    expect(manifest.createRequestId).not.toBeNull();
    expect(isIntact(last.manifest)).toBe(true);
    expect(isIntact({ ...manifest, incident: 'fb-2' })).toBe(false);
    const [snapshot] = await all();
    expect(Object.fromEntries((snapshot?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual({
      'firebreak:incident': 'fb-1',
      'firebreak:case': 'case-1',
      'firebreak:finding': 'arn:aws:guardduty:eu-central-1:111122223333:detector/d/finding/_f_',
      'firebreak:instance': instance,
      'firebreak:requested-at': from.requestedAt,
      'firebreak:attempt': '1',
    });
  });

  it('leave the boot volume out where that is chosen', async () => {
    const from = provenance();
    const last = await reviewed(await request(from, true), from);
    expect(last.state).toBe('complete');
    expect(manifestOf(last).snapshots.map(({ device }) => device)).toEqual(['/dev/sdf']);
  });

  it('are not asked for where there is nothing to snapshot', async () => {
    const taken = await volumeSnapshots.request(aws, instance, { volumes: [], excludeBoot: false }, provenance());
    expect(taken).toMatchObject({ state: 'failed', note: 'There is no EBS volume to snapshot.' });
  });
});

describe('one set a request', () => {
  it('a crash after the call finds what was made', async () => {
    const from = provenance();
    const first = await request(from);
    await practice.stage.wait(900);
    expect((await request(from)).reference).toBe(first.reference);
    expect(await all()).toHaveLength(2);
  });

  it.each(['timeout-after', 'server-error'] as const)('%s: looks by tag instead of asking twice', async (fault) => {
    failOnce('CreateSnapshots', fault);
    const from = provenance();
    const taken = await request(from).catch(() => undefined);
    const again = taken ?? (await request(from));
    expect(again.reference.split(' ')).toHaveLength(2);
    expect(await all()).toHaveLength(2);
  });

  it('serves another incident of the case while it is fresh, and says so', async () => {
    const first = await request(provenance('fb-1'));
    await practice.stage.wait(120);
    const second = await request(provenance('fb-2'));
    expect(second.reference).toBe(first.reference);
    expect(second.note).toContain('Taken for incident fb-1');
    await practice.stage.wait(600);
    expect((await request(provenance('fb-3'))).reference).not.toBe(first.reference);
  });

  it('serves another case only where AWS refuses a second set so soon', async () => {
    const first = await request(provenance('fb-1', 'case-1'));
    const soon = await request(provenance('fb-2', 'case-2'));
    expect(soon.reference).toBe(first.reference);
    expect(soon.note).toContain('case-1');
    await practice.stage.wait(60);
    expect((await request(provenance('fb-3', 'case-3'))).reference).not.toBe(first.reference);
  });

  it('does not serve for a volume that it lacks', async () => {
    const small = await request(provenance('fb-1'), true);
    await practice.stage.wait(60);
    const whole = await request(provenance('fb-2'));
    expect(whole.reference).not.toBe(small.reference);
    expect(whole.reference.split(' ')).toHaveLength(2);
  });

  it('names a surplus set', async () => {
    const from = provenance();
    const taken = await request(from);
    await practice.stage.wait(60);
    const tags = (await all())[0]?.Tags?.map((tag) => (tag.Key === 'firebreak:attempt' ? { ...tag, Value: '2' } : tag));
    const { Snapshots } = await ec2.send(
      new CreateSnapshotsCommand({
        InstanceSpecification: { InstanceId: instance },
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: tags ?? [] }],
      }),
    );
    const last = await reviewed(taken, from);
    expect(last.state).toBe('complete');
    for (const { SnapshotId = '' } of Snapshots ?? []) expect(last.note).toContain(SnapshotId);
  });
});

describe('what goes wrong is told', () => {
  it('an error fails the set in words, and a new request makes a new one', async () => {
    await practice.stage.bring('next snapshot ends in error', instance);
    const from = provenance();
    const last = await reviewed(await request(from), from);
    expect(last.state).toBe('failed');
    expect(last.note).toContain('An internal error has occurred');
    const asked = await request(from);
    expect(asked.note, 'at once, should nobody get to look again').toContain(`Surplus`);
    for (const id of last.reference.split(' ')) expect(asked.note).toContain(id);
    const again = await reviewed(asked, from);
    expect(again.state).toBe('complete');
    expect(again.reference).not.toBe(last.reference);
  });

  it('a volume that came too late makes it partial', async () => {
    const detail = await seen();
    const [data] = detail.volumes;
    await ec2.send(new DetachVolumeCommand({ VolumeId: data?.volume }));
    const from = provenance();
    const last = await reviewed(await volumeSnapshots.request(aws, instance, detail, from), from);
    expect(last.state).toBe('partial');
    expect(last.note).toContain(`${data?.volume} has no snapshot`);
  });

  it('a snapshot that vanishes makes it partial, but not at the first late look', async () => {
    const from = provenance();
    const taken = await request(from);
    await practice.stage.wait(600);
    const [SnapshotId = ''] = taken.reference.split(' ');
    await ec2.send(new UnlockSnapshotCommand({ SnapshotId }));
    await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
    const once = await volumeSnapshots.review?.(aws, taken, from);
    expect(once?.state).toBe('pending');
    const last = await reviewed(taken, from);
    expect(last.state).toBe('partial');
    expect(last.note).toContain(`${SnapshotId} of`);
  });

  it('a lock that failed is told, and tried again', async () => {
    failOnce('LockSnapshot', 'denied');
    const from = provenance();
    const taken = await request(from);
    expect(taken.note).toContain('Not locked');
    const last = await reviewed(taken, from);
    expect(last).toMatchObject({ state: 'complete', note: '' });
  });
});
