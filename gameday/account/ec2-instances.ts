// Launching, describing, stopping and terminating instances.
import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  Instance,
  InstanceNetworkInterface,
  InstanceState,
  InstanceStateChange,
  RunInstancesRequest,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { architecture, isNitro } from './ec2-instance-families.ts';
import { associationOf, attachmentOf, groupIdentifiers, publicAddress } from './ec2-interfaces.ts';
import { launch, templateData } from './ec2-launch.ts';
import { endsByItself } from './ec2-lifecycle.ts';
import type { Ec2, InstanceRecord, InstanceStateName, NetworkInterfaceRecord } from './ec2-records.ts';
import { chosen, ec2Slice, type FacetsOf, found, page, passing, tagsOf } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

/** How long an instance takes to stop or to shut down. */
const settlingMilliseconds = 20_000;

const stateCodes: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

const stateOf = (Name: InstanceStateName): InstanceState => ({ Code: stateCodes[Name], Name });

export const instanceOf = (ec2: Ec2, id: string | undefined): InstanceRecord =>
  found(ec2.instances, id, 'InvalidInstanceID.NotFound', 'instance ID');

export const interfacesOf = (ec2: Ec2, instanceId: string): readonly NetworkInterfaceRecord[] =>
  Object.values(ec2.networkInterfaces)
    .filter(({ Attachment }) => Attachment?.InstanceId === instanceId)
    .sort((a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0));

/** What a service runs in the account is changed through the service. */
export const checkNotManaged = (instance: InstanceRecord): void => {
  if (instance.Operator?.Managed) {
    throw awsError(
      'OperationNotPermitted',
      `The instance '${instance.InstanceId}' is managed by ${instance.Operator.Principal} and can't be changed directly.`,
    );
  }
};

const describeInterface = (ec2: Ec2, eni: NetworkInterfaceRecord, request: Request): InstanceNetworkInterface => {
  const [PrivateIpAddress = ''] = eni.PrivateIpAddresses;
  const association = associationOf(ec2, eni, PrivateIpAddress, request);
  const brief = association && {
    PublicIp: association.PublicIp,
    PublicDnsName: association.PublicDnsName,
    IpOwnerId: association.IpOwnerId,
  };
  return {
    NetworkInterfaceId: eni.NetworkInterfaceId,
    VpcId: eni.VpcId,
    SubnetId: eni.SubnetId,
    OwnerId: request.account,
    Description: eni.Description,
    InterfaceType: eni.InterfaceType,
    MacAddress: eni.MacAddress,
    Groups: groupIdentifiers(ec2, eni.Groups),
    PrivateIpAddress,
    PrivateIpAddresses: eni.PrivateIpAddresses.map((address, index) => ({
      PrivateIpAddress: address,
      Primary: index === 0,
    })),
    Ipv6Addresses: eni.Ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address })),
    SourceDestCheck: eni.SourceDestCheck,
    Status: 'in-use',
    Attachment: attachmentOf(eni),
    ...(brief ? { Association: brief } : {}),
    ...(eni.ConnectionTracking ? { ConnectionTrackingConfiguration: { ...eni.ConnectionTracking } } : {}),
    Operator: eni.Operator ?? { Managed: false },
  };
};

export const blockDevicesOf = (ec2: Ec2, instanceId: string): NonNullable<Instance['BlockDeviceMappings']> =>
  Object.values(ec2.volumes).flatMap(({ VolumeId, Attachment }) =>
    Attachment?.InstanceId === instanceId
      ? [
          {
            DeviceName: Attachment.Device,
            Ebs: {
              VolumeId,
              DeleteOnTermination: Attachment.DeleteOnTermination,
              AttachTime: new Date(Attachment.AttachTime),
              Status: 'attached' as const,
            },
          },
        ]
      : [],
  );

const profileOf = (ec2: Ec2, instanceId: string): Instance['IamInstanceProfile'] => {
  const association = Object.values(ec2.profileAssociations).find(({ InstanceId }) => InstanceId === instanceId);
  return association && { Arn: association.Arn, Id: association.Id };
};

export const metadataOptionsOf = ({ MetadataOptions }: InstanceRecord) => {
  const { appliedAt, ...options } = MetadataOptions;
  return { ...options, State: appliedAt === undefined ? ('applied' as const) : ('pending' as const) };
};

const describe = (ec2: Ec2, instance: InstanceRecord, request: Request): Instance => {
  const interfaces = interfacesOf(ec2, instance.InstanceId);
  const [primary] = interfaces;
  const publicIp = primary && associationOf(ec2, primary, primary.PrivateIpAddresses[0] ?? '', request)?.PublicIp;
  const profile = profileOf(ec2, instance.InstanceId);
  return {
    InstanceId: instance.InstanceId,
    ImageId: instance.ImageId,
    InstanceType: instance.InstanceType as NonNullable<Instance['InstanceType']>,
    Architecture: architecture(instance.InstanceType),
    // AWS says `xen` here for Nitro too: DescribeInstanceTypes is what tells the hypervisor.
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    EnaSupport: isNitro(instance.InstanceType),
    ...(instance.KeyName ? { KeyName: instance.KeyName } : {}),
    LaunchTime: new Date(instance.LaunchTime),
    AmiLaunchIndex: 0,
    Monitoring: { State: 'disabled' },
    Placement: { AvailabilityZone: instance.AvailabilityZone, Tenancy: 'default', GroupName: '' },
    State: stateOf(instance.State),
    StateTransitionReason: instance.StateTransitionReason,
    PlatformDetails: 'Linux/UNIX',
    RootDeviceName: instance.RootDeviceName,
    RootDeviceType: 'ebs',
    ...(primary ? { VpcId: instance.VpcId, SubnetId: instance.SubnetId } : {}),
    ...(primary ? { PrivateIpAddress: primary.PrivateIpAddresses[0], SourceDestCheck: primary.SourceDestCheck } : {}),
    ...(publicIp ? { PublicIpAddress: publicIp } : {}),
    SecurityGroups: groupIdentifiers(ec2, primary?.Groups ?? []),
    NetworkInterfaces: interfaces.map((eni) => describeInterface(ec2, eni, request)),
    BlockDeviceMappings: blockDevicesOf(ec2, instance.InstanceId),
    ...(profile ? { IamInstanceProfile: profile } : {}),
    ...(instance.Lifecycle ? { InstanceLifecycle: instance.Lifecycle } : {}),
    MetadataOptions: metadataOptionsOf(instance),
    Operator: instance.Operator ?? { Managed: false },
    Tags: tagsOf(ec2, instance.InstanceId),
  };
};

export const describeInstances = (input: DescribeInstancesRequest, request: Request): DescribeInstancesResult => {
  const ec2 = ec2Slice(request);
  const all = chosen(ec2.instances, input.InstanceIds, 'InvalidInstanceID.NotFound', 'instance ID');
  const interfaces = ({ InstanceId }: InstanceRecord) => interfacesOf(ec2, InstanceId);
  const facets: FacetsOf<InstanceRecord> = {
    'instance-id': (instance) => [instance.InstanceId],
    'instance-state-name': (instance) => [instance.State],
    'instance-state-code': (instance) => [stateCodes[instance.State]],
    'instance-type': (instance) => [instance.InstanceType],
    'instance-lifecycle': (instance) => [instance.Lifecycle],
    'image-id': (instance) => [instance.ImageId],
    'vpc-id': (instance) => [instance.VpcId],
    'subnet-id': (instance) => [instance.SubnetId],
    'availability-zone': (instance) => [instance.AvailabilityZone],
    'private-ip-address': (instance) => interfaces(instance).flatMap(({ PrivateIpAddresses }) => PrivateIpAddresses),
    'network-interface.network-interface-id': (instance) =>
      interfaces(instance).map(({ NetworkInterfaceId }) => NetworkInterfaceId),
    'network-interface.group-id': (instance) => interfaces(instance).flatMap(({ Groups }) => Groups),
    'instance.group-id': (instance) => interfaces(instance)[0]?.Groups ?? [],
    'iam-instance-profile.arn': (instance) => [profileOf(ec2, instance.InstanceId)?.Arn],
    'block-device-mapping.volume-id': (instance) =>
      blockDevicesOf(ec2, instance.InstanceId).map(({ Ebs }) => Ebs?.VolumeId),
    'operator.managed': (instance) => [instance.Operator?.Managed ?? false],
    'reservation-id': (instance) => [instance.ReservationId],
  };
  const instances = passing(all, input.Filters, facets, ({ InstanceId }) => tagsOf(ec2, InstanceId));
  const { items, ...next } = page(instances, input);
  const reservations = Map.groupBy(items, ({ ReservationId }) => ReservationId);
  return {
    Reservations: [...reservations].map(([ReservationId, members]) => ({
      ReservationId,
      OwnerId: request.account,
      Groups: [],
      Instances: members.map((instance) => describe(ec2, instance, request)),
    })),
    ...next,
  };
};

export const runInstances = (input: RunInstancesRequest, request: Request) => {
  const ec2 = ec2Slice(request);
  const launched = launch(ec2, { ...templateData(ec2, input.LaunchTemplate), ...input }, input.MaxCount ?? 1, request);
  return {
    ReservationId: launched[0]?.ReservationId,
    OwnerId: request.account,
    Groups: [],
    Instances: launched.map((instance) => describe(ec2, instance, request)),
  };
};

const change = (
  ec2: Ec2,
  instance: InstanceRecord,
  to: { readonly passing: InstanceStateName; readonly done: readonly InstanceStateName[] },
  now: Date,
): InstanceStateChange => {
  const before = instance.State;
  if (before !== to.passing && !to.done.includes(before)) {
    instance.State = to.passing;
    instance.settlesAt = now.getTime() + settlingMilliseconds;
    endsByItself(ec2, instance.settlesAt);
    instance.StateTransitionReason = `User initiated (${now.toISOString().slice(0, 19).replace('T', ' ')} GMT)`;
  }
  return { InstanceId: instance.InstanceId, PreviousState: stateOf(before), CurrentState: stateOf(instance.State) };
};

/** All of the instances or none of them: AWS refuses the request for one that is protected. */
export const stopInstances = (input: StopInstancesRequest, request: Request): StopInstancesResult => {
  const ec2 = ec2Slice(request);
  const instances = (input.InstanceIds ?? []).map((id) => instanceOf(ec2, id));
  for (const instance of instances) {
    checkNotManaged(instance);
    if (instance.DisableApiStop) {
      throw awsError(
        'OperationNotPermitted',
        `The instance '${instance.InstanceId}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
      );
    }
    if (instance.Lifecycle === 'spot') {
      throw awsError(
        'UnsupportedOperation',
        `You can't stop the Spot Instance '${instance.InstanceId}' because it is associated with a one-time Spot Instance request.`,
      );
    }
    if (instance.State === 'terminated' || instance.State === 'shutting-down') {
      throw awsError(
        'IncorrectInstanceState',
        `This instance '${instance.InstanceId}' is not in a state from which it can be stopped.`,
      );
    }
  }
  return {
    StoppingInstances: instances.map((instance) => {
      // The address that AWS gave by itself is lost; an elastic one stays.
      for (const eni of interfacesOf(ec2, instance.InstanceId)) delete eni.AutoPublicIp;
      return change(ec2, instance, { passing: 'stopping', done: ['stopped'] }, request.now);
    }),
  };
};

export const startInstances = (input: StartInstancesRequest, request: Request): StartInstancesResult => {
  const ec2 = ec2Slice(request);
  const instances = (input.InstanceIds ?? []).map((id) => instanceOf(ec2, id));
  for (const instance of instances) {
    checkNotManaged(instance);
    if (instance.State !== 'stopped' && instance.State !== 'running') {
      throw awsError(
        'IncorrectInstanceState',
        `The instance '${instance.InstanceId}' is not in a state from which it can be started.`,
      );
    }
  }
  return {
    StartingInstances: instances.map((instance) => {
      const [primary] = interfacesOf(ec2, instance.InstanceId);
      const elastic = Object.values(ec2.addresses).some(
        (each) => each.NetworkInterfaceId === primary?.NetworkInterfaceId,
      );
      if (primary && ec2.subnets[primary.SubnetId]?.MapPublicIpOnLaunch && !elastic) {
        primary.AutoPublicIp ??= publicAddress(request.newId);
      }
      return change(ec2, instance, { passing: 'pending', done: ['running'] }, request.now);
    }),
  };
};

export const terminate = (ec2: Ec2, instance: InstanceRecord, now: Date): InstanceStateChange =>
  change(ec2, instance, { passing: 'shutting-down', done: ['terminated'] }, now);

export const terminateInstances = (input: TerminateInstancesRequest, request: Request): TerminateInstancesResult => {
  const ec2 = ec2Slice(request);
  const instances = (input.InstanceIds ?? []).map((id) => instanceOf(ec2, id));
  for (const instance of instances) {
    checkNotManaged(instance);
    if (instance.DisableApiTermination) {
      throw awsError(
        'OperationNotPermitted',
        `The instance '${instance.InstanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
      );
    }
  }
  return { TerminatingInstances: instances.map((instance) => terminate(ec2, instance, request.now)) };
};
