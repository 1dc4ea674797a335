// The hold protocol with one condition taken out: what the scenarios must notice.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Protocol } from './incidents.ts';
import type { Scenario } from './prove.ts';
import { beside, outside, overlap } from './scenario.ts';

export interface Mutant {
  readonly name: string;
  /** Must stand in hold.ts exactly once. */
  readonly from: string;
  readonly to: string;
  readonly noticed: Scenario;
}

const now = '(await readHold(tools, held)).version';

export const mutants: readonly Mutant[] = [
  // The three conditions of models/hold_protocol.py: blindtake, nocheck, noreapply.
  {
    name: 'take is written whatever the version is',
    from: 'isKnown || put(tools, held, next, version),',
    to: `isKnown || put(tools, held, next, ${now}),`,
    noticed: overlap,
  },
  {
    name: 'release is written whatever the version is',
    from: '(await put(tools, held, free, version)) ? as',
    to: `(await put(tools, held, free, ${now})) ? as`,
    noticed: overlap,
  },
  {
    name: 'nothing is written again by a take after a move',
    from: `if (${now} !== version) return undefined;`,
    to: '',
    noticed: overlap,
  },
  {
    name: 'nothing is written again by a release after a move',
    from: '    wrote = stands;\n    if (!(await writeValue(tools, held, stands, version))) return undefined;\n',
    to: '    wrote = stands;\n',
    noticed: overlap,
  },
  {
    name: 'what a release writes again is not looked at again',
    from: 'return (await put(tools, held, next, version)) ? { stands } : undefined;',
    to: 'await put(tools, held, next, version);\n    return { stands };',
    noticed: overlap,
  },
  // What else keeps an original or a containment.
  {
    name: 'a setting that was read before its record serves whatever is on record',
    from: 'version === 0 ? { record, version, asked, value } : undefined',
    to: '({ record, version, asked, value })',
    noticed: overlap,
  },
  {
    name: 'the second holder overwrites the original',
    from: 'free ? value : record.original;',
    to: 'value;',
    noticed: overlap,
  },
  {
    name: 'a stale read is taken for the original',
    from: 'const stale = free && isStale(record, value, echoed);',
    to: 'const stale = false;',
    noticed: overlap,
  },
  {
    name: 'stale reads are forgotten with the next hold',
    from: 'including(free ? echoed : record.wrote, stands)',
    to: 'including(free ? [] : record.wrote, stands)',
    noticed: overlap,
  },
  {
    name: 'the time of a read is looked at after it',
    from: '  const asked = tools.now();\n  return { ...found, asked, value: await held.setting.read(held.aws, held.id) };\n',
    to: '  const value = await held.setting.read(held.aws, held.id);\n  return { ...found, asked: tools.now(), value };\n',
    noticed: overlap,
  },
  {
    name: 'a stale read counts as standing, after a release',
    from: 'echoed.length > 0 || wrote.length > 1 ? undefined : value;',
    to: 'wrote.length > 1 ? undefined : value;',
    noticed: overlap,
  },
  {
    name: 'a stale read counts as standing, between holders who differ',
    from: 'echoed.length > 0 || wrote.length > 1 ? undefined : value;',
    to: 'echoed.length > 0 ? undefined : value;',
    noticed: overlap,
  },
  {
    name: 'nobody helps a release that died',
    from: "if (record.phase === 'releasing') return { restore: record, version };",
    to: "if (record.phase === 'releasing') return { end: { state: 'untouched' } };",
    noticed: overlap,
  },
  {
    name: 'a release that wrote late for others puts nothing back',
    from: "if (record.phase === 'free' && late !== undefined) {",
    to: "if (record.phase === 'free' && late === null) {",
    noticed: overlap,
  },
  {
    name: 'a release that may write late is not on record',
    from: 'if (!(incident in record.leaving)) {',
    to: 'if (stands === null) {',
    noticed: overlap,
  },
  {
    name: 'a late write moves no version',
    from: 'return (await put(tools, held, leavingToo(record, incident, wrote), version)) ? { stands } : undefined;',
    to: 'return { stands };',
    noticed: overlap,
  },
  {
    name: 'a late write is no reason to doubt what is read',
    from: 'Object.keys(leaving).length > 0 || ',
    to: '',
    noticed: overlap,
  },
  {
    name: 'a take that wrote late puts nothing back',
    from: 'if (late !== undefined) await leave(tools, held, incident, late);',
    to: '',
    noticed: overlap,
  },
  {
    name: 'a third value is put back over',
    from: "  if (!ours && mode !== 'force')\n    return holdAgain(tools, held, record, version, { state: 'conflict', found: value, original });\n",
    to: '',
    noticed: outside,
  },
  {
    name: 'a conflict drops the hold',
    from: 'holders: { [incident]: value },\n    releaser: null,',
    to: 'holders: {},\n    releaser: null,',
    noticed: outside,
  },
  {
    name: 'what is let go as it stands is put back by the next one',
    from: 'const next = { ...freed(record, incident, tools.now()), last: null };',
    to: 'const next = freed(record, incident, tools.now());',
    noticed: outside,
  },
  // What is kept beside the ledger.
  {
    name: 'what a hold takes over from the one before is not kept',
    from: "const from = stale ? 'before' : ",
    to: 'const from = ',
    noticed: beside,
  },
];

const source = new URL('../../functions/engine/hold.ts', import.meta.url);

/** Writes the mutant beside nothing else, loads it, and answers its protocol. */
export const grow = async ({ name, from, to }: Mutant): Promise<Protocol> => {
  const text = readFileSync(source, 'utf8');
  const count = text.split(from).length - 1;
  if (count !== 1)
    throw new Error(
      `'${name}' looks for this in functions/engine/hold.ts and finds it ${count} times instead of once. ` +
        `Adapt the fragment in test/holds/mutants.ts to what stands there now:\n${from}`,
    );
  const imported = (_: string, path: string) => `from '${new URL(path, source).href}'`;
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-mutant-'));
  try {
    const file = join(folder, 'hold.ts');
    writeFileSync(file, text.replace(from, () => to).replace(/from '(\.[^']+)'/g, imported));
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Protocol;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
