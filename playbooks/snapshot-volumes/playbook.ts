import { volumeSnapshots } from '../evidence/ebs-volume-snapshots.ts';
import { instanceDescription } from '../evidence/ec2-instance-description.ts';
import { guardDuty } from '../language/answer.ts';
import { playbook } from '../language/playbook.ts';
import { ec2Instance } from '../resources/ec2.ts';
import { observe, observePermissions } from './observe.ts';

export default playbook({
  title: 'Snapshot the volumes of an EC2 instance',
  containment: 'evidence',
  resource: ec2Instance,
  answers: [
    // Unusual is not hostile: a person looks, and what they will look at is kept.
    guardDuty('Behavior:EC2/NetworkPortUnusual'),
    guardDuty('Behavior:EC2/TrafficVolumeUnusual'),
    guardDuty('PrivilegeEscalation:Runtime/DockerSocketAccessed'),
    guardDuty('PrivilegeEscalation:Runtime/ContainerMountsHostDirectory'),
    guardDuty('PrivilegeEscalation:Runtime/UserfaultfdUsage'),
    guardDuty('PrivilegeEscalation:Runtime/ElevationToRoot'),
    // Isolation asks a person about these; the evidence doesn't wait for the answer.
    guardDuty('DefenseEvasion:Runtime/FilelessExecution'),
    guardDuty('DefenseEvasion:Runtime/ProcessInjection.*'),
    guardDuty('DefenseEvasion:Runtime/PtraceAntiDebugging'),
    guardDuty('DefenseEvasion:Runtime/SensitiveFileModified'),
  ],
  approval: 'automatic',
  options: { boot: ['include', 'exclude'] },
  settings: {},
  evidence: { volumes: volumeSnapshots, description: instanceDescription },
  permissions: observePermissions,
  observe,
  preserve: (seen, take) => [
    take.volumes(seen.instance, { volumes: seen.volumes, excludeBoot: seen.excludeBoot }),
    take.description(seen.instance, seen),
  ],
  bearing: ({ tags }) => ({ arns: [], tags, shares: [] }),
  contain: () => [],
  residual: (seen) => [
    'Nothing is contained: whatever goes on goes on.',
    'A snapshot holds what was written to the volume: what the system still had in memory is not in it.',
    'A lock keeps a snapshot; the key that it is encrypted with can still be disabled or deleted by whoever may. Guard the key.',
    'Snapshots under the AWS managed key can not be shared with another account: copy them under a key of your own first.',
    ...(seen.instanceStore.length > 0
      ? [`${seen.instanceStore.join(', ')} is instance store: no snapshot holds it, and a stop loses it.`]
      : []),
    ...(seen.gap ? [`The volumes could not be described (${seen.gap}): their size and keys are not on record.`] : []),
  ],
});
