// What may be asked for through the function URL, as it stands in the body.
//
//   { "do": "approve", "incident": "fb-0123456789ab", "hash": "…", "reason": "seen with the owner" }
import * as v from 'valibot';
import { incidentInput } from '../handler.ts';
import { parse } from '../sources/boundary.ts';
import { clean, parseJson } from '../sources/text.ts';

const { incident } = incidentInput.entries;
/** For the record and for people: one line. */
const reason = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => clean(text)),
  ),
  '',
);
const listMax = 200;

// Strict, so that nobody believes that a name which he sends counts.
const schema = v.variant('do', [
  v.strictObject({
    do: v.literal('approve'),
    incident,
    /** Of the plan that was shown; without it, the one on record. */
    hash: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'the hash of a plan'))),
    reason,
  }),
  v.strictObject({ do: v.literal('deny'), incident, reason }),
  v.strictObject({ do: v.literal('release'), incident, mode: v.picklist(['restore', 'force', 'keep']), reason }),
  /** Without a position it is only shown. */
  v.strictObject({ do: v.literal('switch'), to: v.optional(v.picklist(['on', 'observe', 'off'])), reason }),
  /** What it holds is for whoever reads requests by hand to check. */
  v.strictObject({
    do: v.literal('start'),
    playbook: v.string(),
    resource: v.string(),
    reason: v.string(),
    account: v.optional(v.string()),
    region: v.optional(v.string()),
  }),
  v.strictObject({
    do: v.literal('incidents'),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(listMax)), 50),
  }),
  v.strictObject({ do: v.literal('show'), incident }),
]);

export type Asked = v.InferOutput<typeof schema>;
/** What is asked for by this verb. */
export type AskedTo<Do extends Asked['do']> = Extract<Asked, { readonly do: Do }>;

const carried = v.object({ body: v.string(), isBase64Encoded: v.optional(v.boolean(), false) });

/** An error that is a sentence: it was asked for in a way that can't be understood. */
export const badRequest = (words: string): Error => Object.assign(new Error(words), { name: 'BadRequest' });

const remedy = 'Nothing was done; correct it and send it again. Who you are AWS says, so no name belongs into it.';

/** @throws in a sentence, where it is none of these. */
export const askedFor = (event: unknown): Asked => {
  const packed = v.safeParse(carried, event);
  if (!packed.success) throw badRequest(`The request has no body. ${remedy}`);
  const { body, isBase64Encoded } = packed.output;
  const value = parseJson(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
  if (value === undefined) throw badRequest(`The body is no JSON. ${remedy}`);
  const parsed = parse('The request', schema, value, remedy);
  if ('unreadable' in parsed) throw badRequest(parsed.unreadable);
  return parsed.value;
};
