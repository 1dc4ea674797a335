// What calls the functions without a finding: the clock, and the queue of notes.
import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { type Deployed, deployedNamed } from './functions.ts';
import type { People } from './people.ts';
import { createRule } from './rule.ts';

/** How long something that drifted stands before it is seen, at the most. */
const watchMinutes = 5;
/** What the burst was measured with: a note waits for company, so that many go into one call. */
const notesWindowSeconds = 120;
/** The most that one call to Security Hub takes, and so the most that is worth waiting for. */
const notesAtOnce = 100;

type Functions = ReadonlyMap<string, Deployed>;

/** A look that failed is not made up for: the next one comes soon, and takes first what was left. */
export const watchRegularly = (scope: Construct, functions: Functions, { unhandled }: People): void =>
  createRule(scope, {
    name: 'watch',
    description: 'Looks after everything that Firebreak holds',
    schedule: `rate(${watchMinutes} minutes)`,
    target: deployedNamed(functions, 'watch').alias,
    input: {},
    retriesMax: 0,
    unhandled,
  });

export const feedNotes = (functions: Functions, { notes }: People): void =>
  deployedNamed(functions, 'note').alias.addEventSource(
    new SqsEventSource(notes, {
      batchSize: notesAtOnce,
      maxBatchingWindow: Duration.seconds(notesWindowSeconds),
      reportBatchItemFailures: true,
    }),
  );
