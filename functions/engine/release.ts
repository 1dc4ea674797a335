// Releasing: every setting back to what it was before the first holder, unless somebody changed it since or it is to be kept.
import { gone } from '../../playbooks/language/aws.ts';
import { canonical, type Json, same } from '../../playbooks/language/json.ts';
import type { Effect } from '../../playbooks/language/playbook.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { type Held, type Release, type ReleaseMode, readHold, release as releaseHold } from './hold.ts';
import { type Incident, type IncidentChange, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { propose } from './plan.ts';
import { withRequests } from './requests.ts';
import { heldOf } from './take-all.ts';

/** The network comes back before Auto Scaling and the load balancers look at the instance again; the tag goes last. */
const order: readonly Effect[] = ['containing', 'protecting', 'marking'];

/**
 * Which changes a release puts back. What is to be kept goes back as well when the owner has mended what made keeping necessary.
 * Never throws: without a fresh look the plan's rule stands, which keeps, and that is the careful side.
 */
export const mayGoBack = async (
  engine: Engine,
  incident: Incident,
  mode: ReleaseMode,
): Promise<(change: IncidentChange) => boolean> => {
  const ruled = ({ release: rule }: IncidentChange): boolean => mode !== 'restore' || rule === 'restore';
  if (incident.changes.every(ruled)) return ruled;
  try {
    const proposal = await propose(engine, incident, incident.plan?.plannedAt ?? incident.openedAt);
    if (!('changes' in proposal)) return ruled;
    const mended = proposal.changes.filter(({ release: rule }) => rule === 'restore');
    return (change) => ruled(change) || mended.some(({ setting, id }) => setting === change.as && id === change.id);
  } catch {
    return ruled;
  }
};

/** In a ledger that was changed anything may stand, also what no setting can say. */
const spoken = (say: (value: never) => string, value: Json): string => {
  try {
    return say(value as never);
  } catch {
    return canonical(value);
  }
};

/** Both values, and what a person can do. */
const doubt = (say: (value: never) => string, { original, kept }: Extract<Release, { readonly state: 'doubted' }>) => {
  const says = `The ledger says that it was ${spoken(say, original)}`;
  if (kept.length === 0)
    return `${says}, and nothing was kept beside it that confirms this. Left as it is: once somebody has looked, --force puts that back, --keep lets go.`;
  const others = kept.map(
    (one) => `${spoken(say, one.original)}, as ${one.incident} read it at ${one.at} (${one.where})`,
  );
  return `${says}, and what was kept beside it says ${others.join(', or ')}. Somebody changed the ledger, or nothing could be kept. Left as it is, and not to be forced: --keep lets go, and a person puts back what is right.`;
};

const said = (change: IncidentChange, say: (value: never) => string, end: Release): IncidentChange => {
  const speak = say as (value: unknown) => string;
  switch (end.state) {
    case 'released':
      return { ...change, state: 'released', note: '' };
    case 'untouched':
      return { ...change, state: 'untouched', note: 'Nothing had been written.' };
    case 'shared':
      return { ...change, state: 'shared', note: `Stays ${speak(end.stands)} for ${end.holders.join(', ')}.` };
    case 'let-go':
      return { ...change, state: 'let-go', note: 'Let go as it stands; nothing was written.' };
    case 'gone':
      return { ...change, state: 'gone', note: 'It is not there any more.' };
    case 'conflict':
      return {
        ...change,
        state: 'conflict',
        note: `Somebody made it ${speak(end.found)} since; the original is ${speak(end.original)}. Left as it is: --force puts the original over it, --keep lets go.`,
      };
    case 'doubted':
      return { ...change, state: 'doubted', note: doubt(say, end) };
  }
};

type Done = { readonly change: IncidentChange; readonly requests: readonly string[] };

const releaseOne = async (
  engine: Engine,
  incident: Incident,
  change: IncidentChange,
  mode: ReleaseMode,
): Promise<Done> => {
  const held = heldOf(engine, incident, change);
  // What was said to be put back, and was not when it was looked at, is put back once more.
  const stillStands = change.state === 'failed' ? change.to : undefined;
  const done = await withRequests(() => releaseHold(engine, held, incident.id, mode, stillStands));
  const requests = done.requests.map(({ requestId }) => requestId);
  if ('error' in done) return { change: { ...change, state: 'failed', note: whatAwsSaid(done.error) }, requests };
  return { change: said(change, held.setting.say as (value: never) => string, done.value), requests };
};

/** What went before it was held or after; its hold goes all the same, or the next resource of that name would inherit its original. */
const releaseGone = async (engine: Engine, incident: Incident, change: IncidentChange, mode: ReleaseMode) => {
  const done = await releaseOne(engine, incident, change, mode);
  return done.change.state === 'untouched' ? { ...done, change } : done;
};
/** Not put back: somebody else's value stands, nobody knows the original, or AWS refused. */
const stuck: readonly IncidentChange['state'][] = ['conflict', 'doubted', 'failed'];

/** Changes that are still held, so that a release has something to do with them. */
const over: readonly IncidentChange['state'][] = ['released', 'untouched', 'shared', 'let-go', 'gone'];
export const unreleased = ({ state }: IncidentChange): boolean => !over.includes(state);

/** What only waits for the rest was to go back already: letting go of the rest doesn't take that away. */
export const modeFor = ({ state }: IncidentChange, mode: ReleaseMode): ReleaseMode =>
  state === 'waits' && mode === 'keep' ? 'restore' : mode;

const keptAs = (change: IncidentChange): IncidentChange => ({
  ...change,
  state: 'kept',
  note: `Stays ${change.toSaid}; only release --force puts back ${change.fromSaid}.`,
});

/**
 * Lets go of everything the incident holds. A plain release puts back all but what is to be kept, which stays held so that `force` can put
 * it back later; `keep` lets go without writing. What others changed since is left alone and told, and what protects then stays.
 * @throws only when the ledger can't be read or written: call it again.
 */
export const release = async (engine: Engine, id: string, mode: ReleaseMode): Promise<Incident> => {
  const incident = await updateIncident(engine, id, (before) => ({
    ...before,
    phase: before.phase === 'ended' ? before.phase : 'releasing',
    attempts: before.attempts + 1,
  }));
  const goesBack = await mayGoBack(engine, incident, mode);
  const letGo = async (change: IncidentChange, waits: boolean): Promise<Done> => {
    if (change.state === 'gone') return releaseGone(engine, incident, change, mode);
    if (!unreleased(change)) return { change, requests: [] };
    if (waits) return { change: { ...change, state: 'waits', note: 'Until what contains is put back.' }, requests: [] };
    if (!goesBack(change)) return { change: keptAs(change), requests: [] };
    return releaseOne(engine, incident, change, modeFor(change, mode));
  };
  const released: Done[] = [];
  for (const effect of order) {
    // Cut off as it still is, it would be taken for broken and replaced, were it given back now.
    const waits = released.some(({ change }) => change.effect === 'containing' && stuck.includes(change.state));
    for (const change of incident.changes.filter((one) => one.effect === effect)) {
      const done = await letGo(change, waits && effect !== 'containing');
      released.push(done);
      engine.report({
        incident: id,
        step: done.change.state,
        text: `${change.setting} ${change.id}${done.change.note ? `: ${done.change.note}` : ''}`,
      });
    }
  }
  await append(
    engine,
    id,
    released.map(({ change, requests }) => ({
      step: `release ${mode}`,
      subject: `${change.setting} ${change.id}`,
      attempt: incident.attempts,
      from: change.to,
      to: change.from,
      requests,
      result: change.note ? `${change.state}: ${change.note}` : change.state,
    })),
  );
  return updateIncident(engine, id, (before) => ({
    ...before,
    changes: before.changes.map(
      (known) => released.find(({ change }) => change.as === known.as && change.id === known.id)?.change ?? known,
    ),
  }));
};

/** Why what was put back does not stand; undefined where it does, or is another incident's by now. */
const notPutBack = async (engine: Engine, held: Held): Promise<string | undefined> => {
  const { record } = await readHold(engine, held);
  const value = await held.setting.read(held.aws, held.id);
  const ours = record.last !== null && record.phase === 'free';
  if (!ours || value === gone || same(value, record.last?.original ?? null)) return undefined;
  return `It reads ${held.setting.say(value)} after it was put back. Release it again; --force puts the original over whatever stands.`;
};

/**
 * Reads what was put back once more, when AWS has settled; tidies up supporting resources that nobody uses any more, also those that were
 * prepared for a write that never came. What can't be read is not said to be as it was.
 */
const verifyReleased = async (engine: Engine, incident: Incident, change: IncidentChange): Promise<IncidentChange> => {
  if (change.state !== 'released' && change.state !== 'untouched') return change;
  const held = heldOf(engine, incident, change);
  try {
    const note = change.state === 'released' ? await notPutBack(engine, held) : undefined;
    if (note !== undefined) return { ...change, state: 'failed', note };
    const inUse = (await held.setting.retire?.(held.aws, held.id)) ?? [];
    return inUse.length > 0 ? { ...change, note: `Still in use by others: ${inUse.join(', ')}.` } : change;
  } catch (error) {
    const done = change.state === 'released' ? 'Put back' : 'Nothing had been written';
    const note = `${done}, but the last look failed: ${whatAwsSaid(error)} Release it again, to see and to tidy up.`;
    return { ...change, state: 'failed', note };
  }
};

const releaseVerdict = (changes: readonly IncidentChange[]): Pick<Incident, 'outcome' | 'reason'> => {
  const named = (state: IncidentChange['state']) =>
    changes.filter((change) => change.state === state).map(({ setting, id, note }) => `${setting} ${id} (${note})`);
  const waiting = named('waits').length > 0 ? '. What protects it is held until then.' : '';
  const conflicts = [...named('conflict'), ...named('doubted')];
  if (conflicts.length > 0) return { outcome: 'conflict', reason: `${conflicts.join('; ')}${waiting}` };
  const failed = named('failed');
  if (failed.length > 0) return { outcome: 'failed', reason: `Not put back: ${failed.join('; ')}${waiting}` };
  const but = [...named('kept'), ...named('gone')];
  return {
    outcome: 'released',
    reason: but.length > 0 ? `Put back, but for: ${but.join('; ')}` : 'All is as it was before.',
  };
};

/**
 * Decides how the release ended, from fresh reads. With a conflict or a failure the incident goes on holding.
 * @throws only when the ledger can't be read or written: call it again.
 */
export const verifyRelease = async (engine: Engine, id: string): Promise<Incident> => {
  const incident = await updateIncident(engine, id, (before) => before);
  const changes: IncidentChange[] = [];
  for (const change of incident.changes) changes.push(await verifyReleased(engine, incident, change));
  const { outcome, reason } = releaseVerdict(changes);
  const ended = await updateIncident(engine, id, (before) => ({
    ...before,
    changes,
    outcome,
    reason,
    // What is still held is looked after anew.
    watch: null,
    ...(outcome === 'released'
      ? { phase: 'ended' as const, endedAt: engine.now().toISOString() }
      : { phase: 'holding' as const }),
  }));
  await append(engine, id, [{ step: 'release verified', attempt: incident.attempts, result: `${outcome}: ${reason}` }]);
  engine.report({ incident: id, step: 'release', text: `${outcome}: ${reason}` });
  return ended;
};
