// Which trials there are: every single fault, pairs of kinds of faults, and as many random ones as are asked for.
import { createRandom } from '../account/random.ts';
import type { Ground } from './ground.ts';
import type { Operation } from './inject.ts';
import {
  type AwsFault,
  awsFaults,
  happenings,
  type Injection,
  type LedgerTrouble,
  ledgerFaults,
  spell,
  type Trial,
} from './trial.ts';

/** A read has no effect to be before or after of: it is answered, or it isn't. */
const beforeAndAfter: readonly string[] = ['timeout-after', 'crash-after', 'lost-reply'];

/** What can meet this call. What hangs or goes on for ever is tried where a process begins, and wherever something is written. */
const faultsFor = ({ where, name, write, mayBeStale }: Operation, first: boolean): readonly string[] => {
  const effect = write || name.startsWith('SFN Start') || name.startsWith('SNS ');
  const fits = (fault: string): boolean => {
    if (!effect && beforeAndAfter.includes(fault)) return false;
    if (fault === 'hangs' || fault === 'outage') return effect || first;
    if (fault === 'stale') return mayBeStale;
    if (fault === 'gone') return !name.startsWith('SNS ') && !name.startsWith('SFN ');
    return true;
  };
  return (where === 'aws' ? awsFaults : ledgerFaults).filter(fits);
};

const injectionOf = ({ phase, where, index }: Operation, fault: string): Injection =>
  where === 'aws'
    ? { phase, where, index, fault: fault as AwsFault }
    : { phase, where, index, fault: fault as LedgerTrouble };

/** Each call of the undisturbed run, with each fault that can meet it. */
export const everyInjection = ({
  operations,
}: Pick<Ground, 'operations'>): readonly { readonly operation: Operation; readonly injection: Injection }[] => {
  const begun = new Set<string>();
  return operations.flatMap((operation) => {
    const first = !begun.has(operation.process);
    begun.add(operation.process);
    return faultsFor(operation, first).map((fault) => ({ operation, injection: injectionOf(operation, fault) }));
  });
};

const trialOf = ({ piece }: Ground, injections: readonly Injection[], happening: Trial['happening'] = null): Trial => ({
  playbook: piece.name,
  scenario: piece.scenarioName,
  injections,
  happening,
});

/** Every single fault of the scenario. */
export const singles = (ground: Ground): readonly Trial[] => [
  ...everyInjection(ground).map(({ injection }) => trialOf(ground, [injection])),
  ...happenings
    .filter((happening) => happening !== 'meddled' || ground.piece.scenario.meddle !== undefined)
    .map((happening) => trialOf(ground, [], happening)),
];

/** The faults of which pairs are tried: a call fails, its answer is lost, its process dies, its answer is old, its resource goes. */
const pairing: readonly string[] = [
  'denied',
  'unavailable',
  'timeout-after',
  'crash-before',
  'crash-after',
  'stale',
  'gone',
];

/** Operation × setting × phase × fault: reads of a service are one kind of call, and so are a function's reads of the ledger. */
const classOf = ({ phase, where, by, name, write }: Operation, fault: string): string => {
  const [first = ''] = name.split(' ');
  return [phase, by, write ? name : where === 'aws' ? `read ${first}` : 'read', fault].join(' ');
};

/** Of all faults of one class the first stands for them. Of a write, to die after it is to die before the next call. */
export const classesOf = (ground: Pick<Ground, 'operations'>): readonly Injection[] => {
  const classes = new Map<string, Injection>();
  for (const { operation, injection } of everyInjection(ground)) {
    const key = classOf(operation, injection.fault);
    const tried = pairing.includes(injection.fault) && !(operation.write && injection.fault === 'crash-before');
    if (tried && !classes.has(key)) classes.set(key, injection);
  }
  return [...classes.values()];
};

const isSameCall = (a: Injection, b: Injection): boolean =>
  a.phase === b.phase && a.where === b.where && a.index === b.index;

const pairsOf = (ground: Ground, injections: readonly Injection[]): readonly Trial[] =>
  injections.flatMap((first, index) =>
    injections
      .slice(index + 1)
      .filter((second) => !isSameCall(first, second))
      .map((second) => trialOf(ground, [first, second])),
  );

/** So many faults in one run hold six pairs at once. */
const faultsTogether = 4;
/** Among so many the one is taken that adds most pairs. */
const candidatesMost = 24;

/**
 * Runs of several faults each, which between them hold every pair of classes. Fewer runs than pairs, and what goes wrong in one is shrunk to
 * the faults that it takes.
 */
export const coveringPairs = (ground: Ground, seed: number): readonly Trial[] => {
  const classes = classesOf(ground);
  const random = createRandom(seed, `pairs of ${ground.piece.name}`);
  const isPair = (a: Injection, b: Injection): boolean => a !== b && !isSameCall(a, b);
  const left = classes.map((one) => new Set(classes.filter((other) => isPair(one, other))));
  const leftOf = new Map(classes.map((one, index) => [one, left[index] ?? new Set<Injection>()]));
  const gain = (chosen: readonly Injection[], candidate: Injection): number =>
    chosen.some((one) => !isPair(one, candidate)) ? -1 : chosen.filter((one) => leftOf.get(one)?.has(candidate)).length;
  const trials: Trial[] = [];
  for (const first of classes) {
    for (const second of leftOf.get(first) ?? []) {
      const chosen = [first, second];
      while (chosen.length < faultsTogether) {
        const candidates = Array.from(
          { length: candidatesMost },
          () => classes[random.between(0, classes.length - 1)] ?? first,
        );
        const best = candidates.toSorted((a, b) => gain(chosen, b) - gain(chosen, a))[0];
        if (!best || gain(chosen, best) < 1) break;
        chosen.push(best);
      }
      for (const one of chosen) for (const other of chosen) leftOf.get(one)?.delete(other);
      trials.push(trialOf(ground, chosen));
    }
  }
  return trials;
};

/** The pairs of a trial's faults, as trials of their own, and whether both met their calls in it. */
export const pairsIn = (
  { injections, ...trial }: Trial,
  unmet: readonly Injection[],
): readonly { readonly pair: Trial; readonly together: boolean }[] => {
  const isMet = (one: Injection): boolean => !unmet.some((other) => isSameCall(one, other));
  const order = injections.toSorted((a, b) =>
    spell({ ...trial, injections: [a] }) < spell({ ...trial, injections: [b] }) ? -1 : 1,
  );
  return order.flatMap((first, index) =>
    order.slice(index + 1).map((second) => ({
      pair: { ...trial, injections: [first, second] },
      together: isMet(first) && isMet(second),
    })),
  );
};

export const allPairs = (ground: Ground): readonly Trial[] =>
  pairsOf(
    ground,
    everyInjection(ground).map(({ injection }) => injection),
  );

/** Several faults at once, anywhere, also in calls that only a disturbed run makes. The number alone decides which. */
export const randomTrial = (
  grounds: readonly Ground[],
  seed: number,
  number: number,
): { readonly ground: Ground; readonly trial: Trial } => {
  const random = createRandom(seed, `trial ${number}`);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[random.between(0, items.length - 1)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  };
  const ground = pick(grounds);
  const every = everyInjection(ground);
  const injections = Array.from({ length: random.between(2, 5) }, () => {
    const { injection } = pick(every);
    // A disturbed run makes more calls than the undisturbed one.
    return random.next() < 0.2 ? { ...injection, index: injection.index + random.between(1, 40) } : injection;
  });
  const distinct = injections.filter((one, index) => injections.findIndex((other) => isSameCall(one, other)) === index);
  return { ground, trial: trialOf(ground, distinct, random.next() < 0.3 ? pick(happenings) : null) };
};
