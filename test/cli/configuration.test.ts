// Which configuration counts at the command line, and that a broken one stops everything that would act, in words.
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { configurationFrom } from '../../cli/configuration.ts';
import { machine } from '../../cli/machine.ts';
import { run } from '../../cli/run.ts';
import { inWords } from '../../cli/trouble.ts';
import { defineConfig } from '../../functions/rails/config.ts';
import { playbooks } from '../laws/staged.ts';
import { firebreak } from './command-line.ts';
import { capture } from './seat.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = (text: string) => `export default ${text};\n`;
const stale = (minutes: number): string => config(`{ staleAfterMinutes: ${minutes} }`);

/** A folder with a configuration of this text in it; each its own, since a module is read once. */
const folderWith = async (text?: string, name = 'firebreak.config.ts'): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-config-'));
  if (text !== undefined) writeFileSync(join(folder, name), text);
  return folder;
};

const from = (env: Readonly<Record<string, string>>, folder: string) => configurationFrom(env, folder, playbooks);

const wordsOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return inWords(error);
  }
  throw new Error('It was taken.');
};

describe('the configuration that counts', () => {
  it('is the one in the folder where the command is run', async () => {
    expect(await from({}, await folderWith(stale(7)))).toMatchObject({ staleAfterMinutes: 7 });
  });

  it('without one there, the one that Firebreak comes with, which is all defaults', async () => {
    expect(await from({}, await folderWith())).toEqual(defineConfig({}));
    expect(await from({}, root)).toEqual(defineConfig({}));
  });

  it.each(['absolute', 'relative'])('before both, the one that FIREBREAK_CONFIG names: %s', async (how) => {
    const folder = await folderWith(stale(8));
    mkdirSync(join(folder, 'of'));
    writeFileSync(join(folder, 'of', 'team.ts'), stale(9));
    const named = how === 'absolute' ? join(folder, 'of', 'team.ts') : 'of/team.ts';
    expect(await from({ FIREBREAK_CONFIG: named }, folder)).toMatchObject({ staleAfterMinutes: 9 });
  });

  it('is a program: one of another user is not run because it lies there', async () => {
    const folder = await folderWith("throw new Error('it was run');\n");
    const path = join(folder, 'firebreak.config.ts');
    const me = process.getuid?.() ?? 0;
    // What root owns is the machine's own; so root gives it away, and anybody else becomes another.
    if (me === 0) chownSync(path, 4242, 4242);
    const uid = vi.spyOn(process, 'getuid').mockReturnValue(me === 0 ? 0 : me + 1);
    try {
      const { error, remedy, exit } = await wordsOf(from({}, folder));
      expect([exit, error]).toEqual([2, expect.stringMatching(/another user of this machine \(uid \d+\)/)]);
      expect(remedy).toMatch(/FIREBREAK_CONFIG/);
      expect((await wordsOf(from({ FIREBREAK_CONFIG: path }, folder))).error).toMatch(/it was run/);
    } finally {
      uid.mockRestore();
    }
  });

  it('works as a process, and says nothing of its own', async () => {
    const env = { FIREBREAK_LEDGER: join(await folderWith(), 'ledger'), FIREBREAK_CONFIG: '' };
    const path = join(
      await folderWith(config("{ playbooks: { 'isolate-instance': { mode: 'plan' } } }")),
      'firebreak.config.ts',
    );
    const args = ['explain', 'test/fixtures/events/guardduty-instance-c2.json', '--json'];
    const { stdout, stderr, exit } = await firebreak(args, { ...env, FIREBREAK_CONFIG: path });
    expect([exit, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).findings[0].answers).toMatchObject([
      { do: 'plan', reason: expect.stringMatching(/playbooks\.isolate-instance\.mode is 'plan'/) },
    ]);
  });
});

describe('a broken one is refused with its place, its value and the remedy', () => {
  it.each<[string, string, RegExp]>([
    ['a fault', config('{ share: { percent: 120 } }'), /share\.percent: 120 is no whole number of 0 to 100: write one/],
    [
      'several faults',
      config("{ mode: 'auto', protected: [{ arn: 'arn:aws:s3:::a', owner: 'a', reason: 'b' }] }"),
      /mode: 'auto' is no position.*; protected\[0\]\.until: is missing/,
    ],
    [
      'a playbook that there is not',
      config("{ playbooks: { 'isolate': {} } }"),
      /playbooks\.isolate: there is no such/,
    ],
    ['four eyes of another kind', config("{ switchMustDiffer: 'yes' }"), /switchMustDiffer: 'yes' is neither true nor/],
    ['no default export', 'export const config = {};\n', /has no default export/],
    ['no TypeScript', 'export default {{\n', /can't be used/],
    ['one that throws', "throw new Error('no such secret');\n", /no such secret/],
  ])('%s', async (_what, text, words) => {
    const folder = await folderWith(text);
    const { error, remedy, exit } = await wordsOf(from({}, folder));
    expect([exit, error]).toEqual([2, expect.stringMatching(words)]);
    expect(error).toContain(`The configuration ${join(folder, 'firebreak.config.ts')} can't be used: `);
    expect(remedy).toMatch(/Nothing was done/);
  });

  it('one that there is not', async () => {
    const { error, exit } = await wordsOf(from({ FIREBREAK_CONFIG: '/nowhere/team.ts' }, root));
    expect([exit, error]).toEqual([2, 'There is no configuration /nowhere/team.ts.']);
  });

  it('one that may not be read', async () => {
    const folder = await folderWith(stale(1));
    chmodSync(join(folder, 'firebreak.config.ts'), 0o000);
    // Root reads everything.
    if (process.getuid?.() !== 0) expect((await wordsOf(from({}, folder))).exit).toBe(2);
  });

  const event = 'test/fixtures/events/guardduty-instance-c2.json';
  it.each([
    [['contain', 'isolate-instance', 'i-0123456789abcdef0', '--yes']],
    [['contain', 'isolate-instance', 'i-0123456789abcdef0', '--dry-run']],
    [['respond', event, '--yes']],
    [['respond', event, '--dry-run']],
    [['explain', event]],
    [['approve', 'fb-0123456789ab', '--yes']],
    [['deny', 'fb-0123456789ab']],
    [['release', 'fb-0123456789ab', '--yes']],
    [['check']],
    [['switch', 'off', '--yes']],
  ])('%j does nothing', async (args) => {
    const folder = await folderWith(config("{ mode: 'auto' }"));
    const [out, err] = [capture(), capture()];
    const env = { FIREBREAK_LEDGER: join(folder, 'ledger'), FIREBREAK_CONFIG: join(folder, 'firebreak.config.ts') };
    const caller = async () => {
      throw new Error('AWS was asked.');
    };
    const exit = await run(args, { ...machine(env), out, err, interactive: false, caller });
    expect([exit, out.text(), err.text()]).toEqual([2, '', expect.stringMatching(/mode: 'auto' is no position/)]);
    expect(err.text().split('\n')).toHaveLength(1);
  });

  it.each([[['switch']], [['incidents']], [['playbooks']], [['help']]])('%j goes on', async (args) => {
    const folder = await folderWith(config("{ mode: 'auto' }"));
    const [out, err] = [capture(), capture()];
    const env = { FIREBREAK_LEDGER: join(folder, 'ledger'), FIREBREAK_CONFIG: join(folder, 'firebreak.config.ts') };
    expect(await run(args, { ...machine(env), out, err, interactive: false })).toBe(0);
  });
});
