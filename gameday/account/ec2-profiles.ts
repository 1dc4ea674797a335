// Instance profiles on instances.
import type {
  AssociateIamInstanceProfileRequest,
  AssociateIamInstanceProfileResult,
  DescribeIamInstanceProfileAssociationsRequest,
  DescribeIamInstanceProfileAssociationsResult,
  DisassociateIamInstanceProfileRequest,
  DisassociateIamInstanceProfileResult,
  IamInstanceProfileAssociation,
  IamInstanceProfileSpecification,
  ReplaceIamInstanceProfileAssociationRequest,
  ReplaceIamInstanceProfileAssociationResult,
} from '@aws-sdk/client-ec2';
import type { Ec2, ProfileAssociationRecord } from './ec2-records.ts';
import { chosen, ec2Slice, found, matches, page } from './ec2-state.ts';
import { awsError } from './errors.ts';
import { type InstanceProfileRecord, iamSlice } from './iam-slice.ts';
import type { Request } from './model.ts';

export const findProfile = (
  { Arn, Name }: IamInstanceProfileSpecification,
  { state, account }: Request,
): InstanceProfileRecord => {
  const profile = Object.values(iamSlice(state, account).instanceProfiles).find(
    ({ arn, name }) => (Arn === undefined || arn === Arn) && (Name === undefined || name === Name),
  );
  if (!profile || (Arn === undefined && Name === undefined)) {
    throw awsError(
      'InvalidParameterValue',
      `Value (${Arn ?? Name ?? ''}) for parameter iamInstanceProfile is invalid. Invalid IAM Instance Profile`,
    );
  }
  return profile;
};

export const newProfileAssociation = (
  ec2: Ec2,
  InstanceId: string,
  { arn: Arn, id: Id }: InstanceProfileRecord,
  { newId, now }: Request,
): ProfileAssociationRecord => {
  const AssociationId = newId('iip-assoc');
  const association = { AssociationId, InstanceId, Arn, Id, Timestamp: now.getTime() };
  ec2.profileAssociations[AssociationId] = association;
  return association;
};

const describe = (
  { AssociationId, InstanceId, Arn, Id }: ProfileAssociationRecord,
  State: NonNullable<IamInstanceProfileAssociation['State']>,
): IamInstanceProfileAssociation => ({ AssociationId, InstanceId, IamInstanceProfile: { Arn, Id }, State });

const associationOf = (ec2: Ec2, id: string | undefined): ProfileAssociationRecord =>
  found(ec2.profileAssociations, id, 'InvalidAssociationID.NotFound', 'association ID');

export const describeIamInstanceProfileAssociations = (
  input: DescribeIamInstanceProfileAssociationsRequest,
  request: Request,
): DescribeIamInstanceProfileAssociationsResult => {
  const ec2 = ec2Slice(request);
  const associations = chosen(
    ec2.profileAssociations,
    input.AssociationIds,
    'InvalidAssociationID.NotFound',
    'association ID',
  ).filter(({ InstanceId }) => matches(input.Filters, { 'instance-id': [InstanceId], state: ['associated'] }));
  const { items, ...next } = page(associations, input);
  return { IamInstanceProfileAssociations: items.map((each) => describe(each, 'associated')), ...next };
};

const checkState = (ec2: Ec2, id: string | undefined): string => {
  const { InstanceId, State } = found(ec2.instances, id, 'InvalidInstanceID.NotFound', 'instance ID');
  if (State !== 'running' && State !== 'stopped') {
    throw awsError(
      'IncorrectInstanceState',
      `The instance '${InstanceId}' is not in the 'running' or 'stopped' states.`,
    );
  }
  return InstanceId;
};

export const associateIamInstanceProfile = (
  input: AssociateIamInstanceProfileRequest,
  request: Request,
): AssociateIamInstanceProfileResult => {
  const ec2 = ec2Slice(request);
  const instanceId = checkState(ec2, input.InstanceId);
  const profile = findProfile(input.IamInstanceProfile ?? {}, request);
  if (Object.values(ec2.profileAssociations).some(({ InstanceId }) => InstanceId === instanceId)) {
    throw awsError('IncorrectState', `There is an existing association for instance ${instanceId}`);
  }
  const association = newProfileAssociation(ec2, instanceId, profile, request);
  return { IamInstanceProfileAssociation: describe(association, 'associating') };
};

export const disassociateIamInstanceProfile = (
  input: DisassociateIamInstanceProfileRequest,
  request: Request,
): DisassociateIamInstanceProfileResult => {
  const ec2 = ec2Slice(request);
  const association = associationOf(ec2, input.AssociationId);
  checkState(ec2, association.InstanceId);
  delete ec2.profileAssociations[association.AssociationId];
  return { IamInstanceProfileAssociation: describe(association, 'disassociating') };
};

/** The new association has a new id; AWS replaces it for running instances only. */
export const replaceIamInstanceProfileAssociation = (
  input: ReplaceIamInstanceProfileAssociationRequest,
  request: Request,
): ReplaceIamInstanceProfileAssociationResult => {
  const ec2 = ec2Slice(request);
  const old = associationOf(ec2, input.AssociationId);
  if (ec2.instances[old.InstanceId]?.State !== 'running') {
    throw awsError('IncorrectInstanceState', `The instance '${old.InstanceId}' is not in the 'running' state.`);
  }
  const profile = findProfile(input.IamInstanceProfile ?? {}, request);
  delete ec2.profileAssociations[old.AssociationId];
  const association = newProfileAssociation(ec2, old.InstanceId, profile, request);
  return { IamInstanceProfileAssociation: describe(association, 'associating') };
};
