// The kill switch in a file on this machine: what the command line turns where nothing is deployed.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readTurned, type SwitchKeeper, type Turned } from '../rails/turning.ts';

const textOf = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const parsed = (file: string, text: string): Turned => {
  try {
    return readTurned(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} makes no sense: ${(error as Error).message}`);
  }
};

/** On disk before it is called turned, and whole at any moment: whoever reads meanwhile finds the old position or the new one. */
const replace = async (file: string, text: string): Promise<void> => {
  const written = `${file}.${randomUUID()}`;
  try {
    const handle = await open(written, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(written, file);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
};

/** No file means that nobody has turned it yet. Any other that can't be read, or holds nonsense, is an error. */
export const switchFile = (file: string): SwitchKeeper => ({
  read: async () => {
    const text = await textOf(file);
    return text === undefined ? undefined : parsed(file, text);
  },
  write: async (turned) => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await replace(file, `${JSON.stringify(turned, null, 2)}\n`);
  },
});
