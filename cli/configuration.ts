// Which firebreak.config.ts counts at the command line. One that can't be used is refused in words, before anything is done by it.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../functions/rails/config.ts';
import { loadConfig } from '../functions/rails/load-config.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import { sentence, trouble } from './trouble.ts';
import type { World } from './world.ts';

const name = 'firebreak.config.ts';
const shipped = fileURLToPath(new URL(`../${name}`, import.meta.url));

/** A configuration is a program. One that merely lies in the folder is run only if it is one's own. */
const expectOwn = async (path: string): Promise<void> => {
  const { uid } = await stat(path);
  const own = process.getuid?.();
  if (own === undefined || uid === own || uid === 0) return;
  throw trouble(
    `${path} is the file of another user of this machine (uid ${uid}), and a configuration is a program that would be run.`,
    'If it is the one that is meant, name it: set FIREBREAK_CONFIG.',
  );
};

const fileFor = async ({ FIREBREAK_CONFIG }: World['env'], folder: string): Promise<string> => {
  if (FIREBREAK_CONFIG) return resolve(folder, FIREBREAK_CONFIG);
  const here = join(folder, name);
  if (here === shipped || !existsSync(here)) return shipped;
  await expectOwn(here);
  return here;
};

/** The faults, without the name that stands before each of them. */
const faultsOf = (error: unknown): string => {
  const { message } = error as Error;
  return message
    .split('\n')
    .map((line) => line.replace(`${name}: `, ''))
    .join('; ');
};

/**
 * The configuration that FIREBREAK_CONFIG names; without it the one in this folder, else the one that Firebreak comes with.
 * @throws all faults at once, in words.
 */
export const configurationFrom = async (
  env: World['env'],
  folder: string,
  playbooks: ReadonlyMap<string, Playbook>,
): Promise<Config> => {
  const file = await fileFor(env, folder);
  if (!existsSync(file))
    throw trouble(`There is no configuration ${file}.`, 'FIREBREAK_CONFIG names it: correct it, or leave it out.');
  try {
    return await loadConfig(file, playbooks);
  } catch (error) {
    throw trouble(
      sentence(`The configuration ${file} can't be used: ${faultsOf(error)}`),
      'Nothing was done. Correct it, or name another one by FIREBREAK_CONFIG.',
    );
  }
};
