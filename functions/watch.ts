// Lambda: looks after what is held, on a schedule; and after the incidents whose finding came again, at once.
import * as v from 'valibot';
import { measure } from './engine/measure.ts';
import { type Watched, watch } from './engine/watch.ts';
import { handler, incidentInput } from './handler.ts';

/** A schedule names no incident. */
const schema = v.object({ incident: v.optional(incidentInput.entries.incident) });

export const watchHandler = handler(schema, async (engine, { incident }): Promise<Watched> => {
  const watched = await watch(engine, incident);
  // Of one incident alone nothing follows for all.
  if (incident === undefined)
    measure(engine, {
      values: { Drifted: watched.looked.filter(({ outcome }) => outcome === 'drifted').length },
      by: {},
    });
  return watched;
});
