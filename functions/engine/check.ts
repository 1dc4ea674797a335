// Checking: does everything that is held still stand? Reads only; what drifted is told.

import { gone } from '../../playbooks/language/aws.ts';
import { same } from '../../playbooks/language/json.ts';
import { heldOf, isEvidenceOnly } from './contain.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { combined, readHold } from './hold.ts';
import { type Incident, readIncident } from './incident.ts';
import { reviewEvidence } from './preserve.ts';
import { verify } from './verify.ts';

/** Whether anything is left to look after: holds, what a release kept, or pending evidence. */
export const isOpen = (incident: Incident): boolean =>
  incident.phase === 'holding' ||
  incident.phase === 'releasing' ||
  incident.changes.some(({ state }) => state === 'kept');

/** A write that was still under way when its incident was released, or whose end is unknown, may land later and contain what nobody holds. */
const lateWrites = async (engine: Engine, incident: Incident): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const change of incident.changes.filter(({ state }) => state === 'released')) {
    const held = heldOf(engine, incident, change);
    const { record } = await readHold(engine, held);
    if (record.phase !== 'free' || !record.last) continue;
    const value = await held.setting.read(held.aws, held.id);
    if (value === gone || same(value, record.last.original)) continue;
    if (record.last.wrote.some((wrote) => same(wrote, value)))
      found.push(`${change.setting} ${change.id} reads ${change.toSaid} again after it was released`);
  }
  return found;
};

/** What a release kept is still held, and may be opened by others all the same. */
const openedSince = async (engine: Engine, incident: Incident): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const change of incident.changes.filter(({ state }) => state === 'kept')) {
    const held = heldOf(engine, incident, change);
    const { record } = await readHold(engine, held);
    const wanted = combined(held.setting, record.holders) ?? change.to;
    const value = await held.setting.read(held.aws, held.id);
    if (value !== gone && !same(value, wanted))
      found.push(
        `${change.setting} ${change.id} reads ${held.setting.say(value)} and was to stay ${held.setting.say(wanted)}`,
      );
  }
  return found;
};

/**
 * Looks at one incident afresh: its settings, what came since, its evidence. The outcome says what was found.
 * @throws when there is no such incident, or the ledger can't be used.
 */
export const check = async (engine: Engine, id: string): Promise<Incident> => {
  const incident = await readIncident(engine, id);
  if (!incident)
    throw new Error(`There is no incident ${id} in this ledger. 'firebreak incidents' lists those that there are.`);
  if (incident.evidence.some(({ state }) => state === 'pending')) await reviewEvidence(engine, id);
  if (incident.phase === 'releasing')
    return {
      ...incident,
      outcome: 'drifted',
      reason: `A release was begun and has not ended. Unless it is still under way, firebreak release ${id} goes on with it.`,
    };
  if (incident.phase === 'holding') return drifted(await verify(engine, id), isEvidenceOnly(engine, incident));
  try {
    const found = [...(await openedSince(engine, incident)), ...(await lateWrites(engine, incident))];
    return found.length > 0 ? { ...incident, outcome: 'drifted', reason: found.join('; ') } : incident;
  } catch (error) {
    return { ...incident, reason: `${incident.reason} A fresh look failed: ${whatAwsSaid(error)}` };
  }
};

/** Something that was verified and stands open now has drifted, whatever else it is. */
const drifted = (incident: Incident, evidenceOnly: boolean): Incident => {
  const open = incident.changes.some(({ state, effect }) => state === 'open' && effect === 'containing');
  return open && !evidenceOnly ? { ...incident, outcome: 'drifted' } : incident;
};
