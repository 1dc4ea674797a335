// Reads that may fail without holding containment up: what could not be read is told instead.
import { attempt, isUnreadable } from '../language/unreadable.ts';

export type Gap = { readonly what: string; readonly why: string };

export type Read = <T>(what: string, read: () => Promise<T>) => Promise<T | undefined>;

/** Gives undefined where AWS refuses, and remembers why. */
export const reader = (): { readonly read: Read; readonly gaps: () => readonly Gap[] } => {
  const found: Gap[] = [];
  return {
    read: async (what, read) => {
      const answer = await attempt(read);
      if (!isUnreadable(answer)) return answer;
      found.push({ what, why: answer.unreadable });
      return undefined;
    },
    gaps: () => found.toSorted((a, b) => (a.what < b.what ? -1 : 1)),
  };
};
