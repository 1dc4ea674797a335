// One process's share of the trials: every so-manieth, so that all shares take about as long.
import { loadPlaybooks, loadScenarios } from '../../functions/adapters/catalogue.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Piece } from '../drill/observed.ts';
import { piecesOf } from '../drill.ts';
import { type Ground, prepare } from './ground.ts';
import type { Operation } from './inject.ts';
import { play, type Released, type Story } from './play.ts';
import { shrink } from './shrink.ts';
import { mergeTallies, noTally, type Tally, tallyOf } from './tally.ts';
import { spell, type Trial } from './trial.ts';
import { allPairs, coveringPairs, pairsIn, randomTrial, singles } from './trials.ts';

/** `pairs` covers all pairs of classes; `all-pairs` tries each pair of calls of each playbook's shortest scenario. */
export const faultKinds = ['single', 'pairs', 'all-pairs', 'random'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Order {
  readonly kind: FaultKind;
  readonly playbooks: readonly string[];
  readonly seed: number;
  /** How many random trials; the other kinds are as many as there are. */
  readonly runs: number;
  /** So much of them only: a deep drill can be played part by part. */
  readonly part?: Share;
}

export interface Share {
  readonly index: number;
  readonly of: number;
}

export type Progress = {
  /** Of this share. */
  readonly done: number;
  readonly trials: number;
  readonly title: string;
  readonly broken: number;
};

const groundsOf = async (
  pieces: readonly Piece[],
  playbooks: ReadonlyMap<string, Playbook>,
): Promise<readonly Ground[]> => {
  const grounds: Ground[] = [];
  for (const piece of pieces) grounds.push(await prepare(piece, playbooks));
  return grounds;
};

const holds = ({ operations }: Ground): boolean => operations.some(({ phase }) => phase === 'release');

/** Of each playbook the scenario with the fewest calls; to try pairs of what is done and undone, one that holds something. */
const shortest = (grounds: readonly Ground[], wanted: (ground: Ground) => boolean): readonly Ground[] =>
  [...Map.groupBy(grounds, ({ piece }) => piece.name).values()].flatMap((own) => {
    const candidates = own.some(wanted) ? own.filter(wanted) : own;
    return candidates.toSorted((a, b) => a.operations.length - b.operations.length).slice(0, 1);
  });

/** Every so-manieth. */
export const sharedOut = <T>(items: readonly T[], { index, of }: Share): readonly T[] =>
  items.filter((_, number) => number % of === index);

type Task = { readonly ground: Ground; readonly trial: Trial };

const tasksOf = ({ kind, seed, runs }: Order, grounds: readonly Ground[]): readonly Task[] => {
  const each = (some: readonly Ground[], trials: (ground: Ground) => readonly Trial[]): readonly Task[] =>
    some.flatMap((ground) => trials(ground).map((trial) => ({ ground, trial })));
  if (kind === 'single') return each(grounds, singles);
  if (kind === 'pairs') return each(shortest(grounds, holds), (ground) => coveringPairs(ground, seed));
  if (kind === 'all-pairs')
    return each(
      shortest(grounds, () => true),
      allPairs,
    );
  return Array.from({ length: runs }, (_, number) => randomTrial(grounds, seed, number));
};

const metBy = (
  { operations }: Ground,
  { injections, happening }: Trial,
): { fault: string; operation: Operation } | null => {
  const [only, ...others] = injections;
  if (!only || others.length > 0 || happening) return null;
  const operation = operations.find(
    (one) => one.phase === only.phase && one.where === only.where && one.index === only.index,
  );
  return operation ? { fault: only.fault, operation } : null;
};

/** Which pairs have met in one run. One that did not, because a third fault came between, is tried by itself. */
const createPairs = () => {
  const together = new Set<string>();
  const tried = new Set<string>();
  const queued = new Set<string>();
  return {
    /** Those that this trial was to bring together, and did not. */
    leftBy: (trial: Trial, story: Story): readonly Trial[] => {
      const pairs = pairsIn(trial, story.unmet).map((one) => ({ ...one, name: spell(one.pair) }));
      for (const { name, together: both } of pairs) if (both) together.add(name);
      if (trial.injections.length === 2) for (const { name } of pairs) tried.add(name);
      const left = pairs.filter(({ name }) => !together.has(name) && !tried.has(name) && !queued.has(name));
      for (const { name } of left) queued.add(name);
      return left.map(({ pair }) => pair);
    },
    tally: (): Tally['pairs'] => ({
      together: [...together],
      apart: [...tried].filter((name) => !together.has(name)),
    }),
  };
};

/**
 * Plays this share of the trials. A trial of several faults that breaks a promise is shrunk to the fewest faults that still do.
 * @throws where a scenario does not even end as it says undisturbed.
 */
export const playShare = async (
  order: Order,
  share: Share,
  onProgress: (progress: Progress) => void,
  onBroken: (story: Story) => void,
): Promise<Tally> => {
  const playbooks = await loadPlaybooks();
  const names = order.playbooks.length > 0 ? order.playbooks : [...playbooks.keys()];
  const pieces = await piecesOf({ playbooks, scenariosOf: loadScenarios }, names, order.seed);
  const all = tasksOf(order, await groundsOf(pieces, playbooks));
  const tasks = sharedOut(order.part ? sharedOut(all, order.part) : all, share);
  const released = new Map<Ground, Released>();
  const tallies: Tally[] = [];
  const pairs = createPairs();
  const queue = [...tasks];
  let broken = 0;
  for (const [number, { ground, trial }] of queue.entries()) {
    const known = released.get(ground) ?? new Set<string>();
    released.set(ground, known);
    let story: Story = await play(ground, trial, known);
    if (order.kind === 'pairs') queue.push(...pairs.leftBy(trial, story).map((pair) => ({ ground, trial: pair })));
    if (story.end === 'broken') {
      story = await shrink(ground, trial, story);
      broken += 1;
      onBroken(story);
    }
    tallies.push(tallyOf(story, ground.piece.name, metBy(ground, trial)));
    onProgress({ done: number + 1, trials: queue.length, title: `${trial.playbook} / ${trial.scenario}`, broken });
  }
  return mergeTallies([...tallies, { ...noTally, pairs: pairs.tally() }]);
};
