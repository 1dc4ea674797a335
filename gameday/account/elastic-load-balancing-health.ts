// Whether a target is fit to get requests, as a load balancer would find out by asking it.
import type { Ec2, InstanceRecord, NetworkInterfaceRecord } from './ec2-records.ts';
import type { TargetGroupRecord, TargetRecord } from './elastic-load-balancing-slice.ts';

export interface Health {
  readonly State: 'healthy' | 'unhealthy' | 'draining' | 'unused';
  readonly Reason?:
    | 'Target.Timeout'
    | 'Target.DeregistrationInProgress'
    | 'Target.InvalidState'
    | 'Target.NotRegistered';
  readonly Description?: string;
}

/** Whether any ingress rule lets anybody at all reach the port. Load balancers have no groups of their own here. */
export const isPortOpen = (ec2: Ec2, eni: NetworkInterfaceRecord | undefined, port: number): boolean =>
  (eni?.Groups ?? [])
    .flatMap((id) => ec2.securityGroups[id]?.rules ?? [])
    .some(
      (rule) =>
        !rule.IsEgress &&
        (rule.IpProtocol === '-1' || (rule.IpProtocol === 'tcp' && rule.FromPort <= port && port <= rule.ToPort)),
    );

const interfaceOf = (ec2: Ec2, { targetType }: TargetGroupRecord, id: string): NetworkInterfaceRecord | undefined =>
  Object.values(ec2.networkInterfaces).find((eni) =>
    targetType === 'ip'
      ? eni.PrivateIpAddresses.includes(id)
      : eni.Attachment?.InstanceId === id && eni.Attachment.DeviceIndex === 0,
  );

const instanceBehind = (ec2: Ec2, eni: NetworkInterfaceRecord | undefined): InstanceRecord | undefined =>
  ec2.instances[eni?.Attachment?.InstanceId ?? ''];

/** Every target group counts as used by a load balancer; load balancers of the second kind are not modelled. */
export const healthOf = (ec2: Ec2, group: TargetGroupRecord, target: TargetRecord): Health => {
  if (target.drainingUntil !== undefined) {
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    };
  }
  const eni = interfaceOf(ec2, group, target.id);
  if (group.targetType === 'instance' && instanceBehind(ec2, eni)?.State !== 'running') {
    return { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the stopped state' };
  }
  return isPortOpen(ec2, eni, target.port)
    ? { State: 'healthy' }
    : { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' };
};
