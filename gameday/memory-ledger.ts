// The ledger in memory, for drills and tests.

import type { Collection, Ledger, LedgerRecord } from '../functions/engine/ledger.ts';
import type { Json } from '../playbooks/language/json.ts';
import { copyOf } from './account/state.ts';

/** What it holds, by place. What is set is never changed in place, so it can be handed on. */
export type Records = Map<string, LedgerRecord>;

/** Where the first of these names stands that is not before it. */
const placeOf = (sorted: readonly string[], name: string): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** As a database, it keeps values and not objects: what is written is copied, and nobody can change what was read. */
const kept = ({ key, value, version }: LedgerRecord): LedgerRecord => frozen({ key, value: copyOf(value), version });

const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
};

/** It begins with these records, and keeps them up to date. */
export const memoryLedger = (records: Records = new Map()): Ledger => {
  const at = (collection: Collection, key: string) => `${collection}\n${key}`;
  const names = [...records.keys()].toSorted();
  return {
    read: async (collection, key) => records.get(at(collection, key)),
    write: async (collection, key, value: Json, expectedVersion) => {
      const found = records.get(at(collection, key));
      if ((found?.version ?? 0) !== expectedVersion) return false;
      if (!found) names.splice(placeOf(names, at(collection, key)), 0, at(collection, key));
      records.set(at(collection, key), kept({ key, value, version: expectedVersion + 1 }));
      return true;
    },
    list: async (collection, prefix) => {
      const begin = at(collection, prefix);
      const listed: LedgerRecord[] = [];
      for (let index = placeOf(names, begin); names[index]?.startsWith(begin); index++) {
        const found = records.get(names[index] ?? '');
        if (found) listed.push(found);
      }
      return listed;
    },
  };
};
