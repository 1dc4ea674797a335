// Lambda in the practice ground: each call of a function runs in a process, which dies or, where it is kept warm, takes the next call.
import type { Engine } from '../functions/engine/engine.ts';
import { Crash, type Session, type World } from './account/world.ts';

/** A process of its own, and what it runs on. */
export interface Process {
  readonly session: Session;
  readonly engine: Engine;
}

export interface Lambda {
  /** Runs the function of that name once. Whatever a dead process would still have answered, nobody gets it. */
  run<T>(name: string, work: (own: Engine) => Promise<T>): Promise<T>;
  /** How many functions ran at once at most. */
  mostAtOnce(): number;
}

export const createLambda = (world: World, process: (name: string) => Process, warm: boolean): Lambda => {
  const idle = new Map<string, Process[]>();
  let running = 0;
  let most = 0;
  return {
    mostAtOnce: () => most,
    run: async (name, work) => {
      const pool = idle.get(name) ?? [];
      idle.set(name, pool);
      const own = pool.pop() ?? process(name);
      const { session } = own;
      const begun = world.clock.now().getTime();
      const died = (): Error => {
        const timedOut = world.clock.now().getTime() - begun >= session.milliseconds;
        return Object.assign(new Crash(`${session.name} died`), timedOut && { name: 'States.Timeout' });
      };
      running += 1;
      most = Math.max(most, running);
      try {
        const answer = await work(own.engine);
        if (session.dead) throw died();
        return answer;
      } catch (error) {
        throw session.dead ? died() : error;
      } finally {
        running -= 1;
        if (warm && !session.dead) pool.push(own);
      }
    },
  };
};
