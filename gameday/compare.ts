// Compares the account in memory with what it was: path by path, and with a reason for whatever may differ.
import { canonical, type Json } from '../playbooks/language/json.ts';
import type { State } from './account/state.ts';
import { stepFunctionsSlice } from './account/step-functions.ts';
import { evidenceBucket } from './evidence-bucket.ts';

/** `before` is missing where something was added, `after` where something was removed. */
export type Difference = {
  readonly path: readonly string[];
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: Json;
  readonly after?: Json;
};

export type Explained = Difference & { readonly why: 'evidence' | 'supporting resource' | 'live traffic' | 'new id' };

type Fields = { readonly [key: string]: Json };

const isFields = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const differ = (before: Json | undefined, after: Json | undefined, path: readonly string[]): readonly Difference[] => {
  if (before === undefined) return after === undefined ? [] : [{ path, change: 'added', after }];
  if (after === undefined) return [{ path, change: 'removed', before }];
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return names.flatMap((name) => differ(before[name], after[name], [...path, name]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item: Json, index) => differ(item, after[index] as Json, [...path, String(index)]));
  return canonical(before) === canonical(after) ? [] : [{ path, change: 'changed', before, after }];
};

/** What Firebreak itself runs on is no part of what it contains: its executions, its evidence, and the topics on which it tells people. */
export const isOwn = (name: string): boolean =>
  name === stepFunctionsSlice || name === evidenceBucket || name.includes(':firebreak-');

/** State as JSON knows it; what a model leaves undefined is as good as absent. */
const plain = (state: State): Json =>
  JSON.parse(JSON.stringify(state.accounts, (name, value) => (isOwn(name) ? undefined : value))) as Json;

/** Every place at which two states differ, in the order of their paths. */
export const compareAccounts = (before: State, after: State): readonly Difference[] =>
  differ(plain(before), plain(after), []);

/**
 * Evidence stays, and what was live when the network was cut does not come to life again. A supporting resource may stay where the
 * incident lists it as still in use. Only what was added is excused: whatever was there before has to be as it was.
 */
const whyOf = ({ path, change }: Difference, supporting: readonly string[]): Explained['why'] | undefined => {
  const [service, table, id = ''] = path[1] === 'regions' ? path.slice(3) : path.slice(2);
  if (service === 'ec2' && table === 'flows') return 'live traffic';
  // The address is where it was; AWS names the same association anew each time it is made.
  if (service === 'ec2' && table === 'addresses' && path.at(-1) === 'AssociationId' && change === 'changed')
    return 'new id';
  // Bringing a snapshot to fail is the stage's doing, and that mark goes when the snapshot is asked for.
  if (service === 'ec2' && table === 'failingSnapshots') return 'evidence';
  if (change !== 'added') return undefined;
  const isSnapshot = table === 'snapshots' || (table === 'tags' && id.startsWith('snap-'));
  if (service === 'ec2' && isSnapshot) return 'evidence';
  return path.some((name) => supporting.includes(name)) ? 'supporting resource' : undefined;
};

/** Parts the differences that have a reason from those that should not be. */
export const judgeDifferences = (
  differences: readonly Difference[],
  supporting: readonly string[],
): { readonly left: readonly Difference[]; readonly explained: readonly Explained[] } => {
  const judged = differences.map((difference) => ({ difference, why: whyOf(difference, supporting) }));
  return {
    left: judged.filter(({ why }) => why === undefined).map(({ difference }) => difference),
    explained: judged.flatMap(({ difference, why }) => (why ? [{ ...difference, why }] : [])),
  };
};

/** A difference in one line, for people. */
export const saidDifference = ({ path, change, before, after }: Difference): string => {
  const place = path.slice(1).join(' › ');
  if (change === 'added') return `${place}: was not there, is ${JSON.stringify(after)}`;
  if (change === 'removed') return `${place}: was ${JSON.stringify(before)}, is not there any more`;
  return `${place}: was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`;
};
