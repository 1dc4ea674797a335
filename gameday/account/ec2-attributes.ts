// Instance attributes and metadata options.
import type {
  DescribeInstanceAttributeRequest,
  InstanceAttribute,
  ModifyInstanceAttributeRequest,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
} from '@aws-sdk/client-ec2';
import { blockDevicesOf, checkNotManaged, instanceOf, interfacesOf, metadataOptionsOf } from './ec2-instances.ts';
import { checkedGroups, groupIdentifiers } from './ec2-interfaces.ts';
import { endsByItself } from './ec2-lifecycle.ts';
import type { Ec2, InstanceRecord } from './ec2-records.ts';
import { ec2Slice } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

export const describeInstanceAttribute = (
  input: DescribeInstanceAttributeRequest,
  request: Request,
): InstanceAttribute => {
  const ec2 = ec2Slice(request);
  const instance = instanceOf(ec2, input.InstanceId);
  const [primary] = interfacesOf(ec2, instance.InstanceId);
  const { InstanceId } = instance;
  switch (input.Attribute) {
    case 'disableApiTermination':
      return { InstanceId, DisableApiTermination: { Value: instance.DisableApiTermination } };
    case 'disableApiStop':
      return { InstanceId, DisableApiStop: { Value: instance.DisableApiStop } };
    case 'instanceInitiatedShutdownBehavior':
      return { InstanceId, InstanceInitiatedShutdownBehavior: { Value: instance.InstanceInitiatedShutdownBehavior } };
    case 'blockDeviceMapping':
      return { InstanceId, BlockDeviceMappings: blockDevicesOf(ec2, InstanceId) };
    case 'groupSet':
      return { InstanceId, Groups: groupIdentifiers(ec2, primary?.Groups ?? []) };
    case 'instanceType':
      return { InstanceId, InstanceType: { Value: instance.InstanceType } };
    case 'rootDeviceName':
      return { InstanceId, RootDeviceName: { Value: instance.RootDeviceName } };
    case 'sourceDestCheck':
      return { InstanceId, SourceDestCheck: { Value: primary?.SourceDestCheck ?? true } };
    case 'userData':
      return { InstanceId, UserData: instance.UserData ? { Value: instance.UserData } : {} };
    default:
      throw new Error(`the account in memory doesn't know the instance attribute ${input.Attribute}: add it here`);
  }
};

/** The old way to write an attribute, by name and text, put in the new way. */
const modern = ({ Attribute, Value, ...input }: ModifyInstanceAttributeRequest): ModifyInstanceAttributeRequest => {
  switch (Attribute) {
    case undefined:
      return input;
    case 'disableApiTermination':
      return { ...input, DisableApiTermination: { Value: Value === 'true' } };
    case 'disableApiStop':
      return { ...input, DisableApiStop: { Value: Value === 'true' } };
    case 'instanceInitiatedShutdownBehavior':
      return { ...input, InstanceInitiatedShutdownBehavior: { Value } };
    default:
      throw new Error(`the account in memory doesn't know the instance attribute ${Attribute} by name: add it here`);
  }
};

/** Spot Instances can be protected neither from being stopped nor from being terminated. */
const checkProtectable = ({ InstanceId, Lifecycle }: InstanceRecord, attribute: string): void => {
  if (Lifecycle === 'spot') {
    throw awsError(
      'UnsupportedOperation',
      `The attribute '${attribute}' is not supported for the Spot Instance '${InstanceId}'.`,
    );
  }
};

const setDeleteOnTermination = (
  ec2: Ec2,
  { InstanceId }: InstanceRecord,
  mappings: NonNullable<ModifyInstanceAttributeRequest['BlockDeviceMappings']>,
): void => {
  const changes = mappings.map(({ DeviceName, Ebs }) => {
    const attachment = Object.values(ec2.volumes).find(
      ({ Attachment }) => Attachment?.InstanceId === InstanceId && Attachment.Device === DeviceName,
    )?.Attachment;
    if (!attachment) throw awsError('InvalidInstanceAttributeValue', `No device is currently mapped at ${DeviceName}`);
    return { attachment, value: Ebs?.DeleteOnTermination };
  });
  for (const { attachment, value } of changes) if (value !== undefined) attachment.DeleteOnTermination = value;
};

export const modifyInstanceAttribute = (given: ModifyInstanceAttributeRequest, request: Request): object => {
  const ec2 = ec2Slice(request);
  const input = modern(given);
  const { InstanceId, DryRun: _, ...attributes } = input;
  const instance = instanceOf(ec2, InstanceId);
  const named = Object.entries(attributes).filter(([, value]) => value !== undefined);
  if (named.length !== 1) {
    throw awsError(
      'InvalidParameterCombination',
      'Fields for multiple attribute types specified, or none: one attribute a call.',
    );
  }
  checkNotManaged(instance);
  if (instance.State === 'terminated' || instance.State === 'shutting-down') {
    throw awsError(
      'IncorrectInstanceState',
      `The instance '${instance.InstanceId}' is not in a valid state for this operation.`,
    );
  }
  if (input.DisableApiTermination) {
    checkProtectable(instance, 'disableApiTermination');
    instance.DisableApiTermination = input.DisableApiTermination.Value ?? false;
  } else if (input.DisableApiStop) {
    checkProtectable(instance, 'disableApiStop');
    instance.DisableApiStop = input.DisableApiStop.Value ?? false;
  } else if (input.InstanceInitiatedShutdownBehavior) {
    const { Value } = input.InstanceInitiatedShutdownBehavior;
    if (Value !== 'stop' && Value !== 'terminate') {
      throw awsError(
        'InvalidParameterValue',
        `Value (${Value}) for parameter instanceInitiatedShutdownBehavior is invalid.`,
      );
    }
    instance.InstanceInitiatedShutdownBehavior = Value;
  } else if (input.BlockDeviceMappings) setDeleteOnTermination(ec2, instance, input.BlockDeviceMappings);
  else if (input.Groups) {
    const [primary, ...others] = interfacesOf(ec2, instance.InstanceId);
    if (!primary || others.length > 0) {
      throw awsError(
        'InvalidInstanceID',
        `There are multiple interfaces attached to instance '${instance.InstanceId}'. Please specify an interface ID for the operation instead.`,
      );
    }
    primary.Groups = checkedGroups(ec2, primary.VpcId, input.Groups);
  } else {
    throw new Error(`the account in memory doesn't know the instance attribute ${named[0]?.[0]}: add it here`);
  }
  return {};
};

/** How long a change of the metadata options stays `pending`. */
const applyMilliseconds = 2000;

export const modifyInstanceMetadataOptions = (
  input: ModifyInstanceMetadataOptionsRequest,
  request: Request,
): ModifyInstanceMetadataOptionsResult => {
  const { InstanceId, DryRun: _, ...wanted } = input;
  const ec2 = ec2Slice(request);
  const instance = instanceOf(ec2, InstanceId);
  checkNotManaged(instance);
  if (instance.State === 'terminated' || instance.State === 'shutting-down') {
    throw awsError(
      'IncorrectInstanceState',
      `The instance '${instance.InstanceId}' is not in a valid state for this operation.`,
    );
  }
  const hops = wanted.HttpPutResponseHopLimit;
  if (hops !== undefined && (hops < 1 || hops > 64)) {
    throw awsError('InvalidParameterValue', `HttpPutResponseHopLimit must be from 1 to 64, not ${hops}.`);
  }
  const set = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const appliedAt = request.now.getTime() + applyMilliseconds;
  instance.MetadataOptions = { ...instance.MetadataOptions, ...set, appliedAt };
  endsByItself(ec2, appliedAt);
  return { InstanceId: instance.InstanceId, InstanceMetadataOptions: metadataOptionsOf(instance) };
};
