// The ledger's port: records that change only conditionally on their version. An adapter for each place, one conformance suite (test/ledger).
import type { Json } from '../../playbooks/language/json.ts';

/** What the ledger keeps. `keys` finds the incident of a resource; `budgets` says what was spent; `journal` is append-only; `doctor` is what was told last. */
export type Collection = 'keys' | 'incidents' | 'holds' | 'evidence' | 'budgets' | 'lines' | 'journal' | 'doctor';

export interface LedgerRecord {
  readonly key: string;
  readonly value: Json;
  /** 1 for the first write, one more with each. */
  readonly version: number;
}

export interface Ledger {
  read(collection: Collection, key: string): Promise<LedgerRecord | undefined>;
  /**
   * Writes if the record still has the expected version; 0 says that it must not exist. Answers whether it was written.
   * A `false` after a lost reply may hide a write that took place: callers read again and recognise their own.
   */
  write(collection: Collection, key: string, value: Json, expectedVersion: number): Promise<boolean>;
  /** All records whose key begins so, by key. */
  list(collection: Collection, prefix: string): Promise<readonly LedgerRecord[]>;
  /** What was noted of an incident's journal outside the ledger, where that is done: what speaks against these blocks, if anything does. */
  witness?(incident: string, blocks: readonly { readonly hash: string }[]): Promise<string | undefined>;
}

/** How often a conditional write is tried before it is given up in words. With jitter, a hundred tries outlast any real contention. */
const triesMax = 100;

/** Waits a random moment between two tries; tests put virtual time in its place. */
export type Pause = (milliseconds: number) => Promise<void>;

/**
 * Repeats `attempt` until it gives a value; `undefined` says that somebody else was faster.
 * @throws after a hundred tries, naming what was attempted.
 */
export const persist = async <T>(what: string, pause: Pause, attempt: () => Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < triesMax; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
    await pause(Math.random() * Math.min(2 ** tries, 100));
  }
  throw new Error(
    `${what}: gave up after ${triesMax} tries, because others kept changing the same record. Run it again.`,
  );
};
