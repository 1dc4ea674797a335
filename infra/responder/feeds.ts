// What calls the functions: findings from the bus, what people choose in Security Hub's console, the clock, the queue of notes.
import { Duration } from 'aws-cdk-lib';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnActionTarget } from 'aws-cdk-lib/aws-securityhub';
import type { Construct } from 'constructs';
import { customActionId } from '../../functions/sources/custom-action.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { calledWithoutWaiting, type Deployed, deployedNamed } from './functions.ts';
import { functionName, idOf } from './names.ts';
import type { People } from './people.ts';
import { createRule } from './rule.ts';
import { rulesFor } from './rules.ts';

/** How long something that drifted stands before it is seen, at the most. */
const watchMinutes = 5;
/** What the burst was measured with: a note waits for company, so that many go into one call. */
const notesWindowSeconds = 120;
/** The most that one call to Security Hub takes, and so the most that is worth waiting for. */
const notesAtOnce = 100;

type Functions = ReadonlyMap<string, Deployed>;

/** Lambda's own: so often more it calls a function that failed, after one minute and after two. */
const triesMore = 2;
/** As long as Lambda keeps an event for a function that has no room. */
const keptSeconds = 21_600;

/**
 * Whoever calls these does not wait for their end, and so does not hear that they failed each time: what they were called with waits in the queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export const keepFailures = (scope: Construct, functions: Functions, { unhandled }: People): void => {
  for (const name of calledWithoutWaiting) {
    const { alias, role } = deployedNamed(functions, name);
    new CfnEventInvokeConfig(scope, `${idOf(name)}Failed`, {
      functionName: functionName(name),
      qualifier: alias.aliasName,
      maximumRetryAttempts: triesMore,
      maximumEventAgeInSeconds: keptSeconds,
      destinationConfig: { onFailure: { destination: unhandled.queueArn } },
      // Lambda refuses it as long as the role may not fill the queue.
    }).node.addDependency(alias, role);
  }
};

/** Every way in leads to receive, which judges what comes. What can't be handed over waits in the queue, whose alarm tells people. */
export const letFindingsIn = (
  scope: Construct,
  functions: Functions,
  { unhandled }: People,
  playbooks: ReadonlyMap<string, Playbook>,
): void => {
  const { alias } = deployedNamed(functions, 'receive');
  for (const { name, description, eventPattern } of rulesFor(playbooks).findings)
    createRule(scope, {
      name,
      description,
      pattern: eventPattern,
      target: alias,
      unhandled,
    });
};

/** What people find in Security Hub's console beneath "Actions". Its name takes 20 characters: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateActionTarget.html */
export const offerActions = (scope: Construct, playbooks: ReadonlyMap<string, Playbook>): void => {
  for (const [name, { title }] of playbooks) {
    const id = customActionId(name);
    new CfnActionTarget(scope, `Action${idOf(name)}`, { id, name: id, description: `Firebreak: ${title}` });
  }
};

/** A look that failed is not made up for: the next one comes soon, and takes first what was left. */
export const watchRegularly = (scope: Construct, functions: Functions, { unhandled }: People): void =>
  createRule(scope, {
    name: 'firebreak-watch',
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
