// What is read of an instance whose volumes are to be kept.
import type { Instance } from '@aws-sdk/client-ec2';
import { describeVolumes, type InstanceVolume, volumesOf } from '../evidence/ec2-instance-volumes.ts';
import { type Aws, type Gone, gone } from '../language/aws.ts';
import type { Json } from '../language/json.ts';
import { type Refusal, refuse } from '../language/playbook.ts';
import type { Target } from '../language/resource.ts';
import { allow, type Statement } from '../language/statement.ts';
import { attempt, isUnreadable, kept } from '../language/unreadable.ts';
import { describeInstance } from '../settings/ec2.ts';

export const observePermissions: readonly Statement[] = [allow('ec2:DescribeInstances', 'ec2:DescribeVolumes')];

export type Seen = {
  readonly instance: string;
  readonly state: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly volumes: readonly InstanceVolume[];
  readonly excludeBoot: boolean;
  /** Devices whose content no snapshot can hold. */
  readonly instanceStore: readonly string[];
  readonly record: Json;
  /** Why the volumes could not be described; '' where they were. The instance still names them. */
  readonly gap: string;
};

/** AWS takes snapshots of EBS volumes alone; what else is attached dies with the machine. */
const instanceStoreOf = ({ BlockDeviceMappings = [], RootDeviceType, RootDeviceName }: Instance): readonly string[] => [
  ...(RootDeviceType === 'instance-store' ? [RootDeviceName ?? 'root'] : []),
  ...BlockDeviceMappings.flatMap(({ DeviceName, Ebs }) => (Ebs ? [] : (DeviceName ?? []))),
];

type Options = { readonly boot: 'include' | 'exclude' };

export const observe = async ({ id }: Target, aws: Aws, { boot }: Options): Promise<Seen | Gone | Refusal> => {
  const [instance, described] = await Promise.all([describeInstance(aws, id), attempt(() => describeVolumes(aws, id))]);
  if (instance === gone) return gone;
  const volumes = volumesOf(instance, isUnreadable(described) ? [] : described);
  if (volumes.length === 0)
    return refuse(
      `${id} has no EBS volume: AWS can take no snapshot of what it holds. Copy it by an agent while it runs.`,
    );
  return {
    instance: id,
    state: instance.State?.Name ?? 'unknown',
    tags: Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    volumes,
    excludeBoot: boot === 'exclude',
    instanceStore: instanceStoreOf(instance),
    record: kept(instance),
    gap: isUnreadable(described) ? described.unreadable : '',
  };
};
