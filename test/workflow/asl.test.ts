// The state machines: valid to two validators, and every wait with a decided end. What they do is played by the laws.
import { readFileSync } from 'node:fs';
import { getLanguageService, TextDocument } from 'amazon-states-language-service';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { faultsIn } from '../../functions/rails/config.ts';

type State = {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath: string;
    readonly Next: string;
  }[];
  readonly Resource?: string;
  readonly Default?: string;
  readonly SecondsPath?: string;
};
type Machine = {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
};

const textOf = (name: string) =>
  readFileSync(new URL(`../../infra/workflow/${name}.asl.json`, import.meta.url), 'utf8');

describe.each(['respond', 'release', 'by-hand'])('%s is well formed:', (name) => {
  const text = textOf(name);
  const machine = JSON.parse(text) as Machine;
  const states = Object.entries(machine.States);
  const tasks = states.filter(([, { Type }]) => Type === 'Task');

  it('is valid to asl-validator', () => {
    const { isValid, errors } = validate(JSON.parse(text));
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  it("is valid to AWS's language service", async () => {
    const service = getLanguageService({});
    const document = TextDocument.create(`file:///${name}.asl.json`, 'asl', 1, text);
    const problems = await service.doValidation(document, service.parseJSONDocument(document));
    expect(problems.map(({ message }) => message)).toEqual([]);
  });

  it('has a time limit as a whole and for every task', () => {
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
    const unlimited = tasks.filter(([, task]) => !task.TimeoutSeconds && task.TimeoutSecondsPath !== '$.answerSeconds');
    expect(unlimited.map(([state]) => state)).toEqual([]);
    for (const [state, task] of tasks)
      expect(task.TimeoutSecondsPath === undefined, state).toBe(!task.Resource?.endsWith('.waitForTaskToken'));
  });
});

describe.each(['respond', 'release'])('%s', (name) => {
  const text = textOf(name);
  const machine = JSON.parse(text) as Machine;
  const states = Object.entries(machine.States);
  const tasks = states.filter(([, { Type }]) => Type === 'Task');

  it('retries every call but the question to a person, and catches whatever is left in Close', () => {
    for (const [state, task] of tasks) {
      if (!task.Resource?.endsWith('.waitForTaskToken')) expect(task.Retry?.[0]?.MaxAttempts, state).toBeGreaterThan(0);
      if (state !== 'Close')
        expect(task.Catch?.at(-1), state).toEqual({
          ErrorEquals: ['States.ALL'],
          // What could not be told meanwhile is told in the end; nothing else waits for it.
          ...(state === 'Tell meanwhile'
            ? { ResultPath: null, Next: 'What is left?' }
            : { ResultPath: '$.error', Next: 'Close' }),
        });
      if (!task.Resource?.endsWith('.waitForTaskToken'))
        expect(task.Catch ?? [], state).toHaveLength(state === 'Close' ? 0 : 1);
    }
  });

  it('takes an unknown status for a failure', () => {
    const choices = states.filter(([, { Type }]) => Type === 'Choice');
    for (const [state, { Default }] of choices) expect(Default, state).toMatch(/^(Unknown status|Told|Not released)$/);
  });

  it('carries no finding: a function gets ids, and what is said of the playbook only finds the function', () => {
    expect(text).not.toMatch(/finding|\$\.detail|\$\.plan/);
  });
});

describe('by-hand', () => {
  const { States } = JSON.parse(textOf('by-hand')) as Machine;

  it('tries again what AWS failed at, and not a request that can not be read', () => {
    expect(
      States['Take the request']?.Retry?.map(({ ErrorEquals, MaxAttempts }) => [ErrorEquals, MaxAttempts]),
    ).toEqual([
      [['UnreadableEvent'], 0],
      [['States.ALL'], 3],
    ]);
  });

  it('takes what begins nothing for a failure', () =>
    expect(States['Is it taken up?']?.Default).toBe('Nothing started'));
});

describe('a question', () => {
  const machine = JSON.parse(textOf('respond')) as Machine;

  it('asked twice for as long as may be configured ends, with its evidence, within the time of the whole', () => {
    const longest = (minutes: number) => faultsIn({ playbooks: { any: { answerMinutes: minutes } } }).length === 0;
    const most = Array.from({ length: 3000 }, (_, minutes) => minutes).findLast(longest) ?? 0;
    expect(most).toBeGreaterThanOrEqual(240);
    expect((2 * most + 24 * 60) * 60).toBeLessThan(machine.TimeoutSeconds);
  });

  it('that nobody answers is decided by a function, and by nothing else', () => {
    expect(machine.States['Ask a person']?.Catch?.[0]).toMatchObject({
      ErrorEquals: ['States.Timeout', 'Answered'],
      Next: 'No answer yet',
    });
  });
});
