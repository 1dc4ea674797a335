// What a command is: a form that help, parsing and the table of commands are read from.
import { parseArgs } from 'node:util';
import { didYouMean, trouble } from './trouble.ts';
import type { World } from './world.ts';

export interface Option {
  readonly type: 'boolean' | 'string';
  /** How its value is called in help: 'REGION'. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly about: string;
}
type Options = Readonly<Record<string, Option>>;

type Value<O extends Option> = O['type'] extends 'boolean' ? boolean : O['multiple'] extends true ? string[] : string;
type Values<O extends Options> = { readonly [K in keyof O]?: Value<O[K]> };

interface Form<O extends Options> {
  /** As it is typed: 'contain PLAYBOOK RESOURCE'. Optional ones stand in brackets, '…' says that there may be several. */
  readonly usage: string;
  readonly summary: string;
  /** What else a person should know, a paragraph each. */
  readonly about?: readonly string[];
  readonly options: O;
  readonly examples: readonly string[];
}

export interface Command extends Form<Options> {
  readonly name: string;
  run(world: World, given: { readonly values: Values<Options>; readonly words: readonly string[] }): Promise<number>;
}

/** Declares a command; the values' types follow from its options. */
export const command = <const O extends Options>(
  form: Form<O> & {
    run(world: World, given: { readonly values: Values<O>; readonly words: readonly string[] }): Promise<number>;
  },
): Command => ({ ...form, name: form.usage.split(' ')[0] ?? '' }) as unknown as Command;

/** Options that several commands share. */
export const json = { type: 'boolean', about: 'one JSON document on stdout; progress goes to stderr' } as const;
export const yes = { type: 'boolean', about: 'do not ask' } as const;
export const dryRun = { type: 'boolean', about: 'show the plan and write nothing, not even in the ledger' } as const;
export const option = {
  type: 'string',
  value: 'NAME=VALUE',
  multiple: true,
  about: "choose one of the playbook's options, as 'firebreak playbooks' lists them",
} as const;

const help = { type: 'boolean', about: 'show this' } as const;

const usageTrouble = (name: string, error: string, hint = '') =>
  trouble(error, `${hint}'firebreak help ${name}' shows how it goes.`);

const checkCount = ({ usage, name }: Command, words: readonly string[]): void => {
  const wanted = usage.split(' ').slice(1);
  const required = wanted.filter((word) => !word.startsWith('['));
  const missing = required[words.length];
  if (missing) throw usageTrouble(name, `${missing} is missing: firebreak ${usage}.`);
  const surplus = words[wanted.length];
  if (surplus !== undefined && !usage.includes('…'))
    throw usageTrouble(name, `'${surplus}' is too much: firebreak ${usage}.`);
};

/** Splits the arguments into options and words. Says what is unknown, missing or too much, and what may have been meant. */
export const parse = (command: Command, args: readonly string[]) => {
  const options: Options = { ...command.options, help };
  const bare = Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  const config = { args: [...args], options: { ...bare, help: { ...help, short: 'h' } }, allowPositionals: true };
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name in options) continue;
    const hint = didYouMean(token.name, Object.keys(options), (name) => `--${name}`);
    throw usageTrouble(command.name, `There is no option ${token.rawName} of ${command.name}.`, hint);
  }
  let parsed: { values: object; positionals: string[] };
  try {
    parsed = parseArgs({ ...config, strict: true });
  } catch (error) {
    const [said = ''] = (error as Error).message.split('\n');
    throw usageTrouble(command.name, `${said.replace(/\.$/, '')}.`);
  }
  const values = parsed.values as Values<Options>;
  if (!values.help) checkCount(command, parsed.positionals);
  return { values, words: parsed.positionals };
};

/** NAME=VALUE, any number of times. */
export const chosenOptions = (given: readonly string[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw trouble(`'${text}' is no NAME=VALUE.`, 'For example: --option variant=forensic.');
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
