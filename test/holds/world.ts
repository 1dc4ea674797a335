// A world for the hold protocol: settings with a past, a ledger and virtual time. Everything that happens in it follows from the seed,
// so a failing run can be told step by step by running it again.
import type { Collection, Ledger, LedgerRecord } from '../../functions/engine/ledger.ts';
import type { Original, Originals } from '../../functions/engine/originals.ts';
import { type Aws, type ClientClass, gone } from '../../playbooks/language/aws.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
import { type Random, randomOf } from './random.ts';

const noClient = <C>(client: ClientClass<C>): C => {
  throw new Error(`No test of holds calls AWS, but ${client.name} was asked for.`);
};

export const nowhere: Aws = Object.assign(noClient, {
  partition: 'aws',
  account: '111122223333',
  region: 'eu-west-1',
});

/** One setting of one resource. What it was before counts as long as AWS may still answer it. */
export interface Thing {
  readonly id: string;
  readonly settleSeconds: number;
  readonly combines: boolean;
  readonly past: { readonly value: string; readonly until: number }[];
  value: string;
}

/** Whatever this world's settings hold is text. */
const letters = (value: Json): string => {
  if (typeof value !== 'string') throw violation(`No setting of this world was ever ${JSON.stringify(value)}.`);
  return value;
};

/** Values are letters; two wishes together are all letters of both. */
export const union = (values: readonly string[]): string =>
  [...new Set(values.flatMap((value) => value.split('')))].toSorted((a, b) => (a < b ? -1 : 1)).join('');

export type Kind =
  | 'ledger.read'
  | 'ledger.write'
  | 'setting.read'
  | 'setting.write'
  | 'originals.write'
  | 'originals.read';

/** Where a process waits until the scheduler lets it take its step. */
export type Gate = <T>(kind: Kind, what: string, effect: () => T) => Promise<T>;

export interface World {
  readonly random: Random;
  readonly things: readonly Thing[];
  readonly records: Map<string, LedgerRecord>;
  /** What was kept beside the ledger, where that is done. */
  readonly originals: Original[] | undefined;
  /** Faults that are still to come. */
  faults: number;
  now: number;
  /** Whether time may pass beyond settleSeconds while somebody is under way. */
  readonly leaps: boolean;
  /** What happened, when somebody wants to know. */
  readonly trace: string[] | undefined;
  /** What this run came across, so that a test can tell whether it tries what it says. */
  readonly seen: Map<string, number>;
}

export const worldOf = (
  seed: number,
  of: Pick<World, 'things' | 'leaps' | 'seen'> & { trace?: string[]; keeps?: boolean },
): World => ({
  random: randomOf(seed),
  things: of.things,
  records: new Map(),
  originals: of.keeps ? [] : undefined,
  faults: 0,
  now: Date.parse('2026-11-23T03:00:00Z'),
  leaps: of.leaps,
  seen: of.seen,
  trace: of.trace,
});

export const note = (world: World, what: string): void => {
  world.seen.set(what, (world.seen.get(what) ?? 0) + 1);
};

export const pass = (world: World, seconds: number): void => {
  world.now += Math.floor(seconds * 1000);
};

/** So long that no read answers an older value any more. */
export const settle = (world: World): void =>
  pass(world, Math.max(...world.things.map((thing) => thing.settleSeconds)) + 1);

export const turn = (world: World, thing: Thing, value: string): void => {
  thing.past.push({ value: thing.value, until: world.now });
  thing.value = value;
};

/** AWS may answer any value that the setting had within the last settleSeconds. */
const answerOf = (world: World, thing: Thing): string => {
  const since = world.now - thing.settleSeconds * 1000;
  const recent = thing.past.filter(({ until, value }) => until > since && value !== thing.value);
  if (recent.length === 0 || !world.random.chance(0.4)) return thing.value;
  note(world, 'stale read');
  return world.random.pick(recent).value;
};

export const brief = (value: unknown): string => {
  if (value === gone) return 'gone';
  if (typeof value !== 'object' || value === null) return String(value);
  if (!('phase' in value)) return JSON.stringify(value);
  const { phase, original, holders, watching, wrote, last, leaving } = value as { readonly [key: string]: unknown };
  return JSON.stringify({ phase, original, holders, watching, wrote, last, leaving });
};

/** The ledger of the world as one process sees it: values are never changed in place, so none is copied. */
export const ledgerOf = (world: World, gate: Gate): Ledger => ({
  read: (collection: Collection, key: string) =>
    gate('ledger.read', 'reads the record', () => world.records.get(`${collection}/${key}`)),
  write: (collection, key, value, expectedVersion) =>
    gate('ledger.write', `writes over version ${expectedVersion}: ${world.trace ? brief(value) : ''}`, () => {
      if ((world.records.get(`${collection}/${key}`)?.version ?? 0) !== expectedVersion) return false;
      world.records.set(`${collection}/${key}`, { key, value, version: expectedVersion + 1 });
      return true;
    }),
  list: async () => [],
});

/** What is kept is kept for good, under its hold's version. */
export const originalsOf = (all: Original[], gate: Gate): Originals => ({
  keep: (original) =>
    gate(
      'originals.write',
      `keeps ${brief(original.original)} of version ${original.version}, ${original.from}`,
      () => {
        all.push(original);
      },
    ),
  kept: (hold) =>
    gate('originals.read', 'looks at what was kept', () =>
      all.filter((one) => one.hold === hold).map((one) => ({ ...one, where: 'here' })),
    ),
});

export const settingOf = (world: World, gate: Gate, thing: Thing): AnySetting => ({
  name: 'test/thing',
  version: 1,
  scope: 'regional',
  permissions: { read: [], write: [] },
  settleSeconds: thing.settleSeconds,
  read: () => gate('setting.read', `reads ${thing.id}`, () => answerOf(world, thing)),
  write: (_aws, _id, to) => {
    const value = letters(to);
    return gate('setting.write', `sets ${thing.id} to ${value}`, () => turn(world, thing, value));
  },
  ...(thing.combines && { combine: (values: readonly Json[]) => union(values.map(letters)) }),
  say: letters,
});

/** The setting as data, for whoever only looks at records. */
export const inert = (world: World, thing: Thing): AnySetting =>
  settingOf(world, () => Promise.reject(new Error('Nobody runs here.')), thing);

/** Thrown for what no run may do. */
export const violation = (words: string): Error => Object.assign(new Error(words), { name: 'Violation' });
