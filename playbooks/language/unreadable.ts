// Reads for evidence: one that AWS refuses is a gap that is named, and stops nobody.
import { isAwsError } from './aws.ts';
import type { Json } from './json.ts';

/** Stands where a value would. */
export type Unreadable = { readonly unreadable: string };

export const isUnreadable = (value: unknown): value is Unreadable =>
  typeof value === 'object' && value !== null && 'unreadable' in value;

/** AWS has answered, or nobody did in time. Anything else is a bug, or the death of the process, and goes on. */
const isAnswer = (error: unknown): error is Error =>
  error instanceof Error && ('$metadata' in error || error.name === 'TimeoutError');

const saidMax = 300;

/** What was read; `absent` for the errors by which AWS says that there is none; else why it could not be read. */
export const attempt = async <T, A = never>(
  read: () => Promise<T>,
  absent?: { readonly errors: readonly string[]; readonly value: A },
): Promise<T | A | Unreadable> => {
  try {
    return await read();
  } catch (error) {
    if (absent && isAwsError(error, ...absent.errors)) return absent.value;
    if (!isAnswer(error)) throw error;
    const [said = ''] = error.message.split('\n');
    return { unreadable: said ? `${error.name}: ${said.slice(0, saidMax)}` : error.name };
  }
};

/** The fields that could not be read, for people: 'policy (AccessDenied: …)'. */
export const gapsIn = (fields: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(fields).flatMap(([name, value]) => (isUnreadable(value) ? [`${name} (${value.unreadable})`] : []));

/** An SDK answer as it can be kept: dates as ISO 8601, without what the SDK adds. */
export const kept = <T>(answer: T): Json =>
  JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => (key === '$metadata' ? undefined : value)) ?? 'null',
  ) as Json;

/** Reads side by side, each under its name. */
export const together = async <T extends Readonly<Record<string, unknown>>>(
  reads: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> => {
  const settled = Object.entries<Promise<unknown>>(reads).map(async ([name, read]) => [name, await read] as const);
  return Object.fromEntries(await Promise.all(settled)) as T;
};
