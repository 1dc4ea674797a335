// What can go wrong with a call, in each service's own words.
import { awsError } from './errors.ts';

/**
 * `before` and `after` mean the call's effect. After a time-out the SDK calls again by itself; after a crash nobody does, until
 * somebody starts the process anew. What hangs gets no answer until the process's own time is up, and it is killed. A stale read is answered
 * from before what was written last; where nothing was written lately there is no such answer, and it is a fresh one.
 */
export type Fault =
  | 'throttled'
  | 'denied'
  | 'server-error'
  | 'timeout-before'
  | 'timeout-after'
  | 'crash-before'
  | 'crash-after'
  | 'hangs'
  | 'stale';

interface Words {
  readonly throttled: readonly [name: string, status: number];
  readonly denied: string;
  readonly serverError: string;
}

const query: Words = { throttled: ['Throttling', 400], denied: 'AccessDenied', serverError: 'InternalFailure' };
const json: Words = {
  throttled: ['ThrottlingException', 400],
  denied: 'AccessDeniedException',
  serverError: 'InternalServiceException',
};
const s3: Words = { throttled: ['SlowDown', 503], denied: 'AccessDenied', serverError: 'InternalError' };

const words: Readonly<Record<string, Words>> = {
  EC2: { throttled: ['RequestLimitExceeded', 503], denied: 'UnauthorizedOperation', serverError: 'InternalError' },
  IAM: { ...query, serverError: 'ServiceFailureException' },
  S3: s3,
  'S3 Control': s3,
  SNS: {
    throttled: ['ThrottledException', 429],
    denied: 'AuthorizationErrorException',
    serverError: 'InternalErrorException',
  },
  SecurityHub: { ...json, throttled: ['LimitExceededException', 429], serverError: 'InternalException' },
  CloudTrail: json,
  SFN: { ...json, serverError: 'InternalServerException' },
  Lambda: { ...json, throttled: ['TooManyRequestsException', 429], serverError: 'ServiceException' },
};

export const throttled = (service: string): Error => {
  const [name, status] = (words[service] ?? query).throttled;
  return awsError(name, 'Rate exceeded', status);
};

export const denied = (service: string, command: string): Error =>
  awsError((words[service] ?? query).denied, `You are not authorized to perform this operation: ${command}.`, 403);

export const serverError = (service: string): Error =>
  awsError((words[service] ?? query).serverError, 'We encountered an internal error. Please try again.', 500);

/** As the SDK's own request handler throws it: the SDK counts it as transient and calls again. */
export const timeout = (): Error =>
  Object.assign(new Error('Connection timed out before an answer came'), { name: 'TimeoutError' });
