// The hashes of each incident's journal, kept outside the ledger as well: who makes up the ledger's chain anew is found out by them.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { JournalBlock } from '../engine/journal.ts';
import type { Ledger } from '../engine/ledger.ts';

type Head = { readonly incident: string; readonly sequence: number; readonly hash: string };

const headsIn = (file: string): readonly Head[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Head)
    : [];

/** The ledger, noting the hash of every block of a journal in a file of its own, and able to say what speaks against a journal. */
export const withHeads = (ledger: Ledger, file: string): Ledger => ({
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
  witness: async (incident, blocks) => {
    const other = headsIn(file).find(
      (head) => head.incident === incident && blocks[head.sequence - 1]?.hash !== head.hash,
    );
    return other && `block ${other.sequence} is not the one that was noted in ${file} when it was written`;
  },
});
