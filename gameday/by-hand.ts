// A person who starts firebreak-by-hand in the console of Step Functions, with whatever input.
import { type Execution, type Payload, runWorkflow } from '../functions/adapters/workflow.ts';
import type { ReceiveOutput } from '../functions/receive.ts';
import type { Place } from '../playbooks/language/resource.ts';

/** The execution at its end, and what `receive` answered it last. */
export type BegunByHand = Execution & { readonly answer: ReceiveOutput | null };

export const createByHand = (
  { region, account }: Place,
  receive: (request: unknown) => Promise<ReceiveOutput>,
  now: () => Date,
): ((input: Payload) => Promise<BegunByHand>) => {
  let count = 0;
  return async (input) => {
    let answer: ReceiveOutput | null = null;
    const invoke = async (_name: string, payload: Payload): Promise<ReceiveOutput> => {
      answer = await receive(payload);
      return answer;
    };
    const execution = `arn:aws:states:${region}:${account}:execution:firebreak-by-hand:console-${++count}`;
    const end = await runWorkflow('by-hand', input, { invoke, now, execution });
    return { ...end, answer };
  };
};
