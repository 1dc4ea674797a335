// The public access block, on the account in memory, and how buckets are named and found.
import { CreateBucketCommand, GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { locate } from '../../playbooks/block-public-bucket/locate.ts';
import { type Aws, gone } from '../../playbooks/language/aws.ts';
import { bucket as kind } from '../../playbooks/resources/s3.ts';
import { everythingBlocked, publicAccessBlock } from '../../playbooks/settings/s3.ts';

let practice: Practice;
let aws: Aws;

const make = (Bucket: string) =>
  aws(S3Client).send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
  );

const inAccount = (account: string, region = 'eu-central-1'): Aws =>
  practice.engine('other').aws({ partition: 'aws', account, region }, 'fb-000000000000', 'write');

beforeEach(async () => {
  practice = createPractice({ playbooks: new Map(), seed: 1, latency: 'none' });
  aws = practice.stage.aws;
  await make('invoices');
});

const block = fc.record({
  blockPublicAcls: fc.boolean(),
  ignorePublicAcls: fc.boolean(),
  blockPublicPolicy: fc.boolean(),
  restrictPublicBuckets: fc.boolean(),
});

describe('public-access-block', () => {
  it('reads what it wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(block, fc.constant('none' as const)), async (value) => {
        await publicAccessBlock.write(aws, 'invoices', value);
        expect(await publicAccessBlock.read(aws, 'invoices')).toEqual(value);
      }),
      { numRuns: 50 },
    );
  });

  it('tells "none" from four flags off: the one is no configuration at all', async () => {
    await publicAccessBlock.write(aws, 'invoices', 'none');
    await expect(aws(S3Client).send(new GetPublicAccessBlockCommand({ Bucket: 'invoices' }))).rejects.toThrow();
  });

  it('never touches a bucket of another account, and is gone where there is no bucket', async () => {
    const stranger = inAccount('444455556666');
    await expect(publicAccessBlock.read(stranger, 'invoices')).rejects.toThrow(/denied/i);
    await expect(publicAccessBlock.write(stranger, 'invoices', 'none')).rejects.toThrow(/denied/i);
    expect(await publicAccessBlock.read(aws, 'no-such-bucket')).toBe(gone);
  });

  it('combines holders to the strictest of each flag', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1 }), (values) => {
        const combined = publicAccessBlock.combine?.([...values, 'none']);
        for (const flag of Object.keys(everythingBlocked) as (keyof typeof everythingBlocked)[])
          expect((combined as typeof everythingBlocked)[flag]).toBe(values.some((value) => value[flag]));
      }),
    );
    expect(publicAccessBlock.combine?.(['none', 'none'])).toBe('none');
  });

  it('reads as a sentence does', () => {
    expect(publicAccessBlock.say(everythingBlocked)).toBe('all four flags');
    expect(publicAccessBlock.say({ ...everythingBlocked, blockPublicAcls: false, ignorePublicAcls: false })).toBe(
      'blockPublicPolicy, restrictPublicBuckets',
    );
    expect(publicAccessBlock.say('none')).toBe('none');
  });
});

describe('a bucket', () => {
  it.each(['abc', 'example-invoices', 'a.b.c', '0-9', 'x'.repeat(63)])('is named by %s', (name) => {
    expect(kind.parse(name)).toEqual({ id: name });
    expect(kind.parse(`arn:aws-cn:s3:::${name}`)).toEqual({ id: name, partition: 'aws-cn' });
  });

  it.each([
    'ab',
    'x'.repeat(64),
    'Invoices',
    'in_voices',
    '-invoices',
    'invoices-',
    'in..voices',
    '192.168.5.4',
    'xn--invoices',
    'sthree-invoices',
    'amzn-s3-demo-bucket',
    'door-abc123-s3alias',
    'door--ol-s3',
    'door.mrap',
    'logs--use1-az4--x-s3',
    'orders--table-s3',
    'arn:aws:s3:::invoices/2026.pdf',
    'arn:aws:s3:eu-central-1:111122223333:accesspoint/door',
    'arn:aws:sqs:::invoices',
    '*',
  ])('is not named by %s', (text) => {
    expect(kind.parse(text)).toBeUndefined();
  });

  it('is found in its Region from anywhere, also by those who may not read it', async () => {
    expect(await locate(inAccount(aws.account, 'us-east-1'), 'invoices')).toBe('eu-central-1');
    expect(await locate(inAccount('444455556666', 'us-east-1'), 'invoices')).toBe('eu-central-1');
    expect(await locate(aws, 'no-such-bucket')).toBe(gone);
  });
});
