// Containing: plan once, take all holds, write in the playbook's order. Crash anywhere and call it again: the same end.
import { isThrottled } from '../../playbooks/language/aws.ts';
import { saidDecision } from '../rails/decision.ts';
import { switchRail, switchState } from '../rails/switch.ts';
import { awaitedLater } from './awaited-later.ts';
import { type Engine, playbookNamed, whatAwsSaid } from './engine.ts';
import { release, write } from './hold.ts';
import { type Incident, type IncidentAct, type IncidentChange, isOver, updateIncident } from './incident.ts';
import { append, type JournalDraft } from './journal.ts';
import { recordEvidence, requestEvidence } from './preserve.ts';
import { begun, type Foresight, ready, sameChange } from './ready.ts';
import { withRequests } from './requests.ts';
import { secondsToSettle } from './settling.ts';
import { type Step, takeAll } from './take-all.ts';
import { atOnce, comeAgain, isDeferred, isDone, isPatient, isRest, turnToVerify } from './turn.ts';

export { end, isEvidenceOnly } from './ready.ts';

const withState = (change: IncidentChange, state: IncidentChange['state'], note = ''): IncidentChange => ({
  ...change,
  state,
  note,
  failure: state === 'failed' ? note : '',
});

type Written = { readonly change: IncidentChange; readonly entry: JournalDraft };

/** Why something is still to come, as people read it. */
const noRoom = 'AWS admits only so many calls at once.';

/** What had to precede containment is too late after it. */
const comesInTime = ({ changes }: Incident, change: IncidentChange): boolean =>
  change.effect === 'containing' ||
  changes.findIndex((one) => sameChange(one, change)) > changes.findLastIndex(({ effect }) => effect === 'containing');

/** What AWS had no room for is tried again in its turn; in the end it has failed. */
const notWritten = (
  incident: Incident,
  change: IncidentChange,
  error: unknown,
): { readonly change: IncidentChange; readonly result: string } => {
  const note = whatAwsSaid(error);
  return isThrottled(error) && isPatient(incident) && comesInTime(incident, change)
    ? { change: withState(change, 'deferred', noRoom), result: `deferred: ${note}` }
    : { change: withState(change, 'failed', note), result: `failed: ${note}` };
};

/**
 * Why nothing more may be written, where somebody turned the switch meanwhile: it is believed for 5 s, and a write may take longer. Where it can't be
 * read, a person was asked before the first write.
 */
const turnedDown = async ({ config, readSwitch }: Engine): Promise<string | undefined> => {
  const position = await switchState(config, readSwitch);
  return position === 'off' || position === 'observe' ? switchRail(position).map(saidDecision).join('; ') : undefined;
};

/** Writes one change and says how it went, for the record and for the journal. `onTried` is called when AWS has answered, if it is asked at all. */
const writeChange = async (engine: Engine, incident: Incident, step: Step, onTried: () => void): Promise<Written> => {
  const { held, taken, prepared, standing } = step;
  const change =
    'original' in taken
      ? {
          ...step.change,
          from: taken.original,
          fromSaid: held.setting.say(taken.original),
          ...('unkept' in taken && { unkept: taken.unkept }),
        }
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
  if (taken.state === 'failed') {
    const not = notWritten(incident, change, taken.error);
    return { change: not.change, entry: entry(not.result) };
  }
  if (taken.state === 'incompatible') {
    const note = `${taken.holders.join(', ')} hold it with another value, and the setting can't satisfy both.`;
    return { change: withState(change, 'failed', note), entry: entry(`failed: ${note}`) };
  }
  const why = await turnedDown(engine);
  if (why !== undefined) {
    engine.report({ incident: incident.id, step: 'halted', text: `${subject}: ${why}` });
    return { change: withState(change, 'failed', why), entry: entry(`halted: ${why}`) };
  }
  const done = await withRequests(async () =>
    write(engine, held, incident.id, taken, { prepared: await prepared, standing, onTried }),
  );
  const requests = done.requests.map(({ requestId }) => requestId);
  if ('error' in done) {
    const not = notWritten(incident, change, done.error);
    engine.report({ incident: incident.id, step: 'failed', text: `${subject}: ${not.result}` });
    return { change: not.change, entry: entry(not.result, requests) };
  }
  if (done.value === 'written')
    engine.report({ incident: incident.id, step: 'wrote', text: `${subject}: ${change.fromSaid} → ${change.toSaid}` });
  return {
    change: withState(change, 'written'),
    entry: entry(done.value === 'written' ? 'written' : 'found done', requests),
  };
};

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
    const why = await turnedDown(engine);
    if (why !== undefined) throw new Error(why);
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

/** Whether AWS has had no room yet for something that contains. */
const isStillOpen = (changes: readonly IncidentChange[]): boolean =>
  changes.some((change) => isDeferred(change) && change.effect === 'containing');

/** Acts run once, after everything that can be undone: none while AWS has no room for something that contains. */
const runActs = async (engine: Engine, incident: Incident, changes: readonly IncidentChange[]) => {
  const acted: { act: IncidentAct; entry: JournalDraft }[] = [];
  if (isStillOpen(changes)) return acted;
  for (const item of incident.acts) acted.push(await runAct(engine, incident, item));
  return acted;
};

/** What is to be done now, and what is left for later. What stands before the last containing change must precede it. */
const parted = (incident: Incident) => {
  const { changes, turn } = incident;
  if (isRest(incident)) return { now: changes.filter(isDeferred), later: [] };
  if (!turn?.crowded) return { now: changes, later: [] };
  const last = changes.findLastIndex(({ effect }) => effect === 'containing');
  return { now: changes.slice(0, last + 1), later: changes.slice(last + 1).filter((one) => !isDone(one)) };
};

/** In the playbook's order: each is written when AWS has answered the one before. That their records still say so is looked at meanwhile. */
const writeAll = async (engine: Engine, incident: Incident, steps: readonly Step[]) => {
  const writing: Promise<Written & { readonly at: string }>[] = [];
  for (const step of steps) {
    let at = '';
    const tried = new Promise<void>((resolve) => {
      const onTried = (): void => {
        at ||= engine.now().toISOString();
        resolve();
      };
      const end = writeChange(engine, incident, step, onTried).finally(onTried);
      writing.push(awaitedLater(end.then((done) => ({ ...done, at }))));
    });
    await tried;
  }
  const written = await Promise.all(writing);
  const first = written.find(({ change, entry }) => entry.result === 'written' && change.effect === 'containing');
  return { written, firstEffectAt: incident.firstEffectAt ?? first?.at ?? null };
};

/** When an incident goes on that AWS had no room for, or that is one of many; else it goes on at once. */
const inItsTurn = async (engine: Engine, before: Incident, now: Incident): Promise<Incident> => {
  const refused = [...now.changes.filter(isDeferred), ...now.evidence.filter(({ state }) => state === 'planned')];
  if (isStillOpen(now.changes) || (isRest(before) && refused.length > 0)) {
    const names = refused.map((one) => ('setting' in one ? one.setting : one.kind));
    return comeAgain(engine, now, 'contain', names);
  }
  if (!before.turn?.crowded) return now;
  const turn = await turnToVerify(engine, now, secondsToSettle(now, engine.now()));
  return updateIncident(engine, now.id, (latest) => (isOver(latest) ? latest : { ...latest, turn }));
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
          result: taken.unkept ? `original on record, but not kept beside it: ${taken.unkept}` : 'original on record',
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

/**
 * Plans if there is no plan yet, and contains as far as the incident may: holds first, then the writes in the plan's order.
 * Evidence is asked for side by side and never waited for before a write. What AWS has no room for comes again in a workflow; the watch has none.
 * @throws what AWS said, when not even a plan could be made or the ledger can't be written: call it again.
 */
export const contain = async (
  engine: Engine,
  id: string,
  by: 'workflow' | 'watch' = 'workflow',
  foresight?: Foresight,
): Promise<Incident> => {
  const decided = await ready(engine, id, foresight);
  if ('stop' in decided) return decided.stop;
  const isBegun = ({ phase }: Incident): boolean => phase === 'containing' || phase === 'holding';
  const found = isBegun(decided.go)
    ? decided.go
    : await updateIncident(engine, id, (before) =>
        isBegun(before) || isOver(before) ? before : begun(before, engine.now()),
      );
  if (isOver(found)) return found;
  const incident = by === 'workflow' ? found : atOnce(found);
  const evidence = awaitedLater(requestEvidence(engine, incident));
  const { now: due, later } = parted(incident);
  const steps = await takeAll(engine, incident, due, decided.foreseen);
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
  const { written, firstEffectAt } = await writeAll(engine, incident, steps);
  const changes = [...written.map(({ change }) => change), ...later.map((one) => withState(one, 'deferred', noRoom))];
  const acts = await runActs(engine, incident, changes);
  const [taken] = await Promise.all([evidence, noted]);
  await append(
    engine,
    id,
    [...written, ...acts].map(({ entry }) => entry),
  );
  await recordEvidence(engine, id, taken);
  const recorded = await updateIncident(engine, id, (before) => ({
    ...before,
    phase: isOver(before) ? before.phase : isStillOpen(changes) ? 'containing' : 'holding',
    firstEffectAt,
    turn: null,
    wroteAt: engine.now().toISOString(),
    changes: isOver(before)
      ? before.changes
      : before.changes.map((known) => changes.find((change) => sameChange(change, known)) ?? known),
    acts: before.acts.map((known) => acts.find(({ act }) => act.as === known.as && act.id === known.id)?.act ?? known),
  }));
  return isOver(recorded) ? recorded : inItsTurn(engine, incident, recorded);
};
