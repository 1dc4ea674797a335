// What an Auto Scaling group does with an instance that looks unhealthy: unless told otherwise, it terminates it.
import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Aws, type Gone, gone, isAwsError } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn } from '../language/statement.ts';
import { describeInstance } from './ec2.ts';

const groups = ['arn:${Partition}:autoscaling:${Region}:${Account}:autoScalingGroup:*:autoScalingGroupName/*'];
const settleSeconds = 10;

const describeGroup = async (aws: Aws, name: string): Promise<AutoScalingGroup | Gone> => {
  const answer = await aws(AutoScalingClient).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return answer.AutoScalingGroups?.[0] ?? gone;
};

/** A group and an instance: `web/i-0123456789abcdef0`. A group's name may have slashes itself. */
export type GroupMemberId = `${string}/i-${string}`;
export type Membership = 'in-service' | 'standby' | 'detached';

const partsOf = (id: GroupMemberId): { readonly group: string; readonly instance: string } => {
  const slash = id.lastIndexOf('/');
  return { group: id.slice(0, slash), instance: id.slice(slash + 1) };
};

/** What a state in the instance's life means to us. The way into standby and out of the group is not waited for. */
export const membershipOf = (lifecycleState: string | undefined): Membership => {
  if (!lifecycleState || lifecycleState.startsWith('Detach')) return 'detached';
  return lifecycleState === 'Standby' || lifecycleState === 'EnteringStandby' ? 'standby' : 'in-service';
};

const detached = (id: GroupMemberId): Error => {
  const { group, instance } = partsOf(id);
  return new Error(
    `${instance} is not in the Auto Scaling group ${group} any more, or shall leave it: attached again, it would make the group ` +
      'one larger than it was. Attach it by hand (aws autoscaling attach-instances) if it is to go back, and release with --keep.',
  );
};

/**
 * Whether the group looks after the instance. In standby nobody checks its health, so nobody ends it; the desired capacity goes down
 * with it, or the group would start a replacement with the same hole. AWS refuses that below the group's minimum.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html
 *
 * Out of the group altogether is a value that can be read and not written: detached at the minimum, the group starts a replacement
 * at once, and the way back leads to a group of another size.
 */
export const standby = setting<GroupMemberId, Membership>({
  name: 'autoscaling/standby',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstances')],
    write: [allowOn(groups, ['autoscaling:EnterStandby', 'autoscaling:ExitStandby'])],
  },
  settleSeconds,
  read: async (aws, id) => {
    const { group: name, instance: instanceId } = partsOf(id);
    const [group, instance] = await Promise.all([describeGroup(aws, name), describeInstance(aws, instanceId)]);
    if (group === gone || instance === gone) return gone;
    return membershipOf(group.Instances?.find(({ InstanceId }) => InstanceId === instanceId)?.LifecycleState);
  },
  write: async (aws, id, to) => {
    const { group: AutoScalingGroupName, instance } = partsOf(id);
    const member = { AutoScalingGroupName, InstanceIds: [instance] };
    const client = aws(AutoScalingClient);
    if (to === 'detached') throw detached(id);
    try {
      if (to === 'in-service') await client.send(new ExitStandbyCommand(member));
      else await client.send(new EnterStandbyCommand({ ...member, ShouldDecrementDesiredCapacity: true }));
    } catch (error) {
      if (!isAwsError(error, 'ValidationError')) throw error;
      const now = await standby.read(aws, id);
      // A repeated call is refused where the first, whose answer was lost, has moved the instance.
      if (now === to) return;
      throw now === 'detached' ? detached(id) : error;
    }
  },
  combine: (values) => (values.includes('standby') ? 'standby' : 'in-service'),
  say: (value) =>
    ({ 'in-service': 'in service', standby: 'in standby, out of health checks', detached: 'out of the group' })[value],
});

/**
 * What has to rest so that a group keeps an instance that it can't reach: no health verdict (it would outlast the incident and end
 * the instance after it), no replacement, no termination, and no rebalancing, which could only grow the group.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
 */
export const terminatingProcesses: readonly string[] = ['AZRebalance', 'HealthCheck', 'ReplaceUnhealthy', 'Terminate'];

/**
 * The processes of a whole group that are suspended, sorted. One call only suspends or only resumes: ours adds to what was
 * suspended, and the release takes that away again. Should somebody else have resumed others meanwhile, a forced release suspends
 * first, and what is left to resume shows as not put back.
 *
 * What is read before the call may be an older value. So what we ever suspend is never taken for resting already, nor for resumed: calls
 * that change nothing do no harm, and one that was left out would succeed without effect.
 */
export const suspendedProcesses = setting<string, readonly string[]>({
  name: 'autoscaling/suspended-processes',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('autoscaling:DescribeAutoScalingGroups')],
    write: [allowOn(groups, ['autoscaling:SuspendProcesses', 'autoscaling:ResumeProcesses'])],
  },
  settleSeconds,
  read: async (aws, id) => {
    const group = await describeGroup(aws, id);
    if (group === gone) return gone;
    return (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []).toSorted();
  },
  write: async (aws, id, to) => {
    const now = await suspendedProcesses.read(aws, id);
    if (now === gone)
      throw new Error(`The Auto Scaling group ${id} is not there any more: nothing to suspend or resume.`);
    const client = aws(AutoScalingClient);
    const missing = to.filter((name) => !now.includes(name));
    const surplus = [...new Set([...now, ...terminatingProcesses])].filter((name) => !to.includes(name));
    // Neither list is ever empty, which would mean all processes.
    if (missing.length > 0 || surplus.length === 0)
      await client.send(new SuspendProcessesCommand({ AutoScalingGroupName: id, ScalingProcesses: [...to] }));
    else await client.send(new ResumeProcessesCommand({ AutoScalingGroupName: id, ScalingProcesses: surplus }));
  },
  combine: (values) => [...new Set(values.flat())].toSorted(),
  say: (value) => (value.length === 0 ? 'none suspended' : `${value.join(', ')} suspended`),
});
