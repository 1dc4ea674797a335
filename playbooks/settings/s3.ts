// What can be turned on a bucket: its public access block.
import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { gone, isAwsError } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allowOn } from '../language/statement.ts';

const flags = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'] as const;

export type PublicAccessBlock = { readonly [F in (typeof flags)[number]]: boolean };

export const everythingBlocked: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

const buckets = ['arn:${Partition}:s3:::*'];

/**
 * The bucket's own public access block; 'none' is a bucket without one, which four flags set to false are not. S3 replaces it as a
 * whole, so all four are always sent. The strictest of organization, account, bucket and access point holds.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 *
 * The IAM actions are named otherwise than the commands, and there is one for put and delete:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html
 * Bucket configurations are eventually consistent, unlike objects:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
export const publicAccessBlock = setting<string, PublicAccessBlock | 'none'>({
  name: 's3/public-access-block',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allowOn(buckets, ['s3:GetBucketPublicAccessBlock'])],
    write: [allowOn(buckets, ['s3:PutBucketPublicAccessBlock'])],
  },
  settleSeconds: 10,
  read: async (aws, Bucket) => {
    try {
      const { PublicAccessBlockConfiguration: block } = await aws(S3Client).send(
        new GetPublicAccessBlockCommand({ Bucket, ExpectedBucketOwner: aws.account }),
      );
      return {
        blockPublicAcls: block?.BlockPublicAcls ?? false,
        ignorePublicAcls: block?.IgnorePublicAcls ?? false,
        blockPublicPolicy: block?.BlockPublicPolicy ?? false,
        restrictPublicBuckets: block?.RestrictPublicBuckets ?? false,
      };
    } catch (error) {
      if (isAwsError(error, 'NoSuchPublicAccessBlockConfiguration')) return 'none';
      if (isAwsError(error, 'NoSuchBucket')) return gone;
      throw error;
    }
  },
  write: async (aws, Bucket, to) => {
    const bucket = { Bucket, ExpectedBucketOwner: aws.account };
    if (to === 'none') {
      await aws(S3Client).send(new DeletePublicAccessBlockCommand(bucket));
      return;
    }
    await aws(S3Client).send(
      new PutPublicAccessBlockCommand({
        ...bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: to.blockPublicAcls,
          IgnorePublicAcls: to.ignorePublicAcls,
          BlockPublicPolicy: to.blockPublicPolicy,
          RestrictPublicBuckets: to.restrictPublicBuckets,
        },
      }),
    );
  },
  combine: (values) => {
    const blocks = values.filter((value) => value !== 'none');
    const either = (flag: (typeof flags)[number]) => blocks.some((block) => block[flag]);
    if (blocks.length === 0) return 'none';
    return {
      blockPublicAcls: either('blockPublicAcls'),
      ignorePublicAcls: either('ignorePublicAcls'),
      blockPublicPolicy: either('blockPublicPolicy'),
      restrictPublicBuckets: either('restrictPublicBuckets'),
    };
  },
  say: (value) => {
    if (value === 'none') return 'none';
    const set = flags.filter((flag) => value[flag]);
    return set.length === flags.length ? 'all four flags' : set.join(', ') || 'all four flags off';
  },
});
