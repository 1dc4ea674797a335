// The configuration with which a real SDK client runs against the account in memory.
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { HttpRequest, RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';
import type { Clock } from './clock.ts';

export interface ClientConfiguration {
  readonly region: string;
  readonly [name: string]: unknown;
}

const attemptHeader = 'amz-sdk-request';

/** The SDK tells AWS in a header which attempt of how many this is, and so tells us. */
export const attemptOf = (
  request: unknown,
): { readonly attempt: number; readonly most: number; readonly invocation: string } => {
  const headers = (request as HttpRequest | undefined)?.headers ?? {};
  const [, attempt = '1', most = '1'] = /attempt=(\d+); max=(\d+)/.exec(headers[attemptHeader] ?? '') ?? [];
  return { attempt: Number(attempt), most: Number(most), invocation: headers['amz-sdk-invocation-id'] ?? '' };
};

/** Which number of attempts the client allows that met an error: a retry strategy isn't told its client's `maxAttempts`. */
const attemptsAllowed = new WeakMap<object, number>();
export const rememberAttempts = (error: unknown, most: number): void => {
  if (typeof error === 'object' && error !== null) attemptsAllowed.set(error, most);
};

const attemptsByDefault = 3;

/** The SDK's own strategy without its waits; the world lets virtual time pass in their place. */
const retryStrategy = (clock: Clock): RetryStrategyV2 => {
  const strategies = new Map<number, ConfiguredRetryStrategy>();
  const issuers = new WeakMap<RetryToken, ConfiguredRetryStrategy>();
  const strategy = (most: number): ConfiguredRetryStrategy => {
    const known = strategies.get(most) ?? new ConfiguredRetryStrategy(most, () => 0);
    strategies.set(most, known);
    return known;
  };
  return {
    acquireInitialRetryToken: (scope) => strategy(attemptsByDefault).acquireInitialRetryToken(scope),
    refreshRetryTokenForRetry: async (token: RetryToken, info: RetryErrorInfo) => {
      const issuer = strategy(attemptsAllowed.get(info.error as object) ?? attemptsByDefault);
      // The SDK waits by a real timer even when it waits for nothing.
      const next = await clock.hold(issuer.refreshRetryTokenForRetry(token as never, info));
      issuers.set(next, issuer);
      return next;
    },
    recordSuccess: (token: RetryToken) => issuers.get(token)?.recordSuccess(token as never),
  };
};

const unreachable = {
  handle: async (): Promise<never> => {
    throw new Error(
      'a client tried to reach the network: add the plugin of its session, client.middlewareStack.use(session.plugin(account, region))',
    );
  },
};

/** Nobody checks a signature here, and making one is half the cost of a call. */
const unsigned = { sign: async (request: unknown): Promise<unknown> => request };

const silent = (): void => undefined;

/** Everything that a client would otherwise look up in files and in the environment is said here: looking takes real time. */
export const clientConfiguration = (clock: Clock, region: string): ClientConfiguration => ({
  region,
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'in-memory' },
  signer: unsigned,
  maxAttempts: attemptsByDefault,
  retryMode: 'standard',
  retryStrategy: retryStrategy(clock),
  requestHandler: unreachable,
  followRegionRedirects: true,
  ignoreConfiguredEndpointUrls: true,
  defaultsMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  authSchemePreference: [],
  disableClockSkewCorrection: true,
  userAgentAppId: 'firebreak',
  defaultUserAgentProvider: async () => [['firebreak', 'gameday']],
  disableS3ExpressSessionAuth: true,
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  responseChecksumValidation: 'WHEN_SUPPORTED',
  sigv4aSigningRegionSet: [],
  useArnRegion: false,
  disableMultiregionAccessPoints: false,
  // None that takes a line a call: the SDK does not prepare one then.
  logger: { debug: silent, warn: silent, error: silent },
});
