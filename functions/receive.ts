// Lambda: a raw event comes in; incidents that answer it are opened, and whatever carries them on is begun.
import * as v from 'valibot';
import type { Engine } from './engine/engine.ts';
import { receive } from './engine/receive.ts';
import type { Next } from './engine/recurrence.ts';
import { noticingFailures, tellUndecided } from './engine/undecided.ts';
import { handler } from './handler.ts';
import { isRequest, readRequest } from './sources/manual.ts';

/** What the workflow is started with depends on the incident alone, so a duplicate event ends in the same execution. */
export type Start = { readonly incident: string; readonly playbook: string };

export type ReceiveOutput = {
  /** Executions named after their incident: one that runs or has run is not started again. Started already where `engine.start` is given. */
  readonly starts: readonly Start[];
  /** Those that wait for a person and need not any more. Woken already where `engine.resume` is given. */
  readonly resumes: readonly Start[];
  /** Contained ones whose finding came again: `watch` looks at once whether all stands. Asked for already where `engine.check` is given. */
  readonly checks: readonly string[];
  /** All that the event was taken up by. */
  readonly seen: readonly string[];
  readonly told: readonly {
    readonly finding: string;
    readonly type: string;
    readonly do: 'tell' | 'ignore';
    readonly reason: string;
  }[];
  /** Findings that could not be read. */
  readonly gaps: readonly string[];
};

/** One that fails keeps no other from it. @throws the first thing that AWS said: then the event has to come again. */
const all = async (works: readonly (() => Promise<void> | undefined)[]): Promise<void> => {
  const ends = await Promise.allSettled(works.map(async (work) => work()));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
};

/** A ledger out of reach keeps Firebreak from deciding anything, and nobody from hearing of it. @throws what the ledger said, all the same. */
const taking = async (engine: Engine, event: unknown) => {
  const { ledger, failure } = noticingFailures(engine.ledger);
  try {
    return await receive({ ...engine, ledger }, event);
  } catch (error) {
    await tellUndecided(engine, event, error, failure());
    throw error;
  }
};

/**
 * Takes the event in and has everything begun that answers it.
 * @throws when the event is of no known source, in words; or when something could not be begun.
 */
export const received = async (engine: Engine, event: unknown): Promise<ReceiveOutput> => {
  const taken = await taking(engine, event);
  if ('unreadable' in taken) throw unreadable(taken.unreadable);
  const those = (wanted: Next): readonly Start[] =>
    taken.incidents
      .filter(({ next }) => next === wanted)
      .map(({ incident: { id, playbook } }) => ({ incident: id, playbook }));
  const starts = those('start');
  const resumes = those('resume');
  const checks = those('check').map(({ incident }) => incident);
  await all([
    async () => {
      await taken.recorded;
    },
    ...starts.map((one) => () => engine.start?.(one)),
    ...resumes.map(
      ({ incident }) =>
        () =>
          engine.resume?.(incident),
    ),
    ...checks.map((incident) => () => engine.check?.(incident)),
  ]);
  return {
    starts,
    resumes,
    checks,
    seen: taken.incidents.map(({ incident }) => incident.id),
    told: taken.told.map(({ finding, do: how, reason }) => ({
      finding: finding.id,
      type: finding.type,
      do: how,
      reason,
    })),
    gaps: taken.gaps,
  };
};

/** What somebody started in the console of Step Functions: the input is anybody's, and the execution is all that is known of who that is. */
const begunByHand = v.strictObject({ byHand: v.unknown(), execution: v.string() });

/** An error that is a sentence: sent again, it would be no better. */
const unreadable = (words: string): Error => Object.assign(new Error(words), { name: 'UnreadableEvent' });

/** In the name of nobody whose word would count. */
const byWayOf = (request: unknown, way: string): unknown => ({
  ...(request as object),
  by: `somebody by way of ${way}`,
});

/**
 * Whoever may call this function directly can put any name into a request by hand; where AWS says who asks, `answer` takes it. What comes from the
 * console is a request or nothing: never the event of a detector.
 * @throws in words, where that is none.
 */
const unproven = (event: unknown, now: Date): unknown => {
  const begun = v.safeParse(begunByHand, event);
  if (begun.success) {
    const { byHand, execution } = begun.output;
    const reading = readRequest(byHand, now);
    if ('unreadable' in reading) throw unreadable(reading.unreadable);
    return byWayOf(byHand, execution);
  }
  const by = isRequest(event) ? (event as { readonly by?: unknown }).by : undefined;
  return typeof by === 'string' ? byWayOf(event, by) : event;
};

/** An event of no known source throws, so that Lambda puts it into the dead-letter queue. */
export const receiveHandler = handler(v.unknown(), (engine, event) => received(engine, unproven(event, engine.now())));
