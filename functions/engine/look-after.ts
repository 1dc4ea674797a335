// One incident looked after: what drifted is told, once, and contained again where that is configured.
import { chosenFor } from '../rails/config.ts';
import { switchState } from '../rails/switch.ts';
import { checkClosely } from './check.ts';
import { tell } from './close.ts';
import { contain } from './contain.ts';
import {
  type Course,
  courseOf,
  type Drift,
  isHalfReleased,
  isLettingGo,
  saidCourse,
  toldOf,
  triesOf,
  watchOf,
} from './drift.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { write } from './hold.ts';
import { type Incident, updateIncident, type Watch } from './incident.ts';
import { append, type JournalDraft } from './journal.ts';
import { withRequests } from './requests.ts';
import { isSettling } from './settling.ts';
import { heldOf } from './take-all.ts';

/** Whether AWS may still answer old values, so that a look would tell nothing. */
export const isUnsettled = (incident: Incident, now: Date): boolean =>
  [incident.wroteAt, incident.watch?.reapplied.at(-1) ?? null].some((wroteAt) =>
    isSettling({ ...incident, wroteAt }, now),
  );

/** Tells what is owed, and puts on record that it was told. Died in between, it is told once more, as the same notice. */
const payOwed = async (engine: Engine, incident: Incident): Promise<Incident> => {
  const { owed, news } = watchOf(incident);
  if (owed === '') return incident;
  await tell(engine, { ...incident, outcome: 'drifted', reason: owed }, String(news));
  return updateIncident(engine, incident.id, (before) =>
    before.watch?.news === news ? { ...before, watch: { ...before.watch, owed: '' } } : before,
  );
};

/**
 * Counts the try before it is made, with what people are to be told of it: so whoever dies in between neither loses count nor keeps it to
 * himself. Undefined where another look or a release was faster.
 */
const claim = async (engine: Engine, looked: Incident, owed: string): Promise<Incident | undefined> => {
  const now = engine.now();
  let claimed = false;
  const incident = await updateIncident(engine, looked.id, (before) => {
    const last = watchOf(before);
    claimed = before.phase === looked.phase && !isLettingGo(before) && last.news === watchOf(looked).news;
    if (!claimed) return before;
    const reapplied = [...triesOf(last, now), now.toISOString()];
    return { ...before, watch: { ...last, news: last.news + 1, reapplied, owed } };
  });
  return claimed ? incident : undefined;
};

/** What a release kept is written by its hold: as a whole the incident is contained no more. */
const writeKept = async (engine: Engine, incident: Incident, drifts: readonly Drift[]): Promise<void> => {
  const entries: JournalDraft[] = [];
  for (const { kept } of drifts) {
    if (!kept) continue;
    const subject = `${kept.setting} ${kept.id}`;
    const held = heldOf(engine, incident, kept);
    const done = await withRequests(() => write(engine, held, incident.id, { version: 0, read: undefined }));
    const requests = done.requests.map(({ requestId }) => requestId);
    const result = 'error' in done ? `failed: ${whatAwsSaid(done.error)}` : 'written';
    entries.push({ step: 'contained again', subject, attempt: watchOf(incident).news, to: kept.to, requests, result });
    engine.report({ incident: incident.id, step: 'wrote', text: `${subject}: ${result}` });
  }
  await append(engine, incident.id, entries);
};

const saidDrift = (drifts: readonly Drift[], words: string): string =>
  [`${drifts.map(({ said }) => said).join('; ')}.`.replace(/\.+$/, '.'), words].filter(Boolean).join(' ');

/** Carries out what was decided, and answers what is new of the watch. */
const carryOut = async (
  engine: Engine,
  looked: Incident,
  drifts: readonly Drift[],
  course: Course,
): Promise<Partial<Watch>> => {
  const { id, playbook } = looked;
  const { news } = watchOf(looked);
  if (course.do === 'nothing') return {};
  if (course.do === 'heal') {
    await append(engine, id, [{ step: 'healed', attempt: news, result: 'All stands again.' }]);
    return { told: '' };
  }
  const most = chosenFor(engine.config, playbook).reapplyMost;
  const words = saidDrift(drifts, saidCourse(course, most));
  if (course.do === 'tell') {
    await append(engine, id, [{ step: 'drifted', attempt: news + 1, result: words }]);
    const watch = { ...watchOf(looked), news: news + 1 };
    await tell(engine, { ...looked, outcome: 'drifted', reason: words, watch }, String(news + 1));
    return { news: news + 1, told: toldOf(drifts, course.instead) };
  }
  const claimed = await claim(engine, looked, words);
  if (!claimed) return {};
  await append(engine, id, [
    { step: 'contained again', subject: `${course.nth} of ${most}`, attempt: news + 1, result: words },
  ]);
  if (claimed.phase === 'ended') await writeKept(engine, claimed, drifts);
  else await contain(engine, id, 'watch');
  return { told: toldOf(drifts, 'told') };
};

/** A finding that came again is news of its own: where not all stands, people hear of it whatever they were told before. */
const answerNews = async (engine: Engine, looked: Incident, isTold: boolean): Promise<void> => {
  const { id, seen, attempts, outcome, reason } = looked;
  const news = seen.filter(({ checked }) => !checked).map((one) => `${one.id} ${one.updatedAt}`);
  if (news.length === 0) return;
  const result = `${outcome}: ${reason}`;
  await append(
    engine,
    id,
    news.map((subject) => ({ step: 'checked again', subject, attempt: attempts, result })),
  );
  if (!isTold && outcome !== 'contained' && outcome !== 'preserved') await tell(engine, looked, news.join(', '));
  await updateIncident(engine, id, (before) => ({
    ...before,
    seen: before.seen.map((one) => (news.includes(`${one.id} ${one.updatedAt}`) ? { ...one, checked: true } : one)),
  }));
};

/**
 * Looks whether all that the incident holds still stands. What drifted is told once, and contained again where that is configured, so often
 * and while the kill switch is on; a later look says whether it stands. Answers the incident as it was found. While AWS may still answer old
 * values it is left to the next look.
 * @throws when there is no such incident or playbook, or the ledger can't be used: then the next look takes it up.
 */
export const lookAfter = async (engine: Engine, id: string): Promise<Incident> => {
  const before = await payOwed(engine, await updateIncident(engine, id, (incident) => incident));
  if (isUnsettled(before, engine.now())) return before;
  const { incident: looked, drifts } = await checkClosely(engine, id);
  // As it was before the look: that is what people know.
  const known = { ...looked, watch: watchOf(before) };
  const { onDrift, reapplyMost } = chosenFor(engine.config, looked.playbook);
  const wouldWrite = drifts.length > 0 && onDrift === 'reapply';
  const position = wouldWrite ? await switchState(engine.config, engine.readSwitch) : 'on';
  const course = courseOf({ incident: known, drifts, onDrift, reapplyMost, position, now: engine.now() });
  const change = await carryOut(engine, known, drifts, course);
  await answerNews(engine, looked, course.do === 'tell' || course.do === 'reapply');
  const { outcome, reason } = looked;
  const recorded = await updateIncident(engine, id, (now) => ({
    ...now,
    ...(now.phase === 'holding' && looked.phase === 'holding' && !isHalfReleased(now) && { outcome, reason }),
    watch: { ...(now.watch ?? watchOf(before)), ...change, at: engine.now().toISOString() },
  }));
  await payOwed(engine, recorded);
  return looked;
};
