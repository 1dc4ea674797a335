// Virtual time: a discrete-event scheduler. Nothing waits for real; who sleeps is woken, in the order of virtual time,
// as soon as nothing else in the program can run.

export interface Clock {
  readonly now: () => Date;
  /** Resolves when virtual time has moved on by so much, or at once when `cut` resolves: then nobody waits for the rest. */
  readonly sleep: (milliseconds: number, cut?: Promise<void>) => Promise<void>;
  /** Moves time at once. Whoever should have woken meanwhile wakes late. */
  readonly advance: (milliseconds: number) => void;
  /** Virtual time stands still while `work` waits for something real: a timer, a file, an import. */
  readonly hold: <T>(work: Promise<T>) => Promise<T>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

// Taken at load, so that a test's fake timers can't stop the scheduler.
const { setImmediate } = globalThis;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Promises run to their end before the next turn of the event loop. A second turn lets those go on that wait for one turn
 * themselves.
 */
const turnsOfQuiet = 2;

/** Behind all that wake at that time or before. */
const placeFor = (sleepers: readonly Sleeper[], at: number): number => {
  let low = 0;
  let high = sleepers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sleepers[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const createClock = (start: Date): Clock => {
  let now = start.getTime();
  let holds = 0;
  let released: (() => void) | undefined;
  let activity = 0;
  let pumping = false;
  /** In the order of waking; of two that wake at one time, the one that slept first comes first. */
  const sleepers: Sleeper[] = [];

  const quiescence = async (): Promise<void> => {
    for (let quiet = 0, seen = activity; quiet < turnsOfQuiet; ) {
      if (holds > 0) {
        await new Promise<void>((resolve) => {
          released = resolve;
        });
      }
      await turn();
      quiet = holds === 0 && seen === activity ? quiet + 1 : 0;
      seen = activity;
    }
  };

  const pump = async (): Promise<void> => {
    pumping = true;
    while (sleepers.length > 0) {
      await quiescence();
      const first = sleepers.shift();
      if (!first) break;
      now = Math.max(now, first.at);
      first.wake();
    }
    pumping = false;
  };

  return {
    now: () => new Date(now),
    sleep: (milliseconds, cut) =>
      new Promise((wake) => {
        const sleeper: Sleeper = { at: now + Math.max(0, milliseconds), wake };
        sleepers.splice(placeFor(sleepers, sleeper.at), 0, sleeper);
        activity += 1;
        void cut?.then(() => {
          const place = sleepers.indexOf(sleeper);
          if (place < 0) return;
          sleepers.splice(place, 1);
          activity += 1;
          wake();
        });
        if (!pumping) void pump();
      }),
    advance: (milliseconds) => {
      now += milliseconds;
    },
    hold: async (work) => {
      holds += 1;
      try {
        return await work;
      } finally {
        holds -= 1;
        activity += 1;
        if (holds === 0) released?.();
      }
    },
  };
};
