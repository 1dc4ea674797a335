// What happens to the event, to the execution and to the answer, besides what calls meet.

import { approve } from '../../functions/engine/answer.ts';
import { whatAwsSaid } from '../../functions/engine/engine.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { Practice } from '../practice.ts';
import { incidentsOf } from './recover.ts';
import type { Happening } from './trial.ts';

type Fields = { readonly [key: string]: Json };
const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hours = (count: number): number => count * 3_600_000;
const minuteLater = (text: Json | undefined): Json =>
  typeof text === 'string' ? new Date(Date.parse(text) + 60_000).toISOString() : null;

/** The same finding, as its detector sends it when it saw it once more. */
const laterVersion = (event: Json): Json => {
  if (!isFields(event) || !isFields(event.detail)) return event;
  const { detail } = event;
  if (isFields(detail.service))
    return {
      ...event,
      id: 'a later one',
      detail: {
        ...detail,
        updatedAt: minuteLater(detail.updatedAt),
        service: { ...detail.service, count: Number(detail.service.count ?? 1) + 1 },
      },
    };
  if (Array.isArray(detail.findings))
    return {
      ...event,
      id: 'a later one',
      detail: {
        ...detail,
        findings: detail.findings.map((one: Json) =>
          isFields(one) ? { ...one, UpdatedAt: minuteLater(one.UpdatedAt) } : one,
        ),
      },
    };
  return { ...event, id: 'a later one' };
};

/** An event that no delivery got through waits in the dead-letter queue, and is no surprise. */
const send = async (practice: Practice, event: Json): Promise<void> => {
  const dead = practice.deadEvents.length;
  try {
    await practice.respond(event);
  } catch (error) {
    if (practice.deadEvents.length === dead) throw error;
  }
};

const oncall = 'arn:aws:iam::111122223333:user/oncall';

/** An answer to what does not wait any more gets a sentence. */
const answerAgain = async (practice: Practice): Promise<readonly string[]> => {
  const surprises: string[] = [];
  for (const { id } of await incidentsOf(practice)) {
    try {
      await approve(practice.engine('answer'), id, { by: oncall });
      surprises.push(`a late answer to ${id} was taken`);
    } catch (error) {
      // Where the ledger gives no answer, nobody's was taken either.
      if (!['Unanswerable', 'LedgerUnavailable', 'Crash'].includes((error as Error).name))
        surprises.push(`a late answer to ${id} met ${whatAwsSaid(error)}`);
    }
  }
  return surprises;
};

/** Sends the event, as it happens. Answers what should not have come of it, beyond what is judged of every trial. */
export const happen = async (
  practice: Practice,
  event: Json,
  happening: Happening | null,
): Promise<readonly string[]> => {
  switch (happening) {
    case 'duplicated-2':
    case 'duplicated-3':
    case 'duplicated-4':
    case 'duplicated-5': {
      const copies = Number(happening.slice(-1));
      // All but one at once, and one when all is over.
      await Promise.all(Array.from({ length: copies - 1 }, () => send(practice, event)));
      await send(practice, event);
      return [];
    }
    case 'reordered':
      await send(practice, laterVersion(event));
      await send(practice, event);
      return [];
    case 'late':
      practice.world.clock.advance(hours(24));
      await send(practice, event);
      return [];
    case 'redriven':
      await send(practice, event);
      for (const one of await practice.settled()) await practice.redrive(one, 'respond');
      return [];
    case 'approval-late':
      await send(practice, event);
      practice.world.clock.advance(hours(5));
      return answerAgain(practice);
    case 'approval-twice':
      await send(practice, event);
      return answerAgain(practice);
    case 'approval-lost':
    case 'meddled':
    case null:
      await send(practice, event);
      return [];
  }
};
