// Which security groups an interface has. This is what cuts an instance off.
import { EC2Client, ModifyNetworkInterfaceAttributeCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import { type Aws, gone, isAwsError } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn } from '../language/statement.ts';
import { describeInterface, ec2SettleSeconds, everyEc2, type InterfaceId } from './ec2.ts';
import {
  type Isolation,
  isolationGroupPermissions,
  isolationOf,
  isSound,
  missingGroups,
  ownGroups,
  readyGroup,
  retireGroups,
} from './ec2-isolation-group.ts';

/** Isolated, or the ids of the groups, sorted. */
export type InterfaceGroups = Isolation | readonly string[];

const groupFor = async (aws: Aws, id: InterfaceId, isolation: Isolation): Promise<string> => {
  const [found, own] = await Promise.all([describeInterface(aws, id), ownGroups(aws)]);
  if (found === gone)
    throw new Error(`The network interface ${id} is not there any more: there is nothing to isolate.`);
  return readyGroup(aws, isolation, found.VpcId ?? '', own);
};

/** Restoring must not fail half-way: a saved group may have been deleted since. */
const provePresent = async (aws: Aws, id: InterfaceId, groups: readonly string[]): Promise<null> => {
  const missing = await missingGroups(aws, groups);
  if (missing.length === 0) return null;
  throw new Error(
    `${id} can't get its groups back: ${missing.join(', ')} was deleted since. ` +
      'Give the interface the groups that it shall have by hand, then release with --keep.',
  );
};

const attach = async (aws: Aws, id: InterfaceId, groups: readonly string[]): Promise<void> => {
  await aws(EC2Client).send(
    new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: id, Groups: [...groups] }),
  );
};

/**
 * Isolated is what its rules make isolated: exactly one group, ours by its tag, with exactly the rules it shall have. A group that
 * somebody has added a rule to reads as a plain group, and so as drift.
 *
 * The call replaces the interface's whole list, takes one attribute at a time, and cuts no flow that is being tracked:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
export const networkInterfaceIsolation = setting<InterfaceId, InterfaceGroups>({
  name: 'ec2/network-interface-isolation',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('ec2:DescribeNetworkInterfaces'), ...isolationGroupPermissions.read],
    write: [
      allowOn(
        [everyEc2('network-interface'), everyEc2('security-group'), everyEc2('instance')],
        ['ec2:ModifyNetworkInterfaceAttribute'],
      ),
      ...isolationGroupPermissions.write,
    ],
  },
  settleSeconds: ec2SettleSeconds,
  read: async (aws, id) => {
    const [found, own] = await Promise.all([describeInterface(aws, id), ownGroups(aws)]);
    if (found === gone) return gone;
    const ids = (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted();
    const group: SecurityGroup | undefined =
      ids.length === 1 ? own.find(({ GroupId }) => GroupId === ids[0]) : undefined;
    return (group && (await isSound(aws, group)) && isolationOf(group)) || ids;
  },
  prepare: (aws, id, to) => (typeof to === 'string' ? groupFor(aws, id, to) : provePresent(aws, id, to)),
  write: async (aws, id, to, prepared) => {
    if (typeof to !== 'string') return attach(aws, id, to);
    try {
      await attach(aws, id, [typeof prepared === 'string' ? prepared : await groupFor(aws, id, to)]);
    } catch (error) {
      // The last user of the group let go between prepare and here, and took it along. The failed call changed nothing.
      if (!isAwsError(error, 'InvalidGroup.NotFound')) throw error;
      await attach(aws, id, [await groupFor(aws, id, to)]);
    }
  },
  retire: async (aws, id) => {
    const found = await describeInterface(aws, id);
    return found === gone ? [] : retireGroups(aws, found.VpcId ?? '');
  },
  combine: (values) =>
    values.find((value) => value === 'sealed') ?? values.find((value) => value === 'forensic') ?? values[0] ?? [],
  say: (value) =>
    value === 'sealed'
      ? 'isolated, nothing in or out'
      : value === 'forensic'
        ? 'isolated, Systems Manager only'
        : value.join(', '),
});
