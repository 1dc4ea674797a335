// Lambda: asks deny to write, and waits for what it says.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Deny, DenyAnswer } from '../engine/hands.ts';

type FunctionFailure = { readonly errorType?: string; readonly errorMessage?: string };

/**
 * `denyFunction` is its name or ARN, with its alias. Lambda tells a function's error by its name and its words, and one that was killed by names of
 * its own (Sandbox.Timedout, Runtime.ExitError). It is called once: whoever asks looks first before he asks again.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws what the function threw; what AWS said, where it was not called; anything else where nobody knows what it wrote.
 */
export const denyOn =
  (aws: Aws, denyFunction: string): Deny =>
  async (request) => {
    const { FunctionError, Payload } = await aws(LambdaClient, { once: true }).send(
      new InvokeCommand({ FunctionName: denyFunction, Payload: JSON.stringify(request) }),
    );
    const said = JSON.parse(new TextDecoder().decode(Payload)) as unknown;
    if (FunctionError === undefined) return said as DenyAnswer;
    const { errorType = FunctionError, errorMessage = `${denyFunction} failed` } = said as FunctionFailure;
    throw Object.assign(new Error(errorMessage), { name: errorType });
  };
