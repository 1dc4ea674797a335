// Step Functions: starts the workflows of an incident, once, however often it is asked for; and answers the task that waits for a person.
import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Engine } from '../engine/engine.ts';

/** An execution that was started may have ended before it did anything; so many times it is started anew. */
const startsMax = 5;

const alreadyExists = (error: unknown): boolean => (error as Error).name === 'ExecutionAlreadyExists';

/**
 * Executions are named after their incident, and their input depends on it alone: so a duplicate, and a start whose reply was lost, end in
 * the same one. A name is taken for ninety days; where its execution has ended and the incident was still claimed, the next name is free.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 * @throws what AWS said: then the event has to come again.
 */
export const startOn =
  (aws: Aws, stateMachineArn: string): NonNullable<Engine['start']> =>
  async ({ incident, playbook }) => {
    const client = aws(SFNClient);
    const input = JSON.stringify({ incident, playbook });
    for (let count = 1; count <= startsMax; count++) {
      const name = count === 1 ? incident : `${incident}-${count}`;
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
        return;
      } catch (error) {
        if (!alreadyExists(error)) throw error;
        const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (status === 'RUNNING') return;
      }
    }
    throw new Error(
      `The workflow of incident ${incident} was started ${startsMax} times, and each time it ended before it contained anything. ` +
        `firebreak show ${incident} says what is on record.`,
    );
  };

/** Step Functions tells three ways in which no task waits with a token. Its own words could name the token, which is told to nobody. */
const overs: Readonly<Record<string, string>> = {
  TaskTimedOut: 'it has its answer already, or its time to wait was up (TaskTimedOut)',
  TaskDoesNotExist: 'Step Functions knows of no task that waits for it (TaskDoesNotExist)',
  InvalidToken: 'what is on record is no token of Step Functions (InvalidToken)',
};

/**
 * Answers the task that waits with a token.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
 * @throws what AWS said, without the token.
 */
export const answerTaskOn =
  (aws: Aws): NonNullable<Engine['answerTask']> =>
  async (taskToken, answer) => {
    const command =
      'go' in answer
        ? new SendTaskSuccessCommand({ taskToken, output: '{}' })
        : new SendTaskFailureCommand({ taskToken, error: 'Denied', cause: answer.denied });
    try {
      // Typed as one command, since `send` is overloaded for each.
      await aws(SFNClient).send(command as SendTaskSuccessCommand);
      return 'taken';
    } catch (error) {
      const { name, message } = error as Error;
      const over = overs[name];
      if (over !== undefined) return { over };
      throw Object.assign(new Error(message.replaceAll(taskToken, '(its token)')), { name });
    }
  };

/** Executions of releases are named after the incident and the time at which somebody asked: asked for twice at once, it runs once. */
export const startReleaseOn =
  (aws: Aws, stateMachineArn: string): NonNullable<Engine['startRelease']> =>
  async ({ incident, playbook, mode, at }) => {
    const name = `${incident}-release-${Date.parse(at)}`;
    const input = JSON.stringify({ incident, playbook, mode });
    try {
      await aws(SFNClient).send(new StartExecutionCommand({ stateMachineArn, name, input }));
      return 'running';
    } catch (error) {
      if (alreadyExists(error)) return 'over';
      throw error;
    }
  };
