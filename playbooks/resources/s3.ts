// How a bucket is named.
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
};
