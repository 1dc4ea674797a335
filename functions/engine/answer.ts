// A person's answer to an incident that waits. It binds to the plan that was shown; what waits no longer can't be answered any more.
import type { Decision } from '../rails/decision.ts';
import { againstApproval, approverOf, expectNone, nobody, notAlone } from '../rails/four-eyes.ts';
import { type Engine, playbookNamed } from './engine.ts';
import { type Incident, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { isBySilence, isUp, type Question, timeGiven } from './question.ts';

export interface Answer {
  /** The caller's ARN, as AWS gave it. */
  readonly by: string;
  readonly reason?: string;
  /** The plan that the person was shown; without it, the one on record. */
  readonly hash?: string;
}

/** An error that is a sentence: what was to be answered can't be, whoever does it. */
export const unanswered = (words: string): Error => Object.assign(new Error(words), { name: 'Unanswerable' });

/** Also where no workflow runs any more. What silence would have contained may still be answered until that is done: a denial stops it. */
const isLate = ({ phase, question }: Incident, now: Date): boolean =>
  phase === 'waiting' && question?.otherwise === 'deny' && isUp(question, now);

/** Why nobody can answer the incident, in a sentence; undefined where it waits for an answer. */
export const unanswerable = (incident: Incident, now: Date): string | undefined => {
  const { id, phase, plan, question, approval, outcome, reason, endedAt, playbook, target } = incident;
  if (phase === 'ended' && outcome !== 'released')
    return `Incident ${id} does not wait for an approval any more: it ended at ${endedAt} as ${outcome}. ${reason}`;
  if (phase === 'new' || (phase === 'waiting' && !plan))
    return `Incident ${id} does not wait for an approval yet: firebreak contain ${playbook} ${target.id} goes on with it.`;
  if (phase !== 'waiting' || !plan) {
    const approved = approval ? `it was approved at ${approval.at} by ${approval.by}, and ` : '';
    return `Incident ${id} does not wait for an approval: ${approved}it is ${outcome && outcome !== 'waiting' ? outcome : phase}.`;
  }
  return question && isLate(incident, now)
    ? `Incident ${id} expired: it was asked at ${question.askedAt}, and nobody answered within ${timeGiven(question)}.`
    : undefined;
};

/** What an answer is weighed by; a draft that is not on record yet has it as well. */
export type Answerable = Pick<Incident, 'id' | 'playbook' | 'finding' | 'admission' | 'openedBy' | 'rails'>;

/** The rails that ask a person, those of the event among them. */
export const askingRails = ({ admission, rails }: Pick<Answerable, 'admission' | 'rails'>): readonly Decision[] =>
  [...(admission?.rails ?? []), ...rails].filter(({ do: how }) => how === 'ask');

/** Whether more is wanted than the word of whoever asked for it. */
const needsApproval = (engine: Engine, incident: Answerable): boolean =>
  playbookNamed(engine, incident.playbook).approval === 'required' ||
  incident.admission?.do === 'ask' ||
  askingRails(incident).length > 0;

/** Why this caller can't approve it; undefined where nothing stands against it. */
export const notBy = (engine: Engine, incident: Answerable, arn: string): string | undefined =>
  needsApproval(engine, incident) ? againstApproval(engine.config, incident, arn) : undefined;

/** Whether the approval on record lets the plan on record through. One that was given before any rail asked answers no rail. */
export const isApproved = (engine: Engine, incident: Incident): boolean => {
  const { approval, plan } = incident;
  if (!approval || approval.hash !== plan?.hash) return false;
  if (approval.planOnly && askingRails(incident).length > 0) return false;
  // Nobody's word passes no pair of eyes: which rails it answers is weighed before the first hold.
  if (isBySilence(incident)) return true;
  return notBy(engine, incident, approval.by) === undefined;
};

/** @throws where the plan on record is not the one that was shown, or where this caller can't approve it. */
const expectApprovable = (engine: Engine, incident: Incident, approver: string, hash: string | undefined): void => {
  const { id, plan } = incident;
  if (hash !== undefined && hash !== plan?.hash)
    throw unanswered(
      `The plan of incident ${id} changed while it was shown: firebreak approve ${id} shows it as it is now.`,
    );
  expectNone(notBy(engine, incident, approver));
};

/** The user or role that answers. @throws where AWS says nothing of who that is. */
export const approverNamed = (arn: string): string => {
  const approver = approverOf(arn);
  if (approver !== undefined) return approver;
  throw notAlone(nobody(arn));
};

/** @throws where it does not wait for an answer. */
const expectWaiting = (incident: Incident, now: Date): void => {
  const words = unanswerable(incident, now);
  if (words !== undefined) throw unanswered(words);
};

/** Ends what waits. Whoever was faster, a containment or another answer, stays as it is. */
export const endWaiting = async (
  engine: Engine,
  id: string,
  outcome: 'denied' | 'expired',
  decide: (incident: Incident, now: Date) => string | undefined,
): Promise<Incident> => {
  let ends = false;
  const incident = await updateIncident(engine, id, (before) => {
    const now = engine.now();
    const reason = decide(before, now);
    ends = reason !== undefined;
    return reason === undefined
      ? before
      : { ...before, phase: 'ended', outcome, reason, approval: null, endedAt: now.toISOString() };
  });
  if (!ends) return incident;
  const { reason, attempts } = incident;
  await append(engine, id, [{ step: 'ended', attempt: attempts, result: `${outcome}: ${reason}` }]);
  engine.report({ incident: id, step: 'ended', text: `${outcome}: ${reason}` });
  return incident;
};

/** How it is said that nobody answered. */
export const unansweredIn = (question: Question): string =>
  `Nobody answered in time, which was ${timeGiven(question)}; nothing was changed. Contain it by hand if it is still wanted.`;

/** What waited longer than anybody had to answer ends, so that nothing approves it by a plan of long ago. */
const expire = (engine: Engine, id: string): Promise<Incident> =>
  endWaiting(engine, id, 'expired', (incident, now) =>
    incident.question && isLate(incident, now) ? unansweredIn(incident.question) : undefined,
  );

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : '');

/**
 * Approves the plan that a person was shown; another plan asks anew. The same plan approved again is as approved as before, so that what
 * was stopped in between can be gone on with.
 * @throws in a sentence, when it can't be approved, or not by this caller.
 */
export const approve = async (engine: Engine, id: string, { by: arn, reason, hash }: Answer): Promise<Incident> => {
  const by = approverNamed(arn);
  await expire(engine, id);
  const incident = await updateIncident(engine, id, (before) => {
    const now = engine.now();
    expectWaiting(before, now);
    expectApprovable(engine, before, by, hash);
    // A person's word counts more than silence, which the rails may still overrule.
    if (!before.plan || (isApproved(engine, before) && !isBySilence(before))) return before;
    const { hash: bound, plannedAt } = before.plan;
    return { ...before, approval: { hash: bound, plannedAt, by, at: now.toISOString() } };
  });
  const { asked, approval } = incident;
  await append(engine, id, [
    {
      step: 'approved',
      subject: approval?.at ?? '',
      attempt: asked,
      to: approval?.hash ?? '',
      result: `by ${by}${because(reason)}`,
    },
  ]);
  return incident;
};

/**
 * Ends what waits, with nothing written. One that was approved and not begun can still be denied: the stricter answer counts.
 * @throws in a sentence, when it does not wait any more.
 */
export const deny = async (engine: Engine, id: string, { by: arn, reason }: Answer): Promise<Incident> => {
  const by = approverNamed(arn);
  await expire(engine, id);
  const words = `Denied by ${by}${because(reason)}`;
  return endWaiting(engine, id, 'denied', (incident, now) => {
    expectWaiting(incident, now);
    return words;
  });
};
