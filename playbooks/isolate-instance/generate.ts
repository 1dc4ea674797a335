// Instances as they are found: with feet in several networks, addresses, load balancers, groups that scale, and what others have set before.
import { AutoScalingClient, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { guardDutyEvent } from '../events/guardduty.ts';
import type { Chance, Generate } from '../language/generate.ts';
import type { Stage } from '../language/scenario.ts';
import { attacker, groundFor } from './arrange.ts';

type Ground = ReturnType<typeof groundFor>;
type Network = Awaited<ReturnType<Ground['network']>> & { readonly ipv6: boolean };

const types = ['m5.large', 't3.micro', 'm8i.large', 't2.micro', 'm4.large', 'c6g.medium'] as const;

/** One interface with whatever somebody may have set on it. */
const makeInterface = async ({ aws }: Stage, chance: Chance, ground: Ground, network: Network): Promise<string> => {
  const more = chance.happens(40) ? [await ground.webGroup(network.vpc, `g${chance.between(1, 1e9)}`)] : [];
  const groups = chance.happens(80) ? [network.web, ...more] : more.length > 0 ? more : [network.web];
  const { NetworkInterface } = await aws(EC2Client).send(
    new CreateNetworkInterfaceCommand({
      SubnetId: network.subnet,
      Groups: groups,
      Description: chance.words(),
      ...(chance.happens(25) && { SecondaryPrivateIpAddressCount: chance.between(1, 3) }),
      ...(network.ipv6 && chance.happens(70) && { Ipv6AddressCount: 1 }),
      ...(chance.happens(30) && {
        TagSpecifications: [
          { ResourceType: 'network-interface', Tags: [{ Key: 'Name', Value: chance.words().slice(0, 200) }] },
        ],
      }),
    }),
  );
  const id = NetworkInterface?.NetworkInterfaceId ?? '';
  const addresses = (NetworkInterface?.PrivateIpAddresses ?? []).flatMap(
    ({ PrivateIpAddress = '' }) => PrivateIpAddress,
  );
  for (const PrivateIpAddress of chance.happens(40) ? chance.some(addresses) : []) {
    const { AllocationId } = await aws(EC2Client).send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await aws(EC2Client).send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId: id, PrivateIpAddress }));
  }
  return id;
};

/** What was there before, on a Nitro host: shortened by somebody who knew why, or by the last responder. */
const setTracking = async ({ aws }: Stage, chance: Chance, NetworkInterfaceId: string): Promise<void> => {
  const TcpEstablishedTimeout = chance.oneOf([60, 350, 3600, 432_000]);
  const ConnectionTrackingSpecification = {
    TcpEstablishedTimeout,
    ...(chance.happens(50) && { UdpTimeout: chance.between(30, 60) }),
    ...(chance.happens(50) && { UdpStreamTimeout: chance.between(60, 180) }),
  };
  await aws(EC2Client).send(
    new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, ConnectionTrackingSpecification }),
  );
};

const launch = async ({ aws }: Stage, chance: Chance, eni: string, profile: string | undefined) => {
  const type = chance.oneOf(types);
  const spot = chance.happens(10);
  const stopProtected = chance.happens(20);
  const devices = ['/dev/xvda', ...chance.some(['/dev/sdf', '/dev/sdg', '/dev/xvdb'])];
  const tags = chance.some(['Name', 'team', 'firebreak:incident', 'aws-like', 'Ünïcödé <b>']);
  const { Instances } = await aws(EC2Client).send(
    new RunInstancesCommand({
      ImageId: 'ami-0a1b2c3d4e5f60001',
      InstanceType: type,
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: eni }],
      BlockDeviceMappings: devices.map((DeviceName) => ({
        DeviceName,
        Ebs: {
          VolumeSize: chance.between(1, 500),
          DeleteOnTermination: chance.happens(70),
          Encrypted: chance.happens(50),
        },
      })),
      ...(spot
        ? { InstanceMarketOptions: { MarketType: 'spot' } }
        : {
            DisableApiTermination: chance.happens(30),
            DisableApiStop: stopProtected,
            InstanceInitiatedShutdownBehavior: chance.oneOf(['stop', 'terminate']),
          }),
      ...(profile && { IamInstanceProfile: { Name: profile } }),
      ...(tags.length > 0 && {
        TagSpecifications: [
          { ResourceType: 'instance', Tags: tags.map((Key) => ({ Key, Value: chance.words().slice(0, 250) })) },
        ],
      }),
    }),
  );
  return { instance: Instances?.[0]?.InstanceId ?? '', nitro: !/^(t2|m4)/.test(type), spot, stopProtected };
};

/** Groups that isolate, or look as if they did: of another incident, or edited since. */
const leaveGroups = async ({ aws }: Stage, chance: Chance, { vpc, subnet }: Network): Promise<void> => {
  const ec2 = aws(EC2Client);
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({
      VpcId: vpc,
      GroupName: chance.oneOf([`firebreak-sealed-${vpc}`, 'isolation', 'firebreak-sealed-old']),
      Description: 'Left over',
      ...(chance.happens(60) && {
        TagSpecifications: [
          {
            ResourceType: 'security-group',
            Tags: [{ Key: 'firebreak:isolation', Value: chance.oneOf(['sealed', 'forensic', 'x']) }],
          },
        ],
      }),
    }),
  );
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
    }),
  );
  if (chance.happens(50)) await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet, Groups: [GroupId] }));
};

/** Where the instance serves: behind load balancers, in a group that scales, or nowhere. Answers whether in a group. */
const serve = async (
  stage: Stage,
  chance: Chance,
  ground: Ground,
  network: Network,
  { instance, eni }: { readonly instance: string; readonly eni: string },
): Promise<boolean> => {
  const byInstance = chance.happens(30) ? await ground.targetGroup(network.vpc, 'instance') : undefined;
  const scales = chance.happens(25);
  if (chance.happens(20)) await ground.registerAddress(await ground.targetGroup(network.vpc, 'ip'), eni);
  if (chance.happens(15)) await ground.classicBalancer(network.subnet, instance);
  if (!scales) return false;
  const others = chance.between(0, 2);
  const AutoScalingGroupName = await ground.scalingGroup(
    instance,
    { ...network, others, minimum: chance.between(0, others + 1) },
    byInstance,
  );
  const ScalingProcesses = [...chance.some(['AZRebalance', 'HealthCheck', 'AddToLoadBalancer', 'ReplaceUnhealthy'])];
  if (ScalingProcesses.length > 0)
    await stage.aws(AutoScalingClient).send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));
  return true;
};

const makeRole = async ({ aws }: Stage, chance: Chance, ground: Ground): Promise<string> => {
  const { roleName: RoleName } = await ground.role();
  const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }];
  for (const PolicyName of chance.some(['app', 'logs', 'firebreak-old']))
    await aws(IAMClient).send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
  return RoleName;
};

const findingOf = ({ account, region, now }: Stage, chance: Chance, instance: string, interfaceId: string) => {
  const network = [
    'CryptoCurrency:EC2/BitcoinTool.B',
    'Backdoor:EC2/C&CActivity.B',
    'UnauthorizedAccess:EC2/TorClient',
  ] as const;
  const runtime = ['CryptoCurrency:Runtime/BitcoinTool.B', 'Execution:Runtime/ReverseShell'] as const;
  const where = { account, region, at: now, role: 'ACTOR' as const, severity: chance.between(5, 9) };
  if (chance.happens(40))
    return guardDutyEvent({
      ...where,
      type: chance.oneOf(runtime),
      resource: { instance: { id: instance } },
      action: { runtime: { process: '/tmp/x' } },
    });
  return guardDutyEvent({
    ...where,
    type: chance.oneOf(network),
    resource: { instance: { id: instance, interfaceId } },
    action: { connection: { direction: 'OUTBOUND', remoteAddress: attacker, remotePort: chance.between(1, 65_535) } },
  });
};

const generate: Generate = async (stage, chance) => {
  const ground = groundFor(stage, 'generated');
  const made = async (block: string): Promise<Network> => {
    const ipv6 = chance.happens(40);
    return { ...(await ground.network(block, ipv6)), ipv6 };
  };
  const front = await made('10.1');
  const networks = chance.happens(25) ? [front, await made('10.2')] : [front];
  const forensic = chance.happens(25);
  if (forensic && chance.happens(60)) await ground.endpoints(front);
  for (const network of networks) if (chance.happens(25)) await leaveGroups(stage, chance, network);
  const primary = await makeInterface(stage, chance, ground, front);
  const profile = chance.happens(40) ? await makeRole(stage, chance, ground) : undefined;
  const { instance, nitro, spot, stopProtected } = await launch(stage, chance, primary, profile);
  const interfaces = [primary];
  for (let index = 1; index <= (chance.happens(40) ? chance.between(1, 2) : 0); index++) {
    const eni = await makeInterface(stage, chance, ground, networks[index % networks.length] ?? front);
    interfaces.push(eni);
    await stage
      .aws(EC2Client)
      .send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId: eni, InstanceId: instance, DeviceIndex: index }));
  }
  for (const eni of interfaces) if (nitro && chance.happens(25)) await setTracking(stage, chance, eni);
  if (interfaces.length > 1 && chance.happens(15))
    await stage.bring('interface is requester-managed', interfaces.at(-1) ?? '');
  const scales = !spot && (await serve(stage, chance, ground, front, { instance, eni: primary }));
  // A group would replace one that does not run.
  if (!spot && !scales && !stopProtected && chance.happens(8)) {
    await stage.aws(EC2Client).send(new StopInstancesCommand({ InstanceIds: [instance] }));
    await stage.wait(30);
  }
  return {
    finding: findingOf(stage, chance, instance, primary),
    options: { variant: forensic ? 'forensic' : 'sealed' },
  };
};

export default generate;
