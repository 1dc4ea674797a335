// Buckets themselves: made, found, deleted, and their public access block.
import type * as S3 from '@aws-sdk/client-s3';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { grantsOnlyOwner, isPublicGrant, ownerOnly, requestedGrants } from './s3-acl.ts';
import {
  type BucketInput,
  type BucketRecord,
  bucketArn,
  canonicalId,
  findBucket,
  fullBlock,
  openBucket,
  refusal,
  regionHeader,
  s3Slice,
  wholeBlock,
} from './s3-slice.ts';

const legacyEurope = 'EU';

/** us-east-1 is said by leaving the constraint out; its endpoint makes buckets in any Region, the others only in their own. */
const regionAsked = (constraint: string | undefined, request: Request): string => {
  const here = request.region;
  if (constraint === 'us-east-1') {
    throw awsError('InvalidLocationConstraint', 'The specified location-constraint is not valid');
  }
  const asked = constraint === legacyEurope ? 'eu-west-1' : (constraint ?? 'us-east-1');
  if (here === 'us-east-1' || asked === here) return asked;
  const said = constraint === undefined ? 'unspecified' : constraint;
  throw awsError(
    'IllegalLocationConstraintException',
    `The ${said} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
};

const checkBucketName = (name: string): void => {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return;
  throw awsError('InvalidBucketName', 'The specified bucket is not valid.');
};

const refuseTakenName = (name: string, request: Request): void => {
  const taken = findBucket(request.state, request.partition, name);
  if (!taken) return;
  if (taken.account !== request.account) {
    throw awsError(
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      409,
    );
  }
  throw awsError(
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    409,
  );
};

/** New buckets are closed: block public access on, ACLs off. https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html */
const createBucket = (input: S3.CreateBucketRequest, request: Request): S3.CreateBucketOutput => {
  const { Bucket: name = '', ObjectOwnership: ownership = 'BucketOwnerEnforced' } = input;
  const { account, partition } = request;
  checkBucketName(name);
  const region = regionAsked(input.CreateBucketConfiguration?.LocationConstraint, request);
  const acl = requestedGrants(input, account) ?? ownerOnly(account);
  if (ownership === 'BucketOwnerEnforced' && !grantsOnlyOwner(acl, account)) {
    throw awsError(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  if (acl.some(isPublicGrant)) {
    throw awsError(
      'InvalidBucketAclWithBlockPublicAccessError',
      'Bucket cannot have public ACLs set with BlockPublicAccess enabled',
    );
  }
  const mine = findBucket(request.state, partition, name);
  // In us-east-1 alone, making one's own bucket once more succeeds and resets its ACL.
  if (mine?.account === account && mine.region === 'us-east-1' && region === 'us-east-1') {
    mine.acl = acl;
    return { Location: `/${name}`, BucketArn: bucketArn(mine) };
  }
  refuseTakenName(name, request);
  const bucket: BucketRecord = {
    name,
    account,
    partition,
    region,
    createdAt: request.now.toISOString(),
    acl,
    ownership,
    publicAccessBlock: fullBlock,
    configurations: {},
    objects: {},
  };
  s3Slice(request.state, account).buckets[name] = bucket;
  return { Location: `/${name}`, BucketArn: bucketArn(bucket) };
};

/**
 * An answer to HEAD has no body, so the SDK can't know an error's name and calls it `Unknown`, a 404 excepted: the status and the
 * header count. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
const nameless = (status: number, bucket: BucketRecord): Error =>
  awsError('Unknown', 'UnknownError', status, regionHeader(bucket));

const headBucket = (input: S3.HeadBucketRequest, request: Request): S3.HeadBucketOutput => {
  const bucket = findBucket(request.state, request.partition, input.Bucket ?? '');
  if (!bucket) throw awsError('NotFound', 'UnknownError', 404);
  if (bucket.region !== request.region) throw nameless(301, bucket);
  if (refusal(bucket, input, 's3:ListBucket', request)) throw nameless(403, bucket);
  return { BucketRegion: bucket.region, BucketArn: bucketArn(bucket), AccessPointAlias: false };
};

/** Other Regions answer too, and heed the bucket's policy no more: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
const getBucketLocation = (input: S3.GetBucketLocationRequest, request: Request): S3.GetBucketLocationOutput => {
  const elsewhere = findBucket(request.state, request.partition, input.Bucket ?? '');
  const bucket =
    elsewhere && elsewhere.region !== request.region && elsewhere.account === request.account
      ? elsewhere
      : openBucket(input, 's3:GetBucketLocation', request);
  // No constraint stands for us-east-1.
  return bucket.region === 'us-east-1' ? {} : { LocationConstraint: bucket.region as S3.BucketLocationConstraint };
};

const deleteBucket = (input: S3.DeleteBucketRequest, request: Request): object => {
  const bucket = openBucket(input, 's3:DeleteBucket', request);
  if (Object.keys(bucket.objects).length > 0) {
    throw awsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
  }
  delete s3Slice(request.state, bucket.account).buckets[bucket.name];
  return {};
};

/** The Region is told only when the request names some parameter: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
const listBuckets = (input: S3.ListBucketsRequest, request: Request): S3.ListBucketsOutput => {
  const { Prefix: prefix = '', BucketRegion: region } = input;
  const buckets = Object.values(s3Slice(request.state, request.account).buckets)
    .filter(({ name, region: its }) => name.startsWith(prefix) && (region ?? its) === its)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const asked = Object.values(input).some((value) => value !== undefined);
  return {
    Owner: { ID: canonicalId(request.account) },
    Buckets: buckets.map((bucket) => ({
      Name: bucket.name,
      CreationDate: new Date(bucket.createdAt),
      ...(asked ? { BucketRegion: bucket.region } : {}),
    })),
  };
};

const getPublicAccessBlock = (input: BucketInput, request: Request): S3.GetPublicAccessBlockOutput => {
  const { publicAccessBlock } = openBucket(input, 's3:GetBucketPublicAccessBlock', request);
  if (!publicAccessBlock) {
    throw awsError('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', 404);
  }
  return { PublicAccessBlockConfiguration: { ...publicAccessBlock } };
};

const putPublicAccessBlock = (input: S3.PutPublicAccessBlockRequest, request: Request): object => {
  const bucket = openBucket(input, 's3:PutBucketPublicAccessBlock', request);
  bucket.publicAccessBlock = wholeBlock(input.PublicAccessBlockConfiguration);
  return {};
};

/** IAM has no action of its own for the deletion. To delete what isn't there is a success. */
const deletePublicAccessBlock = (input: BucketInput, request: Request): object => {
  delete openBucket(input, 's3:PutBucketPublicAccessBlock', request).publicAccessBlock;
  return {};
};

export const s3Buckets = {
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  GetBucketLocation: getBucketLocation,
  DeleteBucket: deleteBucket,
  ListBuckets: listBuckets,
  GetPublicAccessBlock: getPublicAccessBlock,
  PutPublicAccessBlock: putPublicAccessBlock,
  DeletePublicAccessBlock: deletePublicAccessBlock,
} satisfies ServiceModel;
