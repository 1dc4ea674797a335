// Containing, checking and releasing by hand: what is shown, asked, written, and told.
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  IAMClient,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { DeletePublicAccessBlockCommand, GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../cli/result.ts';
import { loadScenarios } from '../../functions/adapters/catalogue.ts';
import { anybodyReads, makeBucket, putPolicy } from '../../playbooks/block-public-bucket/arrange.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { type Seat, takeSeat } from './seat.ts';

const publicBucket = async ({ practice: { stage } }: Seat): Promise<string> => {
  const bucket = await makeBucket(stage, 'seat', 'BucketOwnerEnforced');
  await putPolicy(stage, bucket, [anybodyReads(bucket, stage)]);
  return bucket;
};

const userWithKey = async ({ practice: { stage } }: Seat, UserName = 'build'): Promise<string> => {
  const iam = stage.aws(IAMClient);
  await iam.send(new CreateUserCommand({ UserName }));
  return (await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey?.AccessKeyId ?? '';
};

const eventFile = async (event: unknown): Promise<string> => {
  const file = join(await mkdtemp(join(tmpdir(), 'firebreak-cli-')), 'event.json');
  writeFileSync(file, JSON.stringify(event));
  return file;
};

/** One that disable-access-key answers only after asking. */
const suspicious = ({ practice: { stage } }: Seat, key: string) =>
  guardDutyEvent({
    type: 'Persistence:IAMUser/AnomalousBehavior',
    severity: 5,
    account: stage.account,
    region: stage.region,
    at: stage.now,
    resource: { accessKey: { id: key, userName: 'build', userType: 'IAMUser' } },
  });

describe('contain', () => {
  it('shows the plan, asks, contains and says how to go back', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    seat.answers.push('y');
    const { exit, out, err } = await seat.type('contain', 'block-public-bucket', bucket, '--reason', 'it is public');
    expect(exit).toBe(0);
    expect(seat.questions).toEqual(['Contain it? [y/N]']);
    expect(out).toMatch(/s3\/public-access-block +\S+ +none +all four flags +containing/);
    expect(out).toMatch(/contained +fb-[0-9a-f]{12} +block-public-bucket on arn:aws:s3:::/);
    expect(out).toMatch(/'firebreak release fb-[0-9a-f]{12}' puts back what was/);
    expect(err).toMatch(/wrote +s3\/public-access-block/);
    expect(err).toMatch(/waiting +10 s for AWS to settle/);
    expect(seat.writes()).toEqual(['PutPublicAccessBlock']);
    const [incident] = JSON.parse((await seat.type('incidents', '--json')).out) as { because: string }[];
    expect(incident?.because).toBe('it is public');
  });

  it('denied: exit 3, and nothing is written anywhere', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    const { exit, json } = await seat.type('contain', 'block-public-bucket', bucket, '--json');
    expect(seat.questions).toHaveLength(1);
    expect([exit, json.outcome]).toEqual([3, 'denied']);
    expect([seat.writes(), seat.ledgerWrites()]).toEqual([[], 0]);
  });

  it('--dry-run stops after the plan and writes nothing, not even in the ledger', async () => {
    const seat = takeSeat({ interactive: false });
    const bucket = await publicBucket(seat);
    const { exit, json } = await seat.type('contain', 'block-public-bucket', bucket, '--dry-run', '--json');
    expect(exit).toBe(0);
    expect(json).toMatchObject({
      playbook: 'block-public-bucket',
      resource: `arn:aws:s3:::${bucket}`,
      account: '111122223333',
      region: 'eu-central-1',
      outcome: 'planned',
      changes: [{ setting: 's3/public-access-block', id: bucket, from: 'none', state: 'planned' }],
      evidence: [{ kind: 's3/bucket-exposure', state: 'planned' }],
    });
    expect([seat.writes(), seat.ledgerWrites()]).toEqual([[], 0]);
  });

  it('contained again it is the same incident, and nothing is written', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    const first = await seat.type('contain', 'block-public-bucket', bucket, '--yes', '--json');
    const before = seat.writes().length;
    const again = await seat.type('contain', 'block-public-bucket', bucket, '--yes', '--json');
    expect([again.exit, again.json.incident]).toEqual([0, first.json.incident]);
    expect(seat.writes()).toHaveLength(before);
    expect(again.err).toMatch(/is open already \(contained\) and stands as it is/);
  });

  it('a plan that changed between the question and the answer is shown and asked anew', async () => {
    const seat = takeSeat();
    const key = await userWithKey(seat);
    const iam = seat.practice.stage.aws(IAMClient);
    const switchOff = async () => {
      await iam.send(new UpdateAccessKeyCommand({ UserName: 'build', AccessKeyId: key, Status: 'Inactive' }));
      return 'y';
    };
    seat.answers.push(switchOff, 'n');
    const { exit, json, err } = await seat.type('contain', 'disable-access-key', key, '--json');
    expect(seat.questions).toEqual(['Contain it? [y/N]', 'Contain it by this plan? [y/N]']);
    expect(err).toMatch(/The plan is not the one that was shown any more/);
    expect([exit, json.outcome]).toEqual([3, 'denied']);
    expect(seat.writes()).toEqual([]);
  });

  it.each([
    [['contain', 'block-public-bucket', 'example-missing', '--yes'], 1, /no bucket example-missing/],
    [['contain', 'isolate-instance', 'i-0123456789abcdef0', '--yes'], 1, /no EC2 instance.*--region/s],
    [['contain', 'isolate-instance', 'web-1', '--yes'], 2, /'web-1' names no EC2 instance.*i-0123456789abcdef0/],
    [['contain', 'isolate-instance', 'i-0123456789abcdef0', '--region', 'Frankfurt'], 2, /'Frankfurt' is no Region/],
    [
      [
        'contain',
        'isolate-instance',
        'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0',
        '--region',
        'eu-central-1',
      ],
      2,
      /The ARN says Region eu-west-1, and --region says eu-central-1/,
    ],
    [
      ['contain', 'isolate-instance', 'arn:aws:ec2:eu-west-1:444455556666:instance/i-0123456789abcdef0', '--yes'],
      1,
      /in account 444455556666, and these credentials are of account 111122223333.*Nothing was attempted/,
    ],
    [['contain', 'isolate-instance', 'i-0123456789abcdef0', '--option', 'variant=loud'], 2, /can't be 'loud'/],
    [['contain', 'isolate-instance', 'i-0123456789abcdef0', '--option', 'variant'], 2, /is no NAME=VALUE/],
  ])('%j: exit %i', async (args, exit, words) => {
    const seat = takeSeat();
    const typed = await seat.type(...args);
    expect([typed.exit, typed.out]).toEqual([exit, '']);
    expect(typed.err.split('\n')).toHaveLength(1);
    expect(typed.err).toMatch(words);
    expect([seat.writes(), seat.ledgerWrites()]).toEqual([[], 0]);
  });

  it("a bucket's Region is looked up; another one in --region is a mistake", async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    const { exit, err } = await seat.type('contain', 'block-public-bucket', bucket, '--region', 'us-east-1', '--yes');
    expect([exit, err]).toEqual([2, expect.stringMatching(/is in eu-central-1, and --region says us-east-1/)]);
  });

  it('without a terminal it asks for --yes, and does nothing', async () => {
    const seat = takeSeat({ interactive: false });
    const { exit, err } = await seat.type('contain', 'block-public-bucket', 'example-invoices');
    expect([exit, err]).toEqual([2, expect.stringMatching(/no terminal to ask at.*--yes/)]);
  });

  it("text of the account's can't speak to the terminal", async () => {
    const seat = takeSeat();
    const key = await userWithKey(seat);
    const iam = seat.practice.stage.aws(IAMClient);
    const Value = 'red \u001b[31m\u0007 \u202Eevil';
    await iam.send(new TagUserCommand({ UserName: 'build', Tags: [{ Key: 'team', Value }] }));
    expect((await iam.send(new GetUserCommand({ UserName: 'build' }))).User?.Tags?.[0]?.Value).toBe(Value);
    const { out, err } = await seat.type('contain', 'disable-access-key', key, '--yes', '--reason', Value);
    const shown = (await seat.type('show', /fb-[0-9a-f]{12}/.exec(out)?.[0] ?? '')).out;
    const json = (await seat.type('show', /fb-[0-9a-f]{12}/.exec(out)?.[0] ?? '', '--json')).out;
    for (const text of [out, err, shown, json]) expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.parse(json).because).toBe(Value);
  });
});

describe('evidence that takes time', () => {
  it('is waited for, and says that stopping is safe meanwhile', async () => {
    const seat = takeSeat();
    const scenario = (await loadScenarios('snapshot-volumes'))['unusual-port'];
    const arranged = await scenario?.arrange(seat.practice.stage);
    if (!scenario || !arranged) throw new Error('the scenario is missing');
    const file = await eventFile(scenario.finding(arranged, seat.practice.stage));
    const { exit, err, json } = await seat.type('respond', file, '--yes', '--json');
    expect(exit).toBe(0);
    expect(json).toMatchObject([{ outcome: 'preserved', evidence: [{ state: 'complete' }, {}] }]);
    expect(err).toMatch(/waiting +\d+ s for evidence.*Ctrl-C is safe: 'firebreak check fb-[0-9a-f]{12}' goes on/);
  });
});

describe('respond', () => {
  it('what asks first is shown and asked; denied, nothing is written', async () => {
    const seat = takeSeat();
    const file = await eventFile(suspicious(seat, await userWithKey(seat)));
    const { exit, out } = await seat.type('respond', file);
    expect(seat.questions).toEqual([expect.stringMatching(/^Contain AKIA\w+ by disable-access-key\?/)]);
    expect(exit).toBe(3);
    expect(out).toMatch(/Disable an access key/);
    expect([seat.writes(), seat.ledgerWrites()]).toEqual([[], 0]);
  });

  it('answered with yes, it is contained; the same event again is the same incident', async () => {
    const seat = takeSeat();
    const file = await eventFile(suspicious(seat, await userWithKey(seat)));
    seat.answers.push('yes');
    const first = JSON.parse((await seat.type('respond', file, '--json')).out) as Result[];
    expect(first).toMatchObject([{ playbook: 'disable-access-key', outcome: 'contained', region: 'global' }]);
    const before = seat.writes().length;
    const again = JSON.parse((await seat.type('respond', file, '--json')).out) as Result[];
    expect(again.map(({ incident }) => incident)).toEqual(first.map(({ incident }) => incident));
    expect(seat.questions).toHaveLength(1);
    expect(seat.writes()).toHaveLength(before);
  });

  it('without a terminal, what asks first needs --yes; nothing is done before', async () => {
    const seat = takeSeat({ interactive: false });
    const file = await eventFile(suspicious(seat, await userWithKey(seat)));
    const { exit, err } = await seat.type('respond', file);
    expect([exit, err]).toEqual([2, expect.stringMatching(/disable-access-key would ask a person first.*--yes/)]);
    expect((await seat.type('respond', file, '--yes')).exit).toBe(0);
  });

  it("another account's finding is not attempted, in words", async () => {
    const seat = takeSeat({ account: '444455556666' });
    const file = await eventFile(suspicious(seat, await userWithKey(seat)));
    const { exit, json } = await seat.type('respond', file, '--yes', '--json');
    expect(exit).toBe(1);
    expect(json).toMatchObject([
      { outcome: 'failed', incident: null, reason: expect.stringMatching(/in account 111122223333/) },
    ]);
    expect([seat.writes(), seat.ledgerWrites()]).toEqual([[], 0]);
  });

  it('what no playbook answers is told, and AWS is not even asked', async () => {
    const seat = takeSeat();
    const { exit, json } = await seat.type('respond', 'test/fixtures/events/guardduty-unknown-type.json', '--json');
    expect(exit).toBe(3);
    expect(json).toMatchObject([{ outcome: 'ignored', incident: null }]);
    expect(seat.practice.world.calls).toEqual([]);
  });

  it('a sample is planned, never acted upon', async () => {
    const seat = takeSeat();
    const { json } = await seat.type(
      'respond',
      'test/fixtures/events/guardduty-sample-in-string.json',
      '--yes',
      '--json',
    );
    expect((json as unknown as Result[])[0]?.outcome).toBe('planned');
    expect(seat.writes()).toEqual([]);
  });
});

describe('release', () => {
  const contained = async (seat: Seat) => {
    const bucket = await publicBucket(seat);
    const { json } = await seat.type('contain', 'block-public-bucket', bucket, '--yes', '--json');
    return { bucket, id: json.incident ?? '' };
  };

  it('shows what would be put back and asks; denied, nothing is written', async () => {
    const seat = takeSeat();
    const { id } = await contained(seat);
    const before = [seat.writes().length, seat.ledgerWrites()];
    const { exit, out } = await seat.type('release', id, '--force');
    expect(seat.questions).toEqual(['Release it? [y/N]']);
    expect(out).toMatch(/s3\/public-access-block +\S+ +all four flags +none/);
    expect([exit, seat.writes().length, seat.ledgerWrites()]).toEqual([3, ...before]);
  });

  it('keeps what is to stay, and puts everything back by force', async () => {
    const seat = takeSeat();
    const { id } = await contained(seat);
    const plain = await seat.type('release', id, '--yes', '--json');
    expect([plain.exit, plain.json.outcome, plain.json.changes[0]?.state]).toEqual([0, 'released', 'kept']);
    const forced = await seat.type('release', id, '--force', '--yes', '--json');
    expect([forced.exit, forced.json.outcome, forced.json.changes[0]?.state]).toEqual([0, 'released', 'released']);
    const over = await seat.type('release', id, '--yes');
    expect([over.exit, over.out]).toEqual([0, expect.stringMatching(/holds nothing/)]);
  });

  it('what somebody changed since is a conflict, left as it is and told, until somebody decides', async () => {
    const seat = takeSeat();
    const { stage } = seat.practice;
    const scenario = (await loadScenarios('disable-access-key'))['stolen-instance-credentials'];
    const arranged = await scenario?.arrange(stage);
    if (!scenario?.meddle || !arranged) throw new Error('the scenario is missing');
    const file = await eventFile(scenario.finding(arranged, stage));
    const results = JSON.parse((await seat.type('respond', file, '--yes', '--json')).out) as Result[];
    const id = results.find(({ playbook }) => playbook === 'disable-access-key')?.incident ?? '';
    await scenario.meddle(arranged, stage);
    const before = seat.writes().length;
    const plain = await seat.type('release', id, '--yes', '--json');
    expect([plain.exit, plain.json.outcome]).toEqual([4, 'conflict']);
    expect(plain.json.reason).toMatch(/Somebody made it .* since; the original is .*--force.*--keep/);
    expect(plain.err).toMatch(/altered by others +\(as it is\) +changed by somebody since/);
    expect(seat.writes()).toHaveLength(before);
    expect((await seat.type('release', id, '--force', '--keep', '--yes')).exit).toBe(2);
    const kept = await seat.type('release', id, '--keep', '--yes', '--json');
    expect([kept.exit, kept.json.changes[0]?.state]).toEqual([0, 'let-go']);
    expect(seat.writes()).toHaveLength(before);
  });

  it('an incident that nobody has is a mistake, with what was meant', async () => {
    const seat = takeSeat();
    const { id } = await contained(seat);
    const typo = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
    const { exit, err } = await seat.type('release', typo, '--yes');
    expect([exit, err]).toEqual([2, expect.stringContaining(`Did you mean ${id}?`)]);
  });
});

describe('check', () => {
  it('says that everything stands, and what has drifted', async () => {
    const seat = takeSeat();
    expect(await seat.type('check')).toMatchObject({ exit: 0, out: 'Nothing is held.' });
    const bucket = await publicBucket(seat);
    await seat.type('contain', 'block-public-bucket', bucket, '--yes');
    expect((await seat.type('check')).exit).toBe(0);
    const s3 = seat.practice.stage.aws(S3Client);
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
    const drifted = await seat.type('check', '--json');
    expect(drifted.exit).toBe(4);
    expect(drifted.json).toMatchObject([{ outcome: 'drifted', changes: [{ state: 'open' }] }]);
    await expect(s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket }))).rejects.toThrow();
    expect((await seat.type('contain', 'block-public-bucket', bucket, '--yes')).exit).toBe(0);
    expect((await seat.type('check')).exit).toBe(0);
  });

  it('also looks after what a release kept', async () => {
    const seat = takeSeat();
    const key = await userWithKey(seat);
    const { json } = await seat.type('contain', 'disable-access-key', key, '--yes', '--json');
    await seat.type('release', json.incident ?? '', '--yes');
    expect((await seat.type('check')).exit).toBe(0);
    const iam = seat.practice.stage.aws(IAMClient);
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'build', AccessKeyId: key, Status: 'Active' }));
    const drifted = await seat.type('check', '--json');
    expect([drifted.exit, (drifted.json as unknown as Result[])[0]?.outcome]).toEqual([4, 'drifted']);
  });
});

describe('Ctrl-C', () => {
  it('says that nothing is lost, and how to go on', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    seat.interruptNextWait();
    const { err } = await seat.type('contain', 'block-public-bucket', bucket, '--yes');
    expect(err).toMatch(/Stopped\. Nothing is lost.*'firebreak check fb-[0-9a-f]{12}' goes on/);
  });

  it('with --json says so on stdout', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    seat.interruptNextWait();
    const { out } = await seat.type('contain', 'block-public-bucket', bucket, '--yes', '--json');
    expect(out).toMatch(/^\{\n {2}"error": "Stopped\./);
  });
});

describe('show', () => {
  it('tells an incident whole, and says so of its journal', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    const { json } = await seat.type('contain', 'block-public-bucket', bucket, '--yes', '--json');
    const { out } = await seat.type('show', json.incident ?? '');
    expect(out).toMatch(/The chain of \d+ blocks is whole/);
    const shown = JSON.parse((await seat.type('show', json.incident ?? '', '--json')).out);
    expect(shown).toMatchObject({ incident: json.incident, chain: { whole: true, broken: null } });
    expect(shown.journal.map(({ step }: { step: string }) => step)).toEqual(
      expect.arrayContaining(['opened', 'planned', 'held', 'contain', 'verified']),
    );
  });

  it('says where a journal was altered', async () => {
    const seat = takeSeat();
    const bucket = await publicBucket(seat);
    const { json } = await seat.type('contain', 'block-public-bucket', bucket, '--yes', '--json');
    const [first] = await seat.practice.ledger.list('journal', `${json.incident}/`);
    if (!first) throw new Error('there is no journal');
    await seat.practice.ledger.write('journal', first.key, { ...(first.value as object), entries: [] }, first.version);
    const { out, exit } = await seat.type('show', json.incident ?? '');
    expect([exit, out]).toEqual([1, expect.stringMatching(/BROKEN: block 1 of \d+ was altered or removed/)]);
  });
});
