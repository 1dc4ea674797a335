// Verifying: fresh reads, and a fresh look for what came since. What can't be read counts as open.
import { gone } from '../../playbooks/language/aws.ts';
import { same } from '../../playbooks/language/json.ts';
import { watchedByWorkflow } from './drift.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { combined } from './hold.ts';
import { type Incident, type IncidentChange, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { decide } from './outcome.ts';
import { propose } from './plan.ts';
import { isEvidenceOnly } from './ready.ts';
import { withRequests } from './requests.ts';
import { isSettling } from './settling.ts';
import { afterRecords, type Recorded } from './take-all.ts';
import { comeAgain, isDeferred, isPatient, isRest } from './turn.ts';

/** What stands open is tried this often before a person is told. */
const triesMax = 3;

const foundSo = 'It was so already; nothing was written.';

const open = (change: IncidentChange, found: string, note: string): IncidentChange => ({
  ...change,
  state: 'open',
  note,
  found,
});

const standing = (change: IncidentChange, state: 'verified' | 'gone', note = ''): IncidentChange => {
  const { found: _gone, ...rest } = change;
  return { ...rest, state, note };
};

/** Reads only: what was found so and is open now is written when it is contained again, where that may be. */
const verifyOne = async (incident: Incident, { change, held, hold }: Recorded): Promise<IncidentChange> => {
  if (isDeferred(change) && change.effect !== 'containing') return change;
  try {
    const { record } = await hold;
    const wanted = combined(held.setting, record.holders) ?? change.to;
    const value = await held.setting.read(held.aws, held.id);
    if (value === gone) return standing(change, 'gone', 'It is not there any more.');
    const watches = incident.id in record.watching;
    const holds = incident.id in record.holders || watches;
    if (same(value, wanted) && holds) return standing(change, 'verified', watches ? foundSo : '');
    const said = held.setting.say(value);
    if (!holds) return change.state === 'failed' ? change : open(change, said, 'This incident no longer holds it.');
    if (watches) return open(change, said, `It was opened since: ${said}.`);
    const failed = change.failure === '' ? '' : ` ${change.failure}`;
    return open(change, said, `It reads ${said} instead of ${held.setting.say(wanted)}.${failed}`);
  } catch (error) {
    return open(change, 'unreadable', `Could not be read: ${whatAwsSaid(error)}`);
  }
};

/** Containing changes that a fresh look proposes and the plan lacks: an interface attached since. What is gone has got nothing. */
const driftOf = async (engine: Engine, incident: Incident): Promise<Pick<Incident, 'drift' | 'unseen'>> => {
  const nothing = { drift: [], unseen: '' };
  if (isEvidenceOnly(engine, incident)) return nothing;
  try {
    const proposal = await propose(engine, incident, incident.plan?.plannedAt ?? incident.openedAt);
    if ('gone' in proposal) return nothing;
    if ('refused' in proposal) return { drift: incident.drift, unseen: proposal.refused };
    const drift = proposal.changes
      .filter(({ effect }) => effect === 'containing')
      .filter(({ setting, id }) => !incident.changes.some((known) => known.as === setting && known.id === id))
      .map(({ setting, id }) => `${setting} ${id}`);
    return { drift, unseen: '' };
  } catch (error) {
    return { drift: incident.drift, unseen: whatAwsSaid(error) };
  }
};

const isOpen = ({ state, effect }: IncidentChange): boolean =>
  effect === 'containing' && (state === 'open' || state === 'failed');

/** Whether something is left to do. What a person approved is their plan and no more; anything else takes in what came since. */
const isUnfinished = ({ changes, drift, unseen, disposition }: Incident): boolean =>
  changes.some(isOpen) || unseen !== '' || (drift.length > 0 && disposition !== 'ask');

/**
 * What the workflow does next: try again what stands open, a few times; look once more when AWS has settled; or take it as decided. A clean
 * look that is not yet to be believed does not begin the count anew, or whoever undoes each try late enough would be fought for ever.
 */
export const nextLook = (incident: Incident, now: Date): 'again' | 'settle' | 'decided' => {
  if (isUnfinished(incident) && incident.openInARow < triesMax) return 'again';
  return isSettling(incident, now) ? 'settle' : 'decided';
};

const countedAfter = (read: Incident, now: Date): number => {
  if (isUnfinished(read)) return read.openInARow + 1;
  return isSettling(read, now) ? read.openInARow : 0;
};

/** `workflow`: it waits and asks again where AWS has no room. `close`: what can't be read counts as open. `look`: nothing is counted. */
type Reading = 'workflow' | 'close' | 'look';

/**
 * Everything read afresh. As long as something is still to come, what came since is looked for after it: of many incidents at once each is to be
 * told soon.
 */
const lookAfresh = (engine: Engine, incident: Incident, reading: Reading) => {
  const later = reading === 'workflow' && isRest(incident);
  return afterRecords(engine, incident, incident.changes, (recorded) =>
    Promise.all([
      Promise.all(recorded.map((one) => verifyOne(incident, one))),
      later ? { drift: incident.drift, unseen: incident.unseen } : driftOf(engine, incident),
    ]),
  );
};

/** For whoever only wants to know: no answer is better than one that takes what could not be asked for open. */
const noRoom = (id: string, refused: readonly string[]): Error => {
  const names = [...new Set(refused)].join(', ');
  const words = `AWS has no room for ${names} just now, so nobody knows whether ${id} stands. firebreak check ${id} asks again.`;
  return Object.assign(new Error(words), { name: 'NoRoom' });
};

const readAll = async (engine: Engine, id: string, reading: Reading): Promise<Incident> => {
  const before = await updateIncident(engine, id, (incident) => incident);
  if (before.phase !== 'holding') return before;
  const seen = await withRequests(() => lookAfresh(engine, before, reading));
  if (seen.refused.length > 0 && reading === 'workflow' && isPatient(before))
    return comeAgain(engine, before, 'verify', seen.refused);
  if (seen.refused.length > 0 && reading === 'look') throw noRoom(id, seen.refused);
  if ('error' in seen) throw seen.error;
  const [changes, since] = seen.value;
  const verified = await updateIncident(engine, id, (incident) => {
    const read = { ...incident, ...since, changes };
    const next =
      reading !== 'look'
        ? { ...read, turn: null, openInARow: countedAfter(read, engine.now()), watch: watchedByWorkflow(read) }
        : read;
    return { ...next, ...decide(next, isEvidenceOnly(engine, incident)) };
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

/**
 * Reads every setting afresh, looks for what came since, and decides the outcome from what was seen. Counts what is still open, so that the
 * workflow tries no more than a few times, and notes it as told: whoever verifies so tells people.
 * @throws only when the ledger can't be read or written: call it again.
 */
export const verify = (engine: Engine, id: string, reading: 'workflow' | 'close'): Promise<Incident> =>
  readAll(engine, id, reading);

/**
 * The same look for whoever only wants to know.
 * @throws when AWS has no room for it, or the ledger can't be read or written: call it again.
 */
export const look = (engine: Engine, id: string): Promise<Incident> => readAll(engine, id, 'look');
