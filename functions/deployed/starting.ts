// How receive starts the workflow of an incident in a deployment.
import { startOn } from '../adapters/executions.ts';
import type { Ports } from './engine.ts';

/** @throws when the deployment names no state machine. */
export const starting: Ports = ({ own, place, environment: { FIREBREAK_RESPOND: machine } }) => {
  if (!machine) throw new Error('This function starts workflows, and was deployed without FIREBREAK_RESPOND.');
  return { start: startOn(own(place, 'start', 'write'), machine) };
};
