// The four files that a new playbook begins with. They compile and play; what they do is for the author to replace.
import { readFileSync } from 'node:fs';

/** 'restore-trail-logging' becomes 'Restore trail logging'. */
const titleOf = (name: string): string => {
  const [verb = '', ...object] = name.split('-');
  return `${verb[0]?.toUpperCase()}${verb.slice(1)} ${object.join(' ')}`;
};

const files = ['playbook.ts', 'scenario.ts', 'generate.ts', 'README.md'];

/** By file name. */
export const templates = (name: string): Readonly<Record<string, string>> => {
  const title = titleOf(name);
  const filled = (file: string): string =>
    readFileSync(new URL(`new-playbook/${file}.txt`, import.meta.url), 'utf8')
      .replaceAll('{{name}}', name)
      .replaceAll('{{Title}}', title)
      .replaceAll('{{Type}}', title.replaceAll(' ', ''));
  return Object.fromEntries(files.map((file) => [file, filled(file)]));
};
