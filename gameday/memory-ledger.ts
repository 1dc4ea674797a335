// The ledger in memory, for drills and tests.

import type { Collection, Ledger, LedgerRecord } from '../functions/engine/ledger.ts';
import type { Json } from '../playbooks/language/json.ts';

/** What it holds, by place. What is set is never changed in place, so it can be handed on. */
export type Records = Map<string, LedgerRecord>;

const copy = <T>(value: T): T => structuredClone(value);

/** Values are copied on the way in and out, as a database would. It begins with these records, and keeps them up to date. */
export const memoryLedger = (records: Records = new Map()): Ledger => {
  const at = (collection: Collection, key: string) => `${collection}\n${key}`;
  return {
    read: async (collection, key) => {
      const found = records.get(at(collection, key));
      return found && copy(found);
    },
    write: async (collection, key, value: Json, expectedVersion) => {
      const found = records.get(at(collection, key));
      if ((found?.version ?? 0) !== expectedVersion) return false;
      records.set(at(collection, key), copy({ key, value, version: expectedVersion + 1 }));
      return true;
    },
    list: async (collection, prefix) =>
      [...records.entries()]
        .filter(([name]) => name.startsWith(at(collection, prefix)))
        .map(([, found]) => copy(found))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  };
};
