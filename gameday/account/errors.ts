// How AWS says no, and how a process dies.
import { ServiceException } from '@smithy/core/client';

/**
 * An error as the SDK gives it to its caller: `name`, `message`, `$fault`, `$metadata`. The SDK repeats the call by itself for a
 * throttling name or a 5xx status, as it would for the real one. `headers` are the answer's: S3 names a bucket's Region in one.
 */
export const awsError = (
  name: string,
  message: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): ServiceException => {
  const error = new ServiceException({
    name,
    message,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status },
  });
  Object.defineProperty(error, '$response', { value: { statusCode: status, headers }, enumerable: false });
  return error;
};

/** The calling process has died. Nothing that runs in it may have any further effect; no retry, no clean-up. */
export class Crash extends Error {
  override readonly name = 'Crash';
}
