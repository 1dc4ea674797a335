// The rails on each way in that is typed: contain, respond, explain, dry runs. What a rail stops writes nothing and says so; what asks is asked.
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../cli/result.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { action, closed, forgedEvents, request } from '../rails/forged-events.ts';
import {
  type Ground,
  ground,
  leakedKey,
  on,
  openBucket,
  openByConfig,
  openByControl,
  own,
  stolenKey,
} from '../rails/ground.ts';
import { type Seat, type Sitting, type Typed, takeSeat } from './seat.ts';

const entry = { owner: 'payments', reason: 'card terminals', until: '2026-12-31' };
const jewel = { arn: 'arn:aws:s3:::*', owner: 'payments', reason: 'regulated' };
const none = { containments: 0, perSeconds: 3600 };
const noBudget = { LOW: none, MEDIUM: none, HIGH: none, CRITICAL: none };

const name = 'block-public-bucket';

type Seated = Seat & { readonly staged: Ground; readonly file: string };

/** A seat before the account that is arranged, with the event in a file. */
const seated = async (
  make: typeof openBucket,
  config: ConfigInput = {},
  { forge = ({ event }: Ground): Json => event, ...sitting }: Sitting & { forge?: (staged: Ground) => Json } = {},
): Promise<Seated> => {
  const staged = await make();
  const { mode, ...rest } = config;
  const seat = takeSeat({ interactive: false, practice: staged.practice, config: on(rest), ...sitting });
  const file = join(await mkdtemp(join(tmpdir(), 'firebreak-rails-')), 'event.json');
  writeFileSync(file, JSON.stringify(forge(staged)));
  // Locally the configuration's mode is not the switch's position.
  if (mode) await seat.type('switch', mode, '--yes');
  return { ...seat, staged, file };
};

const bucketOf = ({ arranged }: Ground): string => (arranged as { bucket: string }).bucket;
const typedContain = (seat: Seated, ...more: readonly string[]): Promise<Typed> =>
  seat.type('contain', name, bucketOf(seat.staged), ...more);
/** The result of the playbook that is tried; others may answer the same event. */
const resultsOf = ({ json }: Typed): readonly Result[] => json as unknown as readonly Result[];

const expectNothing = async (seat: Seated): Promise<void> => {
  expect(seat.staged.writes()).toEqual([]);
  expect(await seat.practice.ledger.list('holds', '')).toEqual([]);
  expect(await seat.staged.harm()).toBe(true);
};
const budgets = (seat: Seated) => seat.practice.ledger.list('budgets', '');

type Case = readonly [what: string, config: ConfigInput, outcome: 'refused' | 'planned' | 'waiting', words: RegExp];

const byHand: readonly Case[] = [
  ['an exempt bucket', { protected: [{ ...entry, arn: 'arn:aws:s3:::*' }] }, 'refused', /^protected: it is exempt/],
  ['an exempt account', { protected: [{ ...entry, account: own }] }, 'refused', /^protected: it is exempt by/],
  ['a unit that nobody can read', { protected: [{ ...entry, ou: 'ou-ab12-cdef3456' }] }, 'waiting', /can't be read/],
  ['a crown jewel', { crownJewels: [jewel] }, 'waiting', /crown jewel: it is one by crownJewels\[0\]/],
  ['a playbook that asks', { playbooks: { [name]: { mode: 'ask' } } }, 'waiting', /mode is 'ask'/],
  ['a playbook that plans', { playbooks: { [name]: { mode: 'plan' } } }, 'planned', /mode is 'plan'/],
  ['a playbook that is off', { playbooks: { [name]: { mode: 'off' } } }, 'refused', /mode is 'off'/],
  ['an account that is not answered for', { accounts: ['444455556666'] }, 'refused', /^answered for: account/],
  ['a Region that is not answered for', { regions: ['us-east-1'] }, 'refused', /^answered for: Region/],
  ['the switch on observe', { mode: 'observe' }, 'planned', /kill switch is on 'observe'/],
  ['the switch off', { mode: 'off' }, 'refused', /kill switch is 'off'/],
];

const exits = { refused: 3, planned: 3, waiting: 4 } as const;

describe('contain by hand', () => {
  it.each(byHand)('%s: --yes is no answer to it', async (_what, config, outcome, words) => {
    const seat = await seated(openBucket, config);
    const { exit, json } = await typedContain(seat, '--yes', '--json');
    expect([exit, json.outcome, json.reason]).toEqual([exits[outcome], outcome, expect.stringMatching(words)]);
    expect(json.rails).toContainEqual(expect.objectContaining({ rule: expect.any(String) }));
    await expectNothing(seat);
  });

  it.each(byHand)('%s: a dry run says so, and leaves no trace', async (_what, config, outcome, words) => {
    const seat = await seated(openBucket, config);
    const before = seat.ledgerWrites();
    const { exit, json } = await typedContain(seat, '--dry-run', '--json');
    const told = outcome === 'waiting' ? 'planned' : outcome;
    expect([exit, json.outcome]).toEqual([told === 'refused' ? 3 : 0, told]);
    expect(json.rails.map(({ rule, reason }) => `${rule}: ${reason}`).join('\n')).toMatch(words);
    expect(json.reason).toMatch(new RegExp(words.source.replace('^', '')));
    expect([seat.ledgerWrites(), await budgets(seat)]).toEqual([before, []]);
    await expectNothing(seat);
  });

  it.each(byHand)(
    '%s: at the terminal its sentence stands above the question',
    async (_what, config, outcome, words) => {
      const seat = await seated(openBucket, config, { interactive: true });
      seat.answers.push('y');
      const { exit, out } = await typedContain(seat);
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(words.source.replace('^', '')));
      if (outcome !== 'waiting') {
        expect([exit, seat.questions]).toEqual([3, []]);
        await expectNothing(seat);
        return;
      }
      // Whoever asks for what another one has to approve can't override it alone.
      expect(seat.questions).toHaveLength(1);
      const alone = config.playbooks?.[name] === undefined;
      expect(exit).toBe(alone ? 0 : 4);
      expect(seat.staged.writes().length > 0).toBe(alone);
    },
  );

  it('nothing asks: it goes on, with --yes and without', async () => {
    const beforehand = await seated(openBucket);
    expect((await typedContain(beforehand, '--yes')).exit).toBe(0);
    const seat = await seated(openBucket, {}, { interactive: true });
    seat.answers.push('y');
    expect((await typedContain(seat)).exit).toBe(0);
    expect(seat.staged.writes()).toEqual(['PutPublicAccessBlock']);
  });

  it('what a person has approved spends no budget; what --yes sends off without a question does', async () => {
    const config = { playbooks: { [name]: { budget: noBudget, approverMustDiffer: false } } };
    const seat = await seated(openBucket, config, { interactive: true });
    seat.answers.push('y');
    expect((await typedContain(seat)).exit).toBe(0);
    const script = await seated(openBucket, config);
    const { exit, json } = await typedContain(script, '--yes', '--json');
    expect([exit, json.outcome]).toEqual([4, 'waiting']);
    expect(json.reason).toMatch(/budget: what HIGH findings may use is used up/);
    await expectNothing(script);
  });

  it('--yes at a terminal: the plain question is answered, a rail is asked about all the same', async () => {
    const seat = await seated(openBucket, { crownJewels: [jewel] }, { interactive: true });
    const denied = await typedContain(seat, '--yes');
    expect([denied.exit, seat.questions]).toEqual([3, ['Contain it? [y/N]']]);
    await expectNothing(seat);
    seat.answers.push('y');
    expect((await typedContain(seat, '--yes')).exit).toBe(0);
  });

  it('what waits is approved by name, and goes on waiting however often it is asked for', async () => {
    const seat = await seated(openBucket, { crownJewels: [jewel] });
    const first = await typedContain(seat, '--yes', '--json');
    for (let times = 0; times < 4; times++) {
      const again = await typedContain(seat, '--yes', '--json');
      expect([again.exit, again.json.outcome, again.json.incident]).toEqual([4, 'waiting', first.json.incident]);
    }
    expect(first.err).toMatch(/'firebreak approve fb-[0-9a-f]{12}' or 'firebreak deny fb-[0-9a-f]{12}' answers it/);
    await expectNothing(seat);
    const approved = await seat.type('approve', first.json.incident ?? '', '--yes', '--json');
    expect([approved.exit, approved.json.outcome]).toEqual([0, 'contained']);
  });

  it('a share of a group asks', async () => {
    const seat = await seated(() => ground('isolate-instance', 'group-at-minimum'));
    const { instance } = seat.staged.arranged as { instance: string };
    const { exit, json } = await seat.type('contain', 'isolate-instance', instance, '--yes', '--json');
    expect([exit, json.reason]).toEqual([4, expect.stringMatching(/share of a group: 1 of 1 in .*leaves at least 1/)]);
    // Evidence is asked for before a person is.
    expect(new Set(seat.staged.writes())).toEqual(new Set(['CreateSnapshots', 'LockSnapshot']));
    expect(await seat.practice.ledger.list('holds', '')).toEqual([]);
  });

  it("the deployment's options count, and --option before them", async () => {
    const config = { playbooks: { 'isolate-instance': { options: { variant: 'forensic' } } } };
    const seat = await seated(() => ground('isolate-instance', 'group-at-minimum'), config);
    const { instance } = seat.staged.arranged as { instance: string };
    const dry = (...more: readonly string[]) =>
      seat.type('contain', 'isolate-instance', instance, '--dry-run', '--json', ...more);
    expect((await dry()).json.options).toEqual({ variant: 'forensic' });
    expect((await dry('--option', 'variant=sealed')).json.options).toEqual({ variant: 'sealed' });
  });
});

describe('respond', () => {
  it.each([
    ['a stolen key', stolenKey],
    ['a leaked key', leakedKey],
    ['an open bucket', openBucket],
    ['a bucket by a Config rule', openByConfig],
    ['a bucket by a control', openByControl],
  ] as const)('what is not forged writes: %s', async (_what, make) => {
    const seat = await seated(make);
    await seat.type('respond', seat.file, '--yes');
    expect(seat.staged.writes()).not.toEqual([]);
    expect(await seat.staged.harm()).toBe(false);
  });

  it.each([
    ['a custom action', action('blockpublicbucket')],
    ['a request', request({})],
  ] as const)('what is not forged writes: %s', async (_what, forge) => {
    const seat = await seated(openBucket, {}, { forge });
    expect((await seat.type('respond', seat.file, '--yes')).exit).toBe(0);
    expect(seat.staged.writes()).not.toEqual([]);
  });

  const forged = forgedEvents.map(([what, ...rest]) => [what, rest] as const);

  it.each(forged)('%s: writes nothing, says why, and explain says the same', async (_what, [make, forge, input]) => {
    const seat = await seated(make, input, { forge });
    const explained = await seat.type('explain', seat.file, '--json');
    const dry = await seat.type('respond', seat.file, '--dry-run', '--json');
    const { exit, out, err } = await seat.type('respond', seat.file, '--yes', '--json');
    expect(`${out}${err}`).toMatch(/"(reason|error)": "[^"]*\w+ \w+/);
    await expectNothing(seat);
    expect(await budgets(seat)).toEqual([]);
    if (explained.exit !== 0) {
      expect([explained.exit, dry.exit, exit]).toEqual([2, 2, 2]);
      return;
    }
    const { findings } = JSON.parse(explained.out) as { findings: { answers: { do: string; reason: string }[] }[] };
    const answers = findings.flatMap((one) => one.answers);
    expect(answers.map((one) => one.do)).not.toContain('contain');
    const told = [...resultsOf(dry), ...(JSON.parse(out) as Result[])].map(({ reason }) => reason).join('\n');
    // What these credentials don't reach is not attempted, whatever the rails say.
    if (!told.includes('these credentials are of account'))
      for (const { reason } of answers) expect(told).toContain(reason.split('; ').at(-1));
  });

  it('Config says non-compliant of what stands closed: planned, and nothing is written', async () => {
    const seat = await seated(openBucket, {}, { forge: closed });
    await typedContain(seat, '--yes');
    const [incident] = await seat.practice.ledger.list('incidents', '');
    await seat.type('release', incident?.key ?? '', '--keep', '--yes');
    const before = seat.staged.writes().length;
    const said = resultsOf(await seat.type('respond', seat.file, '--yes', '--json'));
    expect(said).toMatchObject([{ outcome: 'planned', reason: expect.stringMatching(/^harm seen: /) }]);
    expect(seat.staged.writes()).toHaveLength(before);
  });

  const resourceRails = byHand.filter(([, { accounts, regions }]) => !accounts && !regions);
  it.each(resourceRails)('%s stops what comes as an event as well', async (_what, config, outcome, words) => {
    const seat = await seated(openBucket, config);
    const [result] = resultsOf(await seat.type('respond', seat.file, '--yes', '--json'));
    const told = outcome === 'refused' && result?.incident === null ? 'ignored' : outcome;
    expect(result).toMatchObject({ outcome: told });
    expect(result?.reason).toMatch(new RegExp(words.source.replace('^', '')));
    await expectNothing(seat);
  });

  it('what acts by itself spends; a dry run does not', async () => {
    const one = { containments: 1, perSeconds: 3600 };
    const budget = { LOW: none, MEDIUM: none, HIGH: one, CRITICAL: none };
    const seat = await seated(openBucket, { playbooks: { [name]: { budget, approverMustDiffer: false } } });
    for (let times = 0; times < 3; times++) await seat.type('respond', seat.file, '--dry-run');
    expect(await budgets(seat)).toEqual([]);
    expect((await seat.type('respond', seat.file)).exit).toBe(0);
    expect(await budgets(seat)).toHaveLength(1);
    const [{ key } = { key: '' }] = await seat.practice.ledger.list('incidents', '');
    await seat.type('release', key, '--force', '--yes');
    const dry = resultsOf(await seat.type('respond', seat.file, '--dry-run', '--json'));
    expect(dry[0]?.reason).toMatch(/It would wait for an approval: budget: /);
    const again = await seat.type('respond', seat.file, '--json');
    expect([again.exit, resultsOf(again)[0]?.reason]).toEqual([4, expect.stringMatching(/budget: what HIGH findings/)]);
  });

  it('without a terminal, what a rail asks about waits; at one it is asked, and answered', async () => {
    const old = ({ event }: Ground) => {
      const { detail } = event as { detail: object };
      return { ...(event as object), detail: { ...detail, updatedAt: '2026-11-01T03:04:05.000Z' } } as Json;
    };
    const seat = await seated(openBucket, {}, { forge: old });
    const waiting = await seat.type('respond', seat.file, '--json');
    expect([waiting.exit, resultsOf(waiting)[0]]).toMatchObject([
      4,
      { outcome: 'waiting', reason: expect.stringMatching(/age: the finding is of 2026-11-01/) },
    ]);
    await expectNothing(seat);
    seat.sit({ interactive: true });
    seat.answers.push('y');
    const { exit, out } = await seat.type('respond', seat.file);
    expect(seat.questions).toEqual([expect.stringMatching(/^Contain .* by block-public-bucket\?/)]);
    expect([exit, out]).toEqual([0, expect.stringMatching(/What the rails say\n.*age: the finding is of/)]);
  });
});
