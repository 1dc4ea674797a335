// Lambda: decides what is still undecided and tells people. It is the last state of either workflow, whatever went wrong before; where
// containment stands and something else is still to come, it tells of that meanwhile.
import * as v from 'valibot';
import { belonging } from './engine/belongs.ts';
import { close, tellMeanwhile } from './engine/close.ts';
import { handler, incidentInput } from './handler.ts';

const schema = v.object({
  ...incidentInput.entries,
  do: v.optional(v.picklist(['close', 'tell-meanwhile']), 'close'),
  error: v.optional(v.object({ Error: v.optional(v.string(), ''), Cause: v.optional(v.string(), '') })),
});

export type Closed = { readonly incident: string; readonly outcome: string };

export const closeHandler = handler(
  schema,
  async (engine, { do: what, incident, playbook, error }): Promise<Closed> => {
    await belonging(engine, incident, playbook);
    const closed =
      what === 'close'
        ? await close(engine, incident, error && { name: error.Error, cause: error.Cause })
        : await tellMeanwhile(engine, incident);
    return { incident, outcome: closed.outcome ?? 'failed' };
  },
);
