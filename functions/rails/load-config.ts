// Loads a configuration from its file, and holds it against the playbooks that there are.
import { pathToFileURL } from 'node:url';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { type Config, defineConfig } from './config.ts';

type Playbooks = ReadonlyMap<string, Playbook>;

const optionFaults = (name: string, { options }: Playbook, chosen: Readonly<Record<string, string>>): string[] =>
  Object.entries(chosen).flatMap(([option, choice]) => {
    const place = `firebreak.config.ts: playbooks.${name}.options.${option}`;
    const choices = options[option];
    if (!choices)
      return [`${place}: ${name} has no such option: there are ${Object.keys(options).join(', ') || 'none'}`];
    return choices.includes(choice) ? [] : [`${place}: '${choice}' is no choice: write ${choices.join(' or ')}`];
  });

/** What the schema can't know: which playbooks there are, what they leave open, and that none may go further than it says itself. */
export const disagreements = (config: Config, playbooks: Playbooks): readonly string[] =>
  Object.entries(config.playbooks).flatMap(([name, chosen]) => {
    const playbook = playbooks.get(name);
    const place = `firebreak.config.ts: playbooks.${name}`;
    if (!playbook) return [`${place}: there is no such playbook: there are ${[...playbooks.keys()].join(', ')}`];
    const loose = playbook.approval === 'required' && chosen.mode === 'act';
    return [
      ...(loose
        ? [`${place}.mode: 'act' is looser than ${name}, which always asks: write 'ask', 'plan' or 'off'`]
        : []),
      ...(playbook.approval === 'required' && chosen.onNoAnswer === 'contain'
        ? [`${place}.onNoAnswer: 'contain' is looser than ${name}, which always asks: write 'deny'`]
        : []),
      ...optionFaults(name, playbook, chosen.options),
    ];
  });

const imported = async (path: string): Promise<unknown> => {
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  if (module.default === undefined)
    throw new Error(`${path} has no default export: write 'export default defineConfig({ … })'.`);
  return module.default;
};

/**
 * The configuration in the file at this path.
 * @throws all faults at once, each with its place, the wrong value and the remedy; also when there is no such file.
 */
export const loadConfig = async (path: string, playbooks: Playbooks): Promise<Config> => {
  // What `defineConfig` gave passes it once more; what was exported without it is checked here.
  const config = defineConfig((await imported(path)) as Config);
  const faults = disagreements(config, playbooks);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return config;
};
