// What somebody with rights on EC2 can do to an instance's isolation.
import {
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupEgressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import {
  ElasticLoadBalancingClient,
  RegisterInstancesWithLoadBalancerCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import { ElasticLoadBalancingV2Client, RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Hands, type Input, type Move, text } from './move.ts';

const isolates = { answers: 'EC2 ModifyNetworkInterfaceAttribute', where: (input: Input) => 'Groups' in input };

const groupIn = ({ Groups }: Input): string => (Groups as readonly string[])[0] ?? '';

const everywhere = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

const interfaceOf = ({ input, formerly }: Hands) => {
  const id = text(input, 'NetworkInterfaceId');
  const found = formerly.networkInterfaces[id];
  if (!found) throw new Error(`The attacker has never seen the interface ${id}.`);
  return found;
};

const regroup = (hands: Hands, Groups: readonly string[]): Promise<unknown> =>
  hands.aws(EC2Client).send(
    new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: text(hands.input, 'NetworkInterfaceId'),
      Groups: [...Groups],
    }),
  );

/** A group of his own, made for this. */
const giveOwnGroup = async (hands: Hands): Promise<unknown> => {
  const { VpcId } = interfaceOf(hands);
  const ec2 = hands.aws(EC2Client);
  const GroupName = `launch-wizard-${hands.times}`;
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'web', VpcId }));
  return regroup(hands, [GroupId]);
};

const attachAnother = async (hands: Hands): Promise<unknown> => {
  const { SubnetId, Groups, Attachment } = interfaceOf(hands);
  const { networkInterfaces } = hands.formerly;
  const InstanceId = Attachment?.InstanceId ?? '';
  const own = Object.values(networkInterfaces).filter((one) => one.Attachment?.InstanceId === InstanceId);
  const ec2 = hands.aws(EC2Client);
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups }));
  const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
  return ec2.send(new AttachNetworkInterfaceCommand({ InstanceId, NetworkInterfaceId, DeviceIndex: own.length }));
};

const associate = ({ aws, input, formerly }: Hands): Promise<unknown> => {
  const id = text(input, 'AssociationId');
  const found = Object.values(formerly.addresses).find(({ AssociationId }) => AssociationId === id);
  // What he associated himself has an id that he had not seen when he came in; the address is the same.
  const { AllocationId, NetworkInterfaceId, PrivateIpAddress } = found ?? Object.values(formerly.addresses)[0] ?? {};
  return aws(EC2Client).send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId, PrivateIpAddress }));
};

export const networkMoves: readonly Move[] = [
  { title: 'puts the old groups back', ...isolates, make: (hands) => regroup(hands, interfaceOf(hands).Groups) },
  { title: 'gives the interface a group of his own', ...isolates, make: giveOwnGroup },
  {
    title: 'opens the group that isolates',
    ...isolates,
    make: ({ aws, input }) =>
      aws(EC2Client).send(
        new AuthorizeSecurityGroupEgressCommand({ GroupId: groupIn(input), IpPermissions: everywhere }),
      ),
  },
  { title: 'attaches another interface', ...isolates, make: attachAnother },
  { title: 'associates the address again', answers: 'EC2 DisassociateAddress', make: associate },
  {
    title: 'registers the target again',
    answers: 'Elastic Load Balancing v2 DeregisterTargets',
    make: ({ aws, input }) => aws(ElasticLoadBalancingV2Client).send(new RegisterTargetsCommand(input as never)),
  },
  {
    title: 'registers the instance again',
    answers: 'Elastic Load Balancing DeregisterInstancesFromLoadBalancer',
    make: ({ aws, input }) =>
      aws(ElasticLoadBalancingClient).send(new RegisterInstancesWithLoadBalancerCommand(input as never)),
  },
];
