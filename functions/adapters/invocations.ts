// Lambda: has another function do something, mostly without waiting for what comes of it.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Engine } from '../engine/engine.ts';

/**
 * Lambda keeps the event, calls the function, and calls it twice more should it fail.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 * @throws what AWS said: then nothing was begun.
 */
const invokeOn = async (aws: Aws, functionName: string, payload: object): Promise<void> => {
  await aws(LambdaClient).send(
    new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(payload) }),
  );
};

/** `answerFunction` is the one that may answer the workflow: its name or ARN, with its alias. */
export const resumeOn =
  (aws: Aws, answerFunction: string): NonNullable<Engine['resume']> =>
  (incident) =>
    invokeOn(aws, answerFunction, { do: 'resume', incident });

/** `watchFunction` is the one that looks after what is held: its name or ARN, with its alias. */
export const checkOn =
  (aws: Aws, watchFunction: string): NonNullable<Engine['check']> =>
  (incident) =>
    invokeOn(aws, watchFunction, { incident });

const text = new TextDecoder();

/**
 * Has the function of the incident's playbook look after it, and waits for what it finds. `functionOf` names it, with its alias.
 * @throws what AWS said, or what went wrong in the function.
 */
export const lookAfterOn =
  (aws: Aws, functionOf: (playbook: string) => string): NonNullable<Engine['lookAfter']> =>
  async ({ incident, playbook }) => {
    const Payload = JSON.stringify({ do: 'look-after', incident, playbook });
    const answer = await aws(LambdaClient).send(new InvokeCommand({ FunctionName: functionOf(playbook), Payload }));
    const said = JSON.parse(text.decode(answer.Payload)) as {
      outcome?: string;
      errorType?: string;
      errorMessage?: string;
    };
    if (answer.FunctionError || said.outcome === undefined)
      throw Object.assign(new Error(said.errorMessage ?? `${functionOf(playbook)} gave no answer.`), {
        name: said.errorType ?? answer.FunctionError ?? 'Error',
      });
    return { outcome: said.outcome };
  };
