// Lambda: a raw event comes in; incidents that answer it are opened and their executions started.
import * as v from 'valibot';
import type { Engine } from './engine/engine.ts';
import { receive } from './engine/receive.ts';
import type { Next } from './engine/recurrence.ts';
import { handler } from './handler.ts';

/** What the workflow is started with depends on the incident alone, so a duplicate event ends in the same execution. */
export type Start = { readonly incident: string; readonly playbook: string };

export type ReceiveOutput = {
  /** Executions named after their incident: one that runs or has run is not started again. Started already where `engine.start` is given. */
  readonly starts: readonly Start[];
  /** Those that wait for a person and need not any more: their token is to be answered. */
  readonly resumes: readonly Start[];
  /** Contained ones whose finding came again: `watch` looks at once whether all stands. */
  readonly checks: readonly string[];
  readonly told: readonly {
    readonly finding: string;
    readonly type: string;
    readonly do: 'tell' | 'ignore';
    readonly reason: string;
  }[];
  /** Findings that could not be read. */
  readonly gaps: readonly string[];
};

/** One that can't be started keeps no other from it. @throws the first thing that AWS said: then the event has to come again. */
const startAll = async ({ start }: Engine, starts: readonly Start[]): Promise<void> => {
  const ends = await Promise.allSettled(starts.map(async (one) => start?.(one)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
};

/** @throws when the event is of no known source, in words: EventBridge then keeps it in the dead-letter queue. */
export const receiveHandler = handler(v.unknown(), async (engine, event): Promise<ReceiveOutput> => {
  const received = await receive(engine, event);
  if ('unreadable' in received) throw Object.assign(new Error(received.unreadable), { name: 'UnreadableEvent' });
  const those = (wanted: Next): readonly Start[] =>
    received.incidents
      .filter(({ next }) => next === wanted)
      .map(({ incident: { id, playbook } }) => ({ incident: id, playbook }));
  const starts = those('start');
  await startAll(engine, starts);
  return {
    starts,
    resumes: those('resume'),
    checks: those('check').map(({ incident }) => incident),
    told: received.told.map(({ finding, do: how, reason }) => ({
      finding: finding.id,
      type: finding.type,
      do: how,
      reason,
    })),
    gaps: received.gaps,
  };
});
