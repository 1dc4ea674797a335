// The call of deny in the practice ground: a function asks another one, by a payload, and either may die meanwhile.
import { denyHandler } from '../functions/deny.ts';
import type { Deny, DenyAnswer } from '../functions/engine/hands.ts';
import { Crash, type Session, type World } from './account/world.ts';
import type { Lambda } from './lambda.ts';

/** What it takes to get to a function that runs already, and back. */
const invokeMilliseconds = 12;

/** How Lambda calls it when a function is killed in the middle, or was too slow. */
const nameAfter = ({ name }: Error): string =>
  ({ Crash: 'Runtime.ExitError', 'States.Timeout': 'Sandbox.Timedout' })[name] ?? name;

/**
 * A process of its own, which goes on when whoever asked it dies. Of an error only the words come back, and of a process that died not even those:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html
 */
export const denyFrom =
  (world: World, run: Lambda['run'], asking: Session): Deny =>
  async (request) => {
    const dead = () => new Crash(`${asking.name} died at the call of deny`);
    if (asking.dead) throw dead();
    await world.clock.sleep(invokeMilliseconds);
    const sent = JSON.stringify(request);
    const answer = await run(`deny ${request.playbook}`, async (own) =>
      JSON.stringify(await denyHandler(own)(JSON.parse(sent))),
    ).catch((error: Error) => {
      throw asking.dead ? dead() : Object.assign(new Error(error.message), { name: nameAfter(error) });
    });
    if (asking.dead) throw dead();
    return JSON.parse(answer) as DenyAnswer;
  };
