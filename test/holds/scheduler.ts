// Lets one process take one step at a time, in an order that follows from the seed, and strikes some of them.
import { setImmediate } from 'node:timers/promises';
import type { HoldTools } from '../../functions/engine/hold.ts';
import type { LedgerRecord } from '../../functions/engine/ledger.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
import {
  brief,
  type Gate,
  type Kind,
  ledgerOf,
  note,
  originalsOf,
  pass,
  settingOf,
  settle,
  type Thing,
  turn,
  violation,
  type World,
} from './world.ts';

/** What a process is about to do, and what becomes of it once the scheduler lets it. */
interface Step {
  readonly what: string;
  readonly kind: Kind;
  readonly effect: () => unknown;
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: unknown) => void;
}

/** The operation of an incident, with the hands of the process that runs it. */
export type Operation = (hands: Hands) => Promise<void>;

export interface Hands {
  readonly tools: HoldTools;
  setting(thing: Thing): AnySetting;
  /** What somebody does who knows nothing of the protocol. */
  turn(thing: Thing, value: string): Promise<void>;
}

export interface Process {
  readonly name: string;
  readonly operation: Operation;
  /** Whether it may start: a release comes after its contain. */
  readonly mayStart: () => boolean;
  /** Never dies and never fails; only a reply of the ledger may get lost. */
  readonly sturdy: boolean;
  /** An error of the protocol that is right at this moment. */
  readonly expects: (error: unknown) => boolean;
  state: 'ahead' | 'running' | 'dead' | 'ended';
  /** What it waits for: a ledger's write and what is kept beside it go side by side. */
  readonly steps: Step[];
  urgency: number;
}

export const processOf = (
  name: string,
  operation: Operation,
  more: Partial<Pick<Process, 'mayStart' | 'sturdy' | 'expects'>> = {},
): Process => ({
  name,
  operation,
  mayStart: () => true,
  sturdy: false,
  expects: () => false,
  ...more,
  state: 'ahead',
  steps: [],
  urgency: 0,
});

/** What the scheduler makes of a step. */
type Fate = 'goes well' | 'dies before it' | 'dies after it' | 'no answer, undone' | 'no answer, done' | 'denied';

const fates: { readonly [kind in Kind]: readonly Fate[] } = {
  'ledger.read': ['dies before it'],
  'ledger.write': ['dies before it', 'dies after it', 'no answer, done'],
  'setting.read': ['dies before it', 'denied'],
  // One that fails is told, and the hold stays: test/holds/originals.test.ts.
  'originals.write': ['dies before it', 'dies after it'],
  'originals.read': ['dies before it', 'denied'],
  'setting.write': ['dies before it', 'dies after it', 'no answer, undone', 'no answer, done', 'denied'],
};

/** Errors that this world gave: whoever gets one starts its operation again. */
const given = new WeakSet<object>();

const errorOf = (name: string, details: object): Error => {
  const error = Object.assign(new Error(`The world says ${name}.`), { name, ...details });
  given.add(error);
  return error;
};

const decide = (world: World, { sturdy }: Process, step: Step): Fate => {
  if (world.faults === 0 || !world.random.chance(0.06)) return 'goes well';
  const fate = world.random.pick(fates[step.kind]);
  if (sturdy && !(step.kind === 'ledger.write' && fate === 'no answer, done')) return 'goes well';
  world.faults--;
  return fate;
};

const tell = (world: World, process: Process, what: string): void => {
  world.trace?.push(`${new Date(world.now).toISOString().slice(14, 23)} ${process.name.padEnd(14)} ${what}`);
};

/** Steps of one process after another, as the random numbers will, until all have ended. `quiet` is called whenever nobody is under way. */
export const run = async (world: World, processes: readonly Process[], quiet: () => void): Promise<void> => {
  const failures: unknown[] = [];
  let wake = (): void => {};

  const handsOf = (process: Process): Hands => {
    const gate: Gate = <T>(kind: Kind, what: string, effect: () => T) =>
      new Promise<T>((answer, refuse) => {
        process.steps.push({ kind, what, effect, answer: answer as (value: unknown) => void, refuse });
        wake();
      });
    return {
      tools: {
        ledger: ledgerOf(world, gate),
        ...(world.originals && { originals: originalsOf(world.originals, gate) }),
        now: () => new Date(world.now),
        pause: async () => {},
      },
      setting: (thing) => settingOf(world, gate, thing),
      turn: (thing, value) => gate('setting.write', `sets ${thing.id} to ${value}`, () => turn(world, thing, value)),
    };
  };

  const start = (process: Process): void => {
    tell(world, process, process.state === 'dead' ? 'starts again' : 'starts');
    process.state = 'running';
    process.operation(handsOf(process)).then(
      () => {
        process.state = 'ended';
        tell(world, process, 'has ended');
        wake();
      },
      (error: unknown) => {
        const again = typeof error === 'object' && error !== null && given.has(error);
        process.state = again ? 'dead' : 'ended';
        tell(world, process, `ends with: ${String(error)}`);
        if (!again && !process.expects(error)) failures.push(error);
        wake();
      },
    );
  };

  let busySince = world.now;
  const settleSecondsMin = Math.min(...world.things.map((thing) => thing.settleSeconds));
  const letTimePass = (): void => {
    const seconds = world.random.next() * 0.02 * settleSecondsMin;
    if (world.leaps && world.random.chance(0.02)) settle(world);
    else if (world.leaps || (world.now - busySince) / 1000 + seconds < settleSecondsMin * 0.9) pass(world, seconds);
  };

  const advance = (process: Process, step: Step): boolean => {
    const fate = decide(world, process, step);
    process.steps.splice(process.steps.indexOf(step), 1);
    if (fate !== 'goes well') note(world, fate);
    const undone = fate === 'dies before it' || fate === 'no answer, undone' || fate === 'denied';
    const value = undone ? undefined : step.effect();
    // The answer takes its time, too.
    letTimePass();
    if (world.trace)
      tell(
        world,
        process,
        `${step.what} → ${fate === 'goes well' ? brief((value as LedgerRecord | undefined)?.value ?? value) : fate}`,
      );
    if (fate === 'dies before it' || fate === 'dies after it') {
      // Its promise is never settled: whatever it would have done next never happens. What was on its way may arrive all the same.
      process.state = 'dead';
      for (const { effect } of process.steps.splice(0)) if (world.random.chance(0.5)) effect();
      return false;
    }
    if (fate === 'denied') step.refuse(errorOf('AccessDenied', { $metadata: { httpStatusCode: 403 } }));
    else if (fate === 'goes well') step.answer(value);
    else if (step.kind === 'ledger.write') step.answer(false);
    else step.refuse(errorOf('TimeoutError', {}));
    return true;
  };

  // Half of the runs go by urgency, changed at a few moments: faults that need one process to sleep long are found so.
  // The others are led by processes of different speed.
  const byUrgency = world.random.chance(0.5);
  const rank = (process: Process): void => {
    process.urgency = byUrgency ? world.random.next() : world.random.pick([1, 1, 0.2, 0.03]);
  };
  processes.forEach(rank);
  const choose = (able: readonly Process[]): Process => {
    if (byUrgency) {
      const first = able.reduce((a, b) => (a.urgency >= b.urgency ? a : b));
      if (world.random.chance(0.12)) first.urgency = world.random.next() * first.urgency;
      return first;
    }
    let left = world.random.next() * able.reduce((sum, { urgency }) => sum + urgency, 0);
    for (const process of able) {
      left -= process.urgency;
      if (left <= 0) return process;
    }
    return able[0] as Process;
  };

  for (let steps = 0; ; steps++) {
    if (processes.every(({ state }) => state === 'ahead' || state === 'ended')) {
      quiet();
      if (world.random.chance(0.2)) settle(world);
      busySince = world.now;
    }
    const able = processes.filter(
      (process) =>
        process.steps.length > 0 || process.state === 'dead' || (process.state === 'ahead' && process.mayStart()),
    );
    if (able.length === 0) break;
    if (steps > 5000) throw violation('Five thousand steps, and no end: somebody waits for ever.');
    const process = choose(able);
    const step = process.steps.length > 1 ? world.random.pick(process.steps) : process.steps[0];
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    if (!step) start(process);
    else if (!advance(process, step)) continue;
    // What it still waits for may be all that it waits for: then it takes no further step by itself.
    await (process.steps.length > 0 ? setImmediate() : woken);
    if (failures.length > 0) throw violation(`${process.name} ended with ${String(failures[0])}`);
  }
};
