// Four eyes as they are typed: whoever asked for it neither approves nor releases it, and whoever turned the switch down does not turn it up.
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../functions/rails/config.ts';
import { anybodyReads, makeBucket, putPolicy } from '../../playbooks/block-public-bucket/arrange.ts';
import { type Seat, takeSeat } from './seat.ts';

const name = 'block-public-bucket';
const user = (who: string) => `arn:aws:iam::111122223333:user/${who}`;
const session = (role: string, called: string) => `arn:aws:sts::111122223333:assumed-role/${role}/${called}`;
const federated = 'arn:aws:sts::111122223333:federated-user/ceo';

type Chosen = NonNullable<ConfigInput['playbooks']>[string];
const jewels = [{ arn: 'arn:aws:s3:::*', owner: 'payments', reason: 'regulated' }];
const bound = (chosen: Chosen, crownJewels: ConfigInput['crownJewels'] = []): ConfigInput => ({
  playbooks: { [name]: { approverMustDiffer: false, ...chosen } },
  crownJewels,
});

const publicBucket = async ({ practice: { stage } }: Seat): Promise<string> => {
  const bucket = await makeBucket(stage, 'eyes', 'BucketOwnerEnforced');
  await putPolicy(stage, bucket, [anybodyReads(bucket, stage)]);
  return bucket;
};

const contained = async (seat: Seat): Promise<string> => {
  const { json } = await seat.type('contain', name, await publicBucket(seat), '--yes', '--json');
  expect(json.outcome).toBe('contained');
  return json.incident ?? '';
};

const pairs = [
  ['the same user', user('dana'), user('dana'), false],
  ['the same role under another session name', session('Responder', 'dana'), session('Responder', 'erin'), false],
  ['a name that the caller chose', user('dana'), federated, false],
  ['another user', user('dana'), user('erin'), true],
  ['another role', session('Responder', 'dana'), session('Lead', 'dana'), true],
] as const;

describe('release', () => {
  const release = (seat: Seat, id: string, ...more: readonly string[]) => seat.type('release', id, '--yes', ...more);

  it.each(pairs)('%s', async (_who, first, second, may) => {
    const seat = takeSeat({ interactive: false, config: bound({ releaserMustDiffer: true }), arn: first });
    const id = await contained(seat);
    const before = seat.writes().length;
    seat.sit({ arn: second });
    for (const more of may ? [['--force']] : [[], ['--keep'], ['--force']]) {
      const { exit, err } = await release(seat, id, ...more);
      expect(exit).toBe(may ? 0 : 3);
      if (!may) expect(err).toMatch(/somebody else has to release it.*releaserMustDiffer|says nothing of who that is/);
    }
    expect(seat.writes().length > before).toBe(may);
  });

  it('is refused before anybody is asked, and nothing is on record', async () => {
    const seat = takeSeat({ config: bound({ releaserMustDiffer: true }) });
    const id = await contained(seat);
    const before = seat.ledgerWrites();
    const { exit, out, err } = await seat.type('release', id);
    expect([exit, out, seat.questions]).toEqual([3, '', []]);
    expect(err).toMatch(/^firebreak: arn:\S+user\/dana asked for incident fb-\w+, so somebody else has to release it/);
    expect(err.split('\n')).toHaveLength(1);
    expect(seat.ledgerWrites()).toBe(before);
  });

  it("'force' binds the forced release alone", async () => {
    const seat = takeSeat({ interactive: false, config: bound({ releaserMustDiffer: 'force' }) });
    const id = await contained(seat);
    const forced = await release(seat, id, '--force', '--json');
    expect([forced.exit, forced.out]).toEqual([3, expect.stringMatching(/somebody else has to release it by force/)]);
    expect((await release(seat, id, '--json')).json.outcome).toBe('released');
    expect((await release(seat, id, '--force')).exit).toBe(3);
    seat.sit({ arn: user('erin') });
    expect((await release(seat, id, '--force', '--json')).json.changes[0]?.state).toBe('released');
  });

  it('by default one person does both, and stands on record as the role that AWS knows', async () => {
    const seat = takeSeat({ interactive: false, arn: session('Responder', 'ceo') });
    const id = await contained(seat);
    expect((await release(seat, id, '--force')).exit).toBe(0);
    const shown = JSON.parse((await seat.type('show', id, '--json')).out);
    const asked = shown.journal.find(({ step }: { step: string }) => step === 'release asked for');
    expect(asked).toMatchObject({
      by: session('Responder', 'ceo'),
      result: `force by arn:aws:iam::111122223333:role/Responder (${session('Responder', 'ceo')})`,
    });
  });

  it('what waits can be withdrawn by whoever asked for it', async () => {
    const seat = takeSeat({ interactive: false, config: bound({ releaserMustDiffer: true }, jewels) });
    const { json } = await seat.type('contain', name, await publicBucket(seat), '--yes', '--json');
    expect((await release(seat, json.incident ?? '', '--json')).json.outcome).toBe('denied');
  });
});

describe('approval', () => {
  const config = bound({ approverMustDiffer: true }, jewels);

  it.each(pairs)('%s', async (_who, first, second, may) => {
    const seat = takeSeat({ interactive: false, config, arn: first });
    const { json } = await seat.type('contain', name, await publicBucket(seat), '--yes', '--json');
    expect(json.outcome).toBe('waiting');
    seat.sit({ arn: second });
    const { exit, err } = await seat.type('approve', json.incident ?? '', '--yes');
    expect(exit).toBe(may ? 0 : 3);
    if (!may) expect(err).toMatch(/somebody else has to approve it.*approverMustDiffer|says nothing of who that is/);
    expect(seat.writes().length > 0).toBe(may);
  });

  it('at the terminal: who asked for it may put it to somebody else, and hears why', async () => {
    const seat = takeSeat({ config });
    seat.answers.push('y');
    const bucket = await publicBucket(seat);
    const { exit, out } = await seat.type('contain', name, bucket);
    expect([exit, seat.questions]).toEqual([4, ['Put it to somebody else for approval? [y/N]']]);
    expect(out).toMatch(/user\/dana asked for incident fb-\w+, so somebody else has to approve it/);
    expect(JSON.parse((await seat.type('incidents', '--json')).out)).toMatchObject([{ outcome: 'waiting' }]);
    expect(seat.writes()).toEqual([]);
    // Typed once more it is no approval either.
    seat.answers.push('y');
    expect((await seat.type('contain', name, bucket)).exit).toBe(4);
    expect(seat.writes()).toEqual([]);
    // Somebody else's yes is one.
    seat.sit({ arn: user('erin') });
    seat.answers.push('y');
    expect((await seat.type('contain', name, bucket)).exit).toBe(0);
    expect(seat.questions.at(-1)).toBe('Contain it? [y/N]');
  });

  it('said no, nothing is put to anybody', async () => {
    const seat = takeSeat({ config });
    expect((await seat.type('contain', name, await publicBucket(seat))).exit).toBe(3);
    expect(seat.ledgerWrites()).toBe(0);
  });

  it('where nothing asks, nobody else is needed: also not where the plan changed', async () => {
    const seat = takeSeat({ config: { playbooks: { 'disable-access-key': { approverMustDiffer: true } } } });
    const iam = seat.practice.stage.aws(IAMClient);
    await iam.send(new CreateUserCommand({ UserName: 'build' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
    const AccessKeyId = AccessKey?.AccessKeyId ?? '';
    seat.answers.push(async () => {
      await iam.send(new UpdateAccessKeyCommand({ UserName: 'build', AccessKeyId, Status: 'Inactive' }));
      return 'y';
    }, 'y');
    expect((await seat.type('contain', 'disable-access-key', AccessKeyId)).exit).toBe(0);
    expect(seat.questions).toEqual(['Contain it? [y/N]', 'Contain it by this plan? [y/N]']);
  });

  it('a name that stands in a request is not instead of whoever types it', async () => {
    const seat = takeSeat({ interactive: false, config });
    const file = join(await mkdtemp(join(tmpdir(), 'firebreak-eyes-')), 'request.json');
    const request = { playbook: name, resource: await publicBucket(seat), reason: 'it is public', by: user('erin') };
    writeFileSync(file, JSON.stringify(request));
    const { out } = await seat.type('respond', file, '--yes', '--json');
    const [{ incident, outcome }] = JSON.parse(out);
    expect(outcome).toBe('waiting');
    for (const who of ['dana', 'erin']) {
      seat.sit({ arn: user(who) });
      expect((await seat.type('approve', incident, '--yes')).exit).toBe(3);
    }
    seat.sit({ arn: user('fred') });
    expect((await seat.type('approve', incident, '--yes')).exit).toBe(0);
  });
});

describe('the switch', () => {
  const config = { switchMustDiffer: true };
  const turn = (seat: Seat, to: string) => seat.type('switch', to, '--yes');
  const position = async (seat: Seat) => JSON.parse((await seat.type('switch', '--json')).out).position;

  it.each(pairs)('%s', async (_who, first, second, may) => {
    const seat = takeSeat({ config, arn: first });
    expect((await turn(seat, 'off')).exit).toBe(0);
    seat.sit({ arn: second });
    const { exit, err } = await turn(seat, 'on');
    expect(exit).toBe(may ? 0 : 3);
    if (!may) expect(err).toMatch(/somebody else has to turn it up.*switchMustDiffer|says nothing of who that is/);
    expect(await position(seat)).toBe(may ? 'on' : 'off');
  });

  it('by default one person does both', async () => {
    const seat = takeSeat();
    for (const to of ['off', 'observe', 'on']) expect((await turn(seat, to)).exit).toBe(0);
  });

  it('holds also where others turned it in between', async () => {
    const seat = takeSeat({ config, arn: user('dana') });
    await turn(seat, 'observe');
    seat.sit({ arn: user('erin') });
    await turn(seat, 'off');
    seat.sit({ arn: user('fred') });
    expect((await turn(seat, 'observe')).exit).toBe(0);
    for (const who of ['dana', 'erin']) {
      seat.sit({ arn: user(who) });
      expect((await turn(seat, 'on')).exit).toBe(3);
      expect((await turn(seat, 'off')).exit).toBe(0);
      seat.sit({ arn: user('fred') });
      await turn(seat, 'observe');
    }
    expect((await turn(seat, 'on')).exit).toBe(0);
    // What was before counts no more.
    seat.sit({ arn: user('gina') });
    await turn(seat, 'off');
    seat.sit({ arn: user('dana') });
    expect((await turn(seat, 'on')).exit).toBe(0);
  });

  it('spoiled, it can only be turned off', async () => {
    const seat = takeSeat({ config });
    await turn(seat, 'off');
    writeFileSync(seat.switchAt, 'nonsense');
    for (const to of ['on', 'observe']) {
      const { exit, err } = await turn(seat, to);
      expect([exit, err]).toEqual([3, expect.stringMatching(/can't be told: it can only be turned off/)]);
    }
    expect((await turn(seat, 'off')).exit).toBe(0);
    expect((await turn(seat, 'on')).exit).toBe(3);
    seat.sit({ arn: user('erin') });
    expect((await turn(seat, 'on')).exit).toBe(0);
  });
});
