// When a bucket's block may go again, and what is said of it: what block-public-bucket sees, proposes and refuses.
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PutPublicAccessBlockCommand as PutAccountBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import playbook from '../../playbooks/block-public-bucket/playbook.ts';
import { gone } from '../../playbooks/language/aws.ts';
import { isRefusal, type Proposal } from '../../playbooks/language/playbook.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import { everythingBlocked, publicAccessBlock } from '../../playbooks/settings/s3.ts';

const Bucket = 'invoices';
const everything = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

let practice: Practice;
let s3: S3Client;

beforeEach(() => {
  practice = createPractice({ playbooks: new Map(), seed: 1, latency: 'none' });
  s3 = practice.stage.aws(S3Client);
});

const make = async (ObjectOwnership: 'BucketOwnerEnforced' | 'ObjectWriter') => {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, ObjectOwnership, CreateBucketConfiguration }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
};

const anybodyReads = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` };
const partner = {
  Effect: 'Allow',
  Principal: { AWS: ['arn:aws:iam::444455556666:role/reader', 'arn:aws:iam::111122223333:role/own'] },
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${Bucket}/*`,
};
const putPolicy = (...Statement: object[]) =>
  s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));

const targetIn = (account: string, id = Bucket): Target => ({
  type: 'AWS::S3::Bucket',
  id,
  detail: {},
  partition: 'aws',
  account,
  region: 'eu-central-1',
});

const look = (target: Target) =>
  playbook.observe(target, practice.engine('observe').aws(target, 'fb-000000000000', 'read'), {});

const proposal = async (): Promise<Proposal> => {
  const target = targetIn('111122223333');
  const seen = await look(target);
  if (seen === gone || isRefusal(seen)) throw new Error('nothing seen');
  const circumstances = { incident: 'fb-000000000000', plannedAt: '2026-11-02T03:04:05Z', options: {}, target };
  return playbook.propose(seen, circumstances) as Proposal;
};

const ruleNow = async () => (await proposal()).changes[0]?.release;
const residualNow = async () => (await proposal()).residual.join('\n');
const contain = () => publicAccessBlock.write(practice.stage.aws, Bucket, everythingBlocked);

describe('a release leaves the block', () => {
  it('while the policy is public, and not any longer', async () => {
    await make('BucketOwnerEnforced');
    await putPolicy(anybodyReads);
    expect(await ruleNow()).toBe('keep');
    await contain();
    expect(await ruleNow()).toBe('keep');
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await ruleNow()).toBe('restore');
  });

  it('while the ACL may be public: once public ACLs are ignored, only switching ACLs off shows that it is not', async () => {
    await make('ObjectWriter');
    expect(await ruleNow()).toBe('restore');
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }));
    expect(await ruleNow()).toBe('keep');
    await contain();
    expect(await ruleNow()).toBe('keep');
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
    expect(await ruleNow()).toBe('keep');
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    expect(await ruleNow()).toBe('restore');
  });

  it('not where the account’s own block holds the bucket closed without it', async () => {
    await make('BucketOwnerEnforced');
    await putPolicy(anybodyReads);
    const block = { AccountId: '111122223333', PublicAccessBlockConfiguration: everything };
    await practice.stage.aws(S3ControlClient).send(new PutAccountBlockCommand(block));
    expect(await ruleNow()).toBe('restore');
  });

  it.each(['GetBucketPolicyStatus', 'GetBucketAcl', 'GetBucketOwnershipControls'])(
    'while %s is not answered: what can’t be known counts as public',
    async (refused) => {
      await make('ObjectWriter');
      await putPolicy(partner);
      expect(await ruleNow()).toBe('restore');
      if (refused === 'GetBucketOwnershipControls') await contain();
      practice.world.inject(({ command }) => (command === refused ? 'denied' : undefined));
      expect(await ruleNow()).toBe('keep');
    },
  );

  it('not for a policy that lets only a known account in', async () => {
    await make('BucketOwnerEnforced');
    await putPolicy(partner);
    expect(await ruleNow()).toBe('restore');
  });
});

describe('what people are told', () => {
  it('names the other accounts that a public policy lets in no more, and only those', async () => {
    await make('BucketOwnerEnforced');
    await putPolicy(partner);
    expect(await residualNow()).not.toContain('444455556666');
    await putPolicy(partner, anybodyReads);
    expect(await residualNow()).toContain('arn:aws:iam::444455556666:role/reader');
    expect(await residualNow()).not.toContain('role/own');
  });

  it('says when the bucket is not public as it stands, and blocks it all the same', async () => {
    await make('BucketOwnerEnforced');
    expect(await residualNow()).toContain('not public as it stands');
    expect((await proposal()).changes.map(({ to }) => to)).toEqual([everythingBlocked]);
    await putPolicy(anybodyReads);
    expect(await residualNow()).not.toContain('not public as it stands');
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: everything }));
    expect(await residualNow()).toContain('not public as it stands');
    expect(await residualNow()).toContain('blocked before');
  });

  it('names every read that was refused; none of them keeps the bucket open', async () => {
    await make('BucketOwnerEnforced');
    const reads = /^(Get(Bucket|Public|Access)|List)/;
    practice.world.inject(({ command }) => (reads.test(command) ? 'denied' : undefined));
    const { changes, residual } = await proposal();
    expect(changes).toHaveLength(1);
    const gaps = residual.find((text) => text.startsWith('Not in the evidence'));
    for (const gap of ['block', 'policy', 'grants', 'website', 'accessPoints']) expect(gaps).toContain(`${gap} (`);
  });
});

describe('a bucket', () => {
  it('that is not there is gone', async () => {
    expect(await look(targetIn('111122223333', 'no-such-bucket'))).toBe(gone);
  });

  it('of another account is refused in words', async () => {
    await make('BucketOwnerEnforced');
    expect(await look(targetIn('444455556666'))).toEqual({ refused: expect.stringMatching(/another account/) });
  });

  it('whose policy denies everything to everybody is refused in words that tell the way out', async () => {
    await make('BucketOwnerEnforced');
    const resources = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`];
    await putPolicy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: resources });
    expect(await look(targetIn('111122223333'))).toEqual({ refused: expect.stringMatching(/S3UnlockBucketPolicy/) });
  });

  it('whose listing is denied is contained all the same', async () => {
    await make('BucketOwnerEnforced');
    const listing = { Effect: 'Deny', Principal: '*', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${Bucket}` };
    await putPolicy(listing);
    expect((await proposal()).changes).toHaveLength(1);
  });
});
