// Objects, as far as evidence is stored and attackers read: put, get, delete, list. No bucket here keeps versions: each object has the one that is named 'null'.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type * as S3 from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { isPublicGrant, ownerOnly, requestedGrants } from './s3-acl.ts';
import { accessDenied, type BucketRecord, effectiveBlock, type ObjectRecord, openBucket } from './s3-slice.ts';

/** A model never waits, so it can't read a stream. */
const bytesOf = (body: S3.PutObjectCommandInput['Body']): Buffer => {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body as Uint8Array);
  throw new Error('the account in memory takes an object as text or bytes, not as a stream: collect it first');
};

const etagOf = ({ base64 }: ObjectRecord): string =>
  `"${createHash('md5').update(Buffer.from(base64, 'base64')).digest('hex')}"`;

const putObject = (input: S3.PutObjectCommandInput, request: Request): S3.PutObjectOutput => {
  const { Key: key = '' } = input;
  const bucket = openBucket(input, 's3:PutObject', request, key);
  const requested = requestedGrants(input, bucket.account);
  if (requested && bucket.ownership === 'BucketOwnerEnforced' && input.ACL !== 'bucket-owner-full-control') {
    throw awsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  const acl = requested ?? ownerOnly(bucket.account);
  if (acl.some(isPublicGrant) && effectiveBlock(request.state, bucket).BlockPublicAcls) throw accessDenied();
  if (input.IfNoneMatch === '*' && bucket.objects[key]) {
    throw awsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  const object: ObjectRecord = {
    base64: bytesOf(input.Body).toString('base64'),
    contentType: input.ContentType ?? 'application/octet-stream',
    modifiedAt: request.now.toISOString(),
    acl,
  };
  bucket.objects[key] = object;
  return { ETag: etagOf(object), ServerSideEncryption: 'AES256' };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html */
const onlyVersion = 'null';

const getObject = (input: S3.GetObjectRequest, request: Request): object => {
  const { Key: key = '', VersionId: version } = input;
  const action = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const object = openBucket(input, action, request, key).objects[key];
  if (object && version !== undefined && version !== onlyVersion) {
    throw awsError('NoSuchVersion', 'The specified version does not exist.', 404);
  }
  if (!object) throw awsError('NoSuchKey', 'The specified key does not exist.', 404);
  const bytes = Buffer.from(object.base64, 'base64');
  return {
    Body: sdkStreamMixin(Readable.from([bytes], { objectMode: false })),
    ContentLength: bytes.length,
    ContentType: object.contentType,
    ETag: etagOf(object),
    LastModified: new Date(object.modifiedAt),
  };
};

const deleteObject = (input: S3.DeleteObjectRequest, request: Request): object => {
  const { Key: key = '' } = input;
  delete openBucket(input, 's3:DeleteObject', request, key).objects[key];
  return {};
};

const objectsIn = (bucket: BucketRecord, prefix: string) =>
  Object.entries(bucket.objects)
    .filter(([key]) => key.startsWith(prefix))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, object]) => ({
      Key: key,
      ETag: etagOf(object),
      Size: Buffer.from(object.base64, 'base64').length,
      LastModified: new Date(object.modifiedAt),
      StorageClass: 'STANDARD' as const,
    }));

const listObjects = (input: S3.ListObjectsV2Request, request: Request): S3.ListObjectsV2Output => {
  const { Bucket, Prefix: prefix = '' } = input;
  const objects = objectsIn(openBucket(input, 's3:ListBucket', request), prefix);
  return { Name: Bucket, Prefix: prefix, KeyCount: objects.length, IsTruncated: false, Contents: objects };
};

const listVersions = (input: S3.ListObjectVersionsRequest, request: Request): S3.ListObjectVersionsOutput => {
  const { Bucket, Prefix: prefix = '' } = input;
  const objects = objectsIn(openBucket(input, 's3:ListBucketVersions', request), prefix);
  const versions = objects.map((object) => ({ ...object, VersionId: onlyVersion, IsLatest: true }));
  return { Name: Bucket, Prefix: prefix, IsTruncated: false, Versions: versions };
};

export const s3Objects = {
  PutObject: putObject,
  GetObject: getObject,
  DeleteObject: deleteObject,
  ListObjectsV2: listObjects,
  ListObjectVersions: listVersions,
} satisfies ServiceModel;
