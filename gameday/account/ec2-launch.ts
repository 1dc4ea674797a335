// Launching: what `RunInstances`, launch templates and Auto Scaling have in common.
import type {
  BlockDeviceMapping,
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  InstanceNetworkInterfaceSpecification,
  LaunchTemplate,
  LaunchTemplateSpecification,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { addInterface, checkedGroups, newAttachment } from './ec2-interfaces.ts';
import { findProfile, newProfileAssociation } from './ec2-profiles.ts';
import type { Ec2, InstanceRecord, LaunchTemplateRecord, SubnetRecord } from './ec2-records.ts';
import { addDefaultGroup } from './ec2-security-groups.ts';
import { ec2Slice, found, tagNew, tagsOf } from './ec2-state.ts';
import { newVolume } from './ec2-volumes.ts';
import { defaultVpc } from './ec2-vpc.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

/** What an instance is launched from, whoever launches it. */
export type Launch = Partial<RunInstancesRequest>;

const templateOf = (
  ec2: Ec2,
  { LaunchTemplateId, LaunchTemplateName }: LaunchTemplateSpecification,
): LaunchTemplateRecord => {
  const named = Object.values(ec2.launchTemplates).find((each) => each.LaunchTemplateName === LaunchTemplateName);
  const code = LaunchTemplateId ? 'InvalidLaunchTemplateId.NotFound' : 'InvalidLaunchTemplateName.NotFoundException';
  return found(ec2.launchTemplates, LaunchTemplateId ?? named?.LaunchTemplateId, code, 'launch template');
};

/** The content of a launch template's version; the only one that there is here. */
export const templateData = (ec2: Ec2, specification: LaunchTemplateSpecification | undefined): Launch =>
  specification ? structuredClone(templateOf(ec2, specification).data) : {};

const describeTemplate = (ec2: Ec2, template: LaunchTemplateRecord): LaunchTemplate => ({
  LaunchTemplateId: template.LaunchTemplateId,
  LaunchTemplateName: template.LaunchTemplateName,
  CreateTime: new Date(template.CreateTime),
  DefaultVersionNumber: 1,
  LatestVersionNumber: 1,
  Tags: tagsOf(ec2, template.LaunchTemplateId),
});

export const createLaunchTemplate = (
  input: CreateLaunchTemplateRequest,
  request: Request,
): CreateLaunchTemplateResult => {
  const ec2 = ec2Slice(request);
  const { LaunchTemplateName = '' } = input;
  if (Object.values(ec2.launchTemplates).some((each) => each.LaunchTemplateName === LaunchTemplateName)) {
    throw awsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
  }
  const LaunchTemplateId = request.newId('lt');
  const data = { ...input.LaunchTemplateData } as Launch;
  const template = { LaunchTemplateId, LaunchTemplateName, CreateTime: request.now.getTime(), data };
  tagNew(ec2, LaunchTemplateId, input.TagSpecifications, 'launch-template');
  ec2.launchTemplates[LaunchTemplateId] = template;
  return { LaunchTemplate: describeTemplate(ec2, template) };
};

export const deleteLaunchTemplate = (
  input: DeleteLaunchTemplateRequest,
  request: Request,
): DeleteLaunchTemplateResult => {
  const ec2 = ec2Slice(request);
  const template = templateOf(ec2, input);
  const LaunchTemplate = describeTemplate(ec2, template);
  delete ec2.launchTemplates[template.LaunchTemplateId];
  delete ec2.tags[template.LaunchTemplateId];
  return { LaunchTemplate };
};

const defaultRootDevice = '/dev/xvda';

const addVolumes = (ec2: Ec2, wanted: Launch, instance: InstanceRecord, request: Request): void => {
  const given = wanted.BlockDeviceMappings ?? [];
  const root = given.find(({ DeviceName }) => DeviceName === instance.RootDeviceName);
  const mappings: BlockDeviceMapping[] = [
    root ?? { DeviceName: instance.RootDeviceName, Ebs: {} },
    ...given.filter((each) => each !== root),
  ];
  for (const { DeviceName = '', Ebs } of mappings) {
    if (!Ebs) continue;
    const volume = newVolume(ec2, { ...Ebs, AvailabilityZone: instance.AvailabilityZone }, request);
    volume.Attachment = {
      InstanceId: instance.InstanceId,
      Device: DeviceName,
      AttachTime: request.now.getTime(),
      DeleteOnTermination: Ebs.DeleteOnTermination ?? DeviceName === instance.RootDeviceName,
    };
    tagNew(
      ec2,
      volume.VolumeId,
      wanted.TagSpecifications,
      'volume',
      'instance',
      'network-interface',
      'spot-instances-request',
    );
  }
};

const addInterfaces = (
  ec2: Ec2,
  wanted: Launch,
  instance: InstanceRecord,
  subnet: SubnetRecord,
  request: Request,
): void => {
  const whole: InstanceNetworkInterfaceSpecification = {
    DeviceIndex: 0,
    ...(wanted.SecurityGroupIds ? { Groups: wanted.SecurityGroupIds } : {}),
    ...(wanted.Ipv6AddressCount ? { Ipv6AddressCount: wanted.Ipv6AddressCount } : {}),
    ...(wanted.PrivateIpAddress ? { PrivateIpAddress: wanted.PrivateIpAddress } : {}),
  };
  for (const each of wanted.NetworkInterfaces ?? [whole]) {
    const index = each.DeviceIndex ?? 0;
    const own = each.SubnetId ? found(ec2.subnets, each.SubnetId, 'InvalidSubnetID.NotFound', 'subnet ID') : subnet;
    const eni = each.NetworkInterfaceId
      ? found(
          ec2.networkInterfaces,
          each.NetworkInterfaceId,
          'InvalidNetworkInterfaceID.NotFound',
          'networkInterface ID',
        )
      : addInterface(
          ec2,
          {
            subnet: own,
            groups: each.Groups ?? [],
            description: each.Description,
            privateAddresses: each.PrivateIpAddress ? [each.PrivateIpAddress] : [],
            secondaryAddresses: each.SecondaryPrivateIpAddressCount ?? 0,
            ipv6Addresses: each.Ipv6AddressCount ?? 0,
            autoPublicIp: index === 0 && (each.AssociatePublicIpAddress ?? own.MapPublicIpOnLaunch),
          },
          request,
        );
    eni.Attachment = newAttachment(
      instance.InstanceId,
      index,
      each.DeleteOnTermination ?? !each.NetworkInterfaceId,
      request,
    );
    tagNew(
      ec2,
      eni.NetworkInterfaceId,
      wanted.TagSpecifications,
      'network-interface',
      'instance',
      'volume',
      'spot-instances-request',
    );
  }
};

/** Launches so many instances. Everything that AWS would refuse is refused before the first of them exists. */
export const launch = (ec2: Ec2, wanted: Launch, count: number, request: Request): readonly InstanceRecord[] => {
  const { ImageId } = wanted;
  if (!ImageId) throw awsError('MissingParameter', 'The request must contain the parameter ImageId');
  const onTemplate = wanted.NetworkInterfaces?.find(({ DeviceIndex }) => (DeviceIndex ?? 0) === 0);
  if (onTemplate && (wanted.SecurityGroupIds || wanted.SubnetId)) {
    throw awsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet or security groups may not be specified on the same request',
    );
  }
  if (wanted.SecurityGroups)
    throw new Error('the account in memory takes security groups by id only: use SecurityGroupIds');
  const existing = ec2.networkInterfaces[onTemplate?.NetworkInterfaceId ?? ''];
  const subnetId = wanted.SubnetId ?? onTemplate?.SubnetId ?? existing?.SubnetId ?? defaultSubnet(ec2, request);
  const subnet = found(ec2.subnets, subnetId, 'InvalidSubnetID.NotFound', 'subnet ID');
  const groups = onTemplate?.Groups ?? wanted.SecurityGroupIds ?? [];
  if (groups.length > 0) checkedGroups(ec2, subnet.VpcId, groups);
  const profile = wanted.IamInstanceProfile ? findProfile(wanted.IamInstanceProfile, request) : undefined;
  const ReservationId = request.newId('r');
  return Array.from({ length: count }, () => {
    const InstanceId = request.newId('i');
    const instance: InstanceRecord = {
      InstanceId,
      ReservationId,
      ImageId,
      InstanceType: wanted.InstanceType ?? 't3.micro',
      ...(wanted.KeyName ? { KeyName: wanted.KeyName } : {}),
      LaunchTime: request.now.getTime(),
      VpcId: subnet.VpcId,
      SubnetId: subnet.SubnetId,
      AvailabilityZone: subnet.AvailabilityZone,
      RootDeviceName: defaultRootDevice,
      ...(wanted.UserData ? { UserData: wanted.UserData } : {}),
      State: 'running',
      StateTransitionReason: '',
      ...(wanted.InstanceMarketOptions?.MarketType === 'spot' ? { Lifecycle: 'spot' as const } : {}),
      MetadataOptions: {
        HttpTokens: wanted.MetadataOptions?.HttpTokens ?? 'required',
        HttpEndpoint: wanted.MetadataOptions?.HttpEndpoint ?? 'enabled',
        HttpPutResponseHopLimit: wanted.MetadataOptions?.HttpPutResponseHopLimit ?? 2,
        HttpProtocolIpv6: wanted.MetadataOptions?.HttpProtocolIpv6 ?? 'disabled',
        InstanceMetadataTags: wanted.MetadataOptions?.InstanceMetadataTags ?? 'disabled',
      },
      DisableApiTermination: wanted.DisableApiTermination ?? false,
      DisableApiStop: wanted.DisableApiStop ?? false,
      InstanceInitiatedShutdownBehavior: wanted.InstanceInitiatedShutdownBehavior ?? 'stop',
    };
    ec2.instances[InstanceId] = instance;
    tagNew(
      ec2,
      InstanceId,
      wanted.TagSpecifications,
      'instance',
      'volume',
      'network-interface',
      'spot-instances-request',
    );
    addInterfaces(ec2, wanted, instance, subnet, request);
    addVolumes(ec2, wanted, instance, request);
    if (profile) newProfileAssociation(ec2, InstanceId, profile, request);
    return instance;
  });
};

const defaultSubnet = (ec2: Ec2, request: Request): string | undefined => {
  const { VpcId } = defaultVpc(ec2, request, addDefaultGroup);
  return Object.values(ec2.subnets).find((each) => each.VpcId === VpcId && each.DefaultForAz)?.SubnetId;
};
