// The state machines: valid to two validators, and every wait with a decided end. What they do is played by the laws.
import { readFileSync } from 'node:fs';
import { getLanguageService, TextDocument } from 'amazon-states-language-service';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';

type State = {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
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

describe.each(['respond', 'release'])('%s', (name) => {
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
    expect(tasks.filter(([, { TimeoutSeconds }]) => !TimeoutSeconds).map(([state]) => state)).toEqual([]);
  });

  it('retries every call but the question to a person, and catches whatever is left in Close', () => {
    for (const [state, task] of tasks) {
      if (!task.Resource?.endsWith('.waitForTaskToken')) expect(task.Retry?.[0]?.MaxAttempts, state).toBeGreaterThan(0);
      if (state !== 'Close')
        expect(task.Catch, state).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Close' }]);
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
