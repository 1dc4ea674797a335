// How a bucket is exposed, as it was before anything was changed. Each read may fail: a policy can deny every one of them.
import {
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  type Grant,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  GetAccessPointCommand,
  GetAccessPointPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListAccessPointsCommand,
  ListMultiRegionAccessPointsCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { type Aws, gone } from '../language/aws.ts';
import type { Json } from '../language/json.ts';
import { allow, allowOn } from '../language/statement.ts';
import { attempt, isUnreadable, kept, together, type Unreadable } from '../language/unreadable.ts';
import { type PublicAccessBlock, publicAccessBlock } from '../settings/s3.ts';

/** A bucket may have thousands; so many are looked at. */
const accessPointsMax = 50;

/** Besides what the setting may read. Some actions are named otherwise than the commands. */
export const toReadTheExposure = [
  allowOn(
    ['arn:${Partition}:s3:::*'],
    [
      's3:ListBucket',
      's3:GetBucketPolicy',
      's3:GetBucketPolicyStatus',
      's3:GetBucketAcl',
      's3:GetBucketOwnershipControls',
      's3:GetBucketWebsite',
      's3:GetBucketCORS',
      's3:GetBucketLogging',
      's3:GetBucketTagging',
      's3:GetEncryptionConfiguration',
      's3:GetReplicationConfiguration',
    ],
  ),
  allow('s3:GetAccountPublicAccessBlock', 's3:ListAccessPoints', 's3:GetAccessPoint', 's3:ListMultiRegionAccessPoints'),
  allowOn(['arn:${Partition}:s3:${Region}:${Account}:accesspoint/*'], ['s3:GetAccessPointPolicyStatus']),
];

type OrUnreadable<T> = T | Unreadable;

/** A second door to the bucket, with a policy and a block of its own. */
export type AccessPoint = {
  readonly name: string;
  readonly origin: string;
  readonly isPublic: OrUnreadable<boolean>;
  readonly block: Json;
};

export type Exposure = {
  readonly block: OrUnreadable<PublicAccessBlock | 'none' | 'gone'>;
  /** What holds for all buckets of the account, its organization's block included. */
  readonly accountBlock: OrUnreadable<Json>;
  readonly policy: OrUnreadable<string | null>;
  /** What S3 itself says of the policy, whatever is blocked; null without a policy. */
  readonly policyIsPublic: OrUnreadable<boolean | null>;
  readonly grants: OrUnreadable<readonly { readonly grantee: string; readonly permission: string }[]>;
  /** 'none': as buckets were before there was such a thing, which is with ACLs. */
  readonly ownership: OrUnreadable<string>;
  readonly website: Json;
  readonly cors: Json;
  readonly logging: Json;
  readonly tags: OrUnreadable<{ readonly [key: string]: string }>;
  readonly encryption: Json;
  readonly replication: Json;
  readonly accessPoints: OrUnreadable<readonly AccessPoint[]>;
  readonly multiRegionAccessPoints: OrUnreadable<readonly string[]>;
};

const readAccessPoint = async (aws: Aws, Name: string, origin: string): Promise<AccessPoint> => {
  const control = aws(S3ControlClient);
  const accessPoint = { AccountId: aws.account, Name };
  const [isPublic, block] = await Promise.all([
    attempt(
      async () =>
        (await control.send(new GetAccessPointPolicyStatusCommand(accessPoint))).PolicyStatus?.IsPublic ?? false,
      { errors: ['NoSuchAccessPointPolicy'], value: false },
    ),
    attempt(async () =>
      kept((await control.send(new GetAccessPointCommand(accessPoint))).PublicAccessBlockConfiguration),
    ),
  ]);
  return { name: Name, origin, isPublic, block };
};

/** Those of this account and Region: others' are not shown to us. */
const readAccessPoints = async (aws: Aws, Bucket: string): Promise<Exposure['accessPoints']> => {
  const list = new ListAccessPointsCommand({ AccountId: aws.account, Bucket, MaxResults: accessPointsMax });
  const found = await attempt(async () => (await aws(S3ControlClient).send(list)).AccessPointList ?? []);
  if (isUnreadable(found)) return found;
  return Promise.all(found.map(({ Name = '', NetworkOrigin = '' }) => readAccessPoint(aws, Name, NetworkOrigin)));
};

/** S3 Control answers this from us-west-2, wherever it is asked. */
const readMultiRegionAccessPoints = (aws: Aws, bucket: string): Promise<OrUnreadable<readonly string[]>> =>
  attempt(async () => {
    const list = new ListMultiRegionAccessPointsCommand({ AccountId: aws.account });
    const { AccessPoints = [] } = await aws(S3ControlClient).send(list);
    return AccessPoints.filter(({ Regions = [] }) => Regions.some(({ Bucket }) => Bucket === bucket)).map(
      ({ Name = '' }) => Name,
    );
  });

const readBlock = (aws: Aws, bucket: string): Promise<Exposure['block']> =>
  attempt(async (): Promise<PublicAccessBlock | 'none' | 'gone'> => {
    const block = await publicAccessBlock.read(aws, bucket);
    return block === gone ? 'gone' : block;
  });

const grantOf = ({ Grantee, Permission }: Grant) => ({
  grantee: Grantee?.URI ?? Grantee?.ID ?? '',
  permission: Permission ?? '',
});

const none = (...errors: readonly string[]) => ({ errors, value: null });

/** All at once: nothing here waits for anything else, but for what each access point has. */
export const readExposure = (aws: Aws, bucket: string): Promise<Exposure> => {
  const s3 = aws(S3Client);
  const of = { Bucket: bucket, ExpectedBucketOwner: aws.account };
  return together({
    block: readBlock(aws, bucket),
    accountBlock: attempt(async () => {
      const ofAccount = new GetPublicAccessBlockCommand({ AccountId: aws.account });
      return kept((await aws(S3ControlClient).send(ofAccount)).PublicAccessBlockConfiguration);
    }, none('NoSuchPublicAccessBlockConfiguration')),
    policy: attempt(
      async () => (await s3.send(new GetBucketPolicyCommand(of))).Policy ?? null,
      none('NoSuchBucketPolicy'),
    ),
    policyIsPublic: attempt(async () => {
      const { PolicyStatus } = await s3.send(new GetBucketPolicyStatusCommand(of));
      return PolicyStatus?.IsPublic ?? { unreadable: 'S3 gives no status' };
    }, none('NoSuchBucketPolicy')),
    grants: attempt(async () => ((await s3.send(new GetBucketAclCommand(of))).Grants ?? []).map(grantOf)),
    ownership: attempt(
      async () => {
        const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand(of));
        return OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? 'none';
      },
      { errors: ['OwnershipControlsNotFoundError'], value: 'none' },
    ),
    website: attempt(
      async () => kept(await s3.send(new GetBucketWebsiteCommand(of))),
      none('NoSuchWebsiteConfiguration'),
    ),
    cors: attempt(async () => kept(await s3.send(new GetBucketCorsCommand(of))), none('NoSuchCORSConfiguration')),
    logging: attempt(async () => kept((await s3.send(new GetBucketLoggingCommand(of))).LoggingEnabled)),
    tags: attempt(
      async () => {
        const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand(of));
        return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
      },
      { errors: ['NoSuchTagSet'], value: {} },
    ),
    encryption: attempt(
      async () => kept((await s3.send(new GetBucketEncryptionCommand(of))).ServerSideEncryptionConfiguration),
      none('ServerSideEncryptionConfigurationNotFoundError'),
    ),
    replication: attempt(
      async () => kept((await s3.send(new GetBucketReplicationCommand(of))).ReplicationConfiguration),
      none('ReplicationConfigurationNotFoundError'),
    ),
    accessPoints: readAccessPoints(aws, bucket),
    multiRegionAccessPoints: readMultiRegionAccessPoints(aws, bucket),
  });
};
