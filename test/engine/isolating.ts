// An instance that is isolated, and what others do to it meanwhile.
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DescribeInstancesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { Incident } from '../../functions/engine/incident.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import type { Aws } from '../../playbooks/language/aws.ts';
import { cases, stage } from '../laws/staged.ts';
import { type Ground, ground, on } from '../rails/ground.ts';

export const isolating = async (chosen: ConfigInput['playbooks'] = {}) => {
  const one = cases.find(({ playbook, name }) => playbook === 'isolate-instance' && name === 'crypto-miner');
  if (!one) throw new Error('The scenario crypto-miner is gone.');
  return stage(one, { config: on({ playbooks: chosen }) });
};

/** A second interface, in the subnet of the first and with the groups that it had. */
export const attachAnother = async (aws: Aws, { target, changes }: Incident): Promise<string> => {
  const first = changes.find(({ setting }) => setting === 'ec2/network-interface-isolation');
  const ec2 = aws(EC2Client);
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [target.id] }));
  const SubnetId = Reservations?.[0]?.Instances?.[0]?.SubnetId ?? '';
  const Groups = first?.from as string[];
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups }));
  const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
  await ec2.send(new AttachNetworkInterfaceCommand({ InstanceId: target.id, NetworkInterfaceId, DeviceIndex: 1 }));
  return NetworkInterfaceId;
};

/** One whose release found a third value and waits for a person. */
export const conflicting = async (
  how: NonNullable<ConfigInput['playbooks']>[string],
): Promise<Ground & { id: string }> => {
  const name = 'isolate-instance';
  const staged = await ground(name, 'two-networks', { config: on({ playbooks: { [name]: how } }) });
  const one = cases.find(({ playbook, name: scenario }) => playbook === name && scenario === 'two-networks');
  const { incident } = await staged.respond();
  await one?.scenario.meddle?.(staged.arranged, staged.practice.stage);
  const { incident: released } = await staged.practice.release(incident, 'restore');
  if (released.outcome !== 'conflict') throw new Error(`It is ${released.outcome}: ${released.reason}`);
  return { ...staged, id: incident.id };
};
