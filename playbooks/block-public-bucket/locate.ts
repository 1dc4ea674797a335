// In which Region a bucket is: its name and its ARN do not say.
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Aws, type Gone, gone } from '../language/aws.ts';

/** S3 says where a bucket is with every answer, also with a refusal: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
const regionIn = (error: unknown): string | undefined => {
  const { $response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.['x-amz-bucket-region'];
};

/** What AWS answered, where it answered. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

export const locate = async (aws: Aws, id: string): Promise<string | Gone> => {
  try {
    const { BucketRegion } = await aws(S3Client).send(new HeadBucketCommand({ Bucket: id }));
    return BucketRegion ?? aws.region;
  } catch (error) {
    if (statusOf(error) === 404) return gone;
    const region = regionIn(error);
    if (region === undefined) throw error;
    return region;
  }
};
