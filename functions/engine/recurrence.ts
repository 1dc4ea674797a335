// Once, whatever arrives: what a further finding means for the incident that there is. Pure, but for the check at the end.
import type { Finding, Severity } from '../../playbooks/language/finding.ts';
import { stricter } from '../rails/decision.ts';
import { check } from './check.ts';
import { tell } from './close.ts';
import type { Engine } from './engine.ts';
import { type Incident, isOver, type Opening, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { isNews, sighted } from './sighting.ts';

/** A finding that has passed the event rails, on its way to the incident of its key. */
export type Answering = Opening & { readonly finding: Finding };

const severities: readonly Severity[] = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const isMoreSevere = ({ severity }: Finding, than: Finding | null): boolean =>
  severities.indexOf(severity) > severities.indexOf(than?.severity ?? 'INFORMATIONAL');

/** How far the incident was let go when it came in; a later rail may have made it ask. */
const admittedTo = ({ admission, disposition }: Incident): Incident['disposition'] => admission?.do ?? disposition;

/** Whether the finding allows more, or weighs more, than what the incident was decided by. */
const rises = (incident: Incident, { finding, disposition }: Answering): boolean =>
  stricter(admittedTo(incident), disposition) > 0 || isMoreSevere(finding, incident.finding);

/** Longer than any workflow runs: what still waits then has lost its workflow. */
const waitHoursMax = 72;

const isLost = ({ phase, openedAt, admission }: Incident, now: Date): boolean =>
  (phase === 'new' || phase === 'waiting') &&
  now.getTime() - Date.parse(admission?.at ?? openedAt) > waitHoursMax * 3_600_000;

/** Holds on record, and nothing of it stands: it has failed, whatever its phase. */
const hasFailed = ({ phase, outcome }: Incident): boolean => phase === 'holding' && outcome === 'failed';

/**
 * Whether the incident takes the finding up. One that is under way, waits or holds does; one that has ended, has failed or was lost only
 * takes what it has seen already and what allows no more than before, so that nobody can plant one that swallows the attack.
 */
export const takesUp = (incident: Incident, answering: Answering, now: Date): boolean => {
  if (!isOver(incident) && !hasFailed(incident) && !isLost(incident, now)) return true;
  if (isLost(incident, now)) return false;
  return !isNews(incident.seen, answering.finding) && !rises(incident, answering);
};

/** The incident with the finding on record. What waits decides anew where the finding rises above it. */
export const takenUp = (incident: Incident, answering: Answering, now: Date): Incident => {
  const { finding, disposition, because, admission } = answering;
  const checked = incident.phase !== 'holding' && incident.phase !== 'containing';
  const seen = sighted(incident.seen, finding, checked);
  const noted = seen === incident.seen ? incident : { ...incident, seen };
  if (incident.phase !== 'new' && incident.phase !== 'waiting') return noted;
  if (!rises(incident, answering))
    // It was claimed and never started; what is started by a fresh finding is no old story.
    return noted.phase === 'new' && noted !== incident && noted.admission
      ? { ...noted, admission: { ...noted.admission, at: now.toISOString() } }
      : noted;
  const further = stricter(admittedTo(incident), disposition) > 0;
  return {
    ...noted,
    finding: isMoreSevere(finding, incident.finding) ? finding : incident.finding,
    disposition: further ? disposition : admittedTo(incident),
    because: further ? because : incident.because,
    admission: {
      ...(admission ?? { way: finding.channel, rails: [] }),
      do: further ? disposition : admittedTo(incident),
      at: now.toISOString(),
    },
  };
};

/**
 * What is to be done with the incident: its execution started (a second start of the same one does nothing), its question answered because
 * it need not be asked any more, asked once more because it weighs more, or its containment looked at.
 */
export type Next = 'start' | 'resume' | 'ask again' | 'check' | 'nothing';

export const nextFor = (before: Incident, after: Incident): Next => {
  if (after.phase === 'new') return 'start';
  if (after.phase === 'waiting') {
    if (after.admission?.at === before.admission?.at) return 'nothing';
    return after.disposition === 'contain' ? 'resume' : 'ask again';
  }
  return after.phase === 'holding' && after.seen.some(({ checked }) => !checked) ? 'check' : 'nothing';
};

/**
 * A finding came again after containment: looks whether all stands, and tells people where it does not. What was found as wanted at first,
 * and so was never written, is taken now if somebody opened it since; nothing else is written.
 * @throws when there is no such incident, or the ledger can't be used.
 */
export const checkAgain = async (engine: Engine, id: string): Promise<Incident> => {
  const checked = await check(engine, id);
  const { outcome, reason, seen } = checked;
  const news = seen.filter((one) => !one.checked).map((one) => `${one.id} ${one.updatedAt}`);
  const result = `${outcome}: ${reason}`;
  await append(
    engine,
    id,
    news.map((subject) => ({ step: 'checked again', subject, attempt: checked.attempts, result })),
  );
  if (outcome !== 'contained' && outcome !== 'preserved') await tell(engine, checked);
  return updateIncident(engine, id, (before) => ({
    ...before,
    ...(before.phase === 'holding' && { outcome, reason }),
    seen: before.seen.map((one) => (news.includes(`${one.id} ${one.updatedAt}`) ? { ...one, checked: true } : one)),
  }));
};
