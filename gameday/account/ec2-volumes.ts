// EBS volumes.
import type {
  AttachVolumeRequest,
  CreateVolumeRequest,
  DeleteVolumeRequest,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  DetachVolumeRequest,
  Volume,
  VolumeAttachment,
} from '@aws-sdk/client-ec2';
import type { Ec2, VolumeRecord } from './ec2-records.ts';
import { arn, chosen, ec2Slice, type FacetsOf, found, page, passing, tagNew, tagsOf } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

export const volumeOf = (ec2: Ec2, id: string | undefined): VolumeRecord =>
  found(ec2.volumes, id, 'InvalidVolume.NotFound', 'volume');

interface NewVolume {
  readonly AvailabilityZone: string;
  readonly VolumeSize?: number | undefined;
  readonly VolumeType?: string | undefined;
  readonly Encrypted?: boolean | undefined;
  readonly KmsKeyId?: string | undefined;
}

/** Without a key of the customer's own, an encrypted volume is under the AWS managed key `aws/ebs`, whose id is made up here. */
const keyArn = ({ Encrypted, KmsKeyId }: NewVolume, { partition, region, account }: Request): string | undefined => {
  if (!Encrypted) return undefined;
  if (KmsKeyId?.startsWith('arn:')) return KmsKeyId;
  return `arn:${partition}:kms:${region}:${account}:key/${KmsKeyId ?? '00000000-0000-0000-0000-0000000000eb'}`;
};

export const newVolume = (ec2: Ec2, wanted: NewVolume, request: Request): VolumeRecord => {
  const VolumeId = request.newId('vol');
  const KmsKeyId = keyArn(wanted, request);
  const volume: VolumeRecord = {
    VolumeId,
    Size: wanted.VolumeSize ?? 8,
    VolumeType: wanted.VolumeType ?? 'gp3',
    Encrypted: wanted.Encrypted ?? false,
    ...(KmsKeyId ? { KmsKeyId } : {}),
    AvailabilityZone: wanted.AvailabilityZone,
    CreateTime: request.now.getTime(),
  };
  ec2.volumes[VolumeId] = volume;
  return volume;
};

const describeAttachment = ({ VolumeId, Attachment }: VolumeRecord): VolumeAttachment[] =>
  Attachment
    ? [
        {
          VolumeId,
          InstanceId: Attachment.InstanceId,
          Device: Attachment.Device,
          State: 'attached',
          AttachTime: new Date(Attachment.AttachTime),
          DeleteOnTermination: Attachment.DeleteOnTermination,
        },
      ]
    : [];

const describe = (ec2: Ec2, volume: VolumeRecord, request: Request): Volume => ({
  VolumeId: volume.VolumeId,
  VolumeArn: arn(request, `volume/${volume.VolumeId}`),
  OwnerId: request.account,
  Size: volume.Size,
  VolumeType: volume.VolumeType as NonNullable<Volume['VolumeType']>,
  Encrypted: volume.Encrypted,
  ...(volume.KmsKeyId ? { KmsKeyId: volume.KmsKeyId } : {}),
  AvailabilityZone: volume.AvailabilityZone,
  CreateTime: new Date(volume.CreateTime),
  State: volume.Attachment ? 'in-use' : 'available',
  Attachments: describeAttachment(volume),
  MultiAttachEnabled: false,
  Operator: { Managed: false },
  Tags: tagsOf(ec2, volume.VolumeId),
});

export const createVolume = (input: CreateVolumeRequest, request: Request): Volume => {
  const ec2 = ec2Slice(request);
  const { Size, AvailabilityZone = `${request.region}a`, ...rest } = input;
  const volume = newVolume(ec2, { ...rest, AvailabilityZone, VolumeSize: Size }, request);
  tagNew(ec2, volume.VolumeId, input.TagSpecifications, 'volume');
  return describe(ec2, volume, request);
};

export const attachVolume = (input: AttachVolumeRequest, request: Request): VolumeAttachment => {
  const ec2 = ec2Slice(request);
  const volume = volumeOf(ec2, input.VolumeId);
  const instance = found(ec2.instances, input.InstanceId, 'InvalidInstanceID.NotFound', 'instance ID');
  if (volume.Attachment) throw awsError('VolumeInUse', `${volume.VolumeId} is already attached to an instance`);
  if (volume.AvailabilityZone !== instance.AvailabilityZone) {
    throw awsError(
      'InvalidVolume.ZoneMismatch',
      `The volume '${volume.VolumeId}' is not in the same availability zone as instance '${instance.InstanceId}'`,
    );
  }
  const Device = input.Device ?? '';
  const { InstanceId } = instance;
  volume.Attachment = { InstanceId, Device, AttachTime: request.now.getTime(), DeleteOnTermination: false };
  return describeAttachment(volume)[0] ?? {};
};

export const detachVolume = (input: DetachVolumeRequest, request: Request): VolumeAttachment => {
  const volume = volumeOf(ec2Slice(request), input.VolumeId);
  const [attachment] = describeAttachment(volume);
  if (!attachment) throw awsError('IncorrectState', `Volume '${volume.VolumeId}' is in the 'available' state.`);
  delete volume.Attachment;
  return { ...attachment, State: 'detaching' };
};

export const deleteVolume = (input: DeleteVolumeRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const volume = volumeOf(ec2, input.VolumeId);
  if (volume.Attachment)
    throw awsError('VolumeInUse', `Volume ${volume.VolumeId} is currently attached to ${volume.Attachment.InstanceId}`);
  delete ec2.volumes[volume.VolumeId];
  delete ec2.tags[volume.VolumeId];
  return {};
};

export const describeVolumes = (input: DescribeVolumesRequest, request: Request): DescribeVolumesResult => {
  const ec2 = ec2Slice(request);
  const facets: FacetsOf<VolumeRecord> = {
    'volume-id': (volume) => [volume.VolumeId],
    'volume-type': (volume) => [volume.VolumeType],
    encrypted: (volume) => [volume.Encrypted],
    'availability-zone': (volume) => [volume.AvailabilityZone],
    status: (volume) => [volume.Attachment ? 'in-use' : 'available'],
    'attachment.instance-id': (volume) => [volume.Attachment?.InstanceId],
    'attachment.device': (volume) => [volume.Attachment?.Device],
    'attachment.delete-on-termination': (volume) => [volume.Attachment?.DeleteOnTermination],
    'attachment.status': (volume) => [volume.Attachment && 'attached'],
  };
  const all = chosen(ec2.volumes, input.VolumeIds, 'InvalidVolume.NotFound', 'volume');
  const volumes = passing(all, input.Filters, facets, (volume) => tagsOf(ec2, volume.VolumeId));
  const { items, ...next } = page(volumes, input);
  return { Volumes: items.map((volume) => describe(ec2, volume, request)), ...next };
};
