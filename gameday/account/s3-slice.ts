// What S3 remembers of one account's buckets, and what each call to a bucket must pass first.
import { createHash } from 'node:crypto';
import type * as S3 from '@aws-sdk/client-s3';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';
import { isAllowed, isDenied, type Question } from './policy-evaluation.ts';
import { isPublicPolicy } from './policy-publicness.ts';
import { type State, slice } from './state.ts';
import { callerArn, callerRoleArn } from './sts.ts';

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface GrantRecord {
  /** The canonical id of an account, or the URI of a group. */
  readonly grantee: string;
  readonly permission: S3.Permission;
}

export interface ObjectRecord {
  readonly base64: string;
  readonly contentType: string;
  readonly modifiedAt: string;
  readonly acl: readonly GrantRecord[];
}

export interface BucketRecord {
  readonly name: string;
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly createdAt: string;
  acl: readonly GrantRecord[];
  ownership?: S3.ObjectOwnership;
  publicAccessBlock?: PublicAccessBlock;
  policy?: string;
  /** Configurations that are stored and given back as they are, by the name of their subresource. */
  readonly configurations: Record<string, object>;
  readonly objects: Record<string, ObjectRecord>;
}

export interface S3Slice {
  readonly buckets: Record<string, BucketRecord>;
  /** The account's own configuration, and the one that its organization lays over it. */
  publicAccessBlock?: PublicAccessBlock;
  organizationPublicAccessBlock?: PublicAccessBlock;
}

export const s3Slice = (state: State, account: string): S3Slice =>
  slice<S3Slice>(state, account, 'global', 's3', () => ({ buckets: {} }));

/** Bucket names are unique in a partition: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const findBucket = (state: State, partition: string, name: string): BucketRecord | undefined =>
  Object.keys(state.accounts)
    .map((account) => s3Slice(state, account).buckets[name])
    .find((bucket) => bucket?.partition === partition);

export const accessDenied = (message = 'Access Denied'): Error => awsError('AccessDenied', message, 403);

/** An account's canonical user id, which ACLs speak of. */
export const canonicalId = (account: string): string => createHash('sha256').update(account).digest('hex');

/** Another Region's endpoint names the right one in a header, which the SDK follows when told to. */
export const regionHeader = ({ region }: BucketRecord): Readonly<Record<string, string>> => ({
  'x-amz-bucket-region': region,
});

const wrongRegion = (bucket: BucketRecord): Error =>
  awsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    regionHeader(bucket),
  );

export const bucketArn = ({ partition, name }: Pick<BucketRecord, 'partition' | 'name'>): string =>
  `arn:${partition}:s3:::${name}`;

/** The caller as a bucket's policy sees it. */
const callerContext = (request: Request): Readonly<Record<string, string>> => ({
  'aws:SecureTransport': 'true',
  'aws:SourceIp': '10.0.0.10',
  'aws:PrincipalAccount': request.account,
  'aws:PrincipalArn': callerRoleArn(request),
  'aws:PrincipalType': 'AssumedRole',
  'aws:PrincipalIsAWSService': 'false',
});

export interface BucketInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

const question = (action: string, resource: string, request: Request): Question => ({
  action,
  resource,
  caller: { account: request.account, arn: callerRoleArn(request) },
  context: callerContext(request),
});

/** Other accounts get in by the bucket's policy; where that is public, RestrictPublicBuckets keeps all of them out. */
const letsOthersIn = (bucket: BucketRecord, asked: Question, state: State): boolean => {
  if (!isAllowed(bucket.policy, asked)) return false;
  return !(effectiveBlock(state, bucket).RestrictPublicBuckets && isPublicPolicy(bucket.policy ?? ''));
};

/**
 * Why this caller may not do `action` to a bucket, if so. The caller's own policies are taken to allow everything: what can stand in
 * the way here is another owner and an explicit deny in the bucket's policy.
 */
export const refusal = (
  bucket: BucketRecord,
  { ExpectedBucketOwner: expected }: BucketInput,
  action: string,
  request: Request,
  key?: string,
): Error | undefined => {
  if (expected !== undefined && expected !== bucket.account) return accessDenied();
  const resource = key === undefined ? bucketArn(bucket) : `${bucketArn(bucket)}/${key}`;
  const asked = question(action, resource, request);
  if (bucket.account !== request.account && !letsOthersIn(bucket, asked, request.state)) return accessDenied();
  if (!isDenied(bucket.policy, asked)) return undefined;
  return accessDenied(
    `User: ${callerArn(request)} is not authorized to perform: ${action} on resource: "${resource}" with an explicit deny in a resource-based policy`,
  );
};

/** The bucket, if it is there, in this Region, and the caller may do `action` to it. */
export const openBucket = (input: BucketInput, action: string, request: Request, key?: string): BucketRecord => {
  const bucket = findBucket(request.state, request.partition, input.Bucket ?? '');
  if (!bucket) throw awsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (bucket.region !== request.region) throw wrongRegion(bucket);
  const refused = refusal(bucket, input, action, request, key);
  if (refused) throw refused;
  return bucket;
};

export const fullBlock: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** A put replaces the whole configuration: a flag that isn't sent is off. */
export const wholeBlock = (
  sent: Partial<Record<keyof PublicAccessBlock, boolean | undefined>> | undefined,
): PublicAccessBlock => ({
  BlockPublicAcls: sent?.BlockPublicAcls ?? false,
  IgnorePublicAcls: sent?.IgnorePublicAcls ?? false,
  BlockPublicPolicy: sent?.BlockPublicPolicy ?? false,
  RestrictPublicBuckets: sent?.RestrictPublicBuckets ?? false,
});

/** Of several configurations each flag's stricter value counts. */
export const strictest = (...blocks: readonly (PublicAccessBlock | undefined)[]): PublicAccessBlock => {
  const anyHas = (flag: keyof PublicAccessBlock): boolean => blocks.some((block) => block?.[flag]);
  return {
    BlockPublicAcls: anyHas('BlockPublicAcls'),
    IgnorePublicAcls: anyHas('IgnorePublicAcls'),
    BlockPublicPolicy: anyHas('BlockPublicPolicy'),
    RestrictPublicBuckets: anyHas('RestrictPublicBuckets'),
  };
};

/** What holds for a bucket: its own configuration and those of its owner's account and organization. */
export const effectiveBlock = (state: State, bucket: BucketRecord): PublicAccessBlock => {
  const { publicAccessBlock, organizationPublicAccessBlock } = s3Slice(state, bucket.account);
  return strictest(bucket.publicAccessBlock, publicAccessBlock, organizationPublicAccessBlock);
};
