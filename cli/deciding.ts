// How a person decides on a draft: asked at the terminal, or beforehand by --yes. A rail that asks is never answered beforehand.
import { notBy } from '../functions/engine/answer.ts';
import type { Incident } from '../functions/engine/incident.ts';
import { answerableOf, askingOf, type Draft, isDecided } from './draft.ts';
import { paragraph } from './screen.ts';
import type { Undertaking } from './undertaking.ts';

/**
 * How far it may go, and what stands approved: the plan that was shown, with what the rails said ('shown') or where none had asked
 * ('plan only'); or nothing yet.
 */
export interface Decision {
  readonly disposition: Incident['disposition'];
  readonly approval: 'shown' | 'plan only' | 'none';
}

const says = (answer: string): boolean => /^y(es)?$/i.test(answer.trim());

/** One question at a time, however many incidents wait for an answer. */
let questions: Promise<unknown> = Promise.resolve();
export const asked = ({ world, progress }: Undertaking, question: string, before = () => {}): Promise<boolean> => {
  const answer = questions.then(() =>
    progress.quietly(async () => {
      before();
      return says(await world.ask(`\n${question} [y/N] `));
    }),
  );
  questions = answer.catch(() => false);
  return answer;
};

/** Whether it is for a person to say: there is a plan, and the rails leave it open. */
const isOpenQuestion = ({ planning, far }: Draft): boolean =>
  'plan' in planning && (far === 'contain' || far === 'ask');

/** With --yes it goes without asking; what an event rail says of it stays. */
export const dispositionByYes = ({ disposition, eventRails }: Draft['intent']): Incident['disposition'] =>
  disposition === 'ask' && !eventRails.some((one) => one.do === 'ask') ? 'contain' : disposition;

/** Whoever asked for it may not be the one who approves it: then he is asked whether to ask for it, and hears why. */
const askOther = (undertaking: Undertaking, objection: string): Promise<boolean> =>
  asked(undertaking, 'Put it to somebody else for approval?', () => {
    undertaking.screen.line();
    paragraph(undertaking.screen, '  ', objection);
  });

/** What has been decided; undefined where a person said no. `always` asks about what would go by itself as well. */
export const decide = async (
  undertaking: Undertaking,
  draft: Draft,
  question: string,
  { always }: { readonly always: boolean },
): Promise<Decision | undefined> => {
  const { engine, world, yes } = undertaking;
  const { intent, far } = draft;
  const asking = askingOf(draft).length > 0;
  const { disposition } = intent;
  // Should the rails let more through by then than they do now, somebody who is to be asked is asked.
  const asks = always && !yes && disposition === 'contain';
  const asIs: Decision = { disposition: asks ? 'ask' : disposition, approval: 'none' };
  if (isDecided(draft.open)) return yes || !always || (await asked(undertaking, question)) ? asIs : undefined;
  if (!isOpenQuestion(draft) || (!yes && !always && far === 'contain')) return asIs;
  if (yes && (!asking || !world.interactive)) return { disposition: dispositionByYes(intent), approval: 'plan only' };
  if (!world.interactive) return asIs;
  const objection = notBy(engine, answerableOf(draft), engine.actor);
  const said = objection === undefined ? await asked(undertaking, question) : await askOther(undertaking, objection);
  return said ? { disposition: 'ask', approval: asking ? 'shown' : 'plan only' } : undefined;
};
