// Reading an event file: every way in which it can be none is said in words.
import { readFile } from 'node:fs/promises';
import { type Reading, readEvent } from '../functions/sources/read-event.ts';
import { trouble } from './trouble.ts';
import type { World } from './world.ts';

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file',
  EISDIR: 'It is a folder',
  EACCES: 'It may not be read',
};

const textOf = async (world: World, file: string): Promise<string> => {
  if (file === '-') return world.stdin();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const why = unreadable[code] ?? `It can't be read (${message})`;
    throw trouble(`${why}: ${file}.`, "Name a file with one event as EventBridge sends it, or '-' for stdin.");
  }
};

/** The findings of the event in the file; '-' is stdin. */
export const readEventFile = async (world: World, file: string): Promise<Reading> => {
  const text = await textOf(world, file);
  let event: unknown;
  try {
    event = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw trouble(
      `${file} is not JSON: ${(error as Error).message}.`,
      'It should hold one event as EventBridge sends it, or a request { playbook, resource, reason }.',
    );
  }
  const reading = readEvent(event, world.now());
  if ('unreadable' in reading) throw trouble(reading.unreadable, `Nothing was done with ${file}.`);
  return reading;
};
