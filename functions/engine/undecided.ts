// What people are told when Firebreak itself can't decide: the ledger gives no answer, and somebody has to contain by hand.
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import { readEvent } from '../sources/read-event.ts';
import { type Engine, whatAwsSaid } from './engine.ts';
import type { Ledger } from './ledger.ts';
import { route } from './route.ts';

/** What would have answered a finding. */
export type Answerer = { readonly playbook: string; readonly target: Target };

const answerersOf = (engine: Pick<Engine, 'playbooks'>, finding: Finding): readonly Answerer[] =>
  route(finding, engine.playbooks).answers.flatMap(({ playbook, target, do: how }) =>
    playbook !== null && target !== null && how !== 'tell' && how !== 'ignore' ? [{ playbook, target }] : [],
  );

/** The same ledger; what it could not do last is answered in words, empty where it did all. */
export const noticingFailures = (ledger: Ledger): { readonly ledger: Ledger; readonly failure: () => string } => {
  let failure = '';
  const noticing = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      failure = what;
      throw error;
    }
  };
  return {
    failure: () => failure,
    ledger: {
      ...ledger,
      read: (collection, key) => noticing(`read ${collection}`, ledger.read(collection, key)),
      write: (collection, ...rest) => noticing(`write ${collection}`, ledger.write(collection, ...rest)),
      list: (collection, prefix) => noticing(`list ${collection}`, ledger.list(collection, prefix)),
    },
  };
};

/**
 * Tells at once of every finding in this event that a playbook answers: an attack doesn't wait until Lambda has tried again. Whether this is its last
 * try Lambda doesn't say, so the same may be told three times, under one id. What can't be told is reported: the event goes into the dead-letter queue.
 * `failure` is what the ledger could not do, empty where it was something else.
 */
export const tellUndecided = async (engine: Engine, event: unknown, error: unknown, failure: string): Promise<void> => {
  const reading = readEvent(event, engine.now());
  if ('unreadable' in reading) return;
  const said = failure ? `The ledger gave no answer (${failure}): ${whatAwsSaid(error)}` : whatAwsSaid(error);
  for (const finding of reading.findings) {
    const answerers = answerersOf(engine, finding);
    if (answerers.length === 0) continue;
    engine.report({ step: 'undecided', text: `${finding.type}: ${said}` });
    try {
      await engine.tellUndecided?.(finding, answerers, said);
    } catch (lost) {
      engine.report({ step: 'notice', text: `could not be sent: ${whatAwsSaid(lost)}` });
    }
  }
};
