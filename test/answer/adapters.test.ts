// The ports of answering on AWS: what is sent, what each refusal means, and the workflow's token in no error.
import { describe, expect, it } from 'vitest';
import { answerTaskOn, startReleaseOn } from '../../functions/adapters/executions.ts';
import { checkOn, lookAfterOn, resumeOn } from '../../functions/adapters/invocations.ts';
import type { Aws } from '../../playbooks/language/aws.ts';

type Sent = { readonly command: string; readonly input: Readonly<Record<string, unknown>> };

/** An AWS that notes what it is sent, and answers so. */
const aws = (answer: () => object = () => ({})) => {
  const sent: Sent[] = [];
  const client = {
    send: async (command: { constructor: { name: string }; input: Sent['input'] }) => {
      sent.push({ command: command.constructor.name.replace(/Command$/, ''), input: command.input });
      return answer();
    },
  };
  return { sent, on: (() => client) as unknown as Aws };
};
const refuses =
  (name: string, message = '') =>
  () => {
    throw Object.assign(new Error(message), { name });
  };
const token = 'AQCEAAAAKgAAAAMAAAAAsecret';

describe('the task that waits', () => {
  it('goes on, or hears who denied it', async () => {
    const { sent, on } = aws();
    expect(await answerTaskOn(on)(token, { go: 'on' })).toBe('taken');
    expect(await answerTaskOn(on)(token, { denied: 'Denied by alice' })).toBe('taken');
    expect(sent).toEqual([
      { command: 'SendTaskSuccess', input: { taskToken: token, output: '{}' } },
      { command: 'SendTaskFailure', input: { taskToken: token, error: 'Denied', cause: 'Denied by alice' } },
    ]);
  });

  it.each([
    ['TaskTimedOut', /its answer already, or its time to wait was up/],
    ['TaskDoesNotExist', /knows of no task that waits/],
    ['InvalidToken', /no token of Step Functions/],
  ])('%s: none waits any more, and why', async (name, words) => {
    const { on } = aws(refuses(name, `Invalid Token: '${token}'`));
    const end = await answerTaskOn(on)(token, { go: 'on' });
    expect(end).toEqual({ over: expect.stringMatching(words) });
    expect(JSON.stringify(end)).not.toContain('secret');
  });

  it('what else AWS says is thrown, without the token', async () => {
    const { on } = aws(refuses('ValidationException', `Value '${token}' at 'taskToken' is wrong`));
    const end = answerTaskOn(on)(token, { go: 'on' });
    await expect(end).rejects.toThrow("Value '(its token)' at 'taskToken' is wrong");
    await expect(end).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('the workflow of a release', () => {
  const machine = 'arn:aws:states:eu-central-1:111122223333:stateMachine:firebreak-release';
  const order = {
    incident: 'fb-0123456789ab',
    playbook: 'isolate-instance',
    mode: 'force',
    at: '2026-11-02T03:04:05.678Z',
  } as const;

  it('is named after the incident and when it was asked for', async () => {
    const { sent, on } = aws();
    expect(await startReleaseOn(on, machine)(order)).toBe('running');
    expect(sent).toEqual([
      {
        command: 'StartExecution',
        input: {
          stateMachineArn: machine,
          name: 'fb-0123456789ab-release-1793588645678',
          input: JSON.stringify({ incident: order.incident, playbook: order.playbook, mode: 'force' }),
        },
      },
    ]);
  });

  it('that has run is over; whatever else AWS says is thrown', async () => {
    expect(await startReleaseOn(aws(refuses('ExecutionAlreadyExists')).on, machine)(order)).toBe('over');
    await expect(startReleaseOn(aws(refuses('ExecutionLimitExceeded')).on, machine)(order)).rejects.toMatchObject({
      name: 'ExecutionLimitExceeded',
    });
  });
});

it('another function is called without waiting for it', async () => {
  const { sent, on } = aws();
  await resumeOn(on, 'firebreak-answer:live')('fb-0123456789ab');
  await checkOn(on, 'firebreak-watch:live')('fb-0123456789ab');
  expect(sent).toEqual([
    {
      command: 'Invoke',
      input: {
        FunctionName: 'firebreak-answer:live',
        InvocationType: 'Event',
        Payload: '{"do":"resume","incident":"fb-0123456789ab"}',
      },
    },
    {
      command: 'Invoke',
      input: {
        FunctionName: 'firebreak-watch:live',
        InvocationType: 'Event',
        Payload: '{"incident":"fb-0123456789ab"}',
      },
    },
  ]);
});

describe('a look with the hands of the playbook', () => {
  const encoded = (said: object) => ({ Payload: new TextEncoder().encode(JSON.stringify(said)) });
  const wanted = { incident: 'fb-0123456789ab', playbook: 'isolate-instance' };
  const functionOf = (playbook: string) => `firebreak-${playbook}:live`;

  it('is waited for', async () => {
    const { sent, on } = aws(() => encoded({ status: 'decided', outcome: 'drifted' }));
    expect(await lookAfterOn(on, functionOf)(wanted)).toEqual({ outcome: 'drifted' });
    const Payload = JSON.stringify({ do: 'look-after', ...wanted });
    expect(sent).toEqual([{ command: 'Invoke', input: { FunctionName: 'firebreak-isolate-instance:live', Payload } }]);
  });

  it('fails with what went wrong there', async () => {
    const said = { errorType: 'LedgerUnavailable', errorMessage: 'The ledger gave no answer.' };
    const { on } = aws(() => ({ ...encoded(said), FunctionError: 'Unhandled' }));
    const look = lookAfterOn(on, functionOf)(wanted);
    await expect(look).rejects.toMatchObject({ name: 'LedgerUnavailable', message: 'The ledger gave no answer.' });
  });

  it('fails where nothing was answered', async () => {
    const { on } = aws(() => encoded({}));
    await expect(lookAfterOn(on, functionOf)(wanted)).rejects.toThrow('firebreak-isolate-instance:live gave no answer');
  });
});
