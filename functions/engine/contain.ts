// Containing: plan once, take all holds, write in the playbook's order. Crash anywhere and call it again: the same end.
import type { Json } from '../../playbooks/language/json.ts';
import { type Engine, playbookNamed, whatAwsSaid } from './engine.ts';
import { type Held, release, type Take, take, write } from './hold.ts';
import { type Incident, type IncidentAct, type IncidentChange, isOver, updateIncident } from './incident.ts';
import { append, type JournalDraft } from './journal.ts';
import { settingOf } from './plan.ts';
import { recordEvidence, requestEvidence } from './preserve.ts';
import { ready, sameChange } from './ready.ts';
import { withRequests } from './requests.ts';

export { end, isEvidenceOnly } from './ready.ts';

/** The setting of a change, with the hands of this incident. */
export const heldOf = (engine: Engine, incident: Incident, change: Pick<IncidentChange, 'as' | 'id'>): Held => ({
  setting: settingOf(playbookNamed(engine, incident.playbook), change.as),
  id: change.id,
  aws: engine.aws(incident.target, incident.id, 'write'),
});

interface Step {
  readonly change: IncidentChange;
  readonly held: Held;
  readonly taken: Take | { readonly state: 'failed'; readonly note: string };
  readonly prepared: Promise<Json | undefined>;
}

/** Takes the hold and, side by side, makes what the write will need. Neither changes the setting. */
const takeHold = async (engine: Engine, incident: Incident, change: IncidentChange): Promise<Step> => {
  const held = heldOf(engine, incident, change);
  const prepared = (async () => held.setting.prepare?.(held.aws, held.id, change.to))();
  prepared.catch(() => 'reported when the write asks for it');
  try {
    return { change, held, prepared, taken: await take(engine, held, incident.id, change.to) };
  } catch (error) {
    return { change, held, prepared, taken: { state: 'failed', note: whatAwsSaid(error) } };
  }
};

const withState = (change: IncidentChange, state: IncidentChange['state'], note = ''): IncidentChange => ({
  ...change,
  state,
  note,
  failure: state === 'failed' ? note : '',
});

/** Writes one change and says how it went, for the record and for the journal. */
const writeChange = async (
  engine: Engine,
  incident: Incident,
  step: Step,
): Promise<{ change: IncidentChange; entry: JournalDraft }> => {
  const { held, taken, prepared } = step;
  const change =
    'original' in taken
      ? { ...step.change, from: taken.original, fromSaid: held.setting.say(taken.original) }
      : step.change;
  const subject = `${change.setting} ${change.id}`;
  const entry = (result: string, requests: readonly string[] = []): JournalDraft => ({
    step: 'contain',
    subject,
    attempt: incident.attempts,
    from: change.from,
    to: change.to,
    requests,
    result,
  });
  if (taken.state === 'watching')
    return { change: withState(change, 'watching', 'It was so already.'), entry: entry('found so, nothing written') };
  if (taken.state === 'gone')
    return { change: withState(change, 'gone', 'It is not there any more.'), entry: entry('gone') };
  if (taken.state === 'failed')
    return { change: withState(change, 'failed', taken.note), entry: entry(`failed: ${taken.note}`) };
  if (taken.state === 'incompatible') {
    const note = `${taken.holders.join(', ')} hold it with another value, and the setting can't satisfy both.`;
    return { change: withState(change, 'failed', note), entry: entry(`failed: ${note}`) };
  }
  const done = await withRequests(async () => write(engine, held, incident.id, taken, await prepared));
  const requests = done.requests.map(({ requestId }) => requestId);
  if ('error' in done) {
    const note = whatAwsSaid(done.error);
    engine.report({ incident: incident.id, step: 'failed', text: `${subject}: ${note}` });
    return { change: withState(change, 'failed', note), entry: entry(`failed: ${note}`, requests) };
  }
  if (done.value === 'written')
    engine.report({ incident: incident.id, step: 'wrote', text: `${subject}: ${change.fromSaid} → ${change.toSaid}` });
  return {
    change: withState(change, 'written'),
    entry: entry(done.value === 'written' ? 'written' : 'found done', requests),
  };
};

/** Acts run once, after everything that can be undone. */
const runAct = async (
  engine: Engine,
  incident: Incident,
  item: IncidentAct,
): Promise<{ act: IncidentAct; entry: JournalDraft }> => {
  const definition = playbookNamed(engine, incident.playbook).acts[item.as];
  const aws = engine.aws(incident.target, incident.id, 'write');
  const done = await withRequests(async () => {
    if (!definition) throw new Error(`The playbook '${incident.playbook}' declares no act '${item.as}'.`);
    if (await definition.done(aws, item.id, item.detail)) return 'found done';
    await definition.run(aws, item.id, item.detail);
    return 'done';
  });
  const requests = done.requests.map(({ requestId }) => requestId);
  const entry = { step: 'act', subject: `${item.act} ${item.id}`, attempt: incident.attempts, requests };
  if ('error' in done) {
    const note = whatAwsSaid(done.error);
    return { act: { ...item, state: 'failed', note }, entry: { ...entry, result: `failed: ${note}` } };
  }
  return { act: { ...item, state: 'done' }, entry: { ...entry, result: done.value } };
};

const heldEntry = (incident: Incident, { change, taken }: Step): readonly JournalDraft[] =>
  taken.state === 'held'
    ? [
        {
          step: 'held',
          subject: `${change.setting} ${change.id}`,
          attempt: incident.attempts,
          from: taken.original,
          to: change.to,
          result: 'original on record',
        },
      ]
    : [];

/** Somebody began to release while the holds were taken: what that release could not see yet is let go here. */
const letGo = async (engine: Engine, incident: Incident, steps: readonly Step[]): Promise<Incident> => {
  const kept = incident.changes.filter(({ state }) => state === 'kept');
  for (const { change, held, taken } of steps)
    if (taken.state !== 'failed' && !kept.some((one) => sameChange(one, change)))
      await release(engine, held, incident.id, 'restore');
  return incident;
};

/** For work that is awaited further down: until then its failure must not end the process, which has writes under way. */
const awaitedLater = <T>(work: Promise<T>): Promise<T> => {
  work.catch(() => undefined);
  return work;
};

/**
 * Plans if there is no plan yet, and contains as far as the incident may: holds first, then the writes in the plan's order.
 * Evidence is asked for side by side and never waited for before a write.
 * @throws what AWS said, when not even a plan could be made or the ledger can't be written: call it again.
 */
export const contain = async (engine: Engine, id: string): Promise<Incident> => {
  const decided = await ready(engine, id);
  if ('stop' in decided) return decided.stop;
  const incident = await updateIncident(engine, id, (before) =>
    before.phase === 'holding' || before.phase === 'containing' || isOver(before)
      ? before
      : { ...before, phase: 'containing', wroteAt: engine.now().toISOString() },
  );
  if (isOver(incident)) return incident;
  const evidence = awaitedLater(requestEvidence(engine, incident));
  const steps = await Promise.all(incident.changes.map((change) => takeHold(engine, incident, change)));
  const now = await updateIncident(engine, id, (before) => before);
  if (isOver(now)) return letGo(engine, now, steps);
  // The holds themselves say what was there before; the journal may say so while the writes go on.
  const noted = awaitedLater(
    append(
      engine,
      id,
      steps.flatMap((step) => heldEntry(incident, step)),
    ),
  );
  const written: { change: IncidentChange; entry: JournalDraft }[] = [];
  let firstEffectAt = incident.firstEffectAt;
  for (const step of steps) {
    const done = await writeChange(engine, incident, step);
    written.push(done);
    if (done.entry.result === 'written' && done.change.effect === 'containing')
      firstEffectAt ??= engine.now().toISOString();
  }
  const acts: { act: IncidentAct; entry: JournalDraft }[] = [];
  for (const item of incident.acts) acts.push(await runAct(engine, incident, item));
  const [taken] = await Promise.all([evidence, noted]);
  await append(
    engine,
    id,
    [...written, ...acts].map(({ entry }) => entry),
  );
  await recordEvidence(engine, id, taken);
  return updateIncident(engine, id, (before) => ({
    ...before,
    phase: isOver(before) ? before.phase : 'holding',
    firstEffectAt,
    wroteAt: engine.now().toISOString(),
    changes: isOver(before)
      ? before.changes
      : before.changes.map((known) => written.find(({ change }) => sameChange(change, known))?.change ?? known),
    acts: acts.map(({ act }) => act),
  }));
};
