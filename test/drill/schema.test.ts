// What others build on: the shape of report.json. A field that vanishes or changes its kind asks for a new schema number.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runDrill } from '../../gameday/drill.ts';
import { writeReport } from '../../gameday/report/write.ts';
import { catalogueOf, disable, leak, untidy } from './catalogue.ts';

/** Every path in it with the kinds of its values. Elements of a list and keys that are names stand under `*`, plain words in a list nowhere. */
const shapeOf = (
  value: unknown,
  path = '',
  shape = new Map<string, Set<string>>(),
): ReadonlyMap<string, Set<string>> => {
  if (path.endsWith('.*') && typeof value !== 'object') return shape;
  const kind = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  shape.set(path, (shape.get(path) ?? new Set()).add(kind));
  const free = /\.(raw|input|from|to|reads|before|after)$/.test(path);
  if (typeof value === 'object' && value !== null && !free)
    for (const [key, inner] of Object.entries(value)) {
      const name = Array.isArray(value) || /\.(byService|outcomes)$/.test(path) ? '*' : key;
      shapeOf(inner, `${path}.${name}`, shape);
    }
  return shape;
};

const playbooks = {
  keeping: disable({ release: 'keep' }),
  refusing: disable({ refuses: 'Not this one.' }),
  untidy: disable({ setting: untidy }),
};
const scenarios = {
  keeping: { leaked: leak() },
  untidy: { leaked: leak() },
  refusing: { leaked: leak({ outcome: 'refused' }) },
};

it('report.json keeps its shape', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'firebreak-drill-'));
  try {
    const report = await runDrill({ seed: 2, catalogue: catalogueOf(playbooks, scenarios) });
    const written = await writeReport(directory, report);
    const read = JSON.parse(await readFile(written.json, 'utf8'));
    expect(read).toEqual(report);
    expect(read.schema).toBe('firebreak-drill/1');
    const shape = [...shapeOf(read)].map(([path, kinds]) => `${path || '.'}: ${[...kinds].toSorted().join(' | ')}`);
    await expect(`${shape.toSorted().join('\n')}\n`).toMatchFileSnapshot('report-shape.txt');
    expect(await readFile(written.html, 'utf8')).toContain('</html>');
  } finally {
    await rm(directory, { recursive: true });
  }
});
