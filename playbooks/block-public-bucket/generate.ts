// Buckets as they are found: open by policy, by ACL, by both or not at all, with any part of a block, a website, partners, access points.
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateAccessPointCommand,
  PutPublicAccessBlockCommand as PutAccountBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { configEvent } from '../events/config.ts';
import { guardDutyEvent } from '../events/guardduty.ts';
import { securityHubControlEvent } from '../events/securityhub.ts';
import type { Chance, Generate } from '../language/generate.ts';
import type { Json } from '../language/json.ts';
import type { Stage } from '../language/scenario.ts';
import { anybodyReads, putPolicy } from './arrange.ts';

type Statements = Parameters<typeof putPolicy>[2];

const flags = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
const blockOf = (chance: Chance) => Object.fromEntries(flags.map((flag) => [flag, chance.happens(40)]));

const statementsFor = (stage: Stage, chance: Chance, bucket: string): Statements => {
  const resource = `arn:${stage.partition}:s3:::${bucket}`;
  const all: Statements = [
    anybodyReads(bucket, stage),
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:${stage.partition}:iam::444455556666:root` },
      Action: 's3:ListBucket',
      Resource: resource,
    },
    { Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject', Resource: `${resource}/*` },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:GetBucketPolicy', 's3:GetBucketPolicyStatus', 's3:GetBucketAcl'],
      Resource: resource,
    },
  ];
  return all.filter((_, index) => chance.happens([70, 30, 30, 15][index] ?? 0));
};

const configure = async ({ aws }: Stage, chance: Chance, Bucket: string): Promise<void> => {
  const s3 = aws(S3Client);
  if (chance.happens(30))
    await s3.send(
      new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } } }),
    );
  if (chance.happens(20))
    await s3.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] },
      }),
    );
  if (chance.happens(20))
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const tags = chance.some(['team', 'data', 'public']);
  if (tags.length > 0)
    await s3.send(
      new PutBucketTaggingCommand({
        Bucket,
        Tagging: { TagSet: tags.map((Key) => ({ Key, Value: chance.words().slice(0, 100) })) },
      }),
    );
};

const findingOf = ({ account, region, now: at }: Stage, chance: Chance, bucket: string): Json => {
  const where = { account, region, at };
  switch (chance.between(1, 3)) {
    case 1:
      return configEvent({
        ...where,
        rule: chance.oneOf(['s3-bucket-public-read-prohibited', 's3-bucket-level-public-access-prohibited']),
        resource: { type: 'AWS::S3::Bucket', id: bucket },
      });
    case 2:
      return securityHubControlEvent({
        ...where,
        control: chance.oneOf(['S3.2', 'S3.3', 'S3.8']),
        resource: { bucket },
      });
    default:
      return guardDutyEvent({
        ...where,
        type: chance.oneOf(['Policy:S3/BucketAnonymousAccessGranted', 'Policy:S3/BucketBlockPublicAccessDisabled']),
        severity: chance.between(3, 9),
        resource: { buckets: [{ name: bucket }] },
      });
  }
};

const generate: Generate = async (stage, chance) => {
  const s3 = stage.aws(S3Client);
  const Bucket = `generated-${chance.between(1, 1e9)}`;
  const ObjectOwnership = chance.oneOf(['BucketOwnerEnforced', 'ObjectWriter', 'BucketOwnerPreferred']);
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ObjectOwnership,
      ...(stage.region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: stage.region as never } }),
    }),
  );
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  const statements = statementsFor(stage, chance, Bucket);
  if (ObjectOwnership !== 'BucketOwnerEnforced' && chance.happens(60))
    await s3.send(
      new PutBucketAclCommand({
        Bucket,
        ACL: chance.oneOf(['public-read', 'public-read-write', 'authenticated-read', 'private']),
      }),
    );
  await configure(stage, chance, Bucket);
  const points = stage.aws(S3ControlClient);
  for (const Name of chance.some(['drill-partner', 'drill-batch']))
    if (chance.happens(40)) await points.send(new CreateAccessPointCommand({ AccountId: stage.account, Bucket, Name }));
  if (statements.length > 0) await putPolicy(stage, Bucket, statements);
  // Last, as what is blocked first could not have been opened.
  if (chance.happens(60))
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: blockOf(chance) }));
  if (chance.happens(15))
    await points.send(
      new PutAccountBlockCommand({ AccountId: stage.account, PublicAccessBlockConfiguration: blockOf(chance) }),
    );
  return { finding: findingOf(stage, chance, Bucket) };
};

export default generate;
