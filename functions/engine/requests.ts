// Which AWS requests a piece of work made: the journal names their ids, so that CloudTrail can be asked about each.
import { AsyncLocalStorage } from 'node:async_hooks';

export interface AwsRequest {
  readonly service: string;
  readonly command: string;
  readonly requestId: string;
  /** 'ok', or the name of AWS's error. */
  readonly result: string;
}

const current = new AsyncLocalStorage<AwsRequest[]>();

/** Called by the clients for every attempt that AWS answered. */
export const noteRequest = (request: AwsRequest): void => {
  current.getStore()?.push(request);
};

/** Runs the work and says which requests it made, also when it fails. */
export const withRequests = async <T>(
  work: () => Promise<T>,
): Promise<{ readonly requests: readonly AwsRequest[] } & ({ readonly value: T } | { readonly error: unknown })> => {
  const requests: AwsRequest[] = [];
  return current.run(requests, async () => {
    try {
      return { requests, value: await work() };
    } catch (error) {
      return { requests, error };
    }
  });
};
