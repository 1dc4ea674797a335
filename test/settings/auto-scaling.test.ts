// The settings of Auto Scaling, on the account in memory, whose groups do end what looks unhealthy.
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DetachInstancesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { type Aws, gone } from '../../playbooks/language/aws.ts';
import {
  type GroupMemberId,
  membershipOf,
  standby,
  suspendedProcesses,
  terminatingProcesses,
} from '../../playbooks/settings/auto-scaling.ts';

let practice: Practice;
let aws: Aws;

beforeEach(() => {
  practice = createPractice({ playbooks: new Map(), seed: 5, latency: 'none' });
  aws = practice.stage.aws;
});

const describeGroup = async (name: string) => {
  const { AutoScalingGroups } = await aws(AutoScalingClient).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return AutoScalingGroups?.[0];
};

const newGroup = async (name: string, MinSize: number, DesiredCapacity: number): Promise<GroupMemberId> => {
  const ec2 = aws(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
  const LaunchTemplateData = { ImageId: 'ami-1' };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData }));
  await aws(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize,
      MaxSize: 3,
      DesiredCapacity,
      VPCZoneIdentifier: Subnet?.SubnetId,
    }),
  );
  await practice.stage.wait(30);
  const [member] = (await describeGroup(name))?.Instances ?? [];
  return `${name}/${member?.InstanceId}` as GroupMemberId;
};

describe('standby', () => {
  it('takes an instance out without a replacement, and back in, in a group whose name has slashes', async () => {
    const id = await newGroup('team/web', 1, 2);
    expect(await standby.read(aws, id)).toBe('in-service');
    await standby.write(aws, id, 'standby');
    expect(await standby.read(aws, id), 'on its way is as good as there').toBe('standby');
    await practice.stage.wait(60);
    const during = await describeGroup('team/web');
    expect([during?.DesiredCapacity, during?.Instances?.length]).toEqual([1, 2]);
    await standby.write(aws, id, 'in-service');
    await practice.stage.wait(60);
    const after = await describeGroup('team/web');
    expect([after?.DesiredCapacity, after?.Instances?.length]).toEqual([2, 2]);
    expect(await standby.read(aws, id)).toBe('in-service');
  });

  it('takes a refusal of what it has done already for done', async () => {
    const id = await newGroup('web', 1, 2);
    await standby.write(aws, id, 'standby');
    await standby.write(aws, id, 'standby');
    expect((await describeGroup('web'))?.DesiredCapacity).toBe(1);
  });

  it('says what AWS says at the minimum', async () => {
    const id = await newGroup('web', 2, 2);
    await expect(standby.write(aws, id, 'standby')).rejects.toThrow('min-size=2');
    expect(await standby.read(aws, id)).toBe('in-service');
  });

  it('does not attach what somebody has detached: the group would be another', async () => {
    const id = await newGroup('web', 1, 2);
    const InstanceIds = [id.slice(id.indexOf('/') + 1)];
    await aws(AutoScalingClient).send(
      new DetachInstancesCommand({ AutoScalingGroupName: 'web', InstanceIds, ShouldDecrementDesiredCapacity: true }),
    );
    expect(await standby.read(aws, id)).toBe('detached');
    await expect(standby.write(aws, id, 'in-service')).rejects.toThrow('attach-instances');
    await expect(standby.write(aws, id, 'detached')).rejects.toThrow('one larger');
  });

  it('knows a group, and an instance, that is gone', async () => {
    const id = await newGroup('web', 1, 2);
    const instance = id.slice(id.indexOf('/') + 1);
    expect(await standby.read(aws, `other/${instance}` as GroupMemberId)).toBe(gone);
    await aws(EC2Client).send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
    await practice.stage.wait(300);
    expect(await standby.read(aws, id)).toBe(gone);
  });

  it.each([
    [undefined, 'detached'],
    ['Detaching', 'detached'],
    ['Standby', 'standby'],
    ['EnteringStandby', 'standby'],
    ['InService', 'in-service'],
    ['Pending:Wait', 'in-service'],
  ] as const)('reads %s as %s', (state, membership) => expect(membershipOf(state)).toBe(membership));
});

describe('suspended processes', () => {
  it('adds ours to what was suspended, and takes only ours away again', async () => {
    await newGroup('web', 1, 1);
    const suspend = { AutoScalingGroupName: 'web', ScalingProcesses: ['AZRebalance', 'ScheduledActions'] };
    await aws(AutoScalingClient).send(new SuspendProcessesCommand(suspend));
    const before = await suspendedProcesses.read(aws, 'web');
    expect(before).toEqual(['AZRebalance', 'ScheduledActions']);
    if (before === gone) throw new Error('it is there');
    const ours = suspendedProcesses.combine?.([before, terminatingProcesses]) ?? [];
    await suspendedProcesses.write(aws, 'web', ours);
    expect(await suspendedProcesses.read(aws, 'web')).toEqual([...terminatingProcesses, 'ScheduledActions'].toSorted());
    await suspendedProcesses.write(aws, 'web', before);
    expect(await suspendedProcesses.read(aws, 'web')).toEqual(before);
  });

  it('resumes and suspends though AWS still answers what stood before', async () => {
    practice = createPractice({
      playbooks: new Map(),
      seed: 5,
      latency: 'none',
      staleReads: { probability: 1, seconds: 10, services: ['Auto Scaling'] },
    });
    aws = practice.stage.aws;
    await newGroup('web', 1, 1);
    await suspendedProcesses.write(aws, 'web', terminatingProcesses);
    expect(await suspendedProcesses.read(aws, 'web'), 'an older value').toEqual([]);
    await suspendedProcesses.write(aws, 'web', []);
    await practice.stage.wait(30);
    expect(await suspendedProcesses.read(aws, 'web')).toEqual([]);
    await suspendedProcesses.write(aws, 'web', terminatingProcesses);
    await practice.stage.wait(30);
    await suspendedProcesses.write(aws, 'web', []);
    expect(await suspendedProcesses.read(aws, 'web'), 'an older value').toEqual(terminatingProcesses);
    await suspendedProcesses.write(aws, 'web', terminatingProcesses);
    await practice.stage.wait(30);
    expect(await suspendedProcesses.read(aws, 'web')).toEqual(terminatingProcesses);
  });

  it('resumes what others suspended as well, where it is to be as it was', async () => {
    await newGroup('web', 1, 1);
    await suspendedProcesses.write(aws, 'web', [...terminatingProcesses, 'Launch']);
    await suspendedProcesses.write(aws, 'web', terminatingProcesses);
    expect(await suspendedProcesses.read(aws, 'web')).toEqual(terminatingProcesses);
  });

  it('never sends an empty list, which would mean all processes', async () => {
    await newGroup('web', 1, 1);
    await suspendedProcesses.write(aws, 'web', []);
    expect(await suspendedProcesses.read(aws, 'web')).toEqual([]);
    await expect(suspendedProcesses.write(aws, 'other', ['Terminate'])).rejects.toThrow('not there any more');
    expect(await suspendedProcesses.read(aws, 'other')).toBe(gone);
  });
});
