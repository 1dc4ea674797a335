// When nobody has answered: people are paged once more, and in the end what was configured is done, and told. The ledger alone decides.
import { chosenFor } from '../rails/config.ts';
import { endWaiting, isApproved, unansweredIn } from './answer.ts';
import type { Engine } from './engine.ts';
import { type Incident, isOver, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { bySilence, isBySilence, isUp, type Question, timeGiven } from './question.ts';

/** `ask` puts the question again, for the rest of the time. */
export type AfterSilence = 'ask' | 'contain' | 'ended';

/** A workflow that comes back more often waits for nothing: a failure, never a loop. Before the time is up it may not use up what is left after. */
const returnsMax = { before: 10, after: 20 };

/** Whether a person is still to answer. */
export const isUnanswered = (engine: Engine, incident: Incident): boolean =>
  incident.phase === 'waiting' && incident.disposition === 'ask' && !isApproved(engine, incident);

/** Both what people were told when they were asked and what is configured now have to say so. */
const mayContain = (engine: Engine, { playbook }: Incident, { otherwise }: Question): boolean =>
  otherwise === 'contain' && chosenFor(engine.config, playbook).onNoAnswer === 'contain';

const comesBack = (incident: Incident, question: Question, isTimeUp: boolean): Incident => {
  const { returns, answerBy } = question;
  if (returns < returnsMax[isTimeUp ? 'after' : 'before'])
    return { ...incident, question: { ...question, returns: returns + 1 } };
  const why = isTimeUp ? 'nothing came of what was decided' : `there is time until ${answerBy}`;
  const words = `The workflow of incident ${incident.id} came back ${returns} times without an answer, and ${why}. Nothing was changed.`;
  throw Object.assign(new Error(words), { name: 'AskedInVain' });
};

/**
 * What is to be done now that the workflow has waited for an answer in vain. Whoever answered or denied meanwhile has decided, and so has
 * a call of this before.
 * @throws when it is called again and again before the time is up, or the ledger can't be used.
 */
export const noAnswer = async (
  engine: Engine,
  id: string,
): Promise<{ readonly incident: Incident; readonly next: AfterSilence }> => {
  let next: AfterSilence | 'expire' = 'ended';
  const incident = await updateIncident(engine, id, (before) => {
    const { question, plan } = before;
    const now = engine.now();
    next = isOver(before) ? 'ended' : 'contain';
    if (before.phase !== 'waiting' || !question || !plan) return before;
    const isTimeUp = isUp(question, now);
    const back = comesBack(before, question, isTimeUp);
    if (!isUnanswered(engine, before)) return back;
    next = isTimeUp ? (mayContain(engine, before, question) ? 'contain' : 'expire') : 'ask';
    if (next !== 'contain') return back;
    const { hash, plannedAt } = plan;
    return { ...back, approval: { hash, plannedAt, by: bySilence, at: now.toISOString() } };
  });
  if ((next as string) === 'expire') {
    const ended = await endWaiting(engine, id, 'expired', (before) =>
      before.question && isUnanswered(engine, before) ? unansweredIn(before.question) : undefined,
    );
    return { incident: ended, next: isOver(ended) ? 'ended' : 'contain' };
  }
  const { approval, question, asked } = incident;
  if (approval && question && isBySilence(incident)) {
    const result = `by nobody: no answer within ${timeGiven(question)}, and onNoAnswer in firebreak.config.ts says 'contain'`;
    await append(engine, id, [{ step: 'approved', subject: approval.at, attempt: asked, to: approval.hash, result }]);
  }
  return { incident, next: next as AfterSilence };
};
