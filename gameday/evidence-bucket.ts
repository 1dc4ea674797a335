// Where the practice ground keeps originals beside the ledger: in memory, or in a bucket of the responder's account.
import { s3Originals } from '../functions/adapters/s3-originals.ts';
import type { Engine } from '../functions/engine/engine.ts';
import type { Original, Originals } from '../functions/engine/originals.ts';
import type { Place } from '../playbooks/language/resource.ts';
import { s3Buckets } from './account/s3-buckets.ts';
import { s3Slice } from './account/s3-slice.ts';
import type { State } from './account/state.ts';
import type { World } from './account/world.ts';
import { memoryOriginals } from './memory-originals.ts';

/** `kept` makes no call to AWS; `stored` goes into a bucket, where each call can meet a fault. */
export type OriginalsBy = 'kept' | 'stored';

/** Apart from the accounts in which resources are. */
export const evidencePlace: Place = { partition: 'aws', account: '999988887777', region: 'eu-central-1' };
export const evidenceBucket = 'firebreak-evidence-practice';

/** Made before anything happens, so no process has made it and no call is counted. */
const makeBucket = (world: World): void => {
  const { account, region } = evidencePlace;
  if (s3Slice(world.state, account).buckets[evidenceBucket]) return;
  const LocationConstraint = 'eu-central-1' as const;
  s3Buckets.CreateBucket(
    { Bucket: evidenceBucket, CreateBucketConfiguration: { LocationConstraint } },
    world.requestAt({ account, region }),
  );
};

/** What was stored, by name: each says of which hold's version and of what value it is. */
export const storedIn = (state: State): readonly string[] =>
  Object.keys(s3Slice(state, evidencePlace.account).buckets[evidenceBucket]?.objects ?? {}).toSorted();

export interface EvidenceBucket {
  /** As one process has it. */
  originals(aws: Engine['aws']): Originals;
  /** What is in memory; a bucket is part of the account. */
  readonly inMemory: readonly Original[];
}

/** It begins with these. */
export const createEvidenceBucket = (
  world: World,
  by: OriginalsBy,
  before: readonly Original[] = [],
): EvidenceBucket => {
  const inMemory = [...before];
  if (by === 'stored') makeBucket(world);
  return {
    inMemory,
    originals: (aws) =>
      by === 'stored'
        ? s3Originals(aws(evidencePlace, 'originals', 'write'), evidenceBucket)
        : memoryOriginals(inMemory),
  };
};
