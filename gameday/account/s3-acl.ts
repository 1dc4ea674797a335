// Access control lists: canned ones, explicit ones, and which of their grants count.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
import type * as S3 from '@aws-sdk/client-s3';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import {
  accessDenied,
  type BucketRecord,
  canonicalId,
  effectiveBlock,
  type GrantRecord,
  openBucket,
} from './s3-slice.ts';

const allUsers = 'http://acs.amazonaws.com/groups/global/AllUsers';
const authenticatedUsers = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const logDelivery = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

const malformedAcl = (message: string): Error => awsError('MalformedACLError', message);

export const ownerOnly = (account: string): readonly GrantRecord[] => [
  { grantee: canonicalId(account), permission: 'FULL_CONTROL' },
];

const cannedGrants: Readonly<Record<string, readonly GrantRecord[]>> = {
  private: [],
  'bucket-owner-read': [],
  'bucket-owner-full-control': [],
  'public-read': [{ grantee: allUsers, permission: 'READ' }],
  'public-read-write': [
    { grantee: allUsers, permission: 'READ' },
    { grantee: allUsers, permission: 'WRITE' },
  ],
  'authenticated-read': [{ grantee: authenticatedUsers, permission: 'READ' }],
  'log-delivery-write': [
    { grantee: logDelivery, permission: 'WRITE' },
    { grantee: logDelivery, permission: 'READ_ACP' },
  ],
};

const canned = (name: string, account: string): readonly GrantRecord[] => {
  const grants = cannedGrants[name];
  if (!grants) throw awsError('InvalidArgument', `${name} is not a canned ACL`);
  return [...ownerOnly(account), ...grants];
};

/** `id="…", uri="…"` */
const fromHeader = (header: string | undefined, permission: S3.Permission): readonly GrantRecord[] =>
  (header ?? '')
    .split(',')
    .map((grantee) => /^\s*(?:id|uri)="?([^"]+)"?\s*$/.exec(grantee)?.[1])
    .filter((grantee) => grantee !== undefined)
    .map((grantee) => ({ grantee, permission }));

const fromGrant = ({ Grantee: grantee, Permission: permission }: S3.Grant): GrantRecord => {
  const id = grantee?.URI ?? grantee?.ID;
  if (id === undefined || permission === undefined) throw malformedAcl('A grant needs a grantee and a permission.');
  return { grantee: id, permission };
};

export interface AclInput {
  readonly ACL?: string | undefined;
  readonly AccessControlPolicy?: S3.AccessControlPolicy | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

/** The grants that a request asks for, or nothing when it doesn't speak of them. */
export const requestedGrants = (input: AclInput, account: string): readonly GrantRecord[] | undefined => {
  const headers = [
    ...fromHeader(input.GrantFullControl, 'FULL_CONTROL'),
    ...fromHeader(input.GrantRead, 'READ'),
    ...fromHeader(input.GrantReadACP, 'READ_ACP'),
    ...fromHeader(input.GrantWrite, 'WRITE'),
    ...fromHeader(input.GrantWriteACP, 'WRITE_ACP'),
  ];
  if (input.ACL !== undefined && headers.length > 0) {
    throw awsError('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed');
  }
  if (input.ACL !== undefined) return canned(input.ACL, account);
  if (input.AccessControlPolicy) return (input.AccessControlPolicy.Grants ?? []).map(fromGrant);
  return headers.length > 0 ? headers : undefined;
};

/** "Public" includes AuthenticatedUsers: anybody who has any AWS account. */
export const isPublicGrant = ({ grantee }: GrantRecord): boolean =>
  grantee === allUsers || grantee === authenticatedUsers;

export const grantsOnlyOwner = (grants: readonly GrantRecord[], account: string): boolean =>
  grants.every(({ grantee }) => grantee === canonicalId(account));

/** The grants that S3 heeds: none but the owner's when ACLs are off, no public ones when those are ignored. */
export const effectiveGrants = (
  bucket: BucketRecord,
  grants: readonly GrantRecord[],
  ignorePublic: boolean,
): readonly GrantRecord[] => {
  if (bucket.ownership === 'BucketOwnerEnforced') return ownerOnly(bucket.account);
  return ignorePublic ? grants.filter((grant) => !isPublicGrant(grant)) : grants;
};

const describeGrant = ({ grantee, permission }: GrantRecord): S3.Grant => ({
  Grantee: grantee.startsWith('http') ? { Type: 'Group', URI: grantee } : { Type: 'CanonicalUser', ID: grantee },
  Permission: permission,
});

/** The answer is what S3 enforces, not what is stored: while IgnorePublicAcls is on, nobody can see the public grants. */
const getBucketAcl = (input: S3.GetBucketAclRequest, request: Request): S3.GetBucketAclOutput => {
  const bucket = openBucket(input, 's3:GetBucketAcl', request);
  const { IgnorePublicAcls: ignorePublic } = effectiveBlock(request.state, bucket);
  return {
    Owner: { ID: canonicalId(bucket.account) },
    Grants: effectiveGrants(bucket, bucket.acl, ignorePublic).map(describeGrant),
  };
};

const putBucketAcl = (input: S3.PutBucketAclRequest, request: Request): object => {
  const bucket = openBucket(input, 's3:PutBucketAcl', request);
  const grants = requestedGrants(input, bucket.account);
  if (!grants)
    throw malformedAcl('The XML you provided was not well-formed or did not validate against our published schema');
  if (bucket.ownership === 'BucketOwnerEnforced') {
    throw awsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  if (grants.some(isPublicGrant) && effectiveBlock(request.state, bucket).BlockPublicAcls) throw accessDenied();
  bucket.acl = grants;
  return {};
};

const putBucketOwnershipControls = (input: S3.PutBucketOwnershipControlsRequest, request: Request): object => {
  const bucket = openBucket(input, 's3:PutBucketOwnershipControls', request);
  const [rule] = input.OwnershipControls?.Rules ?? [];
  if (!rule?.ObjectOwnership) throw awsError('MalformedXML', 'The XML you provided was not well-formed');
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
  if (rule.ObjectOwnership === 'BucketOwnerEnforced' && !grantsOnlyOwner(bucket.acl, bucket.account)) {
    throw awsError(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  bucket.ownership = rule.ObjectOwnership;
  return {};
};

const getBucketOwnershipControls = (input: S3.GetBucketOwnershipControlsRequest, request: Request) => {
  const { ownership } = openBucket(input, 's3:GetBucketOwnershipControls', request);
  if (!ownership) {
    throw awsError('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', 404);
  }
  return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
};

/** IAM has no action of its own for the deletion. */
const deleteBucketOwnershipControls = (input: S3.DeleteBucketOwnershipControlsRequest, request: Request): object => {
  delete openBucket(input, 's3:PutBucketOwnershipControls', request).ownership;
  return {};
};

export const s3Acl = {
  GetBucketAcl: getBucketAcl,
  PutBucketAcl: putBucketAcl,
  GetBucketOwnershipControls: getBucketOwnershipControls,
  PutBucketOwnershipControls: putBucketOwnershipControls,
  DeleteBucketOwnershipControls: deleteBucketOwnershipControls,
} satisfies ServiceModel;
