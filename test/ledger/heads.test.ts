// The journal's chain, and the heads outside the ledger: alter one block, or make the whole chain up anew, and it is found out.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withHeads } from '../../functions/adapters/journal-heads.ts';
import type { Engine } from '../../functions/engine/engine.ts';
import { append, brokenLink, type JournalBlock, readJournal } from '../../functions/engine/journal.ts';
import { memoryLedger } from '../../gameday/memory-ledger.ts';

const written = async (results: readonly string[]) => {
  const file = join(mkdtempSync(join(tmpdir(), 'heads-')), 'heads');
  const bare = memoryLedger();
  const ledger = withHeads(bare, file);
  const engine = { ledger, now: () => new Date(0), pause: async () => {}, actor: 'somebody' } as unknown as Engine;
  for (const [attempt, result] of results.entries())
    await append(engine, 'fb-1', [{ step: 'contain', attempt, result }]);
  return { ledger, bare, engine, blocks: await readJournal(ledger, 'fb-1') };
};

describe('the journal', () => {
  it('is whole when nobody touched it', async () => {
    const { ledger, blocks } = await written(['written', 'found done']);
    expect(brokenLink(blocks)).toBeUndefined();
    expect(await ledger.witness?.('fb-1', blocks)).toBeUndefined();
  });

  it('writes an entry once, however often it is told', async () => {
    const { engine, ledger } = await written(['written']);
    await append(engine, 'fb-1', [{ step: 'contain', attempt: 0, result: 'written' }]);
    expect(await readJournal(ledger, 'fb-1')).toHaveLength(1);
  });

  it('shows an altered block', async () => {
    const { bare, ledger, blocks } = await written(['written', 'found done']);
    const [first] = blocks;
    const altered = { ...first, entries: first?.entries.map((entry) => ({ ...entry, result: 'never happened' })) };
    await bare.write('journal', 'fb-1/000001', altered as unknown as JournalBlock, 1);
    expect(brokenLink(await readJournal(ledger, 'fb-1'))).toBe('block 1 of 2 was altered or removed');
  });

  it('shows a chain that was made up anew, by what was noted outside', async () => {
    const { ledger } = await written(['written', 'found done']);
    const { blocks: forged } = await written(['nothing was written', 'found done']);
    expect(brokenLink(forged)).toBeUndefined();
    expect(await ledger.witness?.('fb-1', forged)).toMatch(/^block 1 is not the one that was noted/);
    expect(await ledger.witness?.('fb-1', forged.slice(0, 0))).toMatch(/^block 1 /);
  });
});
