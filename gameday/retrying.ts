// What failed comes again: as Lambda does it with an event, and as a person does it with an answer.
import type { Clock } from './account/clock.ts';

/**
 * Lambda calls a function that failed again after a minute, and once more after two.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const againAfterSeconds = [60, 120];
/** Whoever gets no answer to his answer gives it again. */
export const personAgainAfterSeconds = [10, 60];

/** Does the work once more after each of these pauses, as long as it fails. What nobody can read never gets any better. */
export const retrying = (clock: Pick<Clock, 'sleep'>) => {
  const retried = async <T>(work: () => Promise<T>, pauses: readonly number[] = againAfterSeconds): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const [pause, ...others] = pauses;
      if (pause === undefined || (error as Error).name === 'UnreadableEvent') throw error;
      await clock.sleep(pause * 1000);
      return retried(work, others);
    }
  };
  return retried;
};
