// A generated account: something that a playbook may meet, made by chance through AWS's own API. The release law contains and releases a
// thousand of them for each playbook, and each has to be as it was.
import type { Json } from './json.ts';
import type { Stage } from './scenario.ts';

/** Chance from a seed: the same seed makes the same choices. */
export interface Chance {
  /** Whether something comes about that does so in so many of a hundred cases. */
  happens(inHundred: number): boolean;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  oneOf<const T>(choices: readonly [T, ...T[]]): T;
  /** Each of them or not, in their order. */
  some<const T>(choices: readonly T[]): readonly T[];
  /** What people call things: plain, long, empty, in any script, or meant to break out of somewhere. */
  words(): string;
}

/** What the generated account is about. */
export interface Generated {
  /** The raw event as AWS sends it. */
  readonly finding: Json;
  readonly options?: Readonly<Record<string, string>>;
}

/** Default export of a playbook's generate.ts. Whatever it makes, it makes by calls that AWS would take. */
export type Generate = (stage: Stage, chance: Chance) => Promise<Generated>;
