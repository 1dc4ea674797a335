// The journal: who did what, from what to what, when, with which result. Append-only, one hash chain an incident.
import { createHash } from 'node:crypto';
import { canonical, type Json } from '../../playbooks/language/json.ts';
import type { Engine } from './engine.ts';
import { type LedgerRecord, persist } from './ledger.ts';

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

export const readJournal = async (ledger: Engine['ledger'], incident: string): Promise<readonly JournalBlock[]> =>
  blocksOf(await ledger.list('journal', `${incident}/`));

/** Writes down what happened, once: an entry whose step, subject and attempt are there already is not written again. */
export const append = async (engine: Engine, incident: string, drafts: readonly JournalDraft[]): Promise<void> => {
  if (drafts.length === 0) return;
  const at = engine.now().toISOString();
  const entries = drafts.map(
    (draft): JournalEntry => ({ subject: '', from: null, to: null, requests: [], ...draft, at, by: engine.actor }),
  );
  await persist(`Writing the journal of ${incident}`, engine.pause, async () => {
    const blocks = await readJournal(engine.ledger, incident);
    const known = new Set(blocks.flatMap((block) => block.entries.map(naturalKey)));
    const fresh = entries.filter((entry) => !known.has(naturalKey(entry)));
    if (fresh.length === 0) return true;
    const sequence = blocks.length + 1;
    const previous = blocks.at(-1)?.hash ?? beginning;
    const block: JournalBlock = { sequence, entries: fresh, previous, hash: hashOf(sequence, fresh, previous) };
    return (await engine.ledger.write('journal', keyOf(incident, sequence), block, 0)) || undefined;
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
