// What people do once the trouble is over: send again what no delivery got through, let failed executions go on, release what is held.
import { type Incident, listIncidents } from '../../functions/engine/incident.ts';
import type { Ended, Practice } from '../practice.ts';

/** A release that failed is asked for again, and one that others held up; so often. */
const releasesMax = 3;

export const incidentsOf = ({ ledger }: Pick<Practice, 'ledger'>): Promise<readonly Incident[]> =>
  listIncidents({ ledger });

/** An execution that says by itself that nothing was contained has done its work; any other failed one has stopped on the way. */
export const hasStopped = ({ status, last }: Pick<Ended, 'status' | 'last'>): boolean =>
  status === 'FAILED' && last.state !== 'Not contained' && last.state !== 'Not released';

/** Sends dead events again, and lets every execution that stopped go on. Answers how many of either there were. */
export const redriveAll = async (practice: Practice): Promise<number> => {
  const dead = practice.deadEvents.length;
  await practice.redriveEvents();
  const stopped = (await practice.settled()).filter(hasStopped);
  for (const one of stopped) await practice.redrive(one, 'respond');
  return dead + stopped.length;
};

/** Something is left to let go of. */
export const isHeld = ({ phase, changes }: Incident): boolean =>
  phase === 'containing' ||
  phase === 'releasing' ||
  (phase === 'holding' && changes.length > 0) ||
  changes.some(({ state }) => state === 'kept');

const letGo = async (practice: Practice, incident: Incident): Promise<readonly Ended[]> => {
  const ends: Ended[] = [];
  for (let tries = 0; tries < releasesMax; tries++) {
    const end = await practice.release(incident, 'force');
    ends.push(end);
    if (!isHeld(end.incident) && !hasStopped(end)) break;
  }
  return ends;
};

/** Releases everything, once, by force. What is to be said of it is in the ends. */
export const letGoOfAll = async (practice: Practice, incidents: readonly Incident[]): Promise<readonly Ended[]> => {
  const ends: Ended[] = [];
  for (const incident of incidents.filter(isHeld)) ends.push(await practice.release(incident, 'force'));
  return ends;
};

/** Releases what is still held after the trouble, as often as a person would ask for it. */
export const letGoAgain = async (practice: Practice): Promise<readonly Ended[]> => {
  const ends: Ended[] = [];
  for (const incident of (await incidentsOf(practice)).filter(isHeld)) ends.push(...(await letGo(practice, incident)));
  return ends;
};
