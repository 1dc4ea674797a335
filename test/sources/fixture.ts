// Events as AWS documents them, written down independently of the builders in playbooks/events.
import { readFileSync } from 'node:fs';
import { type Reading, readEvent } from '../../functions/sources/read-event.ts';
import type { Finding } from '../../playbooks/language/finding.ts';

export const fixture = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../fixtures/events/${name}.json`, import.meta.url), 'utf8'));

/** The fixture with some of its fields changed, by path ('detail.findings.0.Id'); undefined takes a field away. */
export const bent = (name: string, changes: Readonly<Record<string, unknown>>): object => {
  const event = fixture(name);
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    const parent = steps.reduce<object>((node, step) => Reflect.get(node, step) as object, event);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, value);
  }
  return event;
};

export const reading = (event: unknown): Reading => {
  const result = readEvent(event);
  if ('unreadable' in result) throw new Error(result.unreadable);
  return result;
};

export const only = (event: unknown): Finding => {
  const { findings } = reading(event);
  const [finding] = findings;
  if (!finding || findings.length > 1) throw new Error(`expected one finding, got ${findings.length}`);
  return finding;
};

export const refusal = (event: unknown): string => {
  const result = readEvent(event);
  return 'unreadable' in result ? result.unreadable : '';
};
