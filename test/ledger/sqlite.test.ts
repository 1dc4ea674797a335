// The ledger in SQLite keeps what every ledger keeps, and what a file adds: it outlives its process, and several share it.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteLedger } from '../../functions/adapters/sqlite-ledger.ts';
import { conformance } from './conformance.ts';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'firebreak-ledger-'));

conformance('The ledger in SQLite', () => {
  const folder = temporary();
  const opened: ReturnType<typeof sqliteLedger>[] = [];
  return {
    open: () => {
      const ledger = sqliteLedger(join(folder, 'ledger.db'));
      opened.push(ledger);
      return ledger;
    },
    remove: () => {
      for (const ledger of opened) ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
});

conformance('The ledger in SQLite that keeps nothing', () => {
  const ledger = sqliteLedger(':memory:');
  return { open: () => ledger, remove: () => ledger.close() };
});

describe('the ledger in a SQLite file', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporary();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is there again after it was closed', async () => {
    const file = join(folder, 'ledger.db');
    const first = sqliteLedger(file);
    await first.write('holds', 'one', { original: ['sg-1'] }, 0);
    await first.write('holds', 'one', { original: ['sg-2'] }, 1);
    first.close();
    const second = sqliteLedger(file);
    expect(await second.read('holds', 'one')).toEqual({ key: 'one', value: { original: ['sg-2'] }, version: 2 });
    expect(await second.write('holds', 'one', null, 2)).toBe(true);
    second.close();
  });

  it('makes its folders, for their owner alone', async () => {
    const ledger = sqliteLedger(join(folder, 'of/mine/ledger.db'));
    expect(statSync(join(folder, 'of/mine')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'of/mine/ledger.db')).isFile()).toBe(true);
    ledger.close();
  });

  it('says so when the file is no ledger', () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'Not a database, but a text that is long enough to be taken for one at first sight.');
    expect(() => sqliteLedger(file)).toThrow('not a database');
  });

  it('can be opened and used by several processes at once', { timeout: 60_000 }, async () => {
    const adapter = new URL('../../functions/adapters/sqlite-ledger.ts', import.meta.url).href;
    // Each thread has its own connection, so these contend for the file as processes do.
    const count = `
      const { workerData } = require('node:worker_threads');
      import(workerData.adapter).then(async ({ sqliteLedger }) => {
        const ledger = sqliteLedger(workerData.file);
        for (let done = 0; done < 25; ) {
          const found = await ledger.read('journal', 'count');
          if (await ledger.write('journal', 'count', (found?.value ?? 0) + 1, found?.version ?? 0)) done++;
        }
        ledger.close();
      });`;
    const file = join(folder, 'shared/ledger.db');
    const ends = Array.from({ length: 4 }, () => {
      const worker = new Worker(count, { eval: true, workerData: { adapter, file } });
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    });
    await Promise.all(ends);
    const ledger = sqliteLedger(file);
    expect(await ledger.read('journal', 'count')).toEqual({ key: 'count', value: 100, version: 100 });
    ledger.close();
  });
});
