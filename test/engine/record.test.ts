// A record is changed by what this process knows of it, as far as the ledger proves that nobody else has changed it since.
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../functions/engine/ledger.ts';
import { changeRecord, foreread, readForeknown, readRecord } from '../../functions/engine/record.ts';
import { memoryLedger } from '../../gameday/memory-ledger.ts';

const place = ['budgets', 'a'] as const;
const pause = async (): Promise<void> => undefined;

/** One store, as two processes see it; what the first asks is counted. */
const ground = () => {
  const store = memoryLedger();
  const asked: string[] = [];
  const ours: { -readonly [name in keyof Ledger]: Ledger[name] } = {
    read: (...where) => {
      asked.push('read');
      return store.read(...where);
    },
    write: (...what) => {
      asked.push('write');
      return store.write(...what);
    },
    list: (...where) => store.list(...where),
  };
  const add = (ledger: Ledger, by = 1): Promise<number> =>
    changeRecord({ ledger, pause }, 'Counting', place, (found) => {
      const value = ((found?.value ?? 0) as number) + by;
      return { answer: value, value };
    });
  return { store, ours, asked, add };
};

describe('changing a record', () => {
  it('reads it once, and then builds upon what it wrote', async () => {
    const { ours, asked, add } = ground();
    expect([await add(ours), await add(ours), await add(ours)]).toEqual([1, 2, 3]);
    expect(asked).toEqual(['read', 'write', 'write', 'write']);
  });

  it('builds upon what others wrote meanwhile, never upon what it knew', async () => {
    const { store, ours, asked, add } = ground();
    await add(ours);
    await add(store, 10);
    expect(await add(ours)).toBe(12);
    expect(asked).toEqual(['read', 'write', 'write', 'read', 'write']);
  });

  it('leaves it as it is only after a fresh look', async () => {
    const { store, ours, add } = ground();
    await add(ours);
    await add(store, 10);
    const seen = await changeRecord({ ledger: ours, pause }, 'Looking', place, (found) => ({ answer: found?.value }));
    expect(seen).toBe(11);
  });

  it('says only of a fresh look that something is missing', async () => {
    const { store, ours, add } = ground();
    foreread(ours, place);
    await readForeknown(ours, place);
    foreread(ours, place);
    await Promise.resolve();
    await add(store, 5);
    const value = await changeRecord({ ledger: ours, pause }, 'Looking', place, (found) => {
      if (!found) throw new Error('missing');
      return { answer: found.value };
    });
    expect(value).toBe(5);
  });

  it('begins with what was read ahead, and reads for itself where that failed', async () => {
    const { ours, asked, add } = ground();
    foreread(ours, place);
    await add(ours);
    expect(asked).toEqual(['read', 'write']);
    const { read } = ours;
    ours.read = async () => {
      throw new Error('no answer');
    };
    foreread(ours, place);
    ours.read = read;
    expect(await add(ours)).toBe(2);
  });

  it('hands out what the ledger would, not what was handed in', async () => {
    const { ours } = ground();
    const value = { kept: 1, left: undefined } as unknown as { kept: number };
    await changeRecord({ ledger: ours, pause }, 'Writing', place, () => ({ answer: null, value }));
    const known = await readForeknown(ours, place);
    expect(Object.keys(known?.value as object)).toEqual(['kept']);
  });

  it('knows nothing of a write that gave no answer', async () => {
    const { store, ours, add } = ground();
    await readRecord(ours, place);
    const { write } = ours;
    ours.write = async (...what) => {
      await store.write(...what);
      throw new Error('no answer');
    };
    await expect(add(ours)).rejects.toThrow('no answer');
    ours.write = write;
    expect(await add(ours)).toBe(2);
  });
});
