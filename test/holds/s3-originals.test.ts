// Originals in a bucket that keeps versions: whatever is added there later, what was there first counts.
import { describe, expect, it } from 'vitest';
import { originalsPrefix, s3Originals } from '../../functions/adapters/s3-originals.ts';
import type { Original } from '../../functions/engine/originals.ts';
import type { Aws } from '../../playbooks/language/aws.ts';

type Input = { readonly Key?: string; readonly Body?: string; readonly Prefix?: string; readonly VersionId?: string };
type Version = { readonly key: string; readonly id: string; readonly body: string };

/** S3 as far as it matters here: the newest version of a key comes first, a page takes two, and a delete marker is none of the versions. */
const bucket = () => {
  const versions: Version[] = [];
  const sorted = (prefix: string) =>
    versions
      .toReversed()
      .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .filter(({ key }) => key.startsWith(prefix));
  const put = (key: string, body: string) => versions.push({ key, body, id: `v${versions.length}` });
  const answers: Record<string, (input: Input & { readonly VersionIdMarker?: string }) => object> = {
    PutObjectCommand: ({ Key: key = '', Body: body = '' }) => ({ VersionId: `${put(key, body)}` }),
    ListObjectVersionsCommand: ({ Prefix: prefix = '', VersionIdMarker: marker }) => {
      const all = sorted(prefix);
      const from = all.findIndex(({ id }) => id === marker) + 1;
      const last = all[from + 1];
      return {
        Versions: all.slice(from, from + 2).map(({ key, id }) => ({ Key: key, VersionId: id })),
        DeleteMarkers: [{ Key: 'whatever', VersionId: 'marker', IsLatest: true }],
        IsTruncated: all.length > from + 2,
        ...(last && { NextKeyMarker: last.key, NextVersionIdMarker: last.id }),
      };
    },
    GetObjectCommand: ({ Key, VersionId }) => {
      const found = versions.find(({ key, id }) => key === Key && id === VersionId);
      return { Body: { transformToString: async () => found?.body ?? '' } };
    },
  };
  const client = {
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) =>
      answers[command.constructor.name]?.(command.input) ?? {},
  };
  return { versions, put, originals: s3Originals((() => client) as unknown as Aws, 'firebreak-evidence') };
};

const hold = '111122223333/eu-west-1/test/groups/eni-1';
const one = (more: Partial<Original> = {}): Original => ({
  hold,
  version: 1,
  setting: 'test/groups',
  settingVersion: 3,
  id: 'eni-1',
  original: ['sg-web'],
  from: 'aws',
  incident: 'fb-0123456789ab',
  at: '2026-11-23T03:00:00.000Z',
  ...more,
});

describe('originals in a bucket', () => {
  it('are found again, with where they are', async () => {
    const { originals, versions } = bucket();
    const all = [one(), one({ version: 2 }), one({ version: 10, from: 'before' })];
    for (const original of all) await originals.keep(original);
    expect(await originals.kept(hold)).toMatchObject(all);
    expect(versions.every(({ key }) => key.startsWith(originalsPrefix))).toBe(true);
    const [first] = await originals.kept(hold);
    expect(first?.where).toBe(`s3://firebreak-evidence/${versions[0]?.key}, version v0`);
  });

  it('of a hold whose name begins as another’s does are not its', async () => {
    const { originals } = bucket();
    await originals.keep(one({ hold: `${hold}/000000000009/aws-1`, id: 'eni-1/000000000009/aws-1' }));
    expect(await originals.kept(hold)).toEqual([]);
  });

  it('are what was there first, whatever was put over it', async () => {
    const { originals, versions, put } = bucket();
    await originals.keep(one());
    await originals.keep(one());
    const [key = ''] = versions.map((version) => version.key);
    put(key, JSON.stringify(one({ original: ['sg-evil'] })));
    put(key, '');
    expect(await originals.kept(hold)).toMatchObject([{ original: ['sg-web'] }]);
  });

  it.each([
    ['says something else than its name', JSON.stringify(one({ original: ['sg-evil'] }))],
    ['is of another hold', JSON.stringify(one({ hold: 'another' }))],
    ['is nothing that can be read', '<html>'],
  ])('one that %s is no witness, and that is said', async (_, body) => {
    const { originals, versions, put } = bucket();
    await originals.keep(one());
    const [key = ''] = versions.splice(0).map((version) => version.key);
    put(key, body);
    await expect(originals.kept(hold)).rejects.toThrow(
      `s3://firebreak-evidence/${key}, version v0 says something else than its name does`,
    );
  });
});
