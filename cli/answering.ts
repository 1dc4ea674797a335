// What approve and deny have in common: the incident that waits, and who answers it.
import { unanswerable } from '../functions/engine/answer.ts';
import type { Incident } from '../functions/engine/incident.ts';
import { incidentNamed } from './commands/show.ts';
import { undertakingOn } from './engine.ts';
import { foreignPlace } from './target.ts';
import { trouble } from './trouble.ts';
import type { Undertaking } from './undertaking.ts';
import type { World } from './world.ts';

export const reason = { type: 'string', value: 'TEXT', about: 'why, for the record' } as const;

/** @throws in words, when the ledger has no such incident, it does not wait, or it is another account's. */
export const answering = async (
  world: World,
  id: string,
  json: boolean,
): Promise<{ readonly undertaking: Undertaking; readonly incident: Incident }> => {
  await world.config();
  const incident = await incidentNamed(await world.ledger('read'), id);
  // Before anybody has to sign in. What is late by its time alone is ended by the answer itself.
  const words = incident.phase === 'waiting' ? undefined : unanswerable(incident, world.now());
  if (words !== undefined) throw Object.assign(new Error(words), { name: 'Unanswerable' });
  const caller = await world.caller();
  const foreign = foreignPlace(caller, incident.target);
  if (foreign) throw trouble(foreign, 'Nothing was attempted. Use credentials of that account: set AWS_PROFILE.', 1);
  return { incident, undertaking: await undertakingOn(world, caller, { access: 'write', json }) };
};
