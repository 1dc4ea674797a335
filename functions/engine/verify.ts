// Verifying: fresh reads, and a fresh look for what came since. What can't be read counts as open.
import { gone } from '../../playbooks/language/aws.ts';
import { same } from '../../playbooks/language/json.ts';
import { heldOf, isEvidenceOnly } from './contain.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { combined, readHold, take, write } from './hold.ts';
import { type Incident, type IncidentChange, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { decide } from './outcome.ts';
import { propose } from './plan.ts';

/** What stands open is tried this often before a person is told. */
const triesMax = 3;

const foundSo = 'It was so already; nothing was written.';

const open = (change: IncidentChange, note: string): IncidentChange => ({ ...change, state: 'open', note });

/** Found as wanted when it was taken, so nothing was written; if somebody opened it since, it is held and written now. */
const retake = async (engine: Engine, incident: Incident, change: IncidentChange): Promise<void> => {
  const held = heldOf(engine, incident, change);
  const taken = await take(engine, held, incident.id, change.to);
  if (taken.state === 'held') await write(engine, held, incident.id, taken);
};

const verifyOne = async (engine: Engine, incident: Incident, change: IncidentChange): Promise<IncidentChange> => {
  const held = heldOf(engine, incident, change);
  try {
    const { record } = await readHold(engine, held);
    const wanted = combined(held.setting, record.holders) ?? change.to;
    const value = await held.setting.read(held.aws, held.id);
    if (value === gone) return { ...change, state: 'gone', note: 'It is not there any more.' };
    const holds = incident.id in record.holders || incident.id in record.watching;
    if (same(value, wanted) && holds)
      return { ...change, state: 'verified', note: incident.id in record.watching ? foundSo : '' };
    if (!holds) return change.state === 'failed' ? change : open(change, 'This incident no longer holds it.');
    if (incident.id in record.watching) {
      await retake(engine, incident, change);
      return open(change, `It was opened since: ${held.setting.say(value)}.`);
    }
    const failed = change.failure === '' ? '' : ` ${change.failure}`;
    return open(change, `It reads ${held.setting.say(value)} instead of ${held.setting.say(wanted)}.${failed}`);
  } catch (error) {
    return open(change, `Could not be read: ${whatAwsSaid(error)}`);
  }
};

/** Containing changes that a fresh look proposes and the plan lacks: an interface attached since. */
const driftOf = async (engine: Engine, incident: Incident): Promise<readonly string[]> => {
  const proposal = await propose(engine, incident, incident.plan?.plannedAt ?? incident.openedAt);
  if (!('changes' in proposal)) return [];
  return proposal.changes
    .filter(({ effect }) => effect === 'containing')
    .filter(({ setting, id }) => !incident.changes.some((known) => known.as === setting && known.id === id))
    .map(({ setting, id }) => `${setting} ${id}`);
};

const isOpen = ({ state, effect }: IncidentChange): boolean =>
  effect === 'containing' && (state === 'open' || state === 'failed');

/** Whether another try may close what stands open. */
export const mayTryAgain = ({ openInARow }: Incident): boolean => openInARow > 0 && openInARow < triesMax;

/**
 * Reads every setting afresh, looks for what came since, and decides the outcome from what was seen.
 * @throws only when the ledger can't be read or written: call it again.
 */
export const verify = async (engine: Engine, id: string): Promise<Incident> => {
  const before = await updateIncident(engine, id, (incident) => incident);
  if (before.phase !== 'holding') return before;
  const changes = await Promise.all(before.changes.map((change) => verifyOne(engine, before, change)));
  let drift = before.drift;
  let unseen = '';
  try {
    drift = isEvidenceOnly(engine, before) ? [] : await driftOf(engine, before);
  } catch (error) {
    unseen = ` A fresh look for what came since failed: ${whatAwsSaid(error)}`;
  }
  const verified = await updateIncident(engine, id, (incident) => {
    const openInARow = changes.some(isOpen) ? incident.openInARow + 1 : 0;
    const next = { ...incident, changes, drift, openInARow };
    const { outcome, reason } = decide(next, isEvidenceOnly(engine, incident));
    return { ...next, outcome, reason: `${reason}${unseen}` };
  });
  await append(
    engine,
    id,
    changes.map(({ setting, id: subject, to, state, note }) => ({
      step: 'verified',
      subject: `${setting} ${subject}`,
      attempt: before.attempts,
      to,
      result: note ? `${state}: ${note}` : state,
    })),
  );
  engine.report({ incident: id, step: 'verify', text: `${verified.outcome}: ${verified.reason}` });
  return verified;
};
