// The ledger in memory, for drills and tests.

import type { Collection, Ledger, LedgerRecord } from '../functions/engine/ledger.ts';
import type { Json } from '../playbooks/language/json.ts';

/** Values are copied on the way in and out, as a database would. */
export const memoryLedger = (): Ledger => {
  const records = new Map<string, LedgerRecord>();
  const at = (collection: Collection, key: string) => `${collection}\n${key}`;
  const copy = (record: LedgerRecord): LedgerRecord => structuredClone(record);
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
