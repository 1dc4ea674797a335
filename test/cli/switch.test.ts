// The kill switch of the command line: shown, turned, in force, and not to be read.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trouble } from '../../cli/trouble.ts';
import { anybodyReads, makeBucket, putPolicy } from '../../playbooks/block-public-bucket/arrange.ts';
import { type Seat, takeSeat } from './seat.ts';

const dana = 'arn:aws:iam::111122223333:user/dana';
const erin = 'arn:aws:iam::111122223333:user/erin';

const publicBucket = async ({ practice: { stage } }: Seat, name = 'switch'): Promise<string> => {
  const bucket = await makeBucket(stage, name, 'BucketOwnerEnforced');
  await putPolicy(stage, bucket, [anybodyReads(bucket, stage)]);
  return bucket;
};

const shown = async (seat: Seat) => JSON.parse((await seat.type('switch', '--json')).out);
const contain = async (seat: Seat, bucket: string, ...more: readonly string[]) =>
  seat.type('contain', 'block-public-bucket', bucket, '--json', ...more);

describe('switch', () => {
  it('is on until somebody turns it, whatever the mode in the configuration', async () => {
    const seat = takeSeat({ config: { mode: 'off' } });
    expect(await shown(seat)).toEqual({ position: 'on', by: null, at: null, reason: '' });
    expect((await seat.type('switch')).out).toMatch(/^on\n.*\n.*Nobody has turned it yet/);
    expect((await contain(seat, await publicBucket(seat), '--yes')).json.outcome).toBe('contained');
  });

  it('shows its position, who turned it, when and why', async () => {
    const seat = takeSeat({ arn: 'arn:aws:sts::111122223333:assumed-role/Responder/ceo' });
    seat.answers.push('y');
    const turned = await seat.type('switch', 'observe', '--reason', 'a migration');
    expect([turned.exit, seat.questions]).toEqual([0, ["Turn it to 'observe'? [y/N]"]]);
    expect(await shown(seat)).toEqual({
      position: 'observe',
      by: 'arn:aws:iam::111122223333:role/Responder',
      at: seat.practice.world.clock.now().toISOString(),
      reason: 'a migration',
    });
    expect((await seat.type('switch')).out.replaceAll(/\s+/g, ' ')).toMatch(
      /Turned 2026-\S+ by \S+role\/Responder \(\S+ceo\): a migration/,
    );
  });

  it('denied, nothing is turned', async () => {
    const seat = takeSeat();
    expect((await seat.type('switch', 'off')).exit).toBe(3);
    expect(await shown(seat)).toMatchObject({ position: 'on', by: null });
  });

  it('turned where it stands, it is left as it was', async () => {
    const seat = takeSeat();
    await seat.type('switch', 'off', '--yes', '--reason', 'first');
    seat.sit({ arn: erin });
    expect((await seat.type('switch', 'off', '--yes', '--reason', 'second')).exit).toBe(0);
    expect(await shown(seat)).toMatchObject({ by: dana, reason: 'first' });
  });

  it('is written whole, for its owner alone, and leaves nothing beside it', async () => {
    const seat = takeSeat();
    for (const to of ['off', 'on', 'observe']) await seat.type('switch', to, '--yes');
    expect(readdirSync(dirname(seat.switchAt))).toEqual(['ledger.sqlite.switch']);
    expect(statSync(seat.switchAt).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(seat.switchAt, 'utf8'))).toMatchObject({ position: 'observe', by: dana });
  });

  it.each([
    [['switch', 'of', '--yes'], /'of' is no position.*Did you mean off\?/],
    [['switch', 'off'], /no terminal to ask at.*--yes/],
  ])('%j is refused in words', async (args, words) => {
    const { exit, err } = await takeSeat({ interactive: false }).type(...args);
    expect([exit, err]).toEqual([2, expect.stringMatching(words)]);
  });

  it('can be turned down by whoever is not signed in, and up by nobody else than AWS knows', async () => {
    const seat = takeSeat();
    const signedOut = async () => {
      throw trouble('The AWS credentials have expired.', 'Sign in.', 1);
    };
    seat.sit({ caller: signedOut });
    expect((await seat.type('switch', 'off', '--yes')).exit).toBe(0);
    expect(await shown(seat)).toMatchObject({ position: 'off', by: expect.stringMatching(/did not name.*expired/) });
    const up = await seat.type('switch', 'on', '--yes');
    expect([up.exit, up.err]).toEqual([1, expect.stringMatching(/credentials have expired/)]);
    expect(await shown(seat)).toMatchObject({ position: 'off' });
  });
});

describe('in force', () => {
  it.each([
    ['observe', 'planned'],
    ['off', 'refused'],
  ])('turned to %s while the question stands: it ends as %s, nothing is written', async (to, outcome) => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    seat.answers.push(async () => {
      await seat.type('switch', to, '--yes');
      // For as long a position may be believed.
      seat.practice.world.clock.advance(5000);
      return 'y';
    });
    const { exit, json } = await contain(seat, bucket);
    expect([exit, json.outcome, json.reason]).toEqual([3, outcome, expect.stringMatching(/kill switch/)]);
    expect(seat.writes()).toEqual([]);
  });

  it('turned off and on again, all goes on', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    await seat.type('switch', 'off', '--yes');
    expect(await contain(seat, bucket, '--yes')).toMatchObject({ exit: 3, json: { incident: null } });
    expect(seat.ledgerWrites()).toBe(0);
    await seat.type('switch', 'on', '--yes');
    expect((await contain(seat, bucket, '--yes')).exit).toBe(0);
  });

  it('off: an approval carries nothing out, and a release goes on', async () => {
    const seat = takeSeat({ config: { crownJewels: [{ arn: 'arn:aws:s3:::*', owner: 'a', reason: 'b' }] } });
    const [held, waits] = [await publicBucket(seat), await publicBucket(seat, 'other')];
    seat.answers.push('y');
    const contained = (await contain(seat, held)).json;
    seat.sit({ interactive: false });
    const waiting = (await contain(seat, waits, '--yes')).json;
    expect([contained.outcome, waiting.outcome]).toEqual(['contained', 'waiting']);
    await seat.type('switch', 'off', '--yes');
    const before = seat.writes().length;
    const approved = await seat.type('approve', waiting.incident ?? '', '--yes', '--json');
    expect([approved.exit, approved.json.outcome]).toEqual([3, 'refused']);
    expect(approved.json.reason).toMatch(/^kill switch: /);
    expect(seat.writes()).toHaveLength(before);
    expect((await seat.type('release', contained.incident ?? '', '--force', '--yes', '--json')).json.outcome).toBe(
      'released',
    );
  });

  it('observe: what holds is looked after, and containing again writes nothing', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    await contain(seat, bucket, '--yes');
    await seat.type('switch', 'observe', '--yes');
    const before = seat.writes().length;
    const { err, json } = await contain(seat, bucket, '--yes');
    expect([json.outcome, err]).toEqual(['contained', expect.stringMatching(/halted +kill switch/)]);
    expect((await seat.type('check')).exit).toBe(0);
    expect(seat.writes()).toHaveLength(before);
  });
});

describe('a switch that cannot be read', () => {
  const spoiled: readonly (readonly [string, (file: string) => void, RegExp])[] = [
    ['no JSON', (file) => writeFileSync(file, 'on'), /makes no sense: .*JSON/],
    ['an empty file', (file) => writeFileSync(file, ''), /makes no sense: .*JSON/],
    ['no position', (file) => writeFileSync(file, '{"position":"On"}'), /position is not 'on', 'observe' or 'off'/],
    ['nobody who turned it', (file) => writeFileSync(file, '{"position":"on"}'), /by is missing/],
    ['another shape', (file) => writeFileSync(file, '"on"'), /what it holds is no set of fields/],
    ['a folder', (file) => mkdirSync(file), /EISDIR/],
  ];

  it.each(spoiled)('%s: it is told', async (_what, spoil, words) => {
    const seat = takeSeat();
    spoil(seat.switchAt);
    const { exit, out } = await seat.type('switch');
    expect([exit, out]).toEqual([1, expect.stringMatching(words)]);
    expect(await shown(seat)).toMatchObject({ position: null, reason: expect.stringMatching(words) });
  });

  it.each(spoiled)('%s: --yes does not act silently; without a terminal it waits', async (_what, spoil) => {
    const seat = takeSeat({ interactive: false });
    const bucket = await publicBucket(seat);
    spoil(seat.switchAt);
    const { exit, json } = await contain(seat, bucket, '--yes');
    expect([exit, json.outcome]).toEqual([4, 'waiting']);
    expect(json.reason).toMatch(/the kill switch can't be read \(.*\), so a person decides/);
    expect(seat.writes()).toEqual([]);
  });

  it.each(spoiled)('%s: at the terminal a person is told why, and asked', async (_what, spoil) => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    spoil(seat.switchAt);
    const denied = await contain(seat, bucket, '--yes');
    expect([denied.exit, seat.questions]).toEqual([3, ['Contain it? [y/N]']]);
    expect(denied.err).toMatch(/What the rails say\n.*kill switch: the kill switch can't be read/);
    expect(seat.writes()).toEqual([]);
    seat.answers.push('y');
    expect((await contain(seat, bucket, '--yes')).exit).toBe(0);
  });

  it('is turned anew', async () => {
    const seat = takeSeat();
    writeFileSync(seat.switchAt, 'nonsense');
    const { exit, err } = await seat.type('switch', 'observe');
    expect([exit, err]).toEqual([3, expect.stringMatching(/can't be read.*also after --yes/)]);
    expect((await seat.type('switch', 'observe', '--yes')).exit).toBe(0);
    expect(await shown(seat)).toMatchObject({ position: 'observe' });
  });

  it('one that cannot be written says so, and stands as it was', async () => {
    const seat = takeSeat();
    rmSync(dirname(seat.switchAt), { recursive: true });
    writeFileSync(dirname(seat.switchAt), 'a file where the folder should be');
    const { exit, err } = await seat.type('switch', 'off', '--yes');
    expect([exit, err]).toEqual([1, expect.stringMatching(/could not be turned: .*It can't be read/)]);
  });

  it('spoiled between the question and the answer, it asks once more', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    seat.answers.push(async () => {
      writeFileSync(seat.switchAt, 'nonsense');
      seat.practice.world.clock.advance(5000);
      return 'y';
    }, 'n');
    const { exit, err } = await contain(seat, bucket);
    expect(seat.questions).toEqual(['Contain it? [y/N]', 'Contain it by this plan? [y/N]']);
    expect([exit, err]).toEqual([3, expect.stringMatching(/What the rails say\n.*kill switch can't be read/)]);
    expect(seat.writes()).toEqual([]);
  });
});
