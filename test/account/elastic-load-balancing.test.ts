// Elastic Load Balancing in memory, both kinds.
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateSecurityGroupCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateLoadBalancerCommand,
  DeregisterInstancesFromLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingClient,
  RegisterInstancesWithLoadBalancerCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  CreateTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../gameday/account/world.ts';
import { nameOf } from './clients.ts';

const account = '111122223333';
const region = 'eu-central-1';

const setUp = async () => {
  const world = createWorld({ seed: 7, start: new Date('2026-11-23T10:00:00Z'), latency: 'none' });
  const session = world.session('test');
  const ec2 = session.client(EC2Client, account, region);
  const v2 = session.client(ElasticLoadBalancingV2Client, account, region);
  const classic = session.client(ElasticLoadBalancingClient, account, region);
  const scaling = session.client(AutoScalingClient, account, region);
  const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 }));
  const instanceId = Instances?.[0]?.InstanceId ?? '';
  const { TargetGroups } = await v2.send(new CreateTargetGroupCommand({ Name: 'web', Protocol: 'HTTP', Port: 80 }));
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const register = (Id: string, Port?: number) =>
    v2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id, ...(Port ? { Port } : {}) }] }));
  const deregister = (Id: string, Port?: number) =>
    v2.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id, ...(Port ? { Port } : {}) }] }));
  const health = async () => {
    const { TargetHealthDescriptions = [] } = await v2.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return TargetHealthDescriptions.map(({ Target, TargetHealth }) => [Target?.Port, TargetHealth?.State]);
  };
  return { world, ec2, v2, classic, scaling, instanceId, TargetGroupArn, register, deregister, health };
};

describe('a target group', () => {
  it('sends requests to what is registered and lets it run out afterwards', async () => {
    const { world, ec2, instanceId, register, deregister, health } = await setUp();
    await register(instanceId);
    expect(await health()).toEqual([[80, 'healthy']]);
    await deregister(instanceId);
    expect(await health()).toEqual([[80, 'draining']]);
    await register(instanceId);
    expect(await health()).toEqual([[80, 'healthy']]);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    expect(await health()).toEqual([[80, 'unused']]);
    await deregister(instanceId);
    await world.clock.sleep(300_000);
    expect(await health()).toEqual([]);
  });

  it('needs the port to deregister what was registered with one of its own', async () => {
    const { instanceId, register, deregister, health } = await setUp();
    await register(instanceId, 8080);
    await deregister(instanceId);
    expect(await health()).toEqual([[8080, 'healthy']]);
    await deregister(instanceId, 8080);
    expect(await health()).toEqual([[8080, 'draining']]);
  });

  it('is content when a target to deregister isn’t there, not when one to register isn’t', async () => {
    const { v2, deregister, register, TargetGroupArn } = await setUp();
    expect(await nameOf(deregister('i-0123456789abcdef0'))).toBe('no error');
    expect(await nameOf(register('i-0123456789abcdef0'))).toBe('InvalidTargetException');
    const Targets = [{ Id: 'i-0123456789abcdef0' }];
    const asked = await v2.send(new DescribeTargetHealthCommand({ TargetGroupArn, Targets }));
    expect(asked.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
    const absent = new DescribeTargetGroupsCommand({ Names: ['absent'] });
    expect(await nameOf(v2.send(absent))).toBe('TargetGroupNotFoundException');
  });

  it('finds a target unhealthy whose security groups let nobody in', async () => {
    const { ec2, instanceId, register, health } = await setUp();
    await register(instanceId);
    expect(await health()).toEqual([[80, 'healthy']]);
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'sealed', Description: 'x' }));
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: instanceId, Groups: [GroupId] }));
    expect(await health()).toEqual([[80, 'unhealthy']]);
  });

  it('follows its Auto Scaling group: out with standby, in again after it', async () => {
    const { world, scaling, instanceId, TargetGroupArn, health } = await setUp();
    const AutoScalingGroupName = 'web';
    await scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName,
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 1,
        InstanceId: instanceId,
        TargetGroupARNs: [TargetGroupArn],
      }),
    );
    await world.clock.sleep(60_000);
    expect(await health()).toEqual([[80, 'healthy']]);
    const { AutoScalingInstances } = await scaling.send(new DescribeAutoScalingInstancesCommand({}));
    const InstanceIds = AutoScalingInstances?.map(({ InstanceId = '' }) => InstanceId) ?? [];
    const standby = { AutoScalingGroupName, InstanceIds };
    await scaling.send(new EnterStandbyCommand({ ...standby, ShouldDecrementDesiredCapacity: true }));
    expect(await health()).toEqual([[80, 'draining']]);
    await world.clock.sleep(60_000);
    await scaling.send(new ExitStandbyCommand(standby));
    expect(await health()).toEqual([[80, 'healthy']]);
  });
});

describe('a classic load balancer', () => {
  it('has its instances by name', async () => {
    const { classic, instanceId } = await setUp();
    const LoadBalancerName = 'old';
    const Listeners = [{ Protocol: 'HTTP', LoadBalancerPort: 80, InstancePort: 80 }];
    await classic.send(
      new CreateLoadBalancerCommand({ LoadBalancerName, Listeners, AvailabilityZones: ['eu-central-1a'] }),
    );
    const Instances = [{ InstanceId: instanceId }];
    await classic.send(new RegisterInstancesWithLoadBalancerCommand({ LoadBalancerName, Instances }));
    const members = async () => {
      const { LoadBalancerDescriptions } = await classic.send(
        new DescribeLoadBalancersCommand({ LoadBalancerNames: [LoadBalancerName] }),
      );
      return LoadBalancerDescriptions?.[0]?.Instances;
    };
    expect(await members()).toEqual(Instances);
    const remove = new DeregisterInstancesFromLoadBalancerCommand({ LoadBalancerName, Instances });
    await classic.send(remove);
    await classic.send(remove);
    expect(await members()).toEqual([]);
    const absent = new DescribeLoadBalancersCommand({ LoadBalancerNames: ['absent'] });
    expect(await nameOf(classic.send(absent))).toBe('AccessPointNotFoundException');
  });
});
