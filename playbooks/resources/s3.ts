// How a bucket is named, and in which Region it is.
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { gone } from '../language/aws.ts';
import { parseArn, type ResourceKind } from '../language/resource.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
// Names in capitals or longer than 63, possible in us-east-1 until 2018, are not taken: too much else looks like them.
const wellFormed = /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/;
const address = /^\d+\.\d+\.\d+\.\d+$/;
const reservedBeginning = /^(?:xn--|sthree-|amzn-s3-demo-)/;
// Aliases of access points, Multi-Region Access Points, directory buckets, table buckets: all of them something else than a bucket.
const reservedEnd = /(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

const isBucketName = (text: string): boolean =>
  wellFormed.test(text) && !address.test(text) && !reservedBeginning.test(text) && !reservedEnd.test(text);

/** S3 says where a bucket is with every answer, also with a refusal: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
const regionIn = (error: unknown): string | undefined => {
  const { $response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.['x-amz-bucket-region'];
};

export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

export const bucket: ResourceKind = {
  type: 'AWS::S3::Bucket',
  scope: 'regional',
  noun: 'bucket',
  example: 'example-invoices',
  parse: (text) => {
    const arn = parseArn(text);
    if (!arn) return isBucketName(text) ? { id: text } : undefined;
    if (arn.service !== 's3' || arn.region || arn.account || !isBucketName(arn.resource)) return undefined;
    return { id: arn.resource, partition: arn.partition };
  },
  arn: (id, place) => `arn:${place.partition}:s3:::${id}`,
  locate: async (aws, id) => {
    try {
      const { BucketRegion } = await aws(S3Client).send(new HeadBucketCommand({ Bucket: id }));
      return BucketRegion ?? aws.region;
    } catch (error) {
      if (statusOf(error) === 404) return gone;
      const region = regionIn(error);
      if (region === undefined) throw error;
      return region;
    }
  },
};
