// Where events are let in: the checks that all sources share, and the words for what fails them.
import * as v from 'valibot';
import { clean } from './text.ts';

export type Unreadable = { readonly unreadable: string };

const matching = (pattern: RegExp, wanted: string) => v.pipe(v.string(), v.regex(pattern, wanted));

export const account = matching(/^\d{12}$/, 'an account id of 12 digits');
export const region = matching(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'a Region such as eu-central-1');
/** What is compared or asked AWS for. It isn't made harmless but refused: an id that was changed may be another's. */
export const id = matching(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,2048}$/u, 'one line of 1 to 2,048 plain characters');
/** What is shown, never compared. */
export const words = v.string();

export const envelope = v.object({
  id,
  source: v.string(),
  'detail-type': v.string(),
  account,
  region,
  time: v.pipe(v.string(), v.isoTimestamp('a time in ISO 8601')),
  resources: v.optional(v.array(v.string()), []),
  // Only on what somebody replays from an archive: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
  'replay-name': v.optional(v.string()),
  detail: v.unknown(),
});
export type Envelope = v.InferOutput<typeof envelope>;

/** The value that the schema makes of the input, or one sentence on the first thing that is wrong with it. */
export const parse = <S extends v.GenericSchema>(
  what: string,
  schema: S,
  input: unknown,
  remedy = 'Look into it by hand; if AWS sent it, its shape has changed, and functions/sources must follow.',
): { readonly value: v.InferOutput<S> } | Unreadable => {
  const result = v.safeParse(schema, input, { abortEarly: true });
  return result.success
    ? { value: result.output }
    : { unreadable: `${what} can't be read: ${fault(result.issues[0])}. ${remedy}` };
};

const fault = (issue: v.BaseIssue<unknown>): string => {
  const field = clean(v.getDotPath(issue) ?? 'the event', 128);
  if (issue.expected === 'never') return `${field} is no field that is known`;
  if (issue.received === 'undefined') return `${field} is missing`;
  const wanted = issue.kind === 'schema' ? issue.expected : issue.message;
  const found = issue.kind === 'schema' ? issue.received : JSON.stringify(issue.input);
  return `${field} should be ${wanted}, but is ${clean(found ?? 'nothing', 80)}`;
};

/** ISO 8601 in UTC. AWS also writes RFC 1123, and times without a zone, which are UTC. */
export const isoTime = (text: string | null | undefined, otherwise: string): string => {
  const zoneless = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*$/.exec(text ?? '');
  const time = new Date(zoneless ? `${zoneless[1]}T${zoneless[2]}Z` : (text ?? ''));
  return Number.isNaN(time.getTime()) ? new Date(otherwise).toISOString() : time.toISOString();
};

/** The partition a Region belongs to, where the event doesn't say it. */
export const partitionOf = (name: string): string => {
  if (name.startsWith('cn-')) return 'aws-cn';
  if (name.startsWith('us-gov-')) return 'aws-us-gov';
  const [, isolated] = /-(iso[a-z]?)-/.exec(name) ?? [];
  return isolated ? `aws-${isolated.replace(/^iso(.)$/, 'iso-$1')}` : 'aws';
};
