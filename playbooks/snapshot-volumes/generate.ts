// Servers as they are found: with any number of volumes, of any size and key, some of them loose, some with snapshots of their own.
import {
  CreateSnapshotCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  DetachVolumeCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { guardDutyEvent } from '../events/guardduty.ts';
import type { Chance, Generate } from '../language/generate.ts';
import type { Stage } from '../language/scenario.ts';

const launch = async ({ aws }: Stage, chance: Chance) => {
  const ec2 = aws(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.70.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.70.1.0/24' }));
  const devices = ['/dev/xvda', ...chance.some(['/dev/sdf', '/dev/sdg', '/dev/sdh', '/dev/xvdb'])];
  const tags = chance.some(['Name', 'team', 'backup', 'firebreak:incident']);
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0a1b2c3d4e5f60001',
      InstanceType: chance.oneOf(['m5.large', 't3.micro', 't2.micro', 'c6g.medium']),
      MinCount: 1,
      MaxCount: 1,
      SubnetId: Subnet?.SubnetId,
      BlockDeviceMappings: devices.map((DeviceName) => ({
        DeviceName,
        Ebs: {
          VolumeSize: chance.between(1, 2000),
          Encrypted: chance.happens(50),
          DeleteOnTermination: chance.happens(50),
          VolumeType: chance.oneOf(['gp3', 'gp2', 'io1']),
        },
      })),
      ...(tags.length > 0 && {
        TagSpecifications: chance.some(['instance', 'volume'] as const).map((ResourceType) => ({
          ResourceType,
          Tags: tags.map((Key) => ({ Key, Value: chance.words().slice(0, 250) })),
        })),
      }),
    }),
  );
  return Instances?.[0];
};

const generate: Generate = async (stage, chance) => {
  const ec2 = stage.aws(EC2Client);
  const instance = await launch(stage, chance);
  const [, ...data] = instance?.BlockDeviceMappings ?? [];
  let left = data.length;
  for (const { Ebs } of data) {
    if (chance.happens(25)) {
      await ec2.send(new CreateSnapshotCommand({ VolumeId: Ebs?.VolumeId, Description: chance.words() }));
      // Else it would end by itself while the evidence is taken.
      await stage.wait(3600);
    }
    if (!chance.happens(15)) continue;
    await ec2.send(new DetachVolumeCommand({ VolumeId: Ebs?.VolumeId }));
    left -= 1;
  }
  if (chance.happens(25))
    await ec2.send(
      new CreateVolumeCommand({
        AvailabilityZone: instance?.Placement?.AvailabilityZone,
        Size: chance.between(1, 100),
      }),
    );
  await stage.wait(20);
  return {
    finding: guardDutyEvent({
      type: chance.oneOf(['Behavior:EC2/NetworkPortUnusual', 'PrivilegeEscalation:Runtime/ElevationToRoot']),
      severity: chance.between(4, 9),
      account: stage.account,
      region: stage.region,
      at: stage.now,
      role: 'ACTOR',
      resource: { instance: { id: instance?.InstanceId ?? '' } },
    }),
    // Without its boot volume there has to be another.
    options: { boot: left > 0 && chance.happens(50) ? 'exclude' : 'include' },
  };
};

export default generate;
