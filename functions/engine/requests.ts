// Which AWS requests a piece of work made, for the journal, so that CloudTrail can be asked about each; and questions that it asks only once.
import { AsyncLocalStorage } from 'node:async_hooks';

export interface AwsRequest {
  readonly service: string;
  readonly command: string;
  readonly requestId: string;
  /** 'ok', or the name of AWS's error. */
  readonly result: string;
}

/** What a piece of work asked AWS. `refused` are the calls that AWS had no room for, however often the SDK tried. */
export type Asked = { readonly requests: readonly AwsRequest[]; readonly refused: readonly string[] };

const current = new AsyncLocalStorage<{ readonly requests: AwsRequest[]; readonly refused: string[] }>();

/** Called by the clients for every attempt that AWS answered. */
export const noteRequest = (request: AwsRequest): void => {
  current.getStore()?.requests.push(request);
};

/** Called by the clients for every call that AWS had no room for. */
export const noteRefused = (command: string): void => {
  current.getStore()?.refused.push(command);
};

/** Runs the work and says which requests it made, also when it fails. */
export const withRequests = async <T>(
  work: () => Promise<T>,
): Promise<Asked & ({ readonly value: T } | { readonly error: unknown })> => {
  const asked = { requests: [], refused: [] };
  return current.run(asked, async () => {
    try {
      return { ...asked, value: await work() };
    } catch (error) {
      return { ...asked, error };
    }
  });
};

const sharing = new AsyncLocalStorage<{ readonly underWay: Map<string, Promise<unknown>>; written: boolean }>();

/**
 * Within this work, whoever reads what somebody is just reading waits for that answer: settings of one resource are read by the same call, and
 * AWS admits only so many a second. For work that may take any answer as fresh that was asked for since it began; a write ends the sharing.
 */
export const sharingReads = <T>(work: () => Promise<T>): Promise<T> =>
  sharing.run({ underWay: new Map(), written: false }, work);

/** Called by the clients for every call; `key` says what is asked of whom, null that it is no mere question. */
export const answerOnce = <T>(key: string | null, ask: () => Promise<T>): Promise<T> => {
  const shared = sharing.getStore();
  if (shared && key === null) shared.written = true;
  if (!shared || key === null || shared.written) return ask();
  const known = shared.underWay.get(key) as Promise<T> | undefined;
  if (known) return known;
  const asked = ask().finally(() => shared.underWay.delete(key));
  shared.underWay.set(key, asked);
  return asked;
};
