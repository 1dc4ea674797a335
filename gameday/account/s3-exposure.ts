// Can somebody on the Internet reach a bucket's data? Judged on the account's state, without asking the API: for harm.
import {
  covers,
  isAllowed,
  isDenied,
  list,
  type PolicyStatement,
  type Question,
  statementsOf,
} from './policy-evaluation.ts';
import { isPublicPolicy, isPublicStatement } from './policy-publicness.ts';
import { effectiveGrants, isPublicGrant } from './s3-acl.ts';
import { type AccessPointRecord, accessPointsTo, policyOwner } from './s3-control.ts';
import {
  type BucketRecord,
  bucketArn,
  effectiveBlock,
  findBucket,
  type GrantRecord,
  s3Slice,
  strictest,
} from './s3-slice.ts';
import type { State } from './state.ts';

export interface Exposure {
  readonly access: 'read' | 'write';
  /** `bucket policy`, `bucket ACL`, `ACL of <key>`, `access point <name>`. */
  readonly way: string;
}

const actions: readonly (readonly [action: string, access: Exposure['access']])[] = [
  ['s3:GetObject', 'read'],
  ['s3:ListBucket', 'read'],
  ['s3:PutObject', 'write'],
  ['s3:DeleteObject', 'write'],
];

/** What a request of an unknown person on the Internet carries. */
const fromTheInternet: Question['context'] = {
  'aws:SecureTransport': 'true',
  'aws:SourceIp': '198.51.100.23',
  'aws:PrincipalType': 'Anonymous',
  'aws:PrincipalIsAWSService': 'false',
};

const anonymous = (action: string, resource: string, more: Question['context'] = {}): Question => ({
  action,
  resource,
  caller: 'anonymous',
  context: { ...fromTheInternet, ...more },
});

/** Resources to try with a statement: the bucket itself for a listing, else some object that each of its patterns means. */
const resourcesToTry = (
  action: string,
  arn: string,
  objects: string,
  statement: PolicyStatement,
): readonly string[] => {
  if (action === 's3:ListBucket') return [arn];
  const meant = list(statement.Resource).map((pattern) => pattern.replaceAll('*', 'x').replaceAll('?', 'x'));
  return [`${objects}x`, ...meant.filter((resource) => resource.startsWith(objects))];
};

/** A public statement's conditions are taken as met: whoever attacks chooses headers, prefixes and the like. */
const opensPublicly = (
  policy: string,
  arn: string,
  objects: string,
  action: string,
  isPublic: (statement: PolicyStatement) => boolean,
): boolean =>
  statementsOf(policy)
    .filter(isPublic)
    .some((statement) =>
      resourcesToTry(action, arn, objects, statement).some(
        (resource) => covers(statement, { action, resource }) && !isDenied(policy, anonymous(action, resource)),
      ),
    );

const throughPolicy = (state: State, bucket: BucketRecord): readonly Exposure[] => {
  const { policy } = bucket;
  if (policy === undefined) return [];
  if (effectiveBlock(state, bucket).RestrictPublicBuckets && isPublicPolicy(policy)) return [];
  const arn = bucketArn(bucket);
  return actions
    .filter(([action]) => opensPublicly(policy, arn, `${arn}/`, action, (statement) => isPublicStatement(statement)))
    .map(([, access]) => ({ access, way: 'bucket policy' }));
};

const permitted = (grants: readonly GrantRecord[], permissions: readonly string[]): boolean =>
  grants.some((grant) => isPublicGrant(grant) && permissions.includes(grant.permission));

const throughAcls = (state: State, bucket: BucketRecord): readonly Exposure[] => {
  const { IgnorePublicAcls: ignored } = effectiveBlock(state, bucket);
  const denied = (action: string, key?: string): boolean =>
    isDenied(bucket.policy, anonymous(action, key === undefined ? bucketArn(bucket) : `${bucketArn(bucket)}/${key}`));
  const grants = effectiveGrants(bucket, bucket.acl, ignored);
  const ofBucket: readonly Exposure[] = [
    ...(permitted(grants, ['READ', 'FULL_CONTROL']) && !denied('s3:ListBucket')
      ? [{ access: 'read' as const, way: 'bucket ACL' }]
      : []),
    ...(permitted(grants, ['WRITE', 'WRITE_ACP', 'FULL_CONTROL']) && !denied('s3:PutObject', 'x')
      ? [{ access: 'write' as const, way: 'bucket ACL' }]
      : []),
  ];
  const ofObjects = Object.entries(bucket.objects)
    .filter(
      ([key, { acl }]) =>
        permitted(effectiveGrants(bucket, acl, ignored), ['READ', 'FULL_CONTROL']) && !denied('s3:GetObject', key),
    )
    .map(([key]) => ({ access: 'read' as const, way: `ACL of ${key}` }));
  return [...ofBucket, ...ofObjects];
};

/** Both policies must let the request pass, and neither may be held back by any of the blocks over it. */
const throughAccessPoint = (
  state: State,
  bucket: BucketRecord,
  accessPoint: AccessPointRecord,
): readonly Exposure[] => {
  const { policy, arn, name, vpcId } = accessPoint;
  const owner = arn.split(':')[4] ?? '';
  if (policy === undefined || vpcId !== undefined) return [];
  const { publicAccessBlock, organizationPublicAccessBlock } = s3Slice(state, owner);
  const blocks = strictest(
    accessPoint.publicAccessBlock,
    effectiveBlock(state, bucket),
    publicAccessBlock,
    organizationPublicAccessBlock,
  );
  if (blocks.RestrictPublicBuckets) return [];
  const context = {
    's3:DataAccessPointAccount': owner,
    's3:DataAccessPointArn': arn,
    's3:AccessPointNetworkOrigin': 'Internet',
  };
  return actions
    .filter(([action]) => {
      const target = action === 's3:ListBucket' ? bucketArn(bucket) : `${bucketArn(bucket)}/x`;
      return (
        isAllowed(bucket.policy, anonymous(action, target, context)) &&
        opensPublicly(policy, arn, `${arn}/object/`, action, (statement) =>
          isPublicStatement(statement, policyOwner(accessPoint)),
        )
      );
    })
    .map(([, access]) => ({ access, way: `access point ${name}` }));
};

/** Every way in which somebody unknown reads from the bucket or writes to it. */
export const exposuresOf = (state: State, bucketName: string, partition = 'aws'): readonly Exposure[] => {
  const bucket = findBucket(state, partition, bucketName);
  if (!bucket) return [];
  const all = [
    ...throughPolicy(state, bucket),
    ...throughAcls(state, bucket),
    ...accessPointsTo(state, bucket).flatMap((accessPoint) => throughAccessPoint(state, bucket, accessPoint)),
  ];
  return all.filter(
    ({ access, way }, index) => all.findIndex((other) => other.access === access && other.way === way) === index,
  );
};

export const canReadAnonymously = (state: State, bucketName: string): boolean =>
  exposuresOf(state, bucketName).some(({ access }) => access === 'read');

export const canWriteAnonymously = (state: State, bucketName: string): boolean =>
  exposuresOf(state, bucketName).some(({ access }) => access === 'write');
