// Tasks of the workflow that wait for a person, each with a token of its own, until it is answered through Step Functions or its time is up.
import type { Place } from '../playbooks/language/resource.ts';
import { answeredTasks, closeTask, openTask } from './account/step-functions.ts';
import type { World } from './account/world.ts';

export interface Waiting {
  /** A task that begins to wait. Answers its token. */
  open(): string;
  /** Its state has failed before anybody could answer. */
  fail(token: string): void;
  /** The task's end, as the workflow gets it. @throws by the name that whoever answered gave, or `States.Timeout`. */
  ended(token: string, timeoutSeconds: number): Promise<object>;
  /** Somebody may have answered. */
  look(): void;
}

/** The interpreter of the workflow knows one token an execution; Step Functions gives each task that waits its own. */
export const createWaiting = (world: World, place: Place): Waiting => {
  const answered = new Map<string, () => void>();
  const look = (): void => {
    for (const token of answeredTasks(world.state, place.account, place.region)) {
      answered.get(token)?.();
      answered.delete(token);
    }
  };
  return {
    open: () => openTask(world.requestAt(place)),
    fail: (token) => void closeTask(world.requestAt(place), token),
    look,
    ended: async (token, timeoutSeconds) => {
      const answer = new Promise<void>((resolve) => {
        answered.set(token, resolve);
      });
      look();
      // No process of ours waits meanwhile.
      await world.clock.sleep(timeoutSeconds * 1000, answer);
      answered.delete(token);
      const end = closeTask(world.requestAt(place), token);
      if (end.as === 'success') return {};
      if (end.as === 'failure') throw Object.assign(new Error(end.cause), { name: end.error });
      throw Object.assign(new Error('No answer in time.'), { name: 'States.Timeout' });
    },
  };
};
