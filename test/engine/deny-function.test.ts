// How deny is asked on Lambda, and how its errors come back.
import type { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { denyOn } from '../../functions/adapters/deny-function.ts';
import { handsFor, mayHaveTakenEffect } from '../../functions/engine/hands.ts';
import { type Aws, isThrottled } from '../../playbooks/language/aws.ts';
import { roleSessionDeny } from '../../playbooks/settings/iam.ts';

const request = {
  incident: 'fb-000000000001',
  playbook: 'isolate-instance',
  change: { as: 'credentials', id: 'fleet/AROA1:i-1' },
  to: 'denied',
};

type Answer = { readonly FunctionError?: string; readonly says: unknown };

const lambda = (answer: () => Answer) => {
  const sent: unknown[] = [];
  const send = async (command: InvokeCommand) => {
    sent.push(command.input);
    const { says, FunctionError } = answer();
    return { FunctionError, Payload: new TextEncoder().encode(JSON.stringify(says)) };
  };
  const hand = (_client: unknown, options?: { readonly once?: boolean }) => {
    sent.push(options);
    return { send } as unknown as LambdaClient;
  };
  const aws = Object.assign(hand, {
    partition: 'aws',
    account: '111122223333',
    region: 'eu-central-1',
  }) as unknown as Aws;
  return { sent, deny: denyOn(aws, 'firebreak-deny:live') };
};

const errorBy = async (answer: () => Answer): Promise<Error> => {
  const { deny } = lambda(answer);
  const { through } = handsFor(
    { deny },
    roleSessionDeny,
    { id: request.incident, playbook: 'isolate-instance' },
    request.change,
  );
  return (through?.('denied') ?? Promise.resolve('nobody asks')).then(
    (end) => new Error(JSON.stringify(end)),
    (error: Error) => error,
  );
};

describe('deny on Lambda', () => {
  it('is called once, by names and a value, and answers what it did', async () => {
    const { sent, deny } = lambda(() => ({ says: { requests: [], refused: [], end: 'written' } }));
    expect(await deny(request)).toEqual({ requests: [], refused: [], end: 'written' });
    expect(sent).toEqual([{ once: true }, { FunctionName: 'firebreak-deny:live', Payload: JSON.stringify(request) }]);
  });

  it.each([
    ['Protected', 'It is one of Firebreak’s own.', false],
    ['NotAdmitted', 'Nothing was written.', false],
    ['Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 30.00 seconds', true],
    ['Runtime.ExitError', 'RequestId: 1 Error: Runtime exited', true],
  ] as const)('%s comes back by its name: may stand is known', async (errorType, errorMessage, may) => {
    const error = await errorBy(() => ({ FunctionError: 'Unhandled', says: { errorType, errorMessage } }));
    expect([error.name, error.message, mayHaveTakenEffect(error)]).toEqual([errorType, errorMessage, may]);
  });

  it('that is not called, as there is no room for it, is called in its turn', async () => {
    const noRoom = Object.assign(new Error('Rate exceeded'), {
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });
    const error = await errorBy(() => {
      throw noRoom;
    });
    expect([isThrottled(error), mayHaveTakenEffect(error)]).toEqual([true, false]);
  });
});
