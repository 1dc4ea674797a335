// Writes what the docs say about playbooks from what the playbooks declare: the README's table, and the head of each playbook's README.
// `npm run docs` writes; `npm run docs -- --check` fails when something is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { loadPlaybooks } from '../functions/adapters/catalogue.ts';
import { between, playbookHead, playbookTable } from './playbook-docs.ts';

const root = new URL('../', import.meta.url);
const check = process.argv.includes('--check');
const playbooks = await loadPlaybooks();

const pages = [
  { path: 'README.md', text: playbookTable(playbooks) },
  ...[...playbooks].map(([name, playbook]) => ({
    path: `playbooks/${name}/README.md`,
    text: playbookHead(name, playbook),
  })),
];

const stale: string[] = [];
for (const { path, text } of pages) {
  const before = await readFile(new URL(path, root), 'utf8');
  const after = between(path, before, text);
  if (after === before) continue;
  stale.push(path);
  if (!check) await writeFile(new URL(path, root), after);
}

if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run: npm run docs`);
  process.exitCode = 1;
} else console.log(stale.length > 0 ? `Written: ${stale.join(', ')}` : 'The docs are fresh.');
