// Writes what is generated: from what the playbooks declare the README's table and the head of each playbook's README; and the guard's policy.
// `npm run docs` writes; `npm run docs -- --check` fails when something is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { loadPlaybooks } from '../functions/adapters/catalogue.ts';
import { guardedByDefault, guardPolicy } from '../infra/guard/guard-policy.ts';
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

/** With the default roles; whoever has others changes them there. */
const guard = { path: 'docs/guard-policy.json', text: `${JSON.stringify(guardPolicy(guardedByDefault), null, 2)}\n` };

const stale: string[] = [];
const written = await Promise.all(
  [guard, ...pages].map(async (page) => {
    const before = await readFile(new URL(page.path, root), 'utf8').catch(() => '');
    return { path: page.path, before, after: page === guard ? page.text : between(page.path, before, page.text) };
  }),
);
for (const { path, before, after } of written) {
  if (after === before) continue;
  stale.push(path);
  if (!check) await writeFile(new URL(path, root), after);
}

if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run: npm run docs`);
  process.exitCode = 1;
} else console.log(stale.length > 0 ? `Written: ${stale.join(', ')}` : 'The docs are fresh.');
