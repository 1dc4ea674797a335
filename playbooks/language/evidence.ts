// Evidence: what is kept of a resource as it was. Taking it never changes a setting and never delays containment.
import type { Aws } from './aws.ts';
import type { Json } from './json.ts';
import type { Statement } from './statement.ts';

/** Whom a piece of evidence belongs to; written on what is made (tags), so that a retry finds it again. */
export interface Provenance {
  readonly incident: string;
  readonly case: string;
  readonly playbook: string;
  readonly finding: string;
  readonly requestedAt: string;
}

/**
 * What has become of the request. `partial` and `failed` are final, as `complete` is; a surplus or a gap stands in `note`.
 * `manifest` is the record that proves what was taken: ids, times, sizes, or the document itself.
 */
export type Taken = {
  readonly reference: string;
  readonly state: 'pending' | 'complete' | 'partial' | 'failed';
  readonly note: string;
  readonly manifest: Json;
};

export interface Evidence<Detail extends Json> {
  readonly name: `${string}/${string}`;
  readonly permissions: readonly Statement[];
  /** A request younger than this serves another incident of the same case as well. */
  readonly reuseSeconds: number;
  /** Asks AWS to take it and returns at once. Called again after a crash: it must find what it made before. */
  request(aws: Aws, subject: string, detail: Detail, provenance: Provenance): Promise<Taken>;
  /** A fresh look at what was pending. */
  review?(aws: Aws, taken: Taken, provenance: Provenance): Promise<Taken>;
}

export const evidence = <Detail extends Json>(definition: Evidence<Detail>): Evidence<Detail> => definition;

/** What `observe` saw, kept word for word: no further call, so it is on record before the first write. */
export const recorded = (name: `${string}/${string}`): Evidence<Json> => ({
  name,
  permissions: [],
  reuseSeconds: 0,
  request: async (_aws, subject, detail) => ({ reference: subject, state: 'complete', note: '', manifest: detail }),
});

export type AnyEvidence = Evidence<Json>;
