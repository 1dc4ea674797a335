// Writing notes on findings in Security Hub: in as few calls as they go into, and with an eye on what AWS leaves undone.
import {
  type AwsSecurityFindingIdentifier,
  BatchUpdateFindingsCommand,
  type BatchUpdateFindingsCommandOutput,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import { whatAwsSaid } from '../engine/engine.ts';
import { batchesOf, type FindingNote, incidentField, incidentsOf, type NoteBatch, noteBy } from './finding-note.ts';

export type Unwritten = { readonly note: FindingNote; readonly code: string; readonly said: string };
export type NotesWritten = {
  readonly written: number;
  readonly calls: number;
  readonly unwritten: readonly Unwritten[];
};

export interface NoteTools {
  readonly aws: (place: Place) => Aws;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What passes: somebody else was just writing, or the finding is on its way into Security Hub. */
const passing = ['ConcurrentUpdateError', 'FindingNotFound', 'InternalFailure', 'NotAnswered'];
const roundsMax = 4;
const pauseMilliseconds = 500;

type Answer = Pick<BatchUpdateFindingsCommandOutput, 'ProcessedFindings' | 'UnprocessedFindings'>;

/** What AWS does not name as done is not done, whether it says why or not: the call itself succeeds in either case. */
const leftUndone = (
  notes: readonly FindingNote[],
  { ProcessedFindings: processed = [], UnprocessedFindings: unprocessed = [] }: Answer,
): readonly Unwritten[] => {
  const isOf = (note: FindingNote) => (one?: AwsSecurityFindingIdentifier) =>
    one?.Id === note.id && one.ProductArn === note.productArn;
  return notes
    .filter((note) => !processed.some(isOf(note)))
    .map((note) => {
      const why = unprocessed.find(({ FindingIdentifier }) => isOf(note)(FindingIdentifier));
      return { note, code: why?.ErrorCode ?? 'NotAnswered', said: why?.ErrorMessage ?? 'AWS says nothing of it.' };
    });
};

const call = async ({ aws }: NoteTools, batch: NoteBatch): Promise<readonly Unwritten[]> => {
  const { notes, text, workflow } = batch;
  try {
    const answer = await aws(batch)(SecurityHubClient).send(
      new BatchUpdateFindingsCommand({
        FindingIdentifiers: notes.map(({ id, productArn }) => ({ Id: id, ProductArn: productArn })),
        Note: { Text: text, UpdatedBy: noteBy },
        UserDefinedFields: { [incidentField]: incidentsOf(notes) },
        ...(workflow && { Workflow: { Status: workflow } }),
      }),
    );
    return leftUndone(notes, answer);
  } catch (error) {
    const code = error instanceof Error ? error.name : 'Error';
    return notes.map((note) => ({ note, code, said: whatAwsSaid(error) }));
  }
};

/** Writes what is queued. What passes is tried a few times more; what is left is answered, for a person to be told. */
export const writeNotes = async (tools: NoteTools, queued: readonly FindingNote[]): Promise<NotesWritten> => {
  const unwritten: Unwritten[] = [];
  let calls = 0;
  let waiting = batchesOf(queued);
  const wanted = waiting.reduce((sum, { notes }) => sum + notes.length, 0);
  for (let round = 1; waiting.length > 0; round++) {
    const again: FindingNote[] = [];
    for (const batch of waiting) {
      calls++;
      for (const one of await call(tools, batch))
        if (passing.includes(one.code) && round < roundsMax) again.push(one.note);
        else unwritten.push(one);
    }
    waiting = batchesOf(again);
    if (waiting.length > 0) await tools.pause(pauseMilliseconds * 2 ** round);
  }
  return { written: wanted - unwritten.length, calls, unwritten };
};
