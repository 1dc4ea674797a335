// The head of each incident's journal, kept outside the ledger as well: who alters the ledger's chain as a whole is found out by it.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { JournalBlock } from '../engine/journal.ts';
import type { Ledger } from '../engine/ledger.ts';

type Head = { readonly incident: string; readonly sequence: number; readonly hash: string };

/** The ledger, noting each journal block's hash in a file beside it. */
export const withHeads = <L extends Ledger>(ledger: L, file: string): L => ({
  ...ledger,
  write: async (collection, key, value, version) => {
    const written = await ledger.write(collection, key, value, version);
    if (written && collection === 'journal') {
      const { sequence, hash } = value as JournalBlock;
      const head: Head = { incident: key.split('/')[0] ?? '', sequence, hash };
      appendFileSync(file, `${JSON.stringify(head)}\n`, { mode: 0o600 });
    }
    return written;
  },
});

/** What the noted heads say against a journal; nothing when they agree, or when there are none. */
export const disagreement = (file: string, incident: string, blocks: readonly JournalBlock[]): string | undefined => {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  for (const line of lines) {
    const head = JSON.parse(line) as Head;
    if (head.incident !== incident || blocks[head.sequence - 1]?.hash === head.hash) continue;
    return `block ${head.sequence} is not the one that was noted in ${file} when it was written`;
  }
  return undefined;
};
