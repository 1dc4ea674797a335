// Lambda: writes notes on findings in Security Hub. Its queue gathers them for a while, so that many go into one call.
import * as v from 'valibot';
import { handler } from './handler.ts';
import type { FindingNote } from './notices/finding-note.ts';
import { writeNotes } from './notices/security-hub.ts';

/** What stands in a message: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const noteSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    partition: v.string(),
    account: v.string(),
    region: v.string(),
    id: v.string(),
    productArn: v.string(),
    incident: v.string(),
    text: v.string(),
    workflow: v.nullable(v.picklist(['NOTIFIED', 'RESOLVED'])),
  }),
);

const schema = v.object({ Records: v.array(v.object({ messageId: v.string(), body: v.string() })) });

/** The messages that the queue is to give out once more, and after a few times to its dead-letter queue. */
export type Noted = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

const sameFinding = (a: FindingNote, b: FindingNote): boolean =>
  a.id === b.id && a.productArn === b.productArn && a.account === b.account && a.region === b.region;

/** One message that can't be read keeps no other from being written. */
export const noteHandler = handler(schema, async (engine, { Records }): Promise<Noted> => {
  const messages = Records.map(({ messageId, body }) => ({ messageId, note: v.safeParse(noteSchema, body) }));
  const notes = messages.flatMap(({ note }) => (note.success ? [note.output] : []));
  const { unwritten } = await writeNotes({ aws: (place) => engine.aws(place, 'notes', 'write') }, notes);
  for (const { note, code, said } of unwritten)
    engine.report({ incident: note.incident, step: 'note', text: `not written on ${note.id}: ${code}: ${said}` });
  const isLeft = (note: FindingNote) => unwritten.some((one) => sameFinding(one.note, note));
  return {
    batchItemFailures: messages
      .filter(({ note }) => !note.success || isLeft(note.output))
      .map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
});
