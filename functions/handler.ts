// What every Lambda of Firebreak has in common: its input is checked, what goes wrong is said in words, nothing is swallowed.
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import type { Engine } from './engine/engine.ts';
import { whatAwsSaid } from './engine/engine.ts';

/** A Lambda's code, given what it runs on. The deployed one gets the account's engine, the drill and the command line their own. */
export type Handler<Output> = (input: unknown, context?: Context) => Promise<Output>;

/** Ids only: a state machine's state is somebody's words, so nothing else in it is believed. */
export const incidentInput = v.object({
  incident: v.pipe(v.string(), v.regex(/^fb-[0-9a-f]{12}$/, 'is no incident id')),
  playbook: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/, 'is no name of a playbook')),
});

/** Refuses an input of another shape, naming what was expected. */
const checked = (schema: v.GenericSchema): MiddlewareObj => ({
  before: (request) => {
    const parsed = v.safeParse(schema, request.event);
    if (parsed.success) {
      request.event = parsed.output;
      return;
    }
    const said = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'input'}: ${issue.message}`).join('; ');
    throw Object.assign(new Error(`The input is not what this function takes: ${said}.`), { name: 'BadInput' });
  },
});

/** Reports before the error goes on to Step Functions, which retries and then closes the incident with it. */
const told = (engine: Engine): MiddlewareObj => ({
  onError: ({ error }) => engine.report({ step: 'error', text: whatAwsSaid(error) }),
});

/** A Lambda handler that checks its input against `schema` and works with `engine`. */
export const handler =
  <Schema extends v.GenericSchema, Output>(
    schema: Schema,
    work: (engine: Engine, input: v.InferOutput<Schema>) => Promise<Output>,
  ) =>
  (engine: Engine): Handler<Output> => {
    const lambda = middy()
      .use(checked(schema))
      .use(told(engine))
      .handler((input: unknown) => work(engine, input as v.InferOutput<Schema>));
    return (input, context = {} as Context) => lambda(input as never, context) as Promise<Output>;
  };
