// Looks at a bucket: whether it is there and ours, and how it is exposed.
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Aws, type Gone, gone } from '../language/aws.ts';
import { type Refusal, refuse } from '../language/playbook.ts';
import type { Target } from '../language/resource.ts';
import { gapsIn, isUnreadable } from '../language/unreadable.ts';
import { type Exposure, readExposure } from './exposure.ts';
import { statusOf } from './locate.ts';

export type Seen = {
  readonly bucket: string;
  readonly account: string;
  readonly exposure: Exposure;
  /** What could not be read. */
  readonly gaps: readonly string[];
};

/** The answer to HEAD has no body, so that only its status tells. */
const statusOfBucket = async (aws: Aws, Bucket: string): Promise<number | undefined> => {
  try {
    await aws(S3Client).send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: aws.account }));
    return 200;
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined && !(error instanceof Error && error.name === 'TimeoutError')) throw error;
    return status;
  }
};

const closedToUs = (bucket: string, account: string): string =>
  `S3 lets account ${account} read nothing of ${bucket}. Either the bucket belongs to another account, whose owner has to block it, or ` +
  'its policy denies everything to everybody: then delete the policy as root, or by sts:AssumeRoot from the management account with the ' +
  'task policy S3UnlockBucketPolicy. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html';

export const observe = async ({ id: bucket, account }: Target, aws: Aws): Promise<Seen | Gone | Refusal> => {
  const [status, exposure] = await Promise.all([statusOfBucket(aws, bucket), readExposure(aws, bucket)]);
  if (status === 404 || exposure.block === 'gone') return gone;
  // The block is the last thing that a policy hides: who can't read that can't write it either.
  if (status === 403 && isUnreadable(exposure.block)) return refuse(closedToUs(bucket, account));
  return { bucket, account, exposure, gaps: gapsIn(exposure) };
};
