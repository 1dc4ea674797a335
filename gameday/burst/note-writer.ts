// The queue of notes for Security Hub, and the function that Lambda feeds from it in batches; and the echo that Security Hub sends of each.
import type { Pluggable } from '@smithy/types';
import { clientsFrom } from '../../functions/adapters/clients.ts';
import type { FindingNote } from '../../functions/notices/finding-note.ts';
import { type NotesWritten, writeNotes } from '../../functions/notices/security-hub.ts';
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

export interface NoteWriter {
  /** Writes what is queued until `done` says that nothing more will come. */
  run(done: () => boolean): Promise<void>;
  readonly written: readonly NotesWritten[];
}

/** `onWritten` is told of each note that stands on its finding now. */
export const createNoteWriter = (
  { world, findingNotes, stage }: Practice,
  seed: number,
  onWritten: (note: FindingNote) => void,
): NoteWriter => {
  const random = createRandom(seed, 'pollers');
  const written: NotesWritten[] = [];
  const session = world.session('notes');
  const aws = clientsFrom({
    configure: ({ account, region }) => session.configure(account, region),
    plugins: ({ account, region }) => [session.plugin(account, region) as unknown as Pluggable<object, object>],
  });
  const batches = Array.from({ length: pollers }, () => ({ notes: [] as FindingNote[], since: 0 }));
  const flush = async (notes: readonly FindingNote[]): Promise<void> => {
    const tools = { aws: (place: Parameters<typeof aws>[0]) => aws(place, 'notes', 'write'), pause: world.clock.sleep };
    const result = await writeNotes(tools, notes);
    written.push(result);
    const left = new Set(result.unwritten.map(({ note }) => note));
    for (const note of notes) if (!left.has(note)) onWritten(note);
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
    written,
    run: async (done) => {
      const flushing: Promise<void>[] = [];
      for (let last = false; !last; ) {
        await stage.wait(lookSeconds);
        last = done() && findingNotes.length === 0 && batches.every(({ notes }) => notes.length === 0);
        poll();
        const now = world.clock.now().getTime();
        for (const batch of batches)
          if (batch.notes.length > 0 && now - batch.since >= batchingWindowSeconds * 1000)
            flushing.push(flush(batch.notes.splice(0)));
      }
      await Promise.all(flushing);
    },
  };
};
