// Waking the workflow that waits for a person. What it finds on record when it wakes decides, not who woke it.
import type { Engine, TaskAnswer, TaskEnd } from './engine.ts';
import { isUnanswered } from './expiry.ts';
import { type Incident, readIncident } from './incident.ts';

/** Answers the task that waits with the token on record, where there is one. */
export const answerWaiting = async (engine: Engine, { question }: Incident, answer: TaskAnswer): Promise<TaskEnd> => {
  if (!question?.token || !engine.answerTask) return { over: 'it has not put its question yet' };
  return engine.answerTask(question.token, answer);
};

/**
 * Has the workflow go on with what stands on record. Where no task waits for it any more, one that runs finds it on record, and one that was
 * lost is started anew: a second start of one that runs does nothing.
 * @throws what AWS said: then it may be called again.
 */
export const wake = async (engine: Engine, incident: Incident, answer: TaskAnswer): Promise<TaskEnd> => {
  const end = await answerWaiting(engine, incident, answer);
  if (end !== 'taken') await engine.start?.({ incident: incident.id, playbook: incident.playbook });
  return end;
};

export type Resumed = { readonly incident: string; readonly resumed: boolean };

/** Why nobody's answer is missing; undefined where the incident waits and needs none. */
const notResumed = (engine: Engine, incident: Incident | undefined): string | undefined => {
  if (!incident) return 'is not on record';
  if (incident.phase !== 'waiting') return `does not wait: it is ${incident.phase}`;
  return isUnanswered(engine, incident) ? 'waits for a person' : undefined;
};

/**
 * Goes on with an incident that waits and needs no person any more, because a later finding need not ask or because its answer is on record
 * and never reached the workflow. Any other is left as it is, whoever calls.
 */
export const resume = async (engine: Engine, id: string): Promise<Resumed> => {
  const incident = await readIncident(engine, id);
  const why = notResumed(engine, incident);
  if (!incident || why !== undefined) {
    engine.report({ incident: id, step: 'not resumed', text: `${id} ${why ?? ''}` });
    return { incident: id, resumed: false };
  }
  const end = await wake(engine, incident, { go: 'on' });
  engine.report({ incident: id, step: 'resumed', text: end === 'taken' ? 'its workflow goes on' : end.over });
  return { incident: id, resumed: true };
};
