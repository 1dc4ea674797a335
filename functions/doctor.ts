// Lambda: examines the deployment on a schedule, and tells people when something is not well any more, or well again. It changes nothing.
import * as v from 'valibot';
import { checkDeployment } from './doctor/deployment.ts';
import { tellChange } from './doctor/tell.ts';
import { measure } from './engine/measure.ts';
import { handler } from './handler.ts';

export type Examined = { readonly ill: number; readonly unknown: number; readonly told: 'told' | 'known' };

/**
 * Its own role reads all of it, so that what can't be read is a fault as well.
 * @throws where people could not be told, or the ledger can't be used: the alarm on its errors tells then.
 */
export const doctorHandler = handler(v.unknown(), async (engine): Promise<Examined> => {
  const { own: aws, config, playbooks, now, ledger, readSwitch } = engine;
  if (!aws) throw new Error('This function was deployed without clients of its own. Deploy the stack again.');
  const verdicts = await checkDeployment({ aws, config, playbooks, now }, { readSwitch, asking: aws });
  const notWell = verdicts.filter(({ state }) => state !== 'well');
  for (const { check, subject, state, said } of notWell)
    engine.report({ step: check, text: `${subject} is ${state}: ${said}` });
  measure(engine, { values: { NotWell: notWell.length }, by: {} });
  const told = await tellChange(ledger, aws, notWell);
  const count = (wanted: string) => verdicts.filter(({ state }) => state === wanted).length;
  return { ill: count('ill'), unknown: count('unknown'), told };
});
