// A person approves or denies: on record first, so that the workflow finds it whoever wakes it; then the workflow is woken.
import type { Json } from '../../playbooks/language/json.ts';
import {
  approve as approvePlan,
  approverNamed,
  deny as denyIncident,
  unanswerable,
  unanswered,
} from '../engine/answer.ts';
import type { Engine, TaskEnd } from '../engine/engine.ts';
import type { Incident } from '../engine/incident.ts';
import { answerWaiting, wake } from '../engine/wake.ts';
import { recordedAs } from '../rails/four-eyes.ts';
import { incidentNamed } from './look.ts';
import type { AskedTo } from './request.ts';

type Said = { readonly [key: string]: Json };

const sayWorkflow = (end: TaskEnd): string =>
  end === 'taken'
    ? 'It goes on.'
    : `It does not wait for this answer, since ${end.over}: it goes on with what is on record.`;

/** The answer is on record by now; that it could not be brought is no reason to believe that it was not given. */
const brought = async (id: string, what: string, bring: () => Promise<TaskEnd>): Promise<TaskEnd> => {
  try {
    return await bring();
  } catch (error) {
    const { name, message } = error as Error;
    const words = `Incident ${id} is ${what} on record, and its workflow could not be told: ${message}`;
    throw Object.assign(new Error(words), { name });
  }
};

/** Whether the approval that stands is this caller's, given now. */
const isOwn = ({ approval }: Incident, before: Incident, arn: string): boolean =>
  approval?.by === recordedAs(arn) && approval.at !== before.approval?.at;

/** @throws in a sentence, when it can't be approved, not by this caller, or was approved already and the workflow knows. */
export const approve = async (engine: Engine, asked: AskedTo<'approve'>, arn: string): Promise<Said> => {
  const { incident: id, reason, hash } = asked;
  const before = await incidentNamed(engine, id);
  const incident = await approvePlan(engine, id, { by: arn, reason, ...(hash !== undefined && { hash }) });
  const { approval } = incident;
  const end = await brought(id, 'approved', () => wake(engine, incident, { go: 'on' }));
  if (end !== 'taken' && !isOwn(incident, before, arn))
    throw unanswered(`Incident ${id} was approved already, at ${approval?.at} by ${approval?.by}. ${sayWorkflow(end)}`);
  return { incident: id, approved: approval, workflow: sayWorkflow(end) };
};

/** Denied, and whoever was to tell the workflow died before: what it waits for is on record. */
const denyAgain = async (engine: Engine, incident: Incident, arn: string): Promise<Said> => {
  approverNamed(arn);
  const { id, reason } = incident;
  const end = await brought(id, 'denied', () => answerWaiting(engine, incident, { denied: reason }));
  if (end !== 'taken') throw unanswered(unanswerable(incident, engine.now()) ?? reason);
  return { incident: id, outcome: 'denied', reason, workflow: sayWorkflow(end) };
};

/** @throws in a sentence, when it does not wait any more, or AWS says nothing of who denies it. */
export const deny = async (engine: Engine, asked: AskedTo<'deny'>, arn: string): Promise<Said> => {
  const { incident: id, reason } = asked;
  const before = await incidentNamed(engine, id);
  if (before.phase === 'ended' && before.outcome === 'denied') return denyAgain(engine, before, arn);
  const incident = await denyIncident(engine, id, { by: arn, reason });
  const end = await brought(id, 'denied', () => wake(engine, incident, { denied: incident.reason }));
  return { incident: id, outcome: incident.outcome, reason: incident.reason, workflow: sayWorkflow(end) };
};
