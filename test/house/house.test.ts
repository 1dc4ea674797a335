// The rules of the house that no linter knows. Each failure says what to do.
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlaybooks, playbookNames } from '../../functions/adapters/catalogue.ts';
import { between, playbookHead, playbookTable } from '../../scripts/playbook-docs.ts';
import { files, sources, textOf } from './files.ts';

const rooms = ['playbooks', 'functions', 'infra', 'gameday', 'cli', 'bench', 'test', 'docs', 'scripts', '.ci'];
const atTheDoor = [
  'package.json',
  'package-lock.json',
  'firebreak.config.ts',
  'tsconfig.json',
  'cdk.json',
  'biome.json',
  '.oxlintrc.json',
  'knip.json',
  'vitest.config.ts',
  'README.md',
  'LICENSE',
  '.gitignore',
  '.npmrc',
  '.nvmrc',
];

/** Which rooms a room may import from; the arrow runs one way. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  playbooks: ['playbooks'],
  functions: ['functions', 'playbooks'],
  infra: ['infra', 'functions', 'playbooks'],
  gameday: ['gameday', 'functions', 'playbooks'],
  cli: ['cli', 'gameday', 'functions', 'playbooks'],
  bench: ['bench', 'infra', 'gameday', 'functions', 'playbooks'],
  scripts: ['scripts', 'functions', 'playbooks', 'infra'],
};

const importsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  );

const roomOf = (file: string): string => file.split('/')[0] ?? '';

describe('imports run one way: playbooks ← functions ← {cli, gameday, infra}', () => {
  it.each(Object.entries(mayImport))('%s', (room, allowed) => {
    const wrong = sources
      .filter((file) => roomOf(file) === room)
      .flatMap((file) =>
        importsOf(file)
          .filter((path) => !allowed.includes(roomOf(path)))
          .map((path) => `${file} imports ${path}`),
      );
    expect(
      wrong,
      `${room} may import from ${allowed.join(', ')} only: move what is shared down, or hand it in`,
    ).toEqual([]);
  });

  it('sees imports at all', () => {
    expect(importsOf('functions/engine/contain.ts')).toContain('functions/engine/hold.ts');
  });

  it('a playbook imports no other playbook: what two need is language, a setting or evidence', async () => {
    const names = await playbookNames();
    const wrong = sources.flatMap((file) => {
      const [, own] = file.split('/');
      if (roomOf(file) !== 'playbooks' || !own || !names.includes(own)) return [];
      return importsOf(file).filter((path) =>
        names.some((name) => name !== own && path.startsWith(`playbooks/${name}/`)),
      );
    });
    expect(wrong).toEqual([]);
  });

  it('what runs in a Lambda imports no tool of ours for practice', () => {
    const wrong = sources
      .filter((file) => roomOf(file) === 'playbooks' && !/(scenario|generate)\.ts$/.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((path) => path.endsWith('scenario.ts') || path.startsWith('playbooks/events/'))
          .map((path) => `${file} imports ${path}`),
      )
      .filter(
        (words) =>
          !words.startsWith('playbooks/events/') && !/^playbooks\/[^/]+\/(attack|arrange|stage)[^/]*\.ts/.test(words),
      );
    expect(wrong).toEqual([]);
  });
});

describe('every file is in its room', () => {
  it('no file stands outside', () => {
    const outside = files.filter((file) => !rooms.includes(roomOf(file)) && !atTheDoor.includes(file));
    expect(outside, `put it into ${rooms.join(', ')}`).toEqual([]);
  });

  it('no file is named by what says nothing', () => {
    const vague = sources.filter((file) =>
      /(^|[/.-])(helpers?|utils?|utilities|manager|misc|common)([/.-]|$)/.test(file),
    );
    expect(vague, 'name it after what is in it').toEqual([]);
  });

  it('every source begins with a sentence on what it is for, playbooks and scenarios by their title', () => {
    const silent = sources.filter(
      (file) => !/^(\/\/|#!|\/\*\*)/.test(textOf(file)) && !/playbooks\/[^/]+\/(playbook|scenario)\.ts$/.test(file),
    );
    expect(silent, 'say in a comment on the first line what the file is for').toEqual([]);
  });

  it('nothing is left to do later, and no code is switched off', () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b|\b(it|test|describe)\.(only|skip)\(|@ts-ignore|@ts-nocheck/;
    const marked = sources.filter((file) => !file.startsWith('test/house/') && marks.test(textOf(file)));
    expect(marked, 'do it now, or write an issue').toEqual([]);
  });

  it('no file is longer than one can read', () => {
    // A test may be a table of all that a service answers.
    const linesMax = (file: string) => (roomOf(file) === 'test' ? 650 : 400);
    const long = sources.filter((file) => textOf(file).split('\n').length > linesMax(file));
    expect(long, 'it is two rooms: part it').toEqual([]);
  });
});

describe('playbooks', async () => {
  const playbooks = await loadPlaybooks();

  it.each([...playbooks.keys()])('%s has its three files, and fits a screen and a half', (name) => {
    for (const file of ['playbook.ts', 'scenario.ts', 'README.md'])
      expect(files, `npm run new writes all three: playbooks/${name}/${file} is missing`).toContain(
        `playbooks/${name}/${file}`,
      );
    const lines = textOf(`playbooks/${name}/playbook.ts`).split('\n').length;
    expect(lines, 'move what observe reads into a file beside it').toBeLessThanOrEqual(120);
    const readme = textOf(`playbooks/${name}/README.md`);
    for (const heading of ['Why', 'When not', 'By hand', 'Not done, and why'])
      expect(readme, `playbooks/${name}/README.md needs the heading '## ${heading}'`).toMatch(
        new RegExp(`^## ${heading}`, 'mi'),
      );
  });

  it.each([...playbooks])('the head of the README of %s is fresh', (name, playbook) => {
    const path = `playbooks/${name}/README.md`;
    expect(between(path, textOf(path), playbookHead(name, playbook)), 'run: npm run docs').toBe(textOf(path));
  });

  it("the README's table is fresh", () => {
    expect(between('README.md', textOf('README.md'), playbookTable(playbooks)), 'run: npm run docs').toBe(
      textOf('README.md'),
    );
  });

  it('the README names every playbook, and no folder of playbooks/ is half a playbook', async () => {
    const shared = ['language', 'settings', 'evidence', 'resources', 'events'];
    const folders = [
      ...new Set(files.filter((file) => roomOf(file) === 'playbooks').map((file) => file.split('/')[1] ?? '')),
    ];
    expect(folders.filter((folder) => !shared.includes(folder)).toSorted()).toEqual([...playbooks.keys()].toSorted());
  });
});

describe('the project speaks of itself alone', () => {
  it('no path of a machine, no registry host', () => {
    const wrong = files.filter(
      (file) =>
        file !== 'package-lock.json' &&
        !file.startsWith('test/house/') &&
        /(^|[\s'"`(])\/(work|root|home\/[a-z]+)\//m.test(textOf(file)),
    );
    expect(wrong).toEqual([]);
  });
});
