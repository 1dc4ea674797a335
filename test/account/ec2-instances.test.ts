// Instances in memory.
import {
  AssociateIamInstanceProfileCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DisassociateIamInstanceProfileCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateInstanceProfileCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { makeServiceManaged, makeSpot } from '../../gameday/account/circumstances.ts';
import { nameOf } from './clients.ts';
import { setUp, where } from './ec2-ground.ts';

describe('instances', () => {
  it('begin in the default VPC where no other is named', async () => {
    const { ec2, instance } = await setUp();
    const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 }));
    const found = await instance(Instances?.[0]?.InstanceId ?? '');
    expect(found).toMatchObject({ State: { Name: 'running' }, SecurityGroups: [{ GroupName: 'default' }] });
    expect(found.PublicIpAddress).toMatch(/^198\.1[89]\./);
    expect(found.BlockDeviceMappings).toHaveLength(1);
  });

  it('are protected from termination and from being stopped as long as they are told to be', async () => {
    const { ec2, run, instance, world } = await setUp();
    const id = await run();
    const set = (attribute: 'DisableApiTermination' | 'DisableApiStop', Value: boolean) =>
      ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, [attribute]: { Value } }));
    await set('DisableApiTermination', true);
    await set('DisableApiStop', true);
    expect(await nameOf(ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })))).toBe('OperationNotPermitted');
    expect(await nameOf(ec2.send(new StopInstancesCommand({ InstanceIds: [id] })))).toBe('OperationNotPermitted');
    const attribute = { InstanceId: id, Attribute: 'disableApiTermination' } as const;
    expect(await ec2.send(new DescribeInstanceAttributeCommand(attribute))).toMatchObject({
      DisableApiTermination: { Value: true },
    });
    await set('DisableApiStop', false);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    expect((await instance(id)).State?.Name).toBe('stopping');
    await world.clock.sleep(30_000);
    expect((await instance(id)).State?.Name).toBe('stopped');
  });

  it('take one attribute a call', async () => {
    const { ec2, run } = await setUp();
    const both = { DisableApiTermination: { Value: true }, DisableApiStop: { Value: true } };
    const call = ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: await run(), ...both }));
    expect(await nameOf(call)).toBe('InvalidParameterCombination');
  });

  it('on Spot can’t be protected', async () => {
    const { ec2, run, world, instance } = await setUp();
    const id = await run();
    makeSpot(world, where, id);
    const protect = new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value: true } });
    expect(await nameOf(ec2.send(protect))).toBe('UnsupportedOperation');
    expect((await instance(id)).InstanceLifecycle).toBe('spot');
  });

  it('keep a volume that isn’t to be deleted with them', async () => {
    const { ec2, run, instance, world } = await setUp();
    const id = await run();
    const [root] = (await instance(id)).BlockDeviceMappings ?? [];
    expect(root?.Ebs?.DeleteOnTermination).toBe(true);
    const mapping = { DeviceName: root?.DeviceName, Ebs: { DeleteOnTermination: false } };
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, BlockDeviceMappings: [mapping] }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await world.clock.sleep(30_000);
    const { Volumes } = await ec2.send(new DescribeVolumesCommand({}));
    expect(Volumes?.map(({ VolumeId, State }) => [VolumeId, State])).toEqual([[root?.Ebs?.VolumeId, 'available']]);
  });

  it('have one instance profile at most', async () => {
    const { ec2, iam, run, instance } = await setUp();
    const id = await run();
    const { InstanceProfile } = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
    const associate = (Name: string) =>
      ec2.send(new AssociateIamInstanceProfileCommand({ InstanceId: id, IamInstanceProfile: { Name } }));
    expect(await nameOf(associate('absent'))).toBe('InvalidParameterValue');
    await associate('web');
    expect(await nameOf(associate('web'))).toBe('IncorrectState');
    expect((await instance(id)).IamInstanceProfile).toEqual({
      Arn: InstanceProfile?.Arn,
      Id: InstanceProfile?.InstanceProfileId,
    });
    const Filters = [{ Name: 'instance-id', Values: [id] }];
    const describeAll = () => ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters }));
    const [association] = (await describeAll()).IamInstanceProfileAssociations ?? [];
    await ec2.send(new DisassociateIamInstanceProfileCommand({ AssociationId: association?.AssociationId }));
    expect((await describeAll()).IamInstanceProfileAssociations).toEqual([]);
  });

  it('apply new metadata options after a while', async () => {
    const { ec2, run, instance, world } = await setUp();
    const id = await run();
    await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, HttpEndpoint: 'disabled' }));
    expect((await instance(id)).MetadataOptions).toMatchObject({ State: 'pending', HttpEndpoint: 'disabled' });
    await world.clock.sleep(5000);
    expect((await instance(id)).MetadataOptions?.State).toBe('applied');
  });

  it('of a service are the service’s', async () => {
    const { ec2, run, instance, world } = await setUp();
    const id = await run();
    makeServiceManaged(world, where, id);
    expect((await instance(id)).Operator).toMatchObject({ Managed: true });
    expect(await nameOf(ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })))).toBe('OperationNotPermitted');
  });

  it('are seen for an hour after their end, and an id that can’t be one is told from one that isn’t there', async () => {
    const { ec2, run, instance, world } = await setUp();
    const id = await run();
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await world.clock.sleep(3_600_000);
    expect((await instance(id)).State?.Name).toBe('terminated');
    await world.clock.sleep(60_000);
    expect(await nameOf(instance(id))).toBe('InvalidInstanceID.NotFound');
    expect(await nameOf(instance('i-$(reboot)'))).toBe('InvalidInstanceID.Malformed');
  });

  it('answer a dry run by an error', async () => {
    const { ec2 } = await setUp();
    expect(await nameOf(ec2.send(new DescribeInstancesCommand({ DryRun: true })))).toBe('DryRunOperation');
  });

  it('come in pages', async () => {
    const { ec2, run } = await setUp();
    const ids = [await run(), await run(), await run()];
    const first = await ec2.send(new DescribeInstancesCommand({ MaxResults: 2 }));
    const second = await ec2.send(new DescribeInstancesCommand({ MaxResults: 2, NextToken: first.NextToken }));
    const all = [...(first.Reservations ?? []), ...(second.Reservations ?? [])];
    expect(all.map(({ Instances }) => Instances?.[0]?.InstanceId)).toEqual(ids);
    expect(second.NextToken).toBeUndefined();
  });
});
