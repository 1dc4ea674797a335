// Auto Scaling in memory.
import {
  AttachInstancesCommand,
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  ResumeProcessesCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateTargetGroupCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../gameday/account/world.ts';
import { nameOf } from './clients.ts';

const account = '111122223333';
const region = 'eu-central-1';
const minutes = 60_000;

const setUp = async (more: Partial<CreateAutoScalingGroupCommandInput> = {}) => {
  const world = createWorld({ seed: 7, start: new Date('2026-11-23T10:00:00Z'), latency: 'none' });
  const session = world.session('test');
  const ec2 = session.client(EC2Client, account, region);
  const scaling = session.client(AutoScalingClient, account, region);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
  const group = { GroupName: 'web', Description: 'web servers', VpcId: Vpc?.VpcId };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(group));
  const LaunchTemplateData = { ImageId: 'ami-1', SecurityGroupIds: [GroupId] };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData }));
  const AutoScalingGroupName = 'web';
  await scaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: 1,
      MaxSize: 3,
      DesiredCapacity: 2,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      VPCZoneIdentifier: Subnet?.SubnetId,
      ...more,
    }),
  );
  const describeGroup = async () => {
    const { AutoScalingGroups } = await scaling.send(new DescribeAutoScalingGroupsCommand({}));
    return AutoScalingGroups?.[0];
  };
  const members = async () =>
    ((await describeGroup())?.Instances ?? []).map(({ InstanceId = '', LifecycleState }) => ({
      id: InstanceId,
      state: LifecycleState,
    }));
  const states = async () => (await members()).map(({ state }) => state);
  const enter = (id: string, ShouldDecrementDesiredCapacity: boolean) =>
    scaling.send(new EnterStandbyCommand({ AutoScalingGroupName, InstanceIds: [id], ShouldDecrementDesiredCapacity }));
  const exit = (id: string) => scaling.send(new ExitStandbyCommand({ AutoScalingGroupName, InstanceIds: [id] }));
  const detach = (id: string, ShouldDecrementDesiredCapacity: boolean) =>
    scaling.send(
      new DetachInstancesCommand({ AutoScalingGroupName, InstanceIds: [id], ShouldDecrementDesiredCapacity }),
    );
  await world.clock.sleep(minutes);
  const [first] = await members();
  return {
    world,
    session,
    ec2,
    scaling,
    AutoScalingGroupName,
    groupId: GroupId,
    vpcId: Vpc?.VpcId,
    first: first?.id ?? '',
    describeGroup,
    members,
    states,
    enter,
    exit,
    detach,
  };
};

describe('an Auto Scaling group', () => {
  it('launches its instances from its template and marks them as its own', async () => {
    const { ec2, first, states, groupId } = await setUp();
    expect(await states()).toEqual(['InService', 'InService']);
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [first] }));
    const instance = Reservations?.[0]?.Instances?.[0];
    expect(instance?.SecurityGroups).toEqual([{ GroupId: groupId, GroupName: 'web' }]);
    expect(instance?.Tags).toEqual([{ Key: 'aws:autoscaling:groupName', Value: 'web' }]);
  });

  it('lets an instance rest, one less being wanted, and takes it back', async () => {
    const { world, first, states, enter, exit, describeGroup } = await setUp();
    await enter(first, true);
    expect(await states()).toEqual(['EnteringStandby', 'InService']);
    expect(await nameOf(exit(first))).toBe('ValidationError');
    await world.clock.sleep(minutes);
    expect(await states()).toEqual(['Standby', 'InService']);
    expect((await describeGroup())?.DesiredCapacity).toBe(1);
    await exit(first);
    await world.clock.sleep(minutes);
    expect(await states()).toEqual(['InService', 'InService']);
    expect((await describeGroup())?.DesiredCapacity).toBe(2);
  });

  it('refuses to want fewer than its minimum', async () => {
    const { world, first, enter, states, detach, describeGroup } = await setUp({ MinSize: 2 });
    const before = world.snapshot();
    await expect(enter(first, true)).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(detach(first, true)).rejects.toThrow('min-size=2');
    expect(world.snapshot()).toEqual(before);
    await enter(first, false);
    await world.clock.sleep(minutes);
    expect(await states()).toEqual(['Standby', 'InService', 'InService']);
    expect((await describeGroup())?.DesiredCapacity).toBe(2);
  });

  it('refuses to take back more than its maximum', async () => {
    const { world, scaling, AutoScalingGroupName, first, enter, exit } = await setUp();
    await enter(first, true);
    await world.clock.sleep(minutes);
    await scaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, DesiredCapacity: 3 }));
    expect(await nameOf(exit(first))).toBe('ValidationError');
  });

  it('lets an instance go, with a replacement or without, and takes another in', async () => {
    const { world, scaling, AutoScalingGroupName, first, members, states, detach, describeGroup } = await setUp();
    await detach(first, true);
    expect(await nameOf(detach(first, true))).toBe('ValidationError');
    await world.clock.sleep(minutes);
    expect(await states()).toEqual(['InService']);
    const [second] = await members();
    await detach(second?.id ?? '', false);
    await world.clock.sleep(minutes);
    expect(await states()).toEqual(['InService']);
    const attach = () => scaling.send(new AttachInstancesCommand({ AutoScalingGroupName, InstanceIds: [first] }));
    await attach();
    expect(await nameOf(attach())).toBe('ValidationError');
    expect((await describeGroup())?.DesiredCapacity).toBe(2);
    const { AutoScalingInstances } = await scaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [first] }),
    );
    expect(AutoScalingInstances?.[0]?.AutoScalingGroupName).toBe('web');
  });

  it('ends and replaces what doesn’t run, protected from termination or not', async () => {
    const { world, ec2, first, members } = await setUp();
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: first, DisableApiTermination: { Value: true } }));
    await ec2.send(new StopInstancesCommand({ InstanceIds: [first] }));
    await members();
    await world.clock.sleep(2 * minutes);
    expect(await members()).toHaveLength(3);
    await world.clock.sleep(minutes);
    const left = await members();
    expect(left).toHaveLength(2);
    expect(left.map(({ id }) => id)).not.toContain(first);
  });

  it('leaves alone what is in standby, and everything while its processes rest', async () => {
    const { world, ec2, scaling, AutoScalingGroupName, first, members, enter, describeGroup } = await setUp();
    await enter(first, true);
    const processes = { AutoScalingGroupName, ScalingProcesses: ['ReplaceUnhealthy', 'Terminate'] };
    await scaling.send(new SuspendProcessesCommand(processes));
    const ids = (await members()).map(({ id }) => id);
    await ec2.send(new StopInstancesCommand({ InstanceIds: ids }));
    await members();
    await world.clock.sleep(5 * minutes);
    expect((await members()).map(({ id }) => id)).toEqual(ids);
    expect((await describeGroup())?.SuspendedProcesses?.map(({ ProcessName }) => ProcessName)).toEqual(
      processes.ScalingProcesses,
    );
    await scaling.send(new ResumeProcessesCommand(processes));
    await members();
    await world.clock.sleep(minutes);
    expect((await members()).map(({ id }) => id)).toContain(first);
    expect((await members()).map(({ id }) => id)).not.toContain(ids[1]);
  });

  it('with health checks of its load balancer ends an instance that was isolated', async () => {
    const { world, session, ec2, scaling, first, members, vpcId } = await setUp();
    const balancing = session.client(ElasticLoadBalancingV2Client, account, region);
    const wanted = { Name: 'web', Protocol: 'HTTP', Port: 80, VpcId: vpcId } as const;
    const { TargetGroups } = await balancing.send(new CreateTargetGroupCommand(wanted));
    const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [first] }));
    const subnet = Reservations?.[0]?.Instances?.[0]?.SubnetId;
    await scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'behind',
        MinSize: 1,
        MaxSize: 1,
        LaunchTemplate: { LaunchTemplateName: 'web' },
        VPCZoneIdentifier: subnet,
        TargetGroupARNs: [arn],
        HealthCheckType: 'ELB',
      }),
    );
    const behind = async () => {
      const { AutoScalingInstances = [] } = await scaling.send(new DescribeAutoScalingInstancesCommand({}));
      return AutoScalingInstances.filter((each) => each.AutoScalingGroupName === 'behind');
    };
    await world.clock.sleep(minutes);
    const [sick] = await behind();
    expect(sick).toMatchObject({ LifecycleState: 'InService', HealthStatus: 'Healthy' });
    // Its group lets nobody in, which to a load balancer looks like an instance that is down.
    await world.clock.sleep(minutes);
    expect((await behind()).map(({ LifecycleState }) => LifecycleState)).toEqual(['Terminating', 'Pending']);
    expect((await behind())[0]).toMatchObject({ InstanceId: sick?.InstanceId, HealthStatus: 'Unhealthy' });
    expect(await members()).toHaveLength(2);
  });

  it('shrinks by those that aren’t protected', async () => {
    const { world, scaling, AutoScalingGroupName, first, members } = await setUp();
    const protection = { AutoScalingGroupName, InstanceIds: [first], ProtectedFromScaleIn: true };
    await scaling.send(new SetInstanceProtectionCommand(protection));
    await scaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, DesiredCapacity: 1 }));
    await world.clock.sleep(minutes);
    expect((await members()).map(({ id }) => id)).toEqual([first]);
  });
});
