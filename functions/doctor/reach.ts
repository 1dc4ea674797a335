// The doctor's question to a playbook's function: can you assume your role in this account? Nothing there is looked at or changed.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as v from 'valibot';
import { isAwsError } from '../../playbooks/language/aws.ts';
import { parseArn } from '../../playbooks/language/resource.ts';
import { type Engine, whatAwsSaid } from '../engine/engine.ts';
import { type Handler, handler } from '../handler.ts';

const schema = v.object({
  do: v.literal('reach'),
  account: v.pipe(v.string(), v.regex(/^\d{12}$/, 'is no account id')),
});

/** `said`: as whom AWS knows it there, or what AWS said. */
export type Reached = { readonly reached: boolean; readonly said: string };

const asksToReach = (input: unknown): boolean => v.is(v.object({ do: v.literal('reach') }), input);

/**
 * The session is a new one each time: credentials of an earlier one outlive the role. Its name fits what the role trusts.
 * @throws what AWS said, where it refused nothing: then nobody knows.
 */
const reachHandler = handler(schema, async (engine: Engine, { account }): Promise<Reached> => {
  const { partition = 'aws' } = parseArn(engine.actor) ?? {};
  const place = { partition, account, region: engine.region ?? 'us-east-1' };
  const session = `fb-doctor-${engine.now().getTime()}`;
  try {
    const { Arn = '' } = await engine.aws(place, session, 'read')(STSClient).send(new GetCallerIdentityCommand({}));
    return { reached: true, said: Arn };
  } catch (error) {
    // A role that is not there is refused in the same words as one that does not trust us.
    if (isAwsError(error, 'AccessDenied', 'AccessDeniedException')) return { reached: false, said: whatAwsSaid(error) };
    throw error;
  }
});

/** A playbook's handler that answers the doctor as well: his question belongs to no incident, and no workflow asks it. */
export const reachable =
  <Output>(handlerOn: (engine: Engine) => Handler<Output>) =>
  (engine: Engine): Handler<Output | Reached> => {
    const [work, reach] = [handlerOn(engine), reachHandler(engine)];
    return (input, context) => (asksToReach(input) ? reach(input, context) : work(input, context));
  };
