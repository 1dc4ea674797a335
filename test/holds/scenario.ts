// Up to four incidents on one or two shared settings, and what must be true whenever nobody is under way.
import type { Release, ReleaseMode } from '../../functions/engine/hold.ts';
import { same } from '../../playbooks/language/json.ts';
import {
  type Incident,
  incidentOf,
  original,
  type Protocol,
  processesOf,
  recordOf,
  releasing,
  thingOf,
  type Wish,
} from './incidents.ts';
import { randomOf } from './random.ts';
import { type Process, processOf, run } from './scheduler.ts';
import { settle, type Thing, turn, union, violation, type World, worldOf } from './world.ts';

/** What must be true of a setting when nobody is under way and nobody but us has ever written. */
const check = (protocol: Protocol, world: World, thing: Thing, incidents: readonly Incident[]): void => {
  const record = recordOf(protocol, world, thing);
  if (!record) {
    if (thing.value !== original) throw violation(`${thing.id} is ${thing.value}, and the ledger knows nothing of it.`);
    return;
  }
  const holders = Object.entries(record.holders) as [string, string][];
  const fails = (words: string): never => {
    throw violation(`${thing.id} is ${thing.value}, ${words}. Record: ${JSON.stringify(record)}`);
  };
  if (record.conflict) fails('marked as a conflict, though nobody else wrote');
  if (holders.length > 0) {
    const stands = union(holders.map(([, value]) => value));
    if (record.phase !== 'held') fails(`held, but ${record.phase}`);
    if (record.original !== original) fails(`and ${JSON.stringify(record.original)} is on record as the original`);
    if (thing.value !== stands) fails(`but the holders want ${stands}`);
  } else {
    if (Object.keys(record.leaving).length > 0) fails('and somebody is said to be leaving');
    if (record.phase !== 'free') fails(`held by nobody, but ${record.phase}`);
    if (thing.value !== original) fails('held by nobody, and not what it was');
    for (const [name, wanted] of Object.entries(record.watching))
      if (!same(wanted, thing.value)) fails(`but ${name} watches, wanting ${JSON.stringify(wanted)}`);
  }
  // A pair of the record's own account: what each incident was told is what the record says.
  for (const incident of incidents.filter(
    ({ wishes, containers }) => containers === 1 && wishes.some((wish) => wish.thing === thing),
  )) {
    const holds = incident.name in record.holders;
    const watches = incident.name in record.watching;
    if (incident.released > 0 && (holds || watches)) fails(`and ${incident.name} holds it, though it was released`);
    if (incident.contained === 0 || incident.releasing) continue;
    const end = incident.ends.get(thing);
    if (end === 'held' && !holds) fails(`and ${incident.name} lost its hold`);
    if (end === 'watching' && !watches) fails(`and ${incident.name} lost its watch`);
    if (end === 'incompatible' && holds) fails(`and ${incident.name} holds it, though it was refused`);
  }
};

/** A twin died over its late write. The setting may be wrong then, but it is written down what was there and that the value is ours. */
const checkTraces = (protocol: Protocol, world: World, thing: Thing): void => {
  const record = recordOf(protocol, world, thing);
  if (thing.value === original && !record) return;
  const known = [original, ...(record?.wrote ?? []), ...(record?.last?.wrote ?? [])];
  const put = record?.phase === 'free' ? (record.last?.original ?? original) : record?.original;
  if (put !== original || record?.conflict || !known.includes(thing.value))
    throw violation(`${thing.id} is ${thing.value}, and can't be put right. Record: ${JSON.stringify(record)}`);
};

/** Lets everybody go, one after another and without a fault: every original must come back. */
const letAllGo = async (protocol: Protocol, world: World, incidents: readonly Incident[]): Promise<void> => {
  world.faults = 0;
  for (const incident of incidents) {
    settle(world);
    await run(world, [processOf(`${incident.name} ends`, releasing(protocol, world, incident, 'restore'))], () => {});
  }
  for (const thing of world.things) {
    const record = recordOf(protocol, world, thing);
    if (thing.value !== original || (record && record.phase !== 'free'))
      throw violation(`All let go, and ${thing.id} is ${thing.value}. Record: ${JSON.stringify(record)}`);
  }
};

interface Try {
  readonly protocol: Protocol;
  readonly seed: number;
  readonly seen: Map<string, number>;
  readonly trace?: string[];
}

/**
 * Incidents that overlap as they like. What AWS and the processes may do here, and what they may not:
 * - A read answers any value that the setting had within the last settleSeconds. Nobody but us writes.
 * - A process may die before or after any step; its operation is then started again, at any later time.
 * - A write that gives no answer has taken effect or never will; a ledger write may take effect and answer false all the same.
 * - Twins are two processes that run the same operation of one incident at once. One of them may be overtaken by all that comes after the
 *   other, so its write comes late; it mends that itself. The ledger can't tell the two from each other, so this asks for two things: no
 *   more than settleSeconds pass while a twin is under way, and it lives to mend (sturdy). Where it doesn't (frail), the setting may be
 *   left wrong, but the original stays on record and the value is known as ours.
 */
export const overlap = (run: Try): Promise<void> => overlapping(run, false);

/** The same with originals kept beside the ledger. Nobody changes the ledger here, so nothing that was kept may ever speak against it. */
export const beside = (run: Try): Promise<void> => overlapping(run, true);

const overlapping = async ({ protocol, seed, seen, trace }: Try, keeps: boolean): Promise<void> => {
  const random = randomOf(seed ^ 0x5eed);
  const twins = random.pick(['none', 'none', 'sturdy', 'frail']);
  const settleSeconds = twins === 'none' ? random.pick([0, 5, 30]) : random.pick([5, 30]);
  const things = [thingOf('lamp', settleSeconds, random.chance(0.5))];
  if (random.chance(0.2)) things.push(thingOf('door', settleSeconds, random.chance(0.5)));
  const world = worldOf(seed, { things, leaps: twins === 'none', seen, keeps, ...(trace && { trace }) });
  const differ = random.chance(0.6);
  const wishOf = (thing: Thing): Wish => ({
    thing,
    wanted: differ ? random.pick(['t', 't', 'u', 'u', 'v', original]) : 't',
  });
  const count = 1 + random.below(4);
  const incidents = Array.from({ length: count }, (_, index) => {
    const some = things.filter(() => random.chance(0.8));
    const of = {
      wishes: (some.length > 0 ? some : things).map(wishOf),
      mode: random.pick<ReleaseMode | undefined>(['restore', 'restore', 'restore', 'force', undefined]),
      // A release of somebody who never held is a duplicate that comes very late.
      containers: random.chance(0.05) ? 0 : twins !== 'none' && random.chance(0.4) ? 2 : 1,
      releasers: twins !== 'none' && random.chance(0.4) ? 2 : 1,
      sturdy: twins === 'sturdy',
    };
    return incidentOf('ABCD'[index] as string, of, random.chance(0.5));
  });
  world.faults = random.pick([0, 0, 1, 2, 4]);
  const processes = incidents.flatMap((incident, index) => {
    const before = incidents[index - 1];
    const waits = before !== undefined && random.chance(0.25);
    return processesOf(protocol, world, incident, () => !waits || before.containers === 0 || before.contained > 0);
  });
  const struck = twins === 'frail' && world.faults > 0;
  await run(world, processes, () => {
    for (const thing of things) (struck ? checkTraces : check)(protocol, world, thing, incidents);
  });
  if (!struck) await letAllGo(protocol, world, incidents);
};

const another = 'x';

const outsider = (thing: Thing, mayStart: () => boolean): Process =>
  processOf('somebody else', (hands) => hands.turn(thing, another), { mayStart, sturdy: true });

/**
 * Somebody else turns the setting while one incident is left that holds it. A plain release finds a third value, leaves it and says so;
 * `force` puts the original over it, `keep` lets go without writing. What others write is read as it is once AWS has settled: before that
 * nobody could tell it from the value before it.
 */
export const outside = async ({ protocol, seed, seen, trace }: Try): Promise<void> => {
  const random = randomOf(seed ^ 0x5eed);
  const thing = thingOf('lamp', random.pick([0, 5, 30]), true);
  const world = worldOf(seed, { things: [thing], leaps: true, seen, ...(trace && { trace }) });
  const wishes = (): Wish[] => [{ thing, wanted: random.pick(['t', 'u', 'v']) }];
  const others = Array.from({ length: random.below(3) }, (_, index) =>
    incidentOf('BC'[index] as string, {
      wishes: wishes(),
      mode: 'restore',
      containers: 1,
      releasers: 1,
      sturdy: false,
    }),
  );
  const mine = { containers: 1, releasers: 1, sturdy: true };
  const last = incidentOf('A', { wishes: wishes(), mode: undefined, ...mine });
  world.faults = random.pick([0, 1, 3]);
  await run(
    world,
    [last, ...others].flatMap((incident) => processesOf(protocol, world, incident, () => true)),
    () => check(protocol, world, thing, [last, ...others]),
  );
  const stage = async (mode: ReleaseMode): Promise<readonly Release[]> => {
    const releasers = random.pick([1, 2]);
    // Whom two processes serve is released by either: neither dies here, that is tried in the other scenario.
    const incident = incidentOf('A', { wishes: last.wishes, mode, containers: 0, releasers, sturdy: true });
    world.faults = random.pick([0, 1, 3]);
    await run(
      world,
      processesOf(protocol, world, incident, () => true),
      () => {},
    );
    return incident.releases;
  };
  const fails = (words: string): never => {
    throw violation(
      `${thing.id} is ${thing.value}: ${words}. Record: ${JSON.stringify(recordOf(protocol, world, thing))}`,
    );
  };
  const mode = random.pick<ReleaseMode>(['force', 'keep']);
  const conflicts = mode === 'force' || random.chance(0.5);
  if (conflicts) turn(world, thing, another);
  settle(world);
  if (conflicts) {
    const plain = await stage('restore');
    const record = recordOf(protocol, world, thing);
    if (thing.value !== another) fails(`somebody else made it ${another}, and a plain release lost that`);
    if (record?.phase !== 'held' || !('A' in record.holders) || record.original !== original)
      fails('a conflict drops and forgets nothing');
    if (record?.conflict?.found !== another || plain.some(({ state }) => state !== 'conflict'))
      fails('the conflict is not told');
  }
  const stood = mode === 'keep' ? thing.value : original;
  await stage(mode);
  const ended = recordOf(protocol, world, thing);
  if (ended?.phase !== 'free' || ended.conflict) fails(`${mode} did not let go`);
  if (thing.value !== stood) fails(`${mode} should have left ${stood}`);
  if (mode !== 'keep') return;
  const next = incidentOf('D', { wishes: wishes(), mode: undefined, ...mine });
  await run(
    world,
    processesOf(protocol, world, next, () => true),
    () => {},
  );
  const taken = recordOf(protocol, world, thing);
  if (next.ends.get(thing) === 'held' && taken?.original !== stood)
    fails(`${stood} was kept, so it is the next original`);
};

/**
 * Somebody else turns the setting at any moment, even between a read and the write that follows it. No protocol can save every such value,
 * for AWS knows no compare-and-set; but never does a value of ours outlive its holders, or pass for an original.
 */
export const meddled = async ({ protocol, seed, seen, trace }: Try): Promise<void> => {
  const random = randomOf(seed ^ 0x5eed);
  const thing = thingOf('lamp', random.pick([0, 5, 30]), random.chance(0.5));
  const world = worldOf(seed, { things: [thing], leaps: true, seen, ...(trace && { trace }) });
  const incidents = Array.from({ length: 1 + random.below(3) }, (_, index) =>
    incidentOf('ABC'[index] as string, {
      wishes: [{ thing, wanted: random.pick(['t', 't', 'u', original]) }],
      mode: random.pick<ReleaseMode | undefined>(['restore', 'restore', 'force', undefined]),
      containers: 1,
      releasers: 1,
      sturdy: false,
    }),
  );
  world.faults = random.pick([0, 0, 1, 2]);
  const processes = incidents.flatMap((incident) => processesOf(protocol, world, incident, () => true));
  const theirs = [original, another];
  await run(world, [...processes, outsider(thing, () => true)], () => {
    const record = recordOf(protocol, world, thing);
    const holders = Object.values(record?.holders ?? {}) as string[];
    // A stale read of what they wrote can mark a conflict over a value of ours: that is told, and released again.
    const told = record?.conflict ? record.wrote : [];
    const right = holders.length > 0 ? [...theirs, union(holders), ...told] : theirs;
    if (
      !right.includes(thing.value) ||
      (holders.length > 0 && !theirs.some((value) => same(value, record?.original ?? null)))
    )
      throw violation(`${thing.id} is ${thing.value}. Record: ${JSON.stringify(record)}`);
  });
};
