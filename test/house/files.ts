// The project's own files, as git would take them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export const files: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '');

export const textOf = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

export const sources: readonly string[] = files.filter((file) => file.endsWith('.ts'));
