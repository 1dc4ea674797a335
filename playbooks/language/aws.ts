// How playbooks, settings and evidence reach AWS: through a hand-out of SDK clients for one account and Region.

/** Any SDK v3 client class. Which configuration it gets is the hand-out's affair, never the caller's. */
export type ClientClass<C> = new (config: never) => C;

/**
 * Hands out SDK v3 clients for one account and Region, once each: `aws(EC2Client).send(new …Command(…))`.
 * `once` asks for a client that never repeats a call: for calls that create something and know no client token.
 */
export interface Aws {
  <C>(client: ClientClass<C>, options?: { readonly once?: boolean }): C;
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** What a read answers when the thing that carries the setting is not there any more. */
export const gone = Symbol('gone');
export type Gone = typeof gone;

/** Whether AWS answered with one of these error codes. */
export const isAwsError = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** By which names AWS's services say that they have no room for a call. IAM's `LimitExceededException` is a full quota, and none of them. */
const throttlings: readonly string[] = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
];

/** Whether AWS did nothing because it gets too many calls just now: a later one may well be heard. */
export const isThrottled = (error: unknown): boolean =>
  isAwsError(error, ...throttlings) ||
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode === 429;

/** Gives `otherwise` instead of the listed AWS errors; every other error goes on. */
export const unless = async <T, U>(names: readonly string[], otherwise: U, read: () => Promise<T>): Promise<T | U> => {
  try {
    return await read();
  } catch (error) {
    if (isAwsError(error, ...names)) return otherwise;
    throw error;
  }
};
