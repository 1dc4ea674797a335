// S3 Control in memory: an account's public access block, access points, Multi-Region Access Points.
import type * as S3Control from '@aws-sdk/client-s3-control';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { isPublicPolicy, type PolicyOwner } from './policy-publicness.ts';
import { checkResourcePolicy, refusePublicPolicy, withoutSpaces } from './s3-policies.ts';
import {
  accessDenied,
  type BucketRecord,
  effectiveBlock,
  findBucket,
  fullBlock,
  type PublicAccessBlock,
  s3Slice,
  strictest,
  wholeBlock,
} from './s3-slice.ts';
import { type State, slice } from './state.ts';
import type { World } from './world.ts';

export interface AccessPointRecord {
  readonly name: string;
  readonly arn: string;
  readonly alias: string;
  readonly bucket: string;
  readonly bucketAccount: string;
  readonly createdAt: string;
  readonly vpcId?: string;
  /** Fixed when the access point is made. */
  readonly publicAccessBlock: PublicAccessBlock;
  policy?: string;
}

export interface MultiRegionAccessPointRecord {
  readonly name: string;
  readonly alias: string;
  readonly createdAt: string;
  readonly publicAccessBlock: PublicAccessBlock;
  readonly buckets: readonly { readonly bucket: string; readonly region: string }[];
}

export interface AccessPointsSlice {
  readonly accessPoints: Record<string, AccessPointRecord>;
}

const accessPointsSlice = (state: State, account: string, region: string): AccessPointsSlice =>
  slice<AccessPointsSlice>(state, account, region, 's3-control', () => ({ accessPoints: {} }));

const multiRegionSlice = (state: State, account: string) =>
  slice<Record<string, MultiRegionAccessPointRecord>>(state, account, 'global', 's3-multi-region', () => ({}));

/** All access points to a bucket, of whatever account; they are in the bucket's Region. */
export const accessPointsTo = (state: State, { name, region, partition }: BucketRecord): readonly AccessPointRecord[] =>
  Object.keys(state.accounts)
    .flatMap((account) => Object.values(accessPointsSlice(state, account, region).accessPoints))
    .filter(({ bucket, arn }) => bucket === name && arn.startsWith(`arn:${partition}:`));

export const policyOwner = ({ vpcId }: AccessPointRecord): PolicyOwner =>
  vpcId === undefined ? 'internet-access-point' : 'vpc-access-point';

interface AccountInput {
  readonly AccountId?: string | undefined;
}

const ownSlice = ({ AccountId: account }: AccountInput, request: Request) => {
  if (account !== request.account) throw accessDenied();
  return s3Slice(request.state, account);
};

const noBlockFound = (): Error =>
  awsError('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', 404);

/** The answer is what holds: an organization's policy takes the place of the account's own configuration. */
const getPublicAccessBlock = (input: AccountInput, request: Request): S3Control.GetPublicAccessBlockOutput => {
  const { publicAccessBlock, organizationPublicAccessBlock } = ownSlice(input, request);
  const holds = organizationPublicAccessBlock ?? publicAccessBlock;
  if (!holds) throw noBlockFound();
  return { PublicAccessBlockConfiguration: { ...holds } };
};

const changeableSlice = (input: AccountInput, request: Request) => {
  const own = ownSlice(input, request);
  if (own.organizationPublicAccessBlock) {
    throw accessDenied('This account is managed by organization-level Block Public Access policies.');
  }
  return own;
};

const putPublicAccessBlock = (input: S3Control.PutPublicAccessBlockRequest, request: Request): object => {
  changeableSlice(input, request).publicAccessBlock = wholeBlock(input.PublicAccessBlockConfiguration);
  return {};
};

const deletePublicAccessBlock = (input: AccountInput, request: Request): object => {
  delete changeableSlice(input, request).publicAccessBlock;
  return {};
};

const createAccessPoint = (
  input: S3Control.CreateAccessPointRequest,
  request: Request,
): S3Control.CreateAccessPointResult => {
  const { Name: name = '', Bucket: bucket = '', PublicAccessBlockConfiguration: sent, VpcConfiguration: vpc } = input;
  const { account, region, partition } = request;
  ownSlice(input, request);
  const target = findBucket(request.state, partition, bucket);
  if (!target || target.region !== region) throw awsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  const { accessPoints } = accessPointsSlice(request.state, account, region);
  if (accessPoints[name]) {
    throw awsError(
      'AccessPointAlreadyOwnedByYou',
      'Your previous request to create the named accesspoint succeeded and you already own it.',
      409,
    );
  }
  const record: AccessPointRecord = {
    name,
    bucket,
    arn: `arn:${partition}:s3:${region}:${account}:accesspoint/${name}`,
    alias: `${name}-${request.newId('s3alias').slice(-12)}-s3alias`,
    bucketAccount: target.account,
    createdAt: request.now.toISOString(),
    // Every setting is on unless the request says otherwise.
    publicAccessBlock: sent ? wholeBlock(sent) : fullBlock,
    ...(vpc?.VpcId === undefined ? {} : { vpcId: vpc.VpcId }),
  };
  accessPoints[name] = record;
  return { AccessPointArn: record.arn, Alias: record.alias };
};

interface AccessPointInput extends AccountInput {
  readonly Name?: string | undefined;
}

/** The SDK takes a name or an ARN. */
const accessPointNamed = (input: AccessPointInput, request: Request): AccessPointRecord => {
  ownSlice(input, request);
  const name = (input.Name ?? '').split('/').at(-1) ?? '';
  const accessPoint = accessPointsSlice(request.state, request.account, request.region).accessPoints[name];
  if (!accessPoint) throw awsError('NoSuchAccessPoint', 'The specified accesspoint does not exist', 404);
  return accessPoint;
};

const summary = (accessPoint: AccessPointRecord) => ({
  Name: accessPoint.name,
  Bucket: accessPoint.bucket,
  BucketAccountId: accessPoint.bucketAccount,
  AccessPointArn: accessPoint.arn,
  Alias: accessPoint.alias,
  NetworkOrigin: accessPoint.vpcId === undefined ? ('Internet' as const) : ('VPC' as const),
  ...(accessPoint.vpcId === undefined ? {} : { VpcConfiguration: { VpcId: accessPoint.vpcId } }),
});

const getAccessPoint = (input: S3Control.GetAccessPointRequest, request: Request): S3Control.GetAccessPointResult => {
  const accessPoint = accessPointNamed(input, request);
  return {
    ...summary(accessPoint),
    PublicAccessBlockConfiguration: { ...accessPoint.publicAccessBlock },
    CreationDate: new Date(accessPoint.createdAt),
  };
};

const listAccessPoints = (
  input: S3Control.ListAccessPointsRequest,
  request: Request,
): S3Control.ListAccessPointsResult => {
  ownSlice(input, request);
  const all = Object.values(accessPointsSlice(request.state, request.account, request.region).accessPoints);
  return { AccessPointList: all.filter(({ bucket }) => (input.Bucket ?? bucket) === bucket).map(summary) };
};

const noAccessPointPolicy = (): Error =>
  awsError('NoSuchAccessPointPolicy', 'The specified accesspoint policy does not exist', 404);

const getAccessPointPolicy = (input: AccessPointInput, request: Request): S3Control.GetAccessPointPolicyResult => {
  const { policy } = accessPointNamed(input, request);
  if (policy === undefined) throw noAccessPointPolicy();
  return { Policy: withoutSpaces(policy) };
};

/** The block of the access point counts, and so does the bucket's when both have one owner. */
const putAccessPointPolicy = (input: S3Control.PutAccessPointPolicyRequest, request: Request): object => {
  const accessPoint = accessPointNamed(input, request);
  const { Policy: document = '' } = input;
  checkResourcePolicy(document, accessPoint.arn);
  const bucket = findBucket(request.state, request.partition, accessPoint.bucket);
  const ofBucket = bucket?.account === request.account ? effectiveBlock(request.state, bucket) : undefined;
  const blocked = strictest(accessPoint.publicAccessBlock, ofBucket).BlockPublicPolicy;
  if (blocked && isPublicPolicy(document, policyOwner(accessPoint))) {
    throw refusePublicPolicy('s3:PutAccessPointPolicy', accessPoint.arn, request);
  }
  accessPoint.policy = document;
  return {};
};

const deleteAccessPointPolicy = (input: AccessPointInput, request: Request): object => {
  delete accessPointNamed(input, request).policy;
  return {};
};

const deleteAccessPoint = (input: AccessPointInput, request: Request): object => {
  const { name } = accessPointNamed(input, request);
  delete accessPointsSlice(request.state, request.account, request.region).accessPoints[name];
  return {};
};

const getAccessPointPolicyStatus = (
  input: AccessPointInput,
  request: Request,
): S3Control.GetAccessPointPolicyStatusResult => {
  const accessPoint = accessPointNamed(input, request);
  if (accessPoint.policy === undefined) throw noAccessPointPolicy();
  return { PolicyStatus: { IsPublic: isPublicPolicy(accessPoint.policy, policyOwner(accessPoint)) } };
};

/** The SDK sends this to us-west-2 whatever the client's Region. */
const listMultiRegionAccessPoints = (
  input: AccountInput,
  request: Request,
): S3Control.ListMultiRegionAccessPointsResult => {
  ownSlice(input, request);
  return {
    AccessPoints: Object.values(multiRegionSlice(request.state, request.account)).map((record) => ({
      Name: record.name,
      Alias: record.alias,
      CreatedAt: new Date(record.createdAt),
      PublicAccessBlock: { ...record.publicAccessBlock },
      Status: 'READY',
      Regions: record.buckets.map(({ bucket, region }) => ({ Bucket: bucket, Region: region })),
    })),
  };
};

export const s3Control: ServiceModel = {
  GetPublicAccessBlock: getPublicAccessBlock,
  PutPublicAccessBlock: putPublicAccessBlock,
  DeletePublicAccessBlock: deletePublicAccessBlock,
  CreateAccessPoint: createAccessPoint,
  DeleteAccessPoint: deleteAccessPoint,
  GetAccessPoint: getAccessPoint,
  ListAccessPoints: listAccessPoints,
  GetAccessPointPolicy: getAccessPointPolicy,
  PutAccessPointPolicy: putAccessPointPolicy,
  DeleteAccessPointPolicy: deleteAccessPointPolicy,
  GetAccessPointPolicyStatus: getAccessPointPolicyStatus,
  ListMultiRegionAccessPoints: listMultiRegionAccessPoints,
};

type Circumstances = Pick<World, 'state' | 'clock' | 'newId'>;

/** The account's organization takes its public access block in hand, or lets go of it again. */
export const setOrganizationBlock = (
  world: Circumstances,
  account: string,
  block: PublicAccessBlock | undefined,
): void => {
  const own = s3Slice(world.state, account);
  if (block) own.organizationPublicAccessBlock = block;
  else delete own.organizationPublicAccessBlock;
};

/** Making one takes AWS many minutes and several calls; here it is simply there. */
export const addMultiRegionAccessPoint = (
  world: Circumstances,
  account: string,
  name: string,
  buckets: MultiRegionAccessPointRecord['buckets'],
  publicAccessBlock: PublicAccessBlock = fullBlock,
): void => {
  multiRegionSlice(world.state, account)[name] = {
    name,
    buckets,
    publicAccessBlock,
    alias: `${world.newId('m').slice(2, 15)}.mrap`,
    createdAt: world.clock.now().toISOString(),
  };
};
