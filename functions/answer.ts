// Lambda behind a function URL with IAM authorisation: its context says who approves, denies, releases, starts, or turns the kill switch.
// The only one that may answer the workflow, so `receive` has it wake what needs no answer any more: { "do": "resume", "incident": "fb-…" }.
import * as v from 'valibot';
import type { Json } from '../playbooks/language/json.ts';
import { callerOf } from './answering/caller.ts';
import { approve, deny } from './answering/decide.ts';
import { release } from './answering/let-go.ts';
import { listed, shown } from './answering/look.ts';
import { type Reply, reply, replyTo } from './answering/reply.ts';
import { type Asked, type AskedTo, askedFor } from './answering/request.ts';
import { turnSwitch } from './answering/turn-switch.ts';
import { unanswered } from './engine/answer.ts';
import type { Engine } from './engine/engine.ts';
import { type Resumed, resume } from './engine/wake.ts';
import { handler, incidentInput } from './handler.ts';
import { received } from './receive.ts';

/** Exactly this: with anything beside it, somebody wants to be taken for somebody. */
const internal = v.strictObject({ do: v.literal('resume'), incident: incidentInput.entries.incident });

type Said = { readonly [key: string]: Json };

/** A request by hand, in the caller's name: it takes the way of every event, through all rails. */
const start = async (engine: Engine, { do: _do, ...wanted }: AskedTo<'start'>, arn: string): Promise<Said> => {
  // It is woken here, and by nobody who would have to be called.
  const own = { ...engine, resume: async (id: string) => void (await resume(engine, id)) };
  const { starts, resumes, checks, seen, told, gaps } = await received(own, { ...wanted, by: arn });
  const incidents = seen.map((id) => ({
    incident: id,
    next: starts.some(({ incident }) => incident === id)
      ? 'It is started.'
      : resumes.some(({ incident }) => incident === id)
        ? 'It goes on.'
        : checks.includes(id)
          ? 'It is looked after.'
          : 'It is under way already.',
  }));
  if (incidents.length === 0)
    throw unanswered(`Nothing was started: ${[...told.map(({ reason }) => reason), ...gaps].join('; ')}`);
  return { incidents };
};

const answered = async (engine: Engine, asked: Asked, arn: string): Promise<Said> => {
  switch (asked.do) {
    case 'approve':
      return approve(engine, asked, arn);
    case 'deny':
      return deny(engine, asked, arn);
    case 'release':
      return release(engine, asked, arn);
    case 'switch':
      return turnSwitch(engine, asked, arn);
    case 'start':
      return start(engine, asked, arn);
    case 'incidents':
      return listed(engine, asked.limit);
    case 'show':
      return shown(engine, asked.incident);
  }
};

const request = async (engine: Engine, event: unknown): Promise<Reply> => {
  let who = 'somebody whom AWS did not name';
  let what = 'answer';
  try {
    who = callerOf(event);
    const asked = askedFor(event);
    what = 'incident' in asked ? `${asked.do} ${asked.incident}` : asked.do;
    return reply(200, await answered(engine, asked, who));
  } catch (error) {
    const refused = replyTo(error, what);
    engine.report({ step: 'refused', text: `${refused.statusCode} to ${who}, ${what}: ${(error as Error).message}` });
    return refused;
  }
};

/** Never throws to whoever calls the URL; an internal call that fails is made again by Lambda. */
export const answerHandler = handler(v.unknown(), async (engine, event): Promise<Reply | Resumed> => {
  const parsed = v.safeParse(internal, event);
  return parsed.success ? resume(engine, parsed.output.incident) : request(engine, event);
});
