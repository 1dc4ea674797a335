// The queue of notes for Security Hub, and the function that Lambda feeds from it in batches; and the echo that Security Hub sends of each.
import { noteHandler } from '../../functions/note.ts';
import type { FindingNote } from '../../functions/notices/finding-note.ts';
import { createRandom } from '../account/random.ts';
import type { Practice } from '../practice.ts';

/**
 * The longest that a note waits for company. It stands on the finding for good, and Security Hub itself takes minutes to show it, so two
 * minutes cost nobody anything; and they are what keeps calls few while containment takes its time. Lambda allows up to five.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const batchingWindowSeconds = 120;
/** Lambda begins with so many pollers, and each makes batches of its own. */
const pollers = 5;
/** How often the pollers look into the queue. */
const lookSeconds = 1;

/** So long a message that could not be written is out of sight before the queue gives it out once more. */
const againAfterSeconds = 30;

export interface NoteWriter {
  /** Writes what is queued until `done` says that nothing more will come. */
  run(done: () => boolean): Promise<void>;
}

/** `onWritten` is told of each note that stands on its finding now. */
export const createNoteWriter = (
  { world, engine, findingNotes, stage }: Practice,
  seed: number,
  onWritten: (note: FindingNote) => void,
): NoteWriter => {
  const random = createRandom(seed, 'pollers');
  const write = noteHandler(engine('notes'));
  const batches = Array.from({ length: pollers }, () => ({ notes: [] as FindingNote[], since: 0 }));
  const flush = async (notes: readonly FindingNote[]): Promise<void> => {
    const Records = notes.map((note, index) => ({ messageId: String(index), body: JSON.stringify(note) }));
    const { batchItemFailures } = await write({ Records });
    const left = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const [index, note] of notes.entries()) if (!left.has(String(index))) onWritten(note);
    if (left.size === 0) return;
    await stage.wait(againAfterSeconds);
    findingNotes.push(...notes.filter((_note, index) => left.has(String(index))));
  };
  const poll = (): void => {
    const now = world.clock.now().getTime();
    for (const note of findingNotes.splice(0)) {
      const batch = batches[random.between(0, pollers - 1)];
      if (!batch) continue;
      if (batch.notes.length === 0) batch.since = now;
      batch.notes.push(note);
    }
  };
  return {
    run: async (done) => {
      let flushing = 0;
      for (let last = false; !last; ) {
        await stage.wait(lookSeconds);
        last =
          done() && flushing === 0 && findingNotes.length === 0 && batches.every(({ notes }) => notes.length === 0);
        poll();
        const now = world.clock.now().getTime();
        for (const batch of batches) {
          if (batch.notes.length === 0 || now - batch.since < batchingWindowSeconds * 1000) continue;
          flushing += 1;
          void flush(batch.notes.splice(0)).finally(() => {
            flushing -= 1;
          });
        }
      }
    },
  };
};
