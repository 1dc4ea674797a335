// How long an interface remembers an idle flow. Shortened, a flow that outlived the change of groups ends sooner once it falls silent.
import {
  type ConnectionTrackingConfiguration,
  DescribeInstanceTypesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { type Aws, gone } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn } from '../language/statement.ts';
import { describeInstance, describeInterface, ec2SettleSeconds, everyEc2, type InterfaceId } from './ec2.ts';

/** Seconds that an idle flow is remembered. */
export type IdleTimeouts = { readonly tcpEstablished: number; readonly udp: number; readonly udpStream: number };

/** The least that AWS takes. */
export const shortestIdleTimeouts: IdleTimeouts = { tcpEstablished: 60, udp: 30, udpStream: 60 };

/** The defaults of all types but the sixth Nitro generation's, for whose TCP timeout EC2 has to be asked. */
const usual: IdleTimeouts = { tcpEstablished: 432_000, udp: 30, udpStream: 180 };
const sixthGenerationTcp = 350;

const timeouts = (of: ConnectionTrackingConfiguration, otherwise: IdleTimeouts): IdleTimeouts => ({
  tcpEstablished: of.TcpEstablishedTimeout ?? otherwise.tcpEstablished,
  udp: of.UdpTimeout ?? otherwise.udp,
  udpStream: of.UdpStreamTimeout ?? otherwise.udpStream,
});

const isSame = (a: IdleTimeouts, b: IdleTimeouts): boolean =>
  a.tcpEstablished === b.tcpEstablished && a.udp === b.udp && a.udpStream === b.udpStream;

/** What the interface has when nobody sets anything: a matter of the type of the instance that it is attached to. */
const defaultsFor = async (aws: Aws, { Attachment }: NetworkInterface): Promise<IdleTimeouts> => {
  const instance = Attachment?.InstanceId ? await describeInstance(aws, Attachment.InstanceId) : gone;
  if (instance === gone || !instance.InstanceType) return usual;
  const { InstanceTypes } = await aws(EC2Client).send(
    new DescribeInstanceTypesCommand({ InstanceTypes: [instance.InstanceType] }),
  );
  const own = InstanceTypes?.[0]?.NetworkInfo?.ConnectionTrackingConfiguration;
  return timeouts(
    {
      TcpEstablishedTimeout: own?.DefaultTcpEstablishedTimeout,
      UdpTimeout: own?.DefaultUdpTimeout,
      UdpStreamTimeout: own?.DefaultUdpStreamTimeout,
    },
    usual,
  );
};

/** Whether the numbers may be some type's default, so that the type must be looked up. */
const maybeDefault = (found: ConnectionTrackingConfiguration): boolean =>
  found.TcpEstablishedTimeout === undefined ||
  [usual.tcpEstablished, sixthGenerationTcp].includes(found.TcpEstablishedTimeout);

/**
 * AWS answers nothing where nobody has set anything, and only those numbers that somebody has set otherwise. There is no call that
 * unsets them again (ResetNetworkInterfaceAttribute knows sourceDestCheck only), so 'default' is written as the numbers that are the
 * default of the instance's type, and those numbers read as 'default'.
 *
 * Nitro instances only. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#connection-tracking-timeouts
 */
export const connectionTracking = setting<InterfaceId, IdleTimeouts | 'default'>({
  name: 'ec2/connection-tracking',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('ec2:DescribeNetworkInterfaces', 'ec2:DescribeInstances', 'ec2:DescribeInstanceTypes')],
    write: [allowOn([everyEc2('network-interface'), everyEc2('instance')], ['ec2:ModifyNetworkInterfaceAttribute'])],
  },
  settleSeconds: ec2SettleSeconds,
  read: async (aws, id) => {
    const found = await describeInterface(aws, id);
    if (found === gone) return gone;
    const set = found.ConnectionTrackingConfiguration;
    if (!set || Object.values(set).every((value) => value === undefined)) return 'default';
    const defaults = maybeDefault(set) ? await defaultsFor(aws, found) : usual;
    const value = timeouts(set, defaults);
    return maybeDefault(set) && isSame(value, defaults) ? 'default' : value;
  },
  prepare: async (aws, id, to) => {
    if (to !== 'default') return to;
    const found = await describeInterface(aws, id);
    return found === gone ? usual : defaultsFor(aws, found);
  },
  write: async (aws, id, to, prepared) => {
    const value = to === 'default' ? ((prepared as IdleTimeouts | undefined) ?? usual) : to;
    await aws(EC2Client).send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: id,
        ConnectionTrackingSpecification: {
          TcpEstablishedTimeout: value.tcpEstablished,
          UdpTimeout: value.udp,
          UdpStreamTimeout: value.udpStream,
        },
      }),
    );
  },
  say: (value) =>
    value === 'default'
      ? 'default'
      : `idle flows forgotten after ${value.tcpEstablished} s (TCP), ${value.udp} s (UDP), ${value.udpStream} s (UDP streams)`,
});
