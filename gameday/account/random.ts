// Chance from a seed: the same seed gives the same world.

export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** `length` characters out of an alphabet. */
  text(alphabet: string, length: number): string;
}

/** Mulberry32. `stream` keeps the users of one seed apart, so that one more id doesn't change every latency. */
export const createRandom = (seed: number, stream = ''): Random => {
  let a = seed >>> 0;
  for (const character of stream) a = Math.imul(a ^ character.charCodeAt(0), 0x9e3779b1) >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet.charAt(Math.floor(next() * alphabet.length))).join(''),
  };
};

const hexadecimal = '0123456789abcdef';
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id in AWS's form: `i` → `i-0123456789abcdef0`, `AKIA` → 20 characters, `AIDA` and its like → 21. */
export const newId = (random: Random, prefix: string): string => {
  if (prefix === 'AKIA' || prefix === 'ASIA') return prefix + random.text(base32, 16);
  if (/^A[A-Z]{3}$/.test(prefix)) return prefix + random.text(base32, 17);
  return `${prefix}-${random.text(hexadecimal, 17)}`;
};

export const newUuid = (random: Random): string =>
  [8, 4, 4, 4, 12].map((length) => random.text(hexadecimal, length)).join('-');
