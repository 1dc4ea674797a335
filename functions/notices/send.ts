// Sending: one publication for people and programs, one for chat. What can't be sent is kept, and said; nothing else hangs on it.
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import { type Place, parseArn } from '../../playbooks/language/resource.ts';
import { whatAwsSaid } from '../engine/engine.ts';
import type { Incident } from '../engine/incident.ts';
import type { Answerer } from '../engine/undecided.ts';
import { attributesOf, chatOf, jsonOf, smsOf, subjectOf, textOf } from './compose.ts';
import { forJson } from './encode.ts';
import { type FindingNote, noteFor } from './finding-note.ts';
import { type Notice, noticeOf, noticeOfFinding, noticeOfUndecided } from './notice.ts';

/** What could not be published, ready to be published as it is. */
export type DeadLetter = {
  readonly notice: string;
  readonly publication: PublishCommandInput;
  readonly error: string;
};

export interface Sending {
  /** Hands out clients for the place of a topic. */
  readonly aws: (place: Place) => Aws;
  readonly topic: string;
  /** A topic of its own: Amazon Q Developer reads all that comes on its topic, and understands one schema. */
  readonly chatTopic?: string;
  readonly deadLetter: (letter: DeadLetter) => Promise<void>;
  /** Puts a note into the queue from which `writeNotes` is fed. */
  readonly enqueueNote?: (note: FindingNote) => Promise<void>;
  /** Whether the control that found it passes now; without it no finding is ever marked RESOLVED. */
  readonly repaired?: (incident: Incident) => boolean;
}

const attributes = (notice: Notice): PublishCommandInput['MessageAttributes'] =>
  Object.fromEntries(
    Object.entries(attributesOf(notice)).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );

/** The same topic gives each protocol its own form: mail a text, a phone a short one, everything else JSON. */
export const publicationsOf = (
  notice: Notice,
  { topic, chatTopic }: Pick<Sending, 'topic' | 'chatTopic'>,
): readonly PublishCommandInput[] => [
  {
    TopicArn: topic,
    Subject: subjectOf(notice),
    MessageStructure: 'json',
    Message: JSON.stringify({ default: jsonOf(notice), email: textOf(notice), sms: smsOf(notice) }),
    MessageAttributes: attributes(notice),
  },
  ...(chatTopic
    ? [{ TopicArn: chatTopic, Message: forJson(chatOf(notice)), MessageAttributes: attributes(notice) }]
    : []),
];

const publish = async ({ aws }: Sending, publication: PublishCommandInput): Promise<void> => {
  const arn = parseArn(publication.TopicArn ?? '');
  if (arn?.service !== 'sns')
    throw new Error(`'${publication.TopicArn}' is no ARN of an SNS topic. Correct it in the configuration.`);
  await aws(arn)(SNSClient).send(new PublishCommand(publication));
};

/** Answers what went wrong, in words; nothing when it was sent. */
const sendOne = async (
  sending: Sending,
  notice: Notice,
  publication: PublishCommandInput,
): Promise<string | undefined> => {
  try {
    await publish(sending, publication);
    return undefined;
  } catch (error) {
    const said = `Publishing to ${publication.TopicArn} failed: ${whatAwsSaid(error)}`;
    try {
      await sending.deadLetter({ notice: notice.id, publication, error: whatAwsSaid(error) });
      return `${said} It waits in the dead-letter queue.`;
    } catch (lost) {
      return `${said} It could not be kept for later either: ${whatAwsSaid(lost)}`;
    }
  }
};

const send = async (sending: Sending, notice: Notice): Promise<readonly string[]> => {
  const ends = publicationsOf(notice, sending).map((publication) => sendOne(sending, notice, publication));
  return (await Promise.all(ends)).filter((said) => said !== undefined);
};

const enqueue = async ({ enqueueNote }: Sending, note: FindingNote | undefined): Promise<readonly string[]> => {
  if (!note || !enqueueNote) return [];
  try {
    await enqueueNote(note);
    return [];
  } catch (error) {
    return [`The note for Security Hub could not be queued: ${whatAwsSaid(error)}`];
  }
};

export interface Sender {
  /** Tells what an incident has come to. For `engine.notify`. */
  notify(incident: Incident): Promise<void>;
  /** Only the note on its finding in Security Hub. For `engine.note`. */
  note(incident: Incident): Promise<void>;
  /** Tells of a finding that no playbook acted on. */
  tell(finding: Finding, reason: string): Promise<void>;
  /** Tells of a finding about which nothing could be decided. */
  tellUndecided(finding: Finding, answerers: readonly Answerer[], said: string): Promise<void>;
}

/**
 * Each throws one sentence for everything that could not be sent, after all the rest was: whoever calls records it and goes on.
 * The SDK has retried by then.
 */
export const senderFor = (sending: Sending): Sender => {
  const raise = (failures: readonly string[]): void => {
    if (failures.length > 0) throw new Error(failures.join(' '));
  };
  const queue = (incident: Incident) =>
    enqueue(sending, noteFor(incident, { repaired: sending.repaired?.(incident) ?? false }));
  return {
    notify: async (incident) => {
      const [published, queued] = await Promise.all([send(sending, noticeOf(incident)), queue(incident)]);
      raise([...published, ...queued]);
    },
    note: async (incident) => raise(await queue(incident)),
    tell: async (finding, reason) => raise(await send(sending, noticeOfFinding(finding, reason))),
    tellUndecided: async (...what) => raise(await send(sending, noticeOfUndecided(...what))),
  };
};
