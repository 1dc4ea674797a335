// Changing a network interface.
import type { ModifyNetworkInterfaceAttributeRequest } from '@aws-sdk/client-ec2';
import { setTracking } from './ec2-connection-tracking.ts';
import { isNitro } from './ec2-instance-families.ts';
import { checkedGroups, checkNotManaged, interfaceOf, publicAddress } from './ec2-interfaces.ts';
import { ec2Slice } from './ec2-state.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

export const modifyNetworkInterfaceAttribute = (
  input: ModifyNetworkInterfaceAttributeRequest,
  request: Request,
): object => {
  const ec2 = ec2Slice(request);
  const { NetworkInterfaceId, DryRun: _, ...attributes } = input;
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    throw awsError(
      'InvalidParameterCombination',
      'Fields for multiple attribute types specified, or none: one attribute a call.',
    );
  }
  const eni = interfaceOf(ec2, NetworkInterfaceId);
  checkNotManaged(ec2, eni);
  const instance = ec2.instances[eni.Attachment?.InstanceId ?? ''];
  if (input.Groups) {
    if (instance && instance.State !== 'running' && instance.State !== 'stopped') {
      throw awsError(
        'IncorrectInstanceState',
        `The instance '${instance.InstanceId}' is not in a valid state for this operation.`,
      );
    }
    eni.Groups = checkedGroups(ec2, eni.VpcId, input.Groups);
  } else if (input.ConnectionTrackingSpecification) {
    if (instance && !isNitro(instance.InstanceType)) {
      throw awsError(
        'UnsupportedOperation',
        `Connection tracking can't be configured on the instance type '${instance.InstanceType}'.`,
      );
    }
    setTracking(eni, input.ConnectionTrackingSpecification, instance?.InstanceType);
  } else if (input.Description) eni.Description = input.Description.Value ?? '';
  else if (input.SourceDestCheck) eni.SourceDestCheck = input.SourceDestCheck.Value ?? true;
  else if (input.AssociatePublicIpAddress !== undefined) {
    if (input.AssociatePublicIpAddress) eni.AutoPublicIp ??= publicAddress(request.newId);
    else delete eni.AutoPublicIp;
  } else if (input.Attachment) {
    if (!eni.Attachment || eni.Attachment.AttachmentId !== input.Attachment.AttachmentId) {
      throw awsError(
        'InvalidAttachmentID.NotFound',
        `The attachment ID '${input.Attachment.AttachmentId}' does not exist`,
      );
    }
    eni.Attachment.DeleteOnTermination = input.Attachment.DeleteOnTermination ?? eni.Attachment.DeleteOnTermination;
  } else {
    throw new Error(
      `the account in memory doesn't know the attribute ${given[0]?.[0]} of a network interface: add it here`,
    );
  }
  return {};
};
