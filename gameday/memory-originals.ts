// What is kept beside the ledger, in memory: added to, and never changed.
import type { Original, Originals } from '../functions/engine/originals.ts';
import { copyOf } from './account/state.ts';

/** Keeps them in `all`. */
export const memoryOriginals = (all: Original[]): Originals => ({
  keep: async (original) => {
    all.push(copyOf(original));
  },
  kept: async (hold) => all.filter((one) => one.hold === hold).map((one) => ({ ...copyOf(one), where: 'memory' })),
});
