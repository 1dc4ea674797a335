// The world: faults, crashes, virtual time, stale reads, and the state.
import {
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { bring } from '../../gameday/account/circumstances.ts';
import { createClock } from '../../gameday/account/clock.ts';
import { copyState } from '../../gameday/account/state.ts';
import { Crash, createWorld, type Fault, type World, type WorldOptions } from '../../gameday/account/world.ts';
import { nameOf } from './clients.ts';

const account = '111122223333';
const region = 'eu-central-1';
const start = new Date('2026-11-23T10:00:00Z');

const begin = (options: Partial<WorldOptions> = {}) => {
  const world = createWorld({ seed: 7, start, ...options });
  const session = world.session('responder');
  return { world, session, ec2: session.client(EC2Client, account, region) };
};

const vpc = () => new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' });
const group = (GroupName: string, VpcId?: string) =>
  new CreateSecurityGroupCommand({ GroupName, Description: 'a group', ...(VpcId ? { VpcId } : {}) });

/** The fault for so many attempts of a command. */
const faulty = (world: World, command: string, fault: Fault, attempts = 1): void => {
  let left = attempts;
  world.inject((call) => {
    if (call.command !== command || left === 0) return undefined;
    left -= 1;
    return fault;
  });
};

const log = (world: World): readonly string[] =>
  world.calls.map(({ command, attempt, outcome }) => `${command} ${attempt} ${outcome}`);

describe('faults', () => {
  it('lets the SDK repeat a throttled call until it goes through', async () => {
    const { world, ec2 } = begin();
    faulty(world, 'CreateVpc', 'throttled', 2);
    const { $metadata } = await ec2.send(vpc());
    expect(log(world)).toEqual([
      'CreateVpc 1 RequestLimitExceeded',
      'CreateVpc 2 RequestLimitExceeded',
      'CreateVpc 3 ok',
    ]);
    expect($metadata).toMatchObject({ attempts: 3, httpStatusCode: 200, requestId: world.calls[2]?.requestId });
  });

  it('gives the service’s own error when every attempt is throttled', async () => {
    const { world, session, ec2 } = begin();
    world.inject(() => 'throttled');
    expect(await nameOf(ec2.send(vpc()))).toBe('RequestLimitExceeded');
    expect(await nameOf(session.client(IAMClient, account, region).send(new GetUserCommand({ UserName: 'eve' })))).toBe(
      'Throttling',
    );
    expect(world.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('calls once where the client says so', async () => {
    const { world, session } = begin();
    world.inject(() => 'server-error');
    const once = session.client(EC2Client, account, region, { maxAttempts: 1 });
    await expect(once.send(vpc())).rejects.toMatchObject({ name: 'InternalError', $fault: 'server' });
    expect(log(world)).toEqual(['CreateVpc 1 InternalError']);
  });

  it('denies in the service’s own words, and the SDK doesn’t repeat it', async () => {
    const { world, session, ec2 } = begin();
    world.inject(() => 'denied');
    expect(await nameOf(ec2.send(vpc()))).toBe('UnauthorizedOperation');
    expect(await nameOf(session.client(S3Client, account, region).send(new HeadBucketCommand({ Bucket: 'web' })))).toBe(
      'AccessDenied',
    );
    expect(world.calls).toHaveLength(2);
  });

  it('has the effect of a call whose answer is lost, so that the repeated one finds it', async () => {
    const { world, ec2 } = begin();
    await ec2.send(vpc());
    faulty(world, 'CreateSecurityGroup', 'timeout-after');
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    expect(await nameOf(ec2.send(group('isolation', Vpcs?.[0]?.VpcId)))).toBe('InvalidGroup.Duplicate');
    expect(log(world).slice(-2)).toEqual([
      'CreateSecurityGroup 1 TimeoutError',
      'CreateSecurityGroup 2 InvalidGroup.Duplicate',
    ]);
  });

  it('repeats nothing that has a client token', async () => {
    const { world, ec2 } = begin();
    faulty(world, 'RunInstances', 'timeout-after');
    const launched = await ec2.send(new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 }));
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({}));
    expect(launched.$metadata.attempts).toBe(2);
    expect(Reservations?.map(({ ReservationId }) => ReservationId)).toEqual([launched.ReservationId]);
  });

  it('has no effect of a call that never arrives', async () => {
    const { world, session } = begin();
    world.inject(() => 'timeout-before');
    const once = session.client(EC2Client, account, region, { maxAttempts: 1 });
    expect(await nameOf(once.send(vpc()))).toBe('TimeoutError');
    expect(world.snapshot()).toEqual({ accounts: {} });
  });

  it('names what was asked for when there is no model of it', async () => {
    const { world, session } = begin({ models: {} });
    await expect(session.client(EC2Client, account, region).send(vpc())).rejects.toThrow(
      'no model of EC2 CreateVpc: add it to the service',
    );
    expect(world.defects).toHaveLength(1);
  });

  it('refuses a parameter that the SDK would drop without a word', async () => {
    const { world, ec2 } = begin();
    const misspelt = new DescribeSecurityGroupsCommand({ GroupId: ['sg-1'] } as never);
    await expect(ec2.send(misspelt)).rejects.toThrow('GroupId is unknown');
    await expect(ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web' } as never))).rejects.toThrow(
      'Description is missing',
    );
    expect(world.calls).toHaveLength(0);
    expect(world.defects).toHaveLength(2);
  });
});

describe('a crash', () => {
  it('before a call leaves no effect and ends the session, without a retry', async () => {
    const { world, session, ec2 } = begin();
    faulty(world, 'CreateVpc', 'crash-before');
    await expect(ec2.send(vpc())).rejects.toBeInstanceOf(Crash);
    expect(session.dead).toBe(true);
    expect(world.calls).toHaveLength(1);
    await expect(ec2.send(vpc())).rejects.toBeInstanceOf(Crash);
    expect(world.calls).toHaveLength(1);
    expect(world.snapshot()).toEqual({ accounts: {} });
  });

  it('after a call leaves its effect, and a new session goes on', async () => {
    const { world, session, ec2 } = begin();
    faulty(world, 'CreateVpc', 'crash-after');
    await expect(ec2.send(vpc())).rejects.toBeInstanceOf(Crash);
    expect(session.dead).toBe(true);
    const again = world.session('responder').client(EC2Client, account, region);
    expect((await again.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });

  it('takes the answers of what was on its way, not the effects', async () => {
    const { world, session, ec2 } = begin();
    const iam = session.client(IAMClient, account, region);
    faulty(world, 'CreateVpc', 'crash-after');
    const ends = await Promise.allSettled([
      ec2.send(vpc()),
      ...['a', 'b', 'c', 'd'].map((UserName) => iam.send(new CreateUserCommand({ UserName }))),
    ]);
    const answered = ends.slice(1).filter(({ status }) => status === 'fulfilled').length;
    const other = world.session('auditor').client(IAMClient, account, region);
    const there = await Promise.all(
      ['a', 'b', 'c', 'd'].map((UserName) => nameOf(other.send(new GetUserCommand({ UserName })))),
    );
    expect(there).toEqual(['no error', 'no error', 'no error', 'no error']);
    expect(answered).toBeLessThan(4);
  });
});

describe('virtual time', () => {
  it('overlaps parallel calls and adds up sequential ones', async () => {
    const { world, ec2 } = begin();
    const describeOnce = () => ec2.send(new DescribeVpcsCommand({}));
    await Promise.all(Array.from({ length: 50 }, describeOnce));
    const parallel = world.clock.now().getTime() - start.getTime();
    expect(parallel).toBeGreaterThanOrEqual(15);
    expect(parallel).toBeLessThanOrEqual(90);
    for (let call = 0; call < 50; call += 1) await describeOnce();
    expect(world.clock.now().getTime() - start.getTime() - parallel).toBeGreaterThan(50 * 15);
  });

  it('gives the same story for the same seed, even to the first run in a process, and another for another', async () => {
    const story = async (seed: number) => {
      const { world, session, ec2 } = begin({ seed });
      const iam = session.client(IAMClient, account, region);
      world.inject((call) => (call.index % 5 === 3 ? 'throttled' : undefined));
      await Promise.allSettled([
        ec2.send(vpc()),
        ...['a', 'b', 'c'].map((UserName) => iam.send(new CreateUserCommand({ UserName }))),
        ec2.send(new DescribeVpcsCommand({})),
      ]);
      return { calls: world.calls, state: world.snapshot() };
    };
    const first = await story(1);
    expect(await story(1)).toEqual(first);
    expect(await story(2)).not.toEqual(first);
  });

  it('wakes sleepers in the order of their time', async () => {
    const clock = createClock(start);
    const woken: string[] = [];
    const sleeper = async (name: string, milliseconds: number) => {
      await clock.sleep(milliseconds);
      woken.push(`${name} ${clock.now().getTime() - start.getTime()}`);
      if (name === 'early') await sleeper('again', 5);
    };
    await Promise.all([sleeper('late', 1000), sleeper('early', 10), sleeper('same', 10), sleeper('middle', 500)]);
    expect(woken).toEqual(['early 10', 'same 10', 'again 15', 'middle 500', 'late 1000']);
  });

  it('stands still while something real is waited for', async () => {
    const clock = createClock(start);
    const order: string[] = [];
    await Promise.all([
      clock.sleep(1).then(() => order.push('sleeper')),
      clock.hold(new Promise((resolve) => setTimeout(resolve, 20))).then(() => order.push('real')),
    ]);
    expect(order).toEqual(['real', 'sleeper']);
  });

  it('can be moved on at once', async () => {
    const clock = createClock(start);
    clock.advance(60_000);
    await clock.sleep(1);
    expect(clock.now()).toEqual(new Date(start.getTime() + 60_001));
  });

  it('takes no time at all without latency', async () => {
    const { world, ec2 } = begin({ latency: 'none' });
    await ec2.send(vpc());
    expect(world.clock.now()).toEqual(start);
  });
});

describe('stale reads', () => {
  it('answer from before a young write, and from now once it is old', async () => {
    const { world, ec2 } = begin({ staleReads: { probability: 1, seconds: 10 } });
    await ec2.send(vpc());
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
    await world.clock.sleep(10_000);
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });

  it('are for the services that have them', async () => {
    const { ec2 } = begin({ staleReads: { probability: 1, seconds: 10, services: ['IAM'] } });
    await ec2.send(vpc());
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });
});

describe('the state', () => {
  it('is the same before and after a read of an empty account', async () => {
    const { world, ec2 } = begin();
    const before = world.snapshot();
    await ec2.send(new DescribeVpcsCommand({}));
    expect(world.snapshot()).toEqual(before);
  });

  it('can be put back, and is a copy each time', async () => {
    const { world, ec2 } = begin();
    await ec2.send(vpc());
    const before = world.snapshot();
    await ec2.send(vpc());
    expect(world.snapshot()).not.toEqual(before);
    world.restore(before);
    expect(world.snapshot()).toEqual(before);
    expect(copyState(world.state)).toEqual(JSON.parse(JSON.stringify(before)));
  });

  it('isn’t changed by who changes an answer', async () => {
    const { ec2 } = begin();
    await ec2.send(vpc());
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
    for (const each of Vpcs) each.CidrBlock = 'changed';
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.[0]?.CidrBlock).toBe('10.0.0.0/16');
  });
});

describe('circumstances', () => {
  it('turn a user’s key into one of the root user', async () => {
    const { world, session } = begin({ latency: 'none' });
    const iam = session.client(IAMClient, account, region);
    await iam.send(new CreateUserCommand({ UserName: 'eve' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'eve' }));
    const key = AccessKey?.AccessKeyId ?? '';
    bring(world, { account, region }, 'key belongs to root', key);
    expect((await iam.send(new ListAccessKeysCommand({ UserName: 'eve' }))).AccessKeyMetadata).toEqual([]);
    expect(() => bring(world, { account, region }, 'key belongs to root', key)).toThrow('no user of 111122223333');
  });
});
