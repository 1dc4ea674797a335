// Which volumes an instance has: what the instance says of them, and what EC2 says of each.
import { DescribeVolumesCommand, EC2Client, type Instance, type Volume } from '@aws-sdk/client-ec2';
import type { Aws } from '../language/aws.ts';
import type { SeenVolume } from './ebs-volume-snapshots.ts';

export type InstanceVolume = SeenVolume & {
  readonly deleteOnTermination: boolean;
  /** Made and owned by a service: only that service can change it. */
  readonly managed: boolean;
};

export const describeVolumes = async (aws: Aws, instance: string): Promise<readonly Volume[]> => {
  const answer = await aws(EC2Client).send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instance] }] }),
  );
  return answer.Volumes ?? [];
};

/** By the instance's own list, so that a volume that could not be described is still there, with less to say of it. */
export const volumesOf = (instance: Instance, described: readonly Volume[]): readonly InstanceVolume[] =>
  (instance.BlockDeviceMappings ?? [])
    .flatMap(({ DeviceName: device = '', Ebs }) => {
      if (!Ebs?.VolumeId) return [];
      const volume = described.find(({ VolumeId }) => VolumeId === Ebs.VolumeId);
      return [
        {
          volume: Ebs.VolumeId,
          device,
          boot: device === instance.RootDeviceName,
          size: volume?.Size ?? null,
          encrypted: volume?.Encrypted ?? null,
          kmsKey: volume?.KmsKeyId ?? null,
          deleteOnTermination: Ebs.DeleteOnTermination ?? false,
          managed: Ebs.Operator?.Managed ?? false,
        },
      ];
    })
    .toSorted((a, b) => (a.device < b.device ? -1 : 1));
