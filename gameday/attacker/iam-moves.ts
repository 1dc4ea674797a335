// What a user or a session can do to its own containment while IAM still heeds it.
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { type Hands, type Move, text } from './move.ts';

/** A policy under our name that denies nothing of use. */
const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' }],
});

/** A user has two keys at most, so another one has to make room. */
const makeKey = async ({ aws, input }: Hands): Promise<unknown> => {
  const UserName = text(input, 'UserName');
  const { AccessKeyMetadata = [] } = await aws(IAMClient).send(new ListAccessKeysCommand({ UserName }));
  const spare = AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId !== input.AccessKeyId)?.AccessKeyId;
  if (AccessKeyMetadata.length > 1 && spare)
    await aws(IAMClient).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: spare }));
  return aws(IAMClient).send(new CreateAccessKeyCommand({ UserName }));
};

const user = ({ input }: Hands) => ({ UserName: text(input, 'UserName') });
const userPolicy = (hands: Hands) => ({ ...user(hands), PolicyName: text(hands.input, 'PolicyName') });
const rolePolicy = ({ input }: Hands) => ({
  RoleName: text(input, 'RoleName'),
  PolicyName: text(input, 'PolicyName'),
});

export const iamMoves: readonly Move[] = [
  {
    title: 'activates the key again',
    answers: 'IAM UpdateAccessKey',
    make: (hands) =>
      hands.aws(IAMClient).send(
        new UpdateAccessKeyCommand({
          ...user(hands),
          AccessKeyId: text(hands.input, 'AccessKeyId'),
          Status: 'Active',
        }),
      ),
  },
  { title: 'makes another key', answers: 'IAM UpdateAccessKey', make: makeKey },
  {
    title: 'deletes the deny of the user',
    answers: 'IAM PutUserPolicy',
    make: (hands) => hands.aws(IAMClient).send(new DeleteUserPolicyCommand(userPolicy(hands))),
  },
  {
    title: 'makes the deny of the user harmless',
    answers: 'IAM PutUserPolicy',
    make: (hands) => hands.aws(IAMClient).send(new PutUserPolicyCommand({ ...userPolicy(hands), PolicyDocument })),
  },
  {
    title: 'detaches the deny of the user',
    answers: 'IAM AttachUserPolicy',
    make: (hands) =>
      hands
        .aws(IAMClient)
        .send(new DetachUserPolicyCommand({ ...user(hands), PolicyArn: text(hands.input, 'PolicyArn') })),
  },
  {
    title: 'deletes the deny of the role',
    answers: 'IAM PutRolePolicy',
    make: (hands) => hands.aws(IAMClient).send(new DeleteRolePolicyCommand(rolePolicy(hands))),
  },
  {
    title: 'makes the deny of the role harmless',
    answers: 'IAM PutRolePolicy',
    make: (hands) => hands.aws(IAMClient).send(new PutRolePolicyCommand({ ...rolePolicy(hands), PolicyDocument })),
  },
];
