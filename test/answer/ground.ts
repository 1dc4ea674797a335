// The ground on which answers are tried: an open bucket whose playbook asks a person, and people with credentials.
import { answerHandler } from '../../functions/answer.ts';
import type { Reply } from '../../functions/answering/reply.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import type { PracticeOptions } from '../../gameday/practice.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { type Ground, on, onlyIncident, openBucket, own } from '../rails/ground.ts';

export const name = 'block-public-bucket';
export const alice = `arn:aws:iam::${own}:user/alice`;
export const bob = `arn:aws:iam::${own}:user/bob`;
export const responder = `arn:aws:iam::${own}:role/Responder`;
/** Whoever assumes the role chooses what it is called. */
export const session = (called: string) => `arn:aws:sts::${own}:assumed-role/Responder/${called}`;
export const federated = `arn:aws:sts::${own}:federated-user/bob`;

type Chosen = NonNullable<ConfigInput['playbooks']>[string];

export const chosen = (more: Chosen = {}, input: ConfigInput = {}) => on({ ...input, playbooks: { [name]: more } });
export const asks = (more: Chosen = {}, input: ConfigInput = {}) => chosen({ mode: 'ask', ...more }, input);

export interface Answering extends Ground {
  /** Asks through the function URL, signed by whoever has this ARN. */
  say(arn: string, asked: Json): Promise<{ readonly status: number; readonly said: Record<string, unknown> }>;
  /** Calls the function with any event at all, as somebody may who can invoke it. */
  invoke(event: unknown): Promise<Reply>;
  /** What was sent to the tasks of the workflow. */
  answersSent(): readonly { readonly command: string; readonly input: unknown; readonly outcome: string }[];
  journal(id: string): Promise<readonly (readonly [step: string, result: string])[]>;
}

export const answering = async (options: Partial<PracticeOptions> = {}): Promise<Answering> => {
  const staged = await openBucket({ config: asks(), answer: 'silence', ...options });
  const { practice } = staged;
  return {
    ...staged,
    say: async (arn, asked) => {
      const { statusCode, body } = await practice.call(arn, asked);
      return { status: statusCode, said: JSON.parse(body) as Record<string, unknown> };
    },
    invoke: (event) => answerHandler(practice.engine('answer'))(event) as Promise<Reply>,
    answersSent: () =>
      practice.world.calls
        .filter(({ command }) => command.startsWith('SendTask'))
        .map(({ command, input, outcome }) => ({ command, input, outcome })),
    journal: async (id) =>
      (await readJournal(practice.ledger, id)).flatMap(({ entries }) =>
        entries.map(({ step, result }) => [step, result] as const),
      ),
  };
};

/** An incident whose workflow waits for a person. `ends` is the response at its end, which nobody has to wait for. */
export const waits = async (options: Partial<PracticeOptions> = {}) => {
  const staged = await answering(options);
  const ends = staged.practice.respond(staged.event);
  await staged.practice.stage.wait(60);
  const incident = await onlyIncident(staged);
  if (!incident.question?.token) throw new Error(`It does not wait: ${incident.phase}, ${incident.reason}`);
  return { ...staged, ends, id: incident.id, incident };
};

/** Contained by a finding, without asking. */
export const contained = async (more: Chosen = {}, options: Partial<PracticeOptions> = {}) => {
  const staged = await answering({ config: chosen(more), ...options });
  const { incident } = await staged.respond();
  return { ...staged, id: incident.id, incident };
};
