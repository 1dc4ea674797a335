import { volumeSnapshots } from '../evidence/ebs-volume-snapshots.ts';
import { instanceDescription } from '../evidence/ec2-instance-description.ts';
import { playbook } from '../language/playbook.ts';
import { ec2Instance } from '../resources/ec2.ts';
import { standby, suspendedProcesses } from '../settings/auto-scaling.ts';
import { addressAssociation } from '../settings/ec2-address-association.ts';
import { connectionTracking, shortestIdleTimeouts } from '../settings/ec2-connection-tracking.ts';
import { incidentTag } from '../settings/ec2-incident-tag.ts';
import * as protection from '../settings/ec2-instance-protection.ts';
import { networkInterfaceIsolation } from '../settings/ec2-network-interface-isolation.ts';
import { classicInstance, target } from '../settings/elastic-load-balancing.ts';
import { roleSessionDeny } from '../settings/iam.ts';
import { answers } from './answers.ts';
import { bearing } from './bearing.ts';
import { observe, observePermissions } from './observe.ts';
import { restingIn, wayOut } from './scaling.ts';
import { ongoing, residual } from './told.ts';

const protecting = { effect: 'protecting' } as const;
export default playbook({
  title: 'Isolate an EC2 instance',
  containment: 'source',
  resource: ec2Instance,
  answers,
  approval: 'automatic',
  options: { variant: ['sealed', 'forensic'] },
  settings: {
    standby,
    suspended: suspendedProcesses,
    isolation: networkInterfaceIsolation,
    address: addressAssociation,
    credentials: roleSessionDeny,
    target,
    classic: classicInstance,
    tracking: connectionTracking,
    termination: protection.terminationProtection,
    stop: protection.stopProtection,
    shutdown: protection.shutdownBehavior,
    retention: protection.volumeRetention,
    tag: incidentTag,
  },
  evidence: { volumes: volumeSnapshots, description: instanceDescription },
  permissions: observePermissions,
  observe,
  preserve: (seen, take) => [
    take.volumes(seen.instance, { volumes: seen.volumes, excludeBoot: false }),
    take.description(seen.instance, seen),
  ],
  contain: (seen, set, { incident, options }) => {
    const own = seen.interfaces.filter(({ managedBy }) => managedBy === null);
    if (own.length === 0) return [];
    const { group, role, instance } = seen;
    const way = wayOut(seen);
    return [
      // Before the network: cut off, the instance fails its health checks, and the group would terminate it.
      ...(way === 'standby' && group ? [set.standby(`${group.name}/${instance}`, 'standby', protecting)] : []),
      ...(way === 'suspend' && group ? [set.suspended(group.name, restingIn(seen), protecting)] : []),
      // Then at once what stops the attack, the rest after it: none of it needs to precede the cut, and every call is time for the attacker.
      ...own.map(({ id }) => set.isolation(id, options.variant)),
      ...own.flatMap(({ elastic }) => elastic).map(({ allocation }) => set.address(allocation, 'detached')),
      // Without its credentials the investigators' agent would be mute.
      ...(role
        ? [
            set.credentials(
              `${role.name}/${role.id}:${instance}`,
              options.variant === 'forensic' ? 'agent-only' : 'denied',
            ),
          ]
        : []),
      // A web shell speaks over connections that the load balancer holds open, and those outlive the cut.
      ...seen.targetGroups.flatMap(({ targets }) => targets).map(({ id }) => set.target(id, 'deregistered')),
      ...seen.classicBalancers.map(({ id }) => set.classic(id, 'deregistered')),
      // Works on flows that are open as well, so it loses nothing by coming after the cut.
      ...(seen.nitro ? own.map(({ id }) => set.tracking(id, shortestIdleTimeouts, protecting)) : []),
      ...(seen.spot ? [] : [set.termination(instance, true, protecting)]),
      ...(seen.spot || seen.instanceStoreRoot
        ? []
        : [set.stop(instance, true, protecting), set.shutdown(instance, 'stop', protecting)]),
      ...seen.volumes
        .filter(({ managed }) => !managed)
        .map(({ device }) => set.retention(`${instance}/${device}`, 'kept', protecting)),
      set.tag(instance, incident, { effect: 'marking' }),
    ];
  },
  bearing,
  residual: (seen, { options }) => residual(seen, options),
  ongoing: (seen, { finding }) => ongoing(seen, finding),
});
