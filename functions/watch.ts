// Lambda: looks after what is held, on a schedule; and after the incidents whose finding came again, at once.
import * as v from 'valibot';
import { type Watched, watch } from './engine/watch.ts';
import { handler, incidentInput } from './handler.ts';

/** A schedule names no incident. */
const schema = v.object({ incident: v.optional(incidentInput.entries.incident) });

export const watchHandler = handler(schema, (engine, { incident }): Promise<Watched> => watch(engine, incident));
