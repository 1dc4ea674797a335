// Starts the workflow of an incident on Step Functions, once, however often it is asked for.
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
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
