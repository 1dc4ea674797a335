// Lambda: decides what is still undecided and tells people. It is the last state of either workflow, whatever went wrong before.
import * as v from 'valibot';
import { close } from './engine/close.ts';
import { handler, incidentInput } from './handler.ts';

const schema = v.object({
  ...incidentInput.entries,
  error: v.optional(v.object({ Error: v.optional(v.string(), ''), Cause: v.optional(v.string(), '') })),
});

export type Closed = { readonly incident: string; readonly outcome: string };

export const closeHandler = handler(schema, async (engine, { incident, error }): Promise<Closed> => {
  const closed = await close(engine, incident, error && { name: error.Error, cause: error.Cause });
  return { incident, outcome: closed.outcome ?? 'failed' };
});
