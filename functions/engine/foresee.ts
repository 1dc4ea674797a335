// Foreseeing: what containing would come to now, with the plan and all that the rails say of it. Reads only; nothing is spent or claimed.
import type { Disposition } from '../../playbooks/language/answer.ts';
import type { Railable } from '../rails/before-hold.ts';
import type { Decision } from '../rails/decision.ts';
import { switchState } from '../rails/switch.ts';
import type { Engine } from './engine.ts';
import { lookAndPlan, type Planned, type Planning } from './plan.ts';
import { judged } from './ready.ts';

export interface Foreseen {
  readonly planning: Planning;
  /** What the rails before the first hold would say. */
  readonly rails: readonly Decision[];
  readonly far: Disposition;
  readonly reason: string;
}

/** Takes what it is given and keeps nothing: the rails find out what a budget has left, and leave it there. */
const keepsNothing = (engine: Engine): Engine => ({ ...engine, ledger: { ...engine.ledger, write: async () => true } });

/** @throws what AWS said, when not even a plan could be made. */
export const foresee = async (engine: Engine, incident: Railable & Planned, plannedAt: string): Promise<Foreseen> => {
  const position = switchState(engine.config, engine.readSwitch);
  const planned = await lookAndPlan(engine, incident, plannedAt);
  if (!('draft' in planned))
    return { planning: planned, rails: [], far: incident.disposition, reason: incident.because };
  const { far, reason, decisions, draft } = await judged(keepsNothing(engine), incident, planned, await position);
  return { planning: draft, rails: decisions, far, reason };
};
