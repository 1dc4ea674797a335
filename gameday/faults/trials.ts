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
  ...happenings.map((happening) => trialOf(ground, [], happening)),
];

/** Operation × setting × phase × fault: of all equal calls of one function the first stands for them. */
const classesOf = (ground: Ground): readonly Injection[] => {
  const classes = new Map<string, Injection>();
  for (const { operation, injection } of everyInjection(ground)) {
    const key = [operation.phase, operation.by, operation.name, injection.fault].join(' ');
    if (!classes.has(key)) classes.set(key, injection);
  }
  return [...classes.values()];
};

const pairsOf = (ground: Ground, injections: readonly Injection[]): readonly Trial[] =>
  injections.flatMap((first, index) =>
    injections
      .slice(index + 1)
      .filter((second) => second.phase !== first.phase || second.where !== first.where || second.index !== first.index)
      .map((second) => trialOf(ground, [first, second])),
  );

export const pairsOfClasses = (ground: Ground): readonly Trial[] => pairsOf(ground, classesOf(ground));

export const allPairs = (ground: Ground): readonly Trial[] =>
  pairsOf(
    ground,
    everyInjection(ground).map(({ injection }) => injection),
  );

/** Several faults at once, anywhere, also in calls that only a disturbed run makes. The number alone decides which. */
export const randomTrial = (grounds: readonly Ground[], seed: number, number: number): Trial => {
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
  const distinct = injections.filter(
    (one, index) =>
      injections.findIndex(
        ({ phase, where, index: at }) => phase === one.phase && where === one.where && at === one.index,
      ) === index,
  );
  return trialOf(ground, distinct, random.next() < 0.3 ? pick(happenings) : null);
};
