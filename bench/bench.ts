// Measures what was promised of speed and cost. `npm run bench` prints tables, `npm run bench -- --json` JSON; names of parts after it leave out the others.
import { loadPlaybooks } from '../functions/adapters/catalogue.ts';
import { bundlesText, measureBundles } from './bundles.ts';
import { measurePaths, pathText } from './path.ts';

const playbooks = await loadPlaybooks();

/** Each part, and how it is told. */
const parts = {
  path: async () => {
    const figures = await measurePaths(playbooks);
    return { figures, text: pathText(figures) };
  },
  bundles: async () => {
    const figures = await measureBundles(playbooks);
    return { figures, text: bundlesText(figures) };
  },
};
type Part = keyof typeof parts;
const all = Object.keys(parts) as Part[];

const asked = process.argv.slice(2);
const names = asked.filter((one) => one !== '--json');
const unknown = names.find((name) => !all.includes(name as Part));
if (unknown !== undefined) {
  console.error(`There is no part '${unknown}'. There are: ${all.join(', ')}, and --json.`);
  process.exit(2);
}

const json: Partial<Record<Part, unknown>> = {};
for (const name of all.filter((one) => names.length === 0 || names.includes(one))) {
  const { figures, text } = await parts[name]();
  json[name] = figures;
  if (!asked.includes('--json')) console.log(`${text}\n`);
}
if (asked.includes('--json')) console.log(JSON.stringify(json, null, 2));
