// Closing: whatever way the workflow took, the incident has an outcome in words and people hear of it.
import { end, isEvidenceOnly } from './contain.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { type Incident, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { measure, timesOf } from './measure.ts';
import { isDone } from './turn.ts';
import { verify } from './verify.ts';

/** What the workflow caught. */
export type Caught = { readonly name: string; readonly cause: string };

/** Before the first hold an error ends the incident; nothing has been changed. */
const endBefore = (engine: Engine, incident: Incident, { name, cause }: Caught): Promise<Incident> => {
  // A denial is on record before the workflow hears of it, and then the incident has ended: this is somebody else's word.
  if (name === 'Denied') {
    const words = `Its workflow was told that it is denied, and nobody's denial is on record: ${cause}`;
    return end(engine, incident.id, 'failed', `${words} Nothing was changed, and nothing is contained.`);
  }
  const remedy = `Nothing was changed. firebreak contain ${incident.playbook} ${incident.target.id} tries again.`;
  return end(engine, incident.id, 'failed', `${name}: ${cause} ${remedy}`);
};

/** After it, what stands is read once more: holds on record are released or tried again, never forgotten. */
const decideAfter = async (engine: Engine, incident: Incident, caught: Caught): Promise<Incident> => {
  const words = `The workflow stopped: ${caught.name}: ${caught.cause}`;
  try {
    await updateIncident(engine, incident.id, (before) => ({ ...before, phase: 'holding' }));
    const verified = await verify(engine, incident.id, 'close');
    return await updateIncident(engine, incident.id, (before) => ({
      ...before,
      reason: `${verified.reason} ${words}`,
    }));
  } catch (error) {
    return updateIncident(engine, incident.id, (before) => ({
      ...before,
      outcome: before.outcome ?? 'failed',
      reason: `${words} What stands could not be read: ${whatAwsSaid(error)} firebreak check ${incident.id} looks again.`,
    }));
  }
};

/**
 * Tells people, and writes down whether they could be told; a notice that fails changes nothing else. `news` names this one among those that
 * have the same outcome.
 * @throws when it could be neither sent nor written down: call it again, or nobody would ever hear of it.
 */
export const tell = async (engine: Engine, incident: Incident, news = ''): Promise<void> => {
  const { id, outcome, attempts } = incident;
  if (!engine.notify) return;
  let result = 'sent';
  try {
    await engine.notify(incident);
  } catch (error) {
    result = `could not be sent: ${whatAwsSaid(error)}`;
    engine.report({ incident: id, step: 'notice', text: result });
  }
  try {
    const subject = [outcome, news].filter(Boolean).join(': ');
    await append(engine, id, [{ step: 'notice', subject, attempt: attempts, result }]);
  } catch (error) {
    if (result !== 'sent') throw error;
    engine.report({ incident: id, step: 'notice', text: `${result}, not written down: ${whatAwsSaid(error)}` });
  }
};

/** Evidence that nobody has to wait for any longer, and that is not whole. */
const gapsIn = ({ evidence }: Incident): string =>
  evidence
    .filter(({ state }) => state === 'failed' || state === 'partial')
    .map(({ kind, subject, state, note }) => [kind, subject, state, note].join(' '))
    .join('; ');

/**
 * People hear at once of what stands, however long the rest or the evidence may take. Of evidence that is all there is, nothing is decided yet.
 * @throws when the ledger can't be used: then whoever closes tells it.
 */
export const tellMeanwhile = async (engine: Engine, id: string): Promise<Incident> => {
  const incident = await updateIncident(engine, id, (before) => before);
  const { outcome, reason, told } = incident;
  if (incident.phase !== 'holding' || told?.outcome === outcome || isEvidenceOnly(engine, incident)) return incident;
  await tell(engine, incident);
  if (told === null) measure(engine, timesOf(incident, engine.now()));
  return updateIncident(engine, id, (before) => ({ ...before, told: { outcome, reason, gaps: gapsIn(incident) } }));
};

/** Whether people have heard of it already, and all that was still to come came as it should. */
const isTold = (incident: Incident): boolean => {
  const { told, outcome, reason, changes } = incident;
  return (
    told !== null &&
    told.outcome === outcome &&
    (told.reason === reason || changes.every((change) => isDone(change))) &&
    told.gaps === gapsIn(incident)
  );
};

/** Decides, tells, and answers the incident as it stands. A notice that fails is recorded and changes nothing. */
export const close = async (engine: Engine, id: string, caught?: Caught): Promise<Incident> => {
  const incident = await updateIncident(engine, id, (before) => before);
  if (caught)
    await append(engine, id, [
      { step: 'caught', subject: caught.name, attempt: incident.attempts, result: caught.cause },
    ]);
  const undecided = incident.phase === 'new' || incident.phase === 'waiting';
  const closed =
    caught && undecided
      ? await endBefore(engine, incident, caught)
      : caught && incident.phase !== 'ended'
        ? await decideAfter(engine, incident, caught)
        : incident;
  if (caught || !isTold(closed)) await tell(engine, closed);
  if (closed.told === null) measure(engine, timesOf(closed, engine.now()));
  measure(engine, {
    values: { Incidents: 1 },
    by: { Playbook: closed.playbook, Outcome: closed.outcome ?? 'failed' },
  });
  // Whoever takes it up again begins with new patience, and is told anew.
  const isFresh = closed.told === null && closed.refusals === 0 && closed.turn === null;
  return isFresh
    ? closed
    : updateIncident(engine, id, (before) => ({ ...before, told: null, refusals: 0, turn: null }));
};
