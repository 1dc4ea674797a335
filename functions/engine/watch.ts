// The watch: all that is held is looked after on a schedule, the longest unseen first, and what has lost its workflow is told.
import { close, tell } from './close.ts';
import { watchOf } from './drift.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import { noAnswer } from './expiry.ts';
import { type Incident, isOver, listIncidents, updateIncident } from './incident.ts';
import { isUnsettled, lookAfter } from './look-after.ts';

/** A look takes a second or two, and the function has minutes: what is left over comes first the next time. */
const looksMax = 50;
const secondsMax = 240;
/** Few, so that the watch does not use up the calls that a containment needs. */
const sideBySide = 4;

/** No workflow leaves an incident so for as long: each of its calls takes minutes at most, and a release is over within the hour. */
const silentHoursMax = 1;

/** When whoever carries the incident out was last to be heard of; undefined where nobody carries it out. */
const lastHeard = (incident: Incident): string | undefined => {
  const { phase, admission, openedAt, question, wroteAt, releaseRequest, outcome, turn } = incident;
  // It stands in line until then, however long the line is.
  if (turn && (phase === 'new' || phase === 'containing')) return turn.at;
  if (phase === 'new') return admission?.at ?? openedAt;
  if (phase === 'waiting') return question?.answerBy ?? openedAt;
  if (phase === 'releasing') return releaseRequest?.at ?? openedAt;
  const undecided = outcome === null || outcome === 'waiting';
  return phase === 'containing' || (phase === 'holding' && undecided) ? (wroteAt ?? openedAt) : undefined;
};

/** That people were told of it, where nothing else can be done. */
const toldLost = ({ asked }: Incident): string => `workflow lost, asked ${asked}`;

/** What is still to come for it had its turn then; until that the watch looks after what stands. */
const restDue = ({ phase, turn }: Incident): string | undefined => (phase === 'holding' && turn ? turn.at : undefined);

const isLost = (incident: Incident, now: Date): boolean => {
  const heard = incident.watch?.told === toldLost(incident) ? undefined : (restDue(incident) ?? lastHeard(incident));
  return heard !== undefined && now.getTime() - Date.parse(heard) > silentHoursMax * 3_600_000;
};

const isHeld = ({ phase, changes }: Incident): boolean =>
  (phase === 'holding' && changes.length > 0) || changes.some(({ state }) => state === 'kept');

/** A finding came again, and nobody has looked since. */
const isNews = ({ phase, seen }: Incident): boolean => phase === 'holding' && seen.some(({ checked }) => !checked);

/** What is under way is its workflow's to look at. */
const isDue = (incident: Incident, now: Date): boolean => {
  if (isLost(incident, now)) return true;
  if (lastHeard(incident) !== undefined) return false;
  return ((isHeld(incident) || isNews(incident)) && !isUnsettled(incident, now)) || watchOf(incident).owed !== '';
};

/** A finding that came again first, then whatever nobody has looked at for longest. */
const bySight = (a: Incident, b: Incident): number =>
  Number(isNews(b)) - Number(isNews(a)) || watchOf(a).at.localeCompare(watchOf(b).at) || a.id.localeCompare(b.id);

/** Nobody decides on it any more, so it is decided here: as the workflow would have, if it had come to its end. */
const endLost = async (engine: Engine, { id, phase }: Incident): Promise<Incident> => {
  if (phase !== 'waiting') {
    const cause = 'Whoever carried it out has not been heard of for more than an hour.';
    return close(engine, id, { name: 'WorkflowLost', cause });
  }
  const { incident, next } = await noAnswer(engine, id);
  if (next === 'ended') {
    await tell(engine, incident);
    return incident;
  }
  const told = toldLost(incident);
  const reason = `It may be contained, and the workflow that was to do it is lost: firebreak approve ${id} goes on with it.`;
  await tell(engine, { ...incident, reason }, told);
  return updateIncident(engine, id, (before) =>
    isOver(before) ? before : { ...before, watch: { ...watchOf(before), told, at: engine.now().toISOString() } },
  );
};

/** A watch without hands of its own has the playbook's function look, and write where that is configured. */
const lookedAfter = async (engine: Engine, { id, playbook }: Incident): Promise<{ readonly outcome: string | null }> =>
  engine.lookAfter ? engine.lookAfter({ incident: id, playbook }) : lookAfter(engine, id);

const hadItsTurn = (engine: Engine, id: string): Promise<Incident> =>
  updateIncident(engine, id, (before) => ({
    ...before,
    watch: { ...watchOf(before), at: engine.now().toISOString() },
  }));

export interface Watched {
  /** Incidents that were looked at, and what they were found to be. */
  readonly looked: readonly { readonly incident: string; readonly outcome: string }[];
  /** Those for which there was no time: they come first the next time. */
  readonly left: readonly string[];
}

/**
 * Looks after everything that is held, or after `only` that incident, as far as the time goes. One that can't be looked after keeps no other
 * from it.
 * @throws at the end, naming those that could not be looked after and why.
 */
export const watch = async (engine: Engine, only?: string): Promise<Watched> => {
  const begun = engine.now().getTime();
  const inTime = () => engine.now().getTime() - begun < secondsMax * 1000;
  const all = only === undefined ? await listIncidents(engine) : [await updateIncident(engine, only, (one) => one)];
  const due = all.filter((one) => isDue(one, engine.now())).toSorted(bySight);
  const looked: { incident: string; outcome: string }[] = [];
  const failed: string[] = [];
  const one = async (incident: Incident): Promise<void> => {
    try {
      const lost = isLost(incident, engine.now()) && incident.phase !== 'releasing';
      const { outcome } = lost ? await endLost(engine, incident) : await lookedAfter(engine, incident);
      looked.push({ incident: incident.id, outcome: outcome ?? '' });
    } catch (error) {
      failed.push(`${incident.id}: ${whatAwsSaid(error)}`);
      engine.report({ incident: incident.id, step: 'watch', text: whatAwsSaid(error) });
      // It had its turn: many that fail each time must not take all places.
      await hadItsTurn(engine, incident.id).catch((lost) => failed.push(`${incident.id}: ${whatAwsSaid(lost)}`));
    }
  };
  const queue = due.slice(0, looksMax);
  while (queue.length > 0 && inTime()) await Promise.all(queue.splice(0, sideBySide).map(one));
  const left = [...queue, ...due.slice(looksMax)].map(({ id }) => id);
  if (failed.length === 0) return { looked, left };
  const words = `${failed.length} of ${due.length} incidents could not be looked after: ${failed.join('; ')}`;
  throw Object.assign(new Error(words), { name: 'WatchFailed' });
};
