// The journal: who did what, from what to what, when, with which result. Append-only, one hash chain an incident.
import { createHash } from 'node:crypto';
import { canonical, type Json } from '../../playbooks/language/json.ts';
import type { Engine } from './engine.ts';
import { type Ledger, type LedgerRecord, persist } from './ledger.ts';

export type JournalEntry = {
  readonly at: string;
  readonly by: string;
  readonly step: string;
  /** What it was done to: a setting, a kind of evidence, an act; empty for the incident itself. */
  readonly subject: string;
  readonly attempt: number;
  readonly from: Json;
  readonly to: Json;
  readonly requests: readonly string[];
  readonly result: string;
};

/** One append. `hash` covers all of it and the block before. */
export type JournalBlock = {
  readonly sequence: number;
  readonly entries: readonly JournalEntry[];
  readonly previous: string;
  readonly hash: string;
};

export type JournalDraft = Pick<JournalEntry, 'step' | 'attempt' | 'result'> &
  Partial<Pick<JournalEntry, 'subject' | 'from' | 'to' | 'requests'>>;

const beginning = '0'.repeat(64);
const keyOf = (incident: string, sequence: number): string => `${incident}/${String(sequence).padStart(6, '0')}`;
const naturalKey = ({ step, subject, attempt }: JournalEntry): string => canonical([step, subject, attempt]);
const hashOf = (sequence: number, entries: readonly JournalEntry[], previous: string): string =>
  createHash('sha256')
    .update(canonical([sequence, entries, previous]))
    .digest('hex');

const blocksOf = (records: readonly LedgerRecord[]): readonly JournalBlock[] =>
  records.map(({ value }) => value as JournalBlock);

/** Of each ledger the journal that this process read or wrote last. Nothing in it ever changes; the next block is written only where none is. */
const known = new WeakMap<Ledger, { readonly incident: string; readonly blocks: Promise<readonly JournalBlock[]> }>();

const keep = (ledger: Ledger, incident: string, blocks: Promise<readonly JournalBlock[]>): void => {
  known.set(ledger, { incident, blocks });
};

const knownOf = (ledger: Ledger, incident: string): Promise<readonly JournalBlock[]> | undefined => {
  const found = known.get(ledger);
  return found?.incident === incident ? found.blocks : undefined;
};

export const readJournal = async (ledger: Engine['ledger'], incident: string): Promise<readonly JournalBlock[]> =>
  blocksOf(await ledger.list('journal', `${incident}/`));

/** Begins to read a journal that will be written soon, side by side with other work. Where it can't be read, whoever writes reads it himself. */
export const forereadJournal = (ledger: Ledger, incident: string): void => {
  const reading = readJournal(ledger, incident);
  reading.catch(() => undefined);
  keep(ledger, incident, reading);
};

/** Nothing is in it yet, as its incident has been opened just now. */
export const beginJournal = (ledger: Ledger, incident: string): void => keep(ledger, incident, Promise.resolve([]));

/** Writes down what happened, once: an entry whose step, subject and attempt are there already is not written again. */
export const append = async (engine: Engine, incident: string, drafts: readonly JournalDraft[]): Promise<void> => {
  if (drafts.length === 0) return;
  const { ledger } = engine;
  const at = engine.now().toISOString();
  const entries = drafts.map(
    (draft): JournalEntry => ({ subject: '', from: null, to: null, requests: [], ...draft, at, by: engine.actor }),
  );
  await persist(`Writing the journal of ${incident}`, engine.pause, async () => {
    const begun = knownOf(ledger, incident);
    const blocks = await (begun ? begun.catch(() => readJournal(ledger, incident)) : readJournal(ledger, incident));
    const noted = new Set(blocks.flatMap((block) => block.entries.map(naturalKey)));
    const fresh = entries.filter((entry) => !noted.has(naturalKey(entry)));
    if (fresh.length === 0) return true;
    const sequence = blocks.length + 1;
    const previous = blocks.at(-1)?.hash ?? beginning;
    const block: JournalBlock = { sequence, entries: fresh, previous, hash: hashOf(sequence, fresh, previous) };
    known.delete(ledger);
    const written = await ledger.write('journal', keyOf(incident, sequence), block, 0);
    if (written) keep(ledger, incident, Promise.resolve([...blocks, block]));
    return written || undefined;
  });
};

/** Whether the chain is whole: the first block that does not fit, or nothing. */
export const brokenLink = (blocks: readonly JournalBlock[]): string | undefined => {
  let previous = beginning;
  for (const [index, block] of blocks.entries()) {
    const fits =
      block.sequence === index + 1 &&
      block.previous === previous &&
      block.hash === hashOf(block.sequence, block.entries, previous);
    if (!fits) return `block ${index + 1} of ${blocks.length} was altered or removed`;
    previous = block.hash;
  }
  return undefined;
};
