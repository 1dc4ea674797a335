// The buckets of the scenarios, made and taken away through S3's own API, and whether they are public, judged by it.
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetPublicAccessBlockCommand,
  type ObjectOwnership,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { unless } from '../language/aws.ts';
import type { Stage } from '../language/scenario.ts';

/** A new bucket is closed by AWS; this one has no block of its own, as buckets made before 2023. */
export const makeBucket = async (stage: Stage, as: string, ObjectOwnership: ObjectOwnership): Promise<string> => {
  const s3 = stage.aws(S3Client);
  const Bucket = `drill-${as}-${stage.account}-${stage.now.getTime().toString(36)}`;
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ObjectOwnership,
      ...(stage.region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: stage.region as never } }),
    }),
  );
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  return Bucket;
};

type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly AWS: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource: string;
};

export const anybodyReads = (bucket: string, { partition }: Stage): Statement => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:${partition}:s3:::${bucket}/*`,
});

export const putPolicy = async ({ aws }: Stage, Bucket: string, Statement: readonly Statement[]): Promise<void> => {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await aws(S3Client).send(new PutBucketPolicyCommand({ Bucket, Policy }));
};

export const removeBucket = async ({ aws }: Stage, Bucket: string): Promise<void> => {
  await aws(S3Client).send(new DeleteBucketPolicyCommand({ Bucket }));
  await aws(S3Client).send(new DeleteBucketCommand({ Bucket }));
};

const blockOf = async ({ aws }: Stage, Bucket: string) => {
  const found = await unless(['NoSuchPublicAccessBlockConfiguration'], null, () =>
    aws(S3Client).send(new GetPublicAccessBlockCommand({ Bucket })),
  );
  return found?.PublicAccessBlockConfiguration ?? {};
};

/** Of a bucket whose policy is public, as arranged: whether anything holds the policy back. */
export const policyOpens = async (stage: Stage, bucket: string): Promise<boolean> =>
  (await blockOf(stage, bucket)).RestrictPublicBuckets !== true;

/** S3 answers the grants that count; the emulators, all that stand there. */
export const aclOpens = async (stage: Stage, Bucket: string): Promise<boolean> => {
  const { Grants = [] } = await stage.aws(S3Client).send(new GetBucketAclCommand({ Bucket }));
  const open = Grants.some(({ Grantee }) => Grantee?.URI?.endsWith('/global/AllUsers'));
  return open && (await blockOf(stage, Bucket)).IgnorePublicAcls !== true;
};
