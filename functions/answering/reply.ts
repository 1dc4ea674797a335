// What the function URL answers: JSON with a status, and what went wrong in words, never a stack.
import type { Json } from '../../playbooks/language/json.ts';
import { whatAwsSaid } from '../engine/engine.ts';
import { clean } from '../sources/text.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload */
export type Reply = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const reply = (statusCode: number, said: { readonly [key: string]: Json }): Reply => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(said),
});

/** An error that is a sentence: what it is about is not on record. */
export const noSuchIncident = (id: string): Error =>
  Object.assign(
    new Error(`There is no incident ${id} in this ledger: { "do": "incidents" } lists those that there are.`),
    {
      name: 'NoSuchIncident',
    },
  );

/** Errors that are a sentence already, and what each of them means. All others are ours or AWS's. */
const statusOf: Readonly<Record<string, number>> = {
  BadRequest: 400,
  UnreadableEvent: 400,
  FourEyes: 403,
  NoSuchIncident: 404,
  Unanswerable: 409,
};

/** `what` was attempted: 'approve fb-0123456789ab'. */
export const replyTo = (error: unknown, what: string): Reply => {
  const { name, message } = error as Error;
  const status = statusOf[name];
  if (status !== undefined) return reply(status, { error: clean(message, 2000) });
  return reply(500, {
    error: `To ${what} was attempted, and did not come to its end: ${whatAwsSaid(error)} What is on record is not lost, and nothing is done twice: send it again.`,
  });
};
