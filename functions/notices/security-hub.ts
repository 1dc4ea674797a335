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
}

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

/**
 * Writes what is queued. What could not be written is answered and never tried again here: much of it passes (somebody else was just writing, the
 * finding is on its way into Security Hub), so the queue gives it out once more, and in the end to a person.
 */
export const writeNotes = async (tools: NoteTools, queued: readonly FindingNote[]): Promise<NotesWritten> => {
  const unwritten: Unwritten[] = [];
  const batches = batchesOf(queued);
  for (const batch of batches) unwritten.push(...(await call(tools, batch)));
  const wanted = batches.reduce((sum, { notes }) => sum + notes.length, 0);
  return { written: wanted - unwritten.length, calls: batches.length, unwritten };
};
