// How an Auto Scaling group is kept from terminating the instance once that fails its health checks. Pure.
import { terminatingProcesses } from '../settings/auto-scaling.ts';
import type { Seen } from './seen.ts';

/** States in which AWS takes a request for standby, or has it already. */
const canStandBy = ['InService', 'Standby', 'EnteringStandby'];
/** On its way into service, the instance can only be kept by letting the group's own work rest. */
const isComing = (lifecycle: string): boolean => lifecycle.startsWith('Pending');

export type Way = 'no group' | 'impossible' | 'standby' | 'suspend';

/** Standby takes one from the desired capacity, which AWS refuses below the minimum. What is not known of the group is tried. */
export const wayOut = ({ group }: Seen): Way => {
  if (!group) return 'no group';
  if (isComing(group.lifecycle)) return 'suspend';
  if (!canStandBy.includes(group.lifecycle)) return 'impossible';
  const { desired, minimum, member } = group;
  return member === 'in-service' && desired !== null && minimum !== null && desired <= minimum ? 'suspend' : 'standby';
};

/** What shall rest in the group: what terminates, on top of what rests already. */
export const restingIn = ({ group }: Seen): readonly string[] =>
  [...new Set([...(group?.suspended ?? []), ...terminatingProcesses])].toSorted();
