// Changing one record of the ledger, whoever else changes it. The write is conditional, so what it builds upon may be what this process
// knows already: it need not be asked for once more.
import type { Json } from '../../playbooks/language/json.ts';
import { type Collection, type Ledger, type LedgerRecord, type Pause, persist } from './ledger.ts';

interface Tools {
  readonly ledger: Ledger;
  readonly pause: Pause;
}

type Found = LedgerRecord | undefined;

/** Where a record stands. */
export type Place = readonly [collection: Collection, key: string];

/** What is to stand in a record, and what that is answered with. Without `value` it stays as it is. */
export type Change<T> = { readonly answer: T; readonly value?: Json };

/** Of each ledger what this process read or wrote last. It may be outdated: nothing may be taken from it that a conditional write does not prove. */
const known = new WeakMap<Ledger, Map<string, Promise<Found>>>();
/** A warm function sees many incidents pass by. */
const knownMost = 200;

const keep = (ledger: Ledger, [collection, key]: Place, found: Promise<Found>): void => {
  const records = known.get(ledger) ?? new Map<string, Promise<Found>>();
  known.set(ledger, records);
  const name = `${collection}/${key}`;
  // The last one kept is the last one forgotten.
  records.delete(name);
  records.set(name, found);
  const [oldest = ''] = records.size > knownMost ? records.keys() : [];
  records.delete(oldest);
};

const takeKnown = (ledger: Ledger, [collection, key]: Place): Promise<Found> | undefined => {
  const records = known.get(ledger);
  const found = records?.get(`${collection}/${key}`);
  records?.delete(`${collection}/${key}`);
  return found;
};

/** The record as it stands now; whoever changes it next in this process begins with it. @throws when the ledger can't be read. */
export const readRecord = async (ledger: Ledger, place: Place): Promise<Found> => {
  const found = await ledger.read(...place);
  keep(ledger, place, Promise.resolve(found));
  return found;
};

/** Begins to read what will be changed soon, side by side with other work. Where it can't be read, whoever changes it reads it himself. */
export const foreread = (ledger: Ledger, place: Place): void => {
  const reading = ledger.read(...place);
  reading.catch(() => undefined);
  keep(ledger, place, reading);
};

/** What was begun to be read, or what stands now. For whoever only wants to know where to begin. */
export const readForeknown = (ledger: Ledger, place: Place): Promise<Found> =>
  takeKnown(ledger, place) ?? ledger.read(...place);

/**
 * Changes the record as `change` says, which may be asked several times. What it answers is true of the record as it stood when it was
 * written, or was read after this was called.
 * @throws when the ledger can't be read or written, or when others kept changing it.
 */
export const changeRecord = async <T>(
  { ledger, pause }: Tools,
  what: string,
  place: Place,
  change: (found: Found) => Change<T>,
): Promise<T> => {
  const write = async (found: Found, value: Json): Promise<boolean> => {
    const version = found?.version ?? 0;
    const written = await ledger.write(...place, value, version);
    // As the ledger will answer it: JSON, whatever was handed in.
    const record = { key: place[1], value: JSON.parse(JSON.stringify(value)) as Json, version: version + 1 };
    if (written) keep(ledger, place, Promise.resolve(record));
    return written;
  };
  const fromKnown = async (): Promise<{ readonly answer: T } | undefined> => {
    const reading = takeKnown(ledger, place);
    if (!reading) return undefined;
    let changed: Change<T>;
    let found: Found;
    try {
      found = await reading;
      changed = change(found);
    } catch {
      // It is read afresh, and then the same says more.
      return undefined;
    }
    const { answer, value } = changed;
    return value !== undefined && (await write(found, value)) ? { answer } : undefined;
  };
  const { answer } = await persist(what, pause, async (): Promise<{ readonly answer: T } | undefined> => {
    const begun = await fromKnown();
    if (begun) return begun;
    const found = await ledger.read(...place);
    const changed = change(found);
    if (changed.value !== undefined && !(await write(found, changed.value))) return undefined;
    if (changed.value === undefined) keep(ledger, place, Promise.resolve(found));
    return { answer: changed.answer };
  });
  return answer;
};
