// The playbooks that there are: one folder each, found and not listed, so that a new one touches its own folder alone.
import { readdir } from 'node:fs/promises';
import type { Generate } from '../../playbooks/language/generate.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Scenario } from '../../playbooks/language/scenario.ts';

const root = new URL('../../playbooks/', import.meta.url);

/** The playbooks' names, in alphabetical order: the folders named verb-object that hold a playbook.ts. */
export const playbookNames = async (): Promise<readonly string[]> => {
  const files = await readdir(root, { recursive: true });
  return files
    .filter((file) => /^[a-z]+(-[a-z]+)+\/playbook\.ts$/.test(file))
    .map((file) => file.slice(0, file.indexOf('/')))
    .toSorted();
};

/** Every playbook by its folder's name. */
export const loadPlaybooks = async (): Promise<ReadonlyMap<string, Playbook>> =>
  new Map(
    await Promise.all(
      (await playbookNames()).map(async (name) => {
        const module = (await import(new URL(`${name}/playbook.ts`, root).href)) as { default: Playbook };
        return [name, module.default] as const;
      }),
    ),
  );

/** The scenarios of one playbook, by name. */
export const loadScenarios = async (name: string): Promise<Readonly<Record<string, Scenario<Json>>>> => {
  const module = (await import(new URL(`${name}/scenario.ts`, root).href)) as {
    default: Record<string, Scenario<Json>>;
  };
  return module.default;
};

/** What generates accounts for one playbook; undefined where it has nothing that does. */
export const loadGenerate = async (name: string): Promise<Generate | undefined> => {
  const files = await readdir(new URL(`${name}/`, root));
  if (!files.includes('generate.ts')) return undefined;
  return ((await import(new URL(`${name}/generate.ts`, root).href)) as { default: Generate }).default;
};
