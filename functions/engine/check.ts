// Checking: does everything that is held still stand? Reads only; what drifted is told.

import { gone } from '../../playbooks/language/aws.ts';
import { type Json, same } from '../../playbooks/language/json.ts';
import { isEvidenceOnly } from './contain.ts';
import { type Drift, driftsOf, isHalfReleased } from './drift.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { combined, type Held, type HoldRecord, readHold } from './hold.ts';
import { type Incident, type IncidentChange, readIncident } from './incident.ts';
import { reviewEvidence } from './preserve.ts';
import { heldOf } from './take-all.ts';
import { look } from './verify.ts';

/** Whether anything is left to look after: holds, what a release kept, or pending evidence. */
export const isOpen = (incident: Incident): boolean =>
  incident.phase === 'holding' ||
  incident.phase === 'releasing' ||
  incident.changes.some(({ state }) => state === 'kept');

export interface Checked {
  readonly incident: Incident;
  readonly drifts: readonly Drift[];
}

type Judge = (held: Held, record: HoldRecord, value: Json) => string | undefined;

/** Reads settings that are no longer held as the plan has it. What can't be read may be anything. */
const readEach = async (
  engine: Engine,
  incident: Incident,
  state: 'released' | 'kept',
  judge: (change: IncidentChange) => Judge,
): Promise<readonly Drift[]> => {
  const found: Drift[] = [];
  for (const change of incident.changes.filter((one) => one.state === state)) {
    const name = `${change.setting} ${change.id}`;
    const note = (key: string, said: string) =>
      found.push({ key: `${name} ${key}`, said: `${name} ${said}`, ...(state === 'kept' && { kept: change }) });
    try {
      const held = heldOf(engine, incident, change);
      const { record } = await readHold(engine, held);
      const value = await held.setting.read(held.aws, held.id);
      const said = value === gone ? undefined : judge(change)(held, record, value);
      if (said !== undefined) note(said, said);
    } catch (error) {
      note('unreadable', `could not be read: ${whatAwsSaid(error)}`);
    }
  }
  return found;
};

/** A write that was still under way when its incident was released, or whose end is unknown, may land later and contain what nobody holds. */
const lateWrites = (engine: Engine, incident: Incident): Promise<readonly Drift[]> =>
  readEach(engine, incident, 'released', ({ toSaid }) => (_held, { phase, last }, value) => {
    if (phase !== 'free' || !last || same(value, last.original)) return undefined;
    return last.wrote.some((wrote) => same(wrote, value)) ? `reads ${toSaid} again after it was released` : undefined;
  });

/** What a release kept is still held, and may be opened by others all the same. */
const openedSince = (engine: Engine, incident: Incident): Promise<readonly Drift[]> =>
  readEach(engine, incident, 'kept', ({ to }) => ({ setting }, { holders }, value) => {
    const wanted = combined(setting, holders) ?? to;
    return same(value, wanted) ? undefined : `reads ${setting.say(value)} and was to stay ${setting.say(wanted)}`;
  });

/** Something that was verified and stands open now has drifted, whatever else it is. */
const drifted = (incident: Incident, evidenceOnly: boolean): Incident => {
  const open = incident.changes.some(({ state, effect }) => state === 'open' && effect === 'containing');
  return open && !evidenceOnly ? { ...incident, outcome: 'drifted' } : incident;
};

/**
 * Looks at one incident afresh: its settings, what came since, its evidence. Reads only; the outcome says what was found.
 * @throws when there is no such incident, or the ledger can't be used.
 */
export const checkClosely = async (engine: Engine, id: string): Promise<Checked> => {
  const incident = await readIncident(engine, id);
  if (!incident)
    throw new Error(`There is no incident ${id} in this ledger. 'firebreak incidents' lists those that there are.`);
  if (incident.evidence.some(({ state }) => state === 'pending')) await reviewEvidence(engine, id);
  if (incident.phase === 'releasing') {
    const said = `A release was begun and has not ended. Unless it is still under way, firebreak release ${id} goes on with it.`;
    return { incident: { ...incident, outcome: 'drifted', reason: said }, drifts: [{ key: 'releasing', said }] };
  }
  if (incident.phase === 'holding' && !isHalfReleased(incident)) {
    const looked = await look(engine, id);
    return { incident: drifted(looked, isEvidenceOnly(engine, incident)), drifts: driftsOf(looked) };
  }
  const drifts = [...(await openedSince(engine, incident)), ...(await lateWrites(engine, incident))];
  const reason = drifts.map(({ said }) => said).join('; ');
  return { incident: drifts.length > 0 ? { ...incident, outcome: 'drifted', reason } : incident, drifts };
};

/** The same for whoever needs no more than the outcome. */
export const check = async (engine: Engine, id: string): Promise<Incident> => (await checkClosely(engine, id)).incident;
