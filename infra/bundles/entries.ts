// What goes into each function's bundle: its handler, the configuration, and of playbooks what it needs.
import { readdirSync } from 'node:fs';
import { dataOf } from '../../functions/deployed/playbook-data.ts';
import { asksDeny, takesHolds } from '../../functions/engine/permissions.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';

/** The functions that serve all playbooks, by the name of their file in functions/. */
export const commonFunctions = [
  'receive',
  'ask',
  'answer',
  'close',
  'watch',
  'note',
  'deny',
  'heartbeat',
  'doctor',
] as const;
export type CommonFunction = (typeof commonFunctions)[number];

const kindFiles = (): readonly string[] =>
  readdirSync(new URL('../../playbooks/resources/', import.meta.url)).toSorted();

type Found = { readonly file: string; readonly name: string };

/** The settings that `deny` writes, and where they are declared: it carries these and no others. */
const writtenByDeny = async (): Promise<readonly Found[]> => {
  const folder = new URL('../../playbooks/settings/', import.meta.url);
  const found: Found[] = [];
  for (const file of readdirSync(folder).toSorted()) {
    const module = (await import(new URL(file, folder).href)) as Readonly<Record<string, Partial<AnySetting>>>;
    for (const [name, one] of Object.entries(module)) if (one.hands?.by === 'deny') found.push({ file, name });
  }
  return found;
};

const forDeny = await writtenByDeny();

/** `configuration` is the module that exports it, as seen from the project's folder: './firebreak.config.ts'. */
const end = (handler: string, configuration: string, ports = 'undefined'): string => `
import { lambda } from './functions/deployed/lambda.ts';
import config from '${configuration}';
export const handler = lambda(${handler}, playbooks, config, ${ports});
`;

/** A playbook's own function carries that playbook alone. */
export const playbookEntry = (name: string, playbook: Playbook, configuration: string): string => {
  const ports = asksDeny(playbook) ? 'denying' : takesHolds(playbook) ? 'keeping' : undefined;
  return `
import playbook from './playbooks/${name}/playbook.ts';
import { reachable } from './functions/doctor/reach.ts';
import { playbookHandler } from './functions/playbook.ts';
const playbooks = new Map([['${name}', playbook]]);
${ports ? `import { ${ports} } from './functions/deployed/ports.ts';` : ''}
${end('reachable(playbookHandler)', configuration, ports)}`;
};

/** Which of functions/deployed/ports.ts a function has. */
const portsOf: Partial<Readonly<Record<CommonFunction, string>>> = {
  receive: 'beginning',
  answer: 'answering',
  watch: 'watching',
  close: 'measuring',
  heartbeat: 'measuring',
  doctor: 'examining',
};

/** Every other function carries what all playbooks declare, and the code of none. */
export const commonEntry = (
  name: CommonFunction,
  playbooks: ReadonlyMap<string, Playbook>,
  configuration: string,
): string => {
  const data = Object.fromEntries([...playbooks].map(([one, playbook]) => [one, dataOf(playbook)]));
  const kinds = kindFiles();
  const ports = portsOf[name];
  const whole = name === 'deny' ? forDeny : [];
  return `
import { ${name}Handler } from './functions/${name}.ts';
import { playbooksOf } from './functions/deployed/playbook-data.ts';
${whole.map(({ file, name: setting }) => `import { ${setting} } from './playbooks/settings/${file}';`).join('\n')}
${kinds.map((file, index) => `import * as kinds${index} from './playbooks/resources/${file}';`).join('\n')}
const exported = [${kinds.map((_, index) => `kinds${index}`).join(', ')}].flatMap((one) => Object.values(one));
const kinds = exported.filter((one) => typeof one === 'object' && 'parse' in one);
const playbooks = playbooksOf(${JSON.stringify(data)}, kinds, [${whole.map(({ name: setting }) => setting).join(', ')}]);
${ports ? `import { ${ports} } from './functions/deployed/ports.ts';` : ''}
${end(`${name}Handler`, configuration, ports)}`;
};
