// Lambda: asks a person. The workflow waits with the task token until somebody answers or the time is up.
import * as v from 'valibot';
import { approve as approvePlan } from './engine/answer.ts';
import { tell } from './engine/close.ts';
import type { Engine } from './engine/engine.ts';
import { type Incident, updateIncident } from './engine/incident.ts';
import { append } from './engine/journal.ts';
import { handler, incidentInput } from './handler.ts';

const schema = v.object({ ...incidentInput.entries, token: v.string() });

/**
 * Puts the question where a person sees it. The answer comes back by the token, never through this function. A question that could not be
 * sent changes nothing: the time runs, and its end is told.
 */
export const askHandler = handler(schema, async (engine, { incident: id }): Promise<Record<string, never>> => {
  const incident = await updateIncident(engine, id, (before) => before);
  await append(engine, id, [
    { step: 'asked', attempt: incident.asked, to: incident.plan?.hash ?? '', result: incident.because },
  ]);
  await tell(engine, incident);
  return {};
});

/** Approves the plan on record, in the name of whom AWS says the caller is. */
export const approve = (engine: Engine, id: string, by: string): Promise<Incident> => approvePlan(engine, id, { by });
