import {
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketWebsiteCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateAccessPointCommand, DeleteAccessPointCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { configEvent } from '../events/config.ts';
import { guardDutyEvent } from '../events/guardduty.ts';
import { securityHubControlEvent } from '../events/securityhub.ts';
import { scenario } from '../language/scenario.ts';
import { aclOpens, anybodyReads, makeBucket, policyOpens, putPolicy, removeBucket } from './arrange.ts';

const accessPoint = 'drill-partner';

export default {
  'public-policy': scenario({
    title: 'A policy that lets everybody read',
    story:
      'Somebody has given an old bucket a policy by which anybody reads it; it never had a block of its own. ' +
      'So a release has to take the block away altogether, and must not do so while the policy stands.',
    arrange: async (stage) => {
      const bucket = await makeBucket(stage, 'invoices', 'BucketOwnerEnforced');
      await putPolicy(stage, bucket, [anybodyReads(bucket, stage)]);
      return { bucket };
    },
    finding: ({ bucket }, { account, region, now }) =>
      guardDutyEvent({
        type: 'Policy:S3/BucketAnonymousAccessGranted',
        severity: 8,
        account,
        region,
        at: now,
        resource: { buckets: [{ name: bucket }] },
        action: { api: { name: 'PutBucketPolicy', service: 's3.amazonaws.com', remoteAddress: '198.51.100.7' } },
      }),
    harm: ({ bucket }, stage) => policyOpens(stage, bucket),
    meddle: async ({ bucket }, { aws }) => {
      const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: true };
      await aws(S3Client).send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration }));
      return bucket;
    },
    cleanUp: ({ bucket }, stage) => removeBucket(stage, bucket),
  }),

  'public-acl': scenario({
    title: 'A grant to everybody in the ACL',
    story:
      'A bucket with ACLs grants reading to everybody, while half of its block is on: only new policies are checked. ' +
      'Once public ACLs are ignored, nobody can read any more what the ACL granted.',
    arrange: async (stage) => {
      const bucket = await makeBucket(stage, 'uploads', 'ObjectWriter');
      const s3 = stage.aws(S3Client);
      await s3.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read' }));
      await s3.send(
        new PutPublicAccessBlockCommand({
          Bucket: bucket,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: false,
            IgnorePublicAcls: false,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
          },
        }),
      );
      return { bucket };
    },
    finding: ({ bucket }, { account, region, now }) =>
      configEvent({
        rule: 's3-bucket-public-read-prohibited',
        resource: { type: 'AWS::S3::Bucket', id: bucket },
        account,
        region,
        at: now,
      }),
    harm: ({ bucket }, stage) => aclOpens(stage, bucket),
    cleanUp: ({ bucket }, stage) => removeBucket(stage, bucket),
  }),

  'unreadable-policy': scenario({
    title: 'A policy that hides itself',
    story:
      'The policy that lets everybody read also denies everybody to read the policy, its status and the ACL. ' +
      'What cannot be read is a gap in the evidence; it must not keep the bucket open.',
    arrange: async (stage) => {
      const bucket = await makeBucket(stage, 'hidden', 'BucketOwnerEnforced');
      await putPolicy(stage, bucket, [
        anybodyReads(bucket, stage),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: ['s3:GetBucketPolicy', 's3:GetBucketPolicyStatus', 's3:GetBucketAcl'],
          Resource: `arn:${stage.partition}:s3:::${bucket}`,
        },
      ]);
      return { bucket };
    },
    finding: ({ bucket }, { account, region, now }) =>
      guardDutyEvent({
        type: 'Policy:S3/BucketPublicAccessGranted',
        severity: 8,
        account,
        region,
        at: now,
        resource: { buckets: [{ name: bucket }] },
      }),
    harm: ({ bucket }, stage) => policyOpens(stage, bucket),
    cleanUp: ({ bucket }, stage) => removeBucket(stage, bucket),
  }),

  'public-website': scenario({
    title: 'A website with a partner',
    story:
      'A bucket serves a website to everybody, and the same policy lets a partner account read the rest, also through an access point. ' +
      'To block it stops all three, which has to be told before, not found out after.',
    arrange: async (stage) => {
      const bucket = await makeBucket(stage, 'site', 'BucketOwnerEnforced');
      const s3 = stage.aws(S3Client);
      await putPolicy(stage, bucket, [
        anybodyReads(bucket, stage),
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:${stage.partition}:iam::444455556666:root` },
          Action: 's3:ListBucket',
          Resource: `arn:${stage.partition}:s3:::${bucket}`,
        },
      ]);
      await s3.send(
        new PutBucketWebsiteCommand({
          Bucket: bucket,
          WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } },
        }),
      );
      await s3.send(
        new PutBucketCorsCommand({
          Bucket: bucket,
          CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] },
        }),
      );
      await stage
        .aws(S3ControlClient)
        .send(new CreateAccessPointCommand({ AccountId: stage.account, Bucket: bucket, Name: accessPoint }));
      return { bucket };
    },
    finding: ({ bucket }, { account, region, now }) =>
      securityHubControlEvent({ control: 'S3.2', resource: { bucket }, account, region, at: now }),
    harm: ({ bucket }, stage) => policyOpens(stage, bucket),
    cleanUp: async ({ bucket }, stage) => {
      await stage
        .aws(S3ControlClient)
        .send(new DeleteAccessPointCommand({ AccountId: stage.account, Name: accessPoint }));
      await removeBucket(stage, bucket);
    },
  }),
};
