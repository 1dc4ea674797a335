// `npm run new -- verb-object` writes a playbook's four files from templates. One folder; no list is edited.
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { templates } from './new-playbook.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const [name] = positionals;
const root = new URL('../playbooks/', import.meta.url);

const fail = (words: string): never => {
  console.error(words);
  process.exit(2);
};

if (!name || positionals.length > 1 || !/^[a-z]+(-[a-z]+)+$/.test(name))
  fail('Name it by verb and object, in lower case: npm run new -- restore-trail-logging');

const folder = new URL(`${name}/`, root);
try {
  await mkdir(folder);
} catch (error) {
  fail(`playbooks/${name} can't be made: ${error instanceof Error ? error.message : String(error)}`);
}
for (const [file, text] of Object.entries(templates(name as string))) await writeFile(new URL(file, folder), text);

console.log(`playbooks/${name}/ has playbook.ts, scenario.ts, generate.ts and README.md.
Next: say in playbook.ts what it answers, sees and turns; arrange an attack in scenario.ts, and what else it may meet in generate.ts; then
  npm run docs && npx vitest run test/laws -t ${name}
Every law that does not hold yet says what to do.`);
