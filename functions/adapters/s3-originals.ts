// Originals in the evidence bucket, which is versioned and locked: what is there can be added to, and neither changed nor taken away.
import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Aws } from '../../playbooks/language/aws.ts';
import { canonical, type Json } from '../../playbooks/language/json.ts';
import type { Kept, Original, Originals } from '../engine/originals.ts';

/** All keys begin so: what the functions may write in the bucket. */
export const originalsPrefix = 'originals/';

/** Containment waits for it, whatever becomes of it and however often it is tried. */
const patienceMilliseconds = 3000;

const digestOf = (value: Json): string => createHash('sha256').update(canonical(value)).digest('hex');

/** Ids can be long, and their slashes would let one hold's name begin as another's does. */
const folderOf = (hold: string): string => `${originalsPrefix}${digestOf(hold)}/`;

/** So long that versions sort as numbers do. */
const digits = 12;
/** Of a setting that was held so often only the latest are read: these sort last. */
const readMax = 50;

/** A version's originals have names of their own by what they say, so that no other one can take their place. */
const keyOf = ({ hold, version, original, from }: Original): string =>
  `${folderOf(hold)}${String(version).padStart(digits, '0')}/${from}-${digestOf(original)}.json`;

type Version = { readonly key: string; readonly id: string };

const listFrom = (client: S3Client, bucket: string, prefix: string, page: Partial<ListObjectVersionsCommandOutput>) =>
  client.send(
    new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: prefix,
      ...(page.NextKeyMarker && { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }),
    }),
  );

/** The oldest version of each key, also of what is hidden by a delete marker. S3 names the newer ones first. */
const oldestIn = async (client: S3Client, bucket: string, folder: string): Promise<readonly Version[]> => {
  const oldest = new Map<string, string>();
  let page: Partial<ListObjectVersionsCommandOutput> = {};
  do {
    page = await listFrom(client, bucket, folder, page);
    for (const { Key: key, VersionId: id } of page.Versions ?? []) if (key && id) oldest.set(key, id);
  } while (page.IsTruncated);
  return [...oldest].map(([key, id]) => ({ key, id }));
};

/** Whoever else can write into the bucket can't pass for us: a name says what has to stand there. */
const originalIn = (text: string, key: string): Original | undefined => {
  try {
    const original = JSON.parse(text) as Original;
    return keyOf(original) === key ? original : undefined;
  } catch {
    return undefined;
  }
};

const read = async (client: S3Client, bucket: string, { key, id }: Version): Promise<Kept> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: id }));
  const where = `s3://${bucket}/${key}, version ${id}`;
  const original = originalIn((await Body?.transformToString()) ?? '', key);
  if (original) return { ...original, where };
  throw new Error(
    `${where} says something else than its name does: somebody else wrote it. Look at it in the console.`,
  );
};

/**
 * Originals in this bucket. S3 wants a checksum with what it is to lock, and the SDK sends one:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
 */
export const s3Originals = (aws: Aws, bucket: string): Originals => ({
  keep: async (original) => {
    const abortSignal = AbortSignal.timeout(patienceMilliseconds);
    const Body = JSON.stringify(original);
    const put = new PutObjectCommand({ Bucket: bucket, Key: keyOf(original), Body, ContentType: 'application/json' });
    await aws(S3Client).send(put, { abortSignal });
  },
  kept: async (hold) => {
    const client = aws(S3Client);
    const all = await oldestIn(client, bucket, folderOf(hold));
    return Promise.all(all.slice(-readMax).map((one) => read(client, bucket, one)));
  },
});
