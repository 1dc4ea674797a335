// How long AWS may go on answering what was before, so that no look is to be believed yet. Pure.
import type { Incident } from './incident.ts';

/**
 * Until when what is read may be too old to believe. AWS may go on answering an old value for the settling time, and letting in for as long
 * whoever has just been cut off; what they open in it can stay unseen for as long again.
 */
export const isSettling = ({ wroteAt, plan }: Pick<Incident, 'wroteAt' | 'plan'>, now: Date): boolean =>
  secondsToSettle({ wroteAt, plan }, now) > 0;

export const secondsToSettle = ({ wroteAt, plan }: Pick<Incident, 'wroteAt' | 'plan'>, now: Date): number =>
  wroteAt && plan ? Math.max(0, Math.ceil((Date.parse(wroteAt) - now.getTime()) / 1000 + 2 * plan.settleSeconds)) : 0;
