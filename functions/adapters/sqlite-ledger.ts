// The ledger in a local SQLite file: what the command line uses when nothing is deployed.
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Json } from '../../playbooks/language/json.ts';
import type { Collection, Ledger, LedgerRecord } from '../engine/ledger.ts';

type Row = { key: string; value: string; version: number };

const record = ({ key, value, version }: Row): LedgerRecord => ({ key, value: JSON.parse(value) as Json, version });

/** A failed write answers false instead of throwing, so a second process that is faster is no error. */
const busyTimeoutMilliseconds = 10_000;

/**
 * Opens the ledger, making the file where there is none; `:memory:` keeps nothing. Every write is on disk before it is answered.
 * @throws when the file can't be opened or is not a ledger.
 */
export const sqliteLedger = (file: string): Ledger & { close(): void } => {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file, { timeout: busyTimeoutMilliseconds });
  // Plans and originals say much about an account: nobody else on this machine needs to read them.
  if (file !== ':memory:') chmodSync(file, 0o600);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS records (
      collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
      PRIMARY KEY (collection, key)
    ) WITHOUT ROWID`);
  const read = database.prepare('SELECT key, value, version FROM records WHERE collection = ? AND key = ?');
  const insert = database.prepare(
    'INSERT INTO records (collection, key, value, version) VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE records SET value = ?, version = version + 1 WHERE collection = ? AND key = ? AND version = ?',
  );
  const list = database.prepare(
    'SELECT key, value, version FROM records WHERE collection = ? AND substr(key, 1, length(?)) = ? ORDER BY key',
  );
  return {
    read: async (collection: Collection, key: string) => {
      const row = read.get(collection, key) as Row | undefined;
      return row && record(row);
    },
    write: async (collection, key, value, expectedVersion) => {
      const text = JSON.stringify(value);
      const { changes } =
        expectedVersion === 0 ? insert.run(collection, key, text) : update.run(text, collection, key, expectedVersion);
      return changes === 1;
    },
    list: async (collection, prefix) => (list.all(collection, prefix, prefix) as Row[]).map(record),
    close: () => database.close(),
  };
};
