// Lambda: asks a person, and decides what comes of it if nobody answers. The workflow waits with the task token meanwhile.
import * as v from 'valibot';
import { tell } from './engine/close.ts';
import type { Engine } from './engine/engine.ts';
import { isUnanswered, noAnswer } from './engine/expiry.ts';
import { updateIncident } from './engine/incident.ts';
import { append } from './engine/journal.ts';
import { saidQuestion } from './engine/question.ts';
import { handler, incidentInput } from './handler.ts';
import { type Summary, summaryOf } from './summary.ts';

const schema = v.intersect([
  incidentInput,
  v.variant('do', [v.object({ do: v.literal('ask'), token: v.string() }), v.object({ do: v.literal('no-answer') })]),
]);

/**
 * Puts the question where a person sees it; the answer comes back by the token. A question that could not be sent changes nothing: the time
 * runs, and its end is told.
 * @throws `Answered` where the answer was faster than the question: the workflow then need not wait for it.
 */
const ask = async (engine: Engine, id: string, token: string): Promise<void> => {
  // The token is on record before anybody looks whether it has been answered: so an answer either finds it, or is found.
  const incident = await updateIncident(engine, id, (before) =>
    before.phase === 'waiting' && before.question ? { ...before, question: { ...before.question, token } } : before,
  );
  const { question, asked, plan, because, reason } = incident;
  if (!isUnanswered(engine, incident) || !question)
    throw Object.assign(new Error(`Incident ${id} was answered before it was asked.`), { name: 'Answered' });
  const said = saidQuestion(question, engine.now());
  await append(engine, id, [{ step: 'asked', subject: said, attempt: asked, to: plan?.hash ?? '', result: because }]);
  await tell(engine, { ...incident, reason: `${reason.replace(/\.?$/, '.')} ${said}` }, said);
};

export const askHandler = handler(schema, async (engine, input): Promise<Summary | Record<string, never>> => {
  if (input.do === 'ask') {
    await ask(engine, input.incident, input.token);
    return {};
  }
  const { incident, next } = await noAnswer(engine, input.incident);
  return summaryOf(engine, incident, next);
});
