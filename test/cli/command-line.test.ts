// The command line as a user meets it: a process, its exit code, one sentence when something is wrong, and JSON that is nothing but JSON.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machine } from '../../cli/machine.ts';
import { run } from '../../cli/run.ts';
import { firebreak } from './command-line.ts';
import { capture } from './seat.ts';

const folder = await mkdtemp(join(tmpdir(), 'firebreak-cli-'));
const ledger = join(folder, 'state', 'ledger.sqlite');
const env = { FIREBREAK_LEDGER: ledger };
const events = new URL('../fixtures/events/', import.meta.url);
const fixture = (name: string): string => `test/fixtures/events/${name}.json`;
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** The fixture as if the detector had just sent it. */
const fresh = (name: string): string => {
  const event = JSON.parse(readFileSync(fixture(name), 'utf8')) as { detail: object };
  const detail = { ...event.detail, updatedAt: new Date().toISOString() };
  return file(`fresh-${name}.json`, JSON.stringify({ ...event, detail }));
};

/** The same in this process: a new one each time takes longer than everything else together. */
const typed = async (args: readonly string[], more: Readonly<Record<string, string>> = {}, stdin = '') => {
  const [out, err] = [capture(), capture()];
  const world = { ...machine({ ...env, ...more }), out, err, interactive: false, stdin: async () => stdin };
  const exit = await run(args, world);
  return { exit, stdout: out.text(), stderr: err.text() };
};

const names = [
  'drill',
  'explain',
  'contain',
  'respond',
  'approve',
  'deny',
  'release',
  'check',
  'switch',
  'incidents',
  'show',
  'playbooks',
];

describe('help', () => {
  it.each([[[]], [['--help']], [['help']]])('firebreak %j names every command', async (args) => {
    const { exit, stdout, stderr } = await typed(args);
    expect([exit, stderr]).toEqual([0, '']);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name}`, 'm'));
  });

  it.each(names)('%s: its help tells how it goes, by either way', async (name) => {
    const [one, other] = await Promise.all([typed(['help', name]), typed([name, '--help'])]);
    expect([one.exit, one.stderr, one.stdout]).toEqual([0, '', other.stdout]);
    expect(one.stdout).toMatch(new RegExp(`^firebreak ${name}`));
    expect(one.stdout).toMatch(/^ {2}--json /m);
    expect(one.stdout).toMatch(/^Examples\n {2}firebreak /m);
  });

  it('--version', async () => {
    expect((await firebreak(['--version'], env)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('what is wrong is one sentence with its remedy, and no stack', () => {
  const instance = 'i-0123456789abcdef0';
  const nothing = { AWS_REGION: 'eu-central-1' };
  const nowhere = { ...nothing, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' };
  type Said = Awaited<ReturnType<typeof typed>>;

  const judge = (said: Said, document: Said, exit: number, words: RegExp): void => {
    expect([said.exit, document.exit]).toEqual([exit, exit]);
    expect([said.stdout, document.stderr]).toEqual(['', '']);
    expect(said.stderr).toMatch(words);
    expect(said.stderr.trimEnd().split('\n')).toHaveLength(1);
    const { error, remedy } = JSON.parse(document.stdout) as { error: string; remedy: string };
    expect(`${error} ${remedy}`).toMatch(words);
    expect(remedy).not.toBe('');
  };

  it.each([
    [['contian'], {}, 2, /no command 'contian'\. Did you mean contain\?/],
    [['check', '--jsno'], {}, 2, /no option --jsno of check\. Did you mean --json\?/],
    [['explain'], {}, 2, /EVENT\.json is missing/],
    [['show', 'fb-1', 'fb-2'], {}, 2, /'fb-2' is too much/],
    [['explain', join(folder, 'none.json')], {}, 2, /There is no such file/],
    [['explain', folder], {}, 2, /It is a folder/],
    [['explain', file('text.json', 'no json')], {}, 2, /is not JSON/],
    [['explain', file('empty.json', '{}')], {}, 2, /can't be read/],
    [['explain', fixture('securityhub-v2-ocsf')], {}, 2, /No source reads/],
    [['respond', file('array.json', '[1]'), '--yes'], {}, 2, /can't be read/],
    [['contain', 'isolate-instances', instance], {}, 2, /Did you mean isolate-instance\?/],
    [['contain', 'isolate-instance', instance], {}, 2, /no terminal to ask at/],
    [['playbooks', 'nonsense'], {}, 2, /There is no playbook 'nonsense'/],
    [['drill', 'nonsense'], {}, 2, /There is no playbook 'nonsense'/],
    [['drill', '--seed', 'seven'], {}, 2, /'seven' is no seed/],
    [['contain', 'isolate-instance', instance, '--yes'], { AWS_ENDPOINT_URL: 'here' }, 2, /'here', which is no URL/],
    [['show', 'fb-0123456789ab'], {}, 2, /no incident 'fb-0123456789ab' on record.*firebreak incidents/],
    [['release', 'fb-0123456789ab', '--yes'], {}, 2, /no incident/],
    [['check', 'fb-0123456789ab'], {}, 2, /no incident/],
    [['incidents'], { FIREBREAK_LEDGER: file('broken', 'no database, however long it is') }, 1, /ledger can't be used/],
  ] as const)('%j %j', async (args, more, exit, words) => {
    const [said, document] = await Promise.all([typed(args, more), typed([...args, '--json'], more)]);
    judge(said, document, exit, words);
  });

  it.each([
    [nothing, 1, /No usable AWS credentials.*aws sso login/],
    [{ ...nowhere, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, 1, /AWS could not be reached.*AWS_ENDPOINT_URL/],
  ])('%j, in a process of its own', async (more, exit, words) => {
    const args = ['contain', 'isolate-instance', instance, '--yes'];
    const [said, document] = await Promise.all([
      firebreak(args, { ...env, ...more }),
      firebreak([...args, '--json'], { ...env, ...more }),
    ]);
    judge(said, document, exit, words);
  });

  it('FIREBREAK_DEBUG=1 shows where', async () => {
    expect((await typed(['contian'], { FIREBREAK_DEBUG: '1' })).stderr).toMatch(/\n {4}at /);
  });

  it('and no ledger was made by any of it', () => {
    expect(existsSync(ledger)).toBe(false);
  });
});

describe('explain', () => {
  const fixtures = readdirSync(events).map((name) => name.replace('.json', ''));
  const unread = ['securityhub-v2-ocsf', 'health-other-service'];

  it.each(fixtures)('%s: one JSON document, and nothing that a terminal would obey', async (name) => {
    const [{ exit, stdout, stderr }, human] = await Promise.all([
      typed(['explain', fixture(name), '--json']),
      typed(['explain', fixture(name)]),
    ]);
    expect(stderr).toBe('');
    expect(`${human.stdout}${human.stderr}`).not.toMatch(/[^\P{C}\n]/u);
    const document = JSON.parse(stdout);
    if (unread.includes(name) && exit === 2) {
      expect(document).toMatchObject({ error: expect.any(String), remedy: expect.any(String) });
      return;
    }
    expect(exit).toBe(0);
    expect(document.source).toEqual(expect.any(String));
    expect(document.findings.length).toBeGreaterThan(0);
    for (const finding of document.findings) {
      expect(finding).toMatchObject({
        id: expect.any(String),
        type: expect.any(String),
        severity: expect.stringMatching(/^(INFORMATIONAL|LOW|MEDIUM|HIGH|CRITICAL)$/),
        account: expect.any(String),
        region: expect.any(String),
        sample: expect.any(Boolean),
      });
      expect(finding.answers.length).toBeGreaterThan(0);
      for (const answer of finding.answers) {
        expect(answer.do).toMatch(/^(contain|ask|plan|tell|ignore)$/);
        expect(answer.reason).not.toBe('');
        if (/^(contain|ask|plan)$/.test(answer.do)) expect([answer.playbook, answer.resource]).not.toContain(null);
      }
    }
  });

  it('tells which playbooks answer, which not, and what they may do', async () => {
    const { stdout } = await typed(['explain', fresh('guardduty-instance-c2'), '--json']);
    const { findings, permissions } = JSON.parse(stdout);
    expect(findings).toMatchObject([
      {
        type: 'Backdoor:EC2/C&CActivity.B',
        account: '111122223333',
        region: 'eu-central-1',
        answers: [
          {
            playbook: 'isolate-instance',
            resource: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0c10c2c7863d1a356',
            do: 'contain',
          },
        ],
      },
    ]);
    expect(findings[0].others.map(({ playbook }: { playbook: string }) => playbook)).toContain('block-public-bucket');
    expect(Object.keys(permissions)).toEqual(['isolate-instance']);
  });

  it('says of an old event that a person is asked', async () => {
    const { stdout } = await typed(['explain', fixture('guardduty-instance-c2'), '--json']);
    expect(JSON.parse(stdout).findings[0].answers).toMatchObject([
      { do: 'ask', reason: expect.stringMatching(/^answers .*; age: the finding is of .*staleAfterMinutes is 60$/) },
    ]);
  });

  it('works as a process', async () => {
    const { exit, stdout, stderr } = await firebreak(['explain', fixture('guardduty-instance-c2'), '--json'], env);
    expect([exit, stderr, JSON.parse(stdout).source]).toEqual([0, '', 'GuardDuty Finding']);
  });

  it('reads stdin', async () => {
    const request = JSON.stringify({
      playbook: 'isolate-instance',
      resource: 'i-0123456789abcdef0',
      reason: 'beacons',
    });
    const { exit, stdout } = await typed(['explain', '-', '--json'], {}, request);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout).findings[0].answers).toMatchObject([
      { playbook: 'isolate-instance', resource: 'i-0123456789abcdef0', do: 'contain' },
    ]);
  });
});

describe('lists', () => {
  it('playbooks: what each answers, holds, takes and may do', async () => {
    const { exit, stdout, stderr } = await typed(['playbooks', '--json']);
    expect([exit, stderr]).toEqual([0, '']);
    const list = JSON.parse(stdout) as { playbook: string; permissions: { actions: string[] }[] }[];
    expect(list.map(({ playbook }) => playbook)).toEqual(
      expect.arrayContaining(['block-public-bucket', 'disable-access-key', 'isolate-instance', 'snapshot-volumes']),
    );
    for (const one of list) {
      expect(one).toMatchObject({
        title: expect.any(String),
        approval: expect.stringMatching(/^(automatic|required)$/),
        answers: expect.any(Array),
        settings: expect.any(Array),
        evidence: expect.any(Array),
      });
      expect(one.permissions.flatMap(({ actions }) => actions)).not.toEqual([]);
    }
    expect((await typed(['playbooks'])).stdout).toMatch(/isolate-instance {2}Isolate/);
  });

  it('incidents of an empty ledger: none, and no file is made', async () => {
    expect(await typed(['incidents'])).toEqual({ exit: 0, stdout: 'No incident is on record.', stderr: '' });
    expect((await typed(['incidents', '--json'])).stdout).toBe('[]');
    expect(existsSync(ledger)).toBe(false);
  });

  it('the ledger stands under XDG_STATE_HOME unless FIREBREAK_LEDGER names another', async () => {
    const { stdout } = await typed(['check', '--json'], { FIREBREAK_LEDGER: '', XDG_STATE_HOME: folder });
    expect(stdout).toBe('[]');
  });
});

describe('drill', () => {
  it('--json: one document, the same for the same seed', async () => {
    const args = ['drill', 'block-public-bucket', '--seed', '3', '--json'];
    const [one, other] = await Promise.all([typed(args), typed(args)]);
    expect(one.stdout).toBe(other.stdout);
    const report = JSON.parse(one.stdout);
    expect(report).toMatchObject({ seed: 3, summary: { scenarios: report.results.length } });
    expect(one.exit).toBe(report.summary.held === report.summary.scenarios ? 0 : 1);
  });
});
