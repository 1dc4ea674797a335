// Whose an incident is: what the ledger says of it counts, whatever whoever calls a function believes.
import type { Engine } from './engine.ts';
import { type Incident, readIncident } from './incident.ts';

/**
 * The incident, as far as it is this playbook's: the state machine names that only to find the function.
 * @throws NotAdmitted where it is another one's, or there is none.
 */
export const belonging = async (engine: Engine, id: string, playbook: string): Promise<Incident> => {
  const incident = await readIncident(engine, id);
  if (incident?.playbook === playbook) return incident;
  const found = incident ? `the ledger says that it is ${incident.playbook}'s` : 'the ledger has no such incident';
  throw Object.assign(new Error(`Incident ${id} was handed to ${playbook}, but ${found}.`), { name: 'NotAdmitted' });
};
