// Live connections in memory: what a change of groups cuts, and what it doesn't.
import {
  AuthorizeSecurityGroupIngressCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { isFlowAlive, openFlow } from '../../gameday/account/circumstances.ts';
import { everyone, setUp, where } from './ec2-ground.ts';

describe('live flows', () => {
  const open = async (rules: 'everyone' | 'one network', more = {}) => {
    const ground = await setUp();
    const { ec2, group, run, eniOf, world } = ground;
    const GroupId = await group('web');
    const CidrIp = rules === 'everyone' ? '0.0.0.0/0' : '203.0.113.0/24';
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    const sealed = await group('sealed');
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: sealed, IpPermissions: [everyone] }));
    const networkInterfaceId = await eniOf(await run({ SecurityGroupIds: [GroupId] }));
    const flow = { networkInterfaceId, direction: 'ingress', peer: '203.0.113.9', port: 443, ...more } as const;
    const id = openFlow(world, where, flow);
    const afterAMinute = async () => {
      await world.clock.sleep(60_000);
      return isFlowAlive(world, where, id);
    };
    return { ...ground, GroupId, sealed, networkInterfaceId, afterAMinute };
  };

  it('outlive a change of groups where they are tracked', async () => {
    const { isolate, networkInterfaceId, sealed, afterAMinute } = await open('one network');
    await isolate(networkInterfaceId, sealed);
    expect(await afterAMinute()).toBe(true);
  });

  it('end at once where the port was open to everyone and every way back too, so that nothing was tracked', async () => {
    const { isolate, networkInterfaceId, sealed, afterAMinute } = await open('everyone');
    await isolate(networkInterfaceId, sealed);
    expect(await afterAMinute()).toBe(false);
  });

  it('end after a detour over an open group, but for those that are tracked whatever the rules say', async () => {
    for (const automaticallyTracked of [false, true]) {
      const { ec2, group, isolate, networkInterfaceId, sealed, afterAMinute } = await open('one network', {
        automaticallyTracked,
      });
      const GroupId = await group('open');
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [everyone] }));
      await isolate(networkInterfaceId, GroupId);
      expect(await afterAMinute()).toBe(true);
      await isolate(networkInterfaceId, sealed);
      expect(await afterAMinute()).toBe(automaticallyTracked);
    }
  });

  it('end when they are idle for longer than the interface remembers', async () => {
    const { ec2, isolate, networkInterfaceId, sealed, afterAMinute } = await open('one network', {
      packetEverySeconds: 90,
    });
    const tracking = { TcpEstablishedTimeout: 60 };
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: networkInterfaceId,
        ConnectionTrackingSpecification: tracking,
      }),
    );
    await isolate(networkInterfaceId, sealed);
    await afterAMinute();
    expect(await afterAMinute()).toBe(false);
  });
});
