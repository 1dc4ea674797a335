// Lambda: a raw event comes in; incidents that answer it are opened and their executions started.
import * as v from 'valibot';
import { receive } from './engine/receive.ts';
import { handler } from './handler.ts';

/** What the workflow is started with depends on the incident alone, so a duplicate event ends in the same execution. */
export type Start = { readonly incident: string; readonly playbook: string };

export type ReceiveOutput = {
  readonly starts: readonly Start[];
  readonly told: readonly {
    readonly finding: string;
    readonly type: string;
    readonly do: 'tell' | 'ignore';
    readonly reason: string;
  }[];
  /** Findings that could not be read. */
  readonly gaps: readonly string[];
};

/** @throws when the event is of no known source, in words: EventBridge then keeps it in the dead-letter queue. */
export const receiveHandler = handler(v.unknown(), async (engine, event): Promise<ReceiveOutput> => {
  const received = await receive(engine, event);
  if ('unreadable' in received) throw Object.assign(new Error(received.unreadable), { name: 'UnreadableEvent' });
  return {
    starts: received.incidents.map(({ incident }) => ({ incident: incident.id, playbook: incident.playbook })),
    told: received.told.map(({ finding, do: how, reason }) => ({
      finding: finding.id,
      type: finding.type,
      do: how,
      reason,
    })),
    gaps: received.gaps,
  };
});
