// What a notice says, for each piece of news, and that it fits wherever it goes.
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../functions/engine/incident.ts';
import { attributesOf, chatOf, jsonOf, smsOf, subjectOf, textOf } from '../../functions/notices/compose.ts';
import { type Notice, noticeOf, noticeOfFinding } from '../../functions/notices/notice.ts';
import { publicationsOf } from '../../functions/notices/send.ts';
import { outcomes } from '../../playbooks/language/outcome.ts';
import { finding, incident } from './fixture.ts';

const holding = (outcome: Incident['outcome'], more: Partial<Incident> = {}): Incident => ({
  ...incident,
  phase: 'holding',
  outcome,
  reason: `It is ${outcome}.`,
  ...more,
});
const commandsOf = (one: Incident): readonly string[] => noticeOf(one).commands.map(({ command }) => command);
const id = incident.id;

describe('a person can act on it from a phone', () => {
  it('a question says what, where, why, from what to what, what stays open, and how to answer', () => {
    expect(textOf(noticeOf(incident))).toBe(`NEEDS AN ANSWER: isolate-instance on i-0123456789abcdef0
Where: AWS::EC2::Instance i-0123456789abcdef0 in account 111122223333, eu-central-1
Why you are asked: Waiting for a person
Finding:
- Backdoor:EC2/DenialOfService, HIGH, seen 3 times, by guardduty
- “The instance behaves as if it were used for an attack”
Opened: the playbook asks for this type, by arn:aws:sts::111122223333:assumed-role/firebreak-receive/x
Approved: by arn:aws:iam::111122223333:user/oncall
What would be changed:
- ec2/network-interface-isolation eni-0123456789abcdef0: sg-1 → isolated: planned (a note on the change)
- ec2/network-interface-isolation eni-2: sg-1 → isolated: STANDS OPEN (a note on the change)
Irreversible: ec2/terminate i-0123456789abcdef0: planned (a note on the act). It can't be undone: a terminated instance is gone
Came after the plan and stands open: eni-3 was attached since
Can go on all the same: a connection that is open goes on
Not closed by this: names in the DNS can still be asked for
Evidence:
- ec2/volume-snapshots of i-0123456789abcdef0: pending (a note on the evidence), snap-1
- ec2/instance-description of i-0123456789abcdef0: complete (a note on the evidence), snap-1
Plan: aaaaaaaaaaaa of 2026-11-02T03:04:06.000Z
What you can do:
  firebreak show fb-0123456789ab   (see everything)
  firebreak approve fb-0123456789ab   (approve this plan)
  firebreak deny fb-0123456789ab --reason "why"   (deny it)
Notice ${noticeOf(incident).id}. Brackets as in [.] and ⟨U+202E⟩ are ours: they make names from findings harmless.`);
  });

  it.each([
    ['contained', [`firebreak show ${id}`, `firebreak release ${id}`]],
    [
      'partly-contained',
      [
        `firebreak show ${id}`,
        'firebreak contain isolate-instance i-0123456789abcdef0 --region eu-central-1',
        `firebreak check ${id}`,
        `firebreak release ${id}`,
      ],
    ],
    ['conflict', [`firebreak show ${id}`, `firebreak release ${id} --force`, `firebreak release ${id} --keep`]],
    ['preserved', [`firebreak show ${id}`]],
  ] as const)('%s names the exact commands', (outcome, commands) => {
    expect(commandsOf(holding(outcome))).toEqual(commands);
  });

  it('a release that kept something says how to put that back', () => {
    const [change] = incident.changes;
    if (!change) throw new Error('the fixture has a change');
    const kept = holding('released', { phase: 'ended', changes: [{ ...change, state: 'kept' }] });
    expect(commandsOf(kept)).toContain(`firebreak release ${id} --force`);
    expect(textOf(noticeOf(kept))).not.toContain('Not closed by this');
  });

  it('no command has anything in it that a shell could misread', () => {
    for (const hostile of ['$(id)', '-rf', 'a b', 'my.bucket', 'x;y', "'", '`', '~', '*', '@x'])
      for (const outcome of outcomes) {
        const target = { ...incident.target, id: hostile };
        for (const command of commandsOf(holding(outcome, { target }))) expect(command).not.toContain(hostile);
      }
  });

  it('a finding without a playbook is told as well', () => {
    const notice = noticeOfFinding(finding, 'no playbook answers Backdoor:EC2/DenialOfService');
    expect(textOf(notice)).toMatch(/^NO PLAYBOOK ACTED: Backdoor:EC2\/DenialOfService on i-0123456789abcdef0\n/);
    expect(attributesOf(notice)).toMatchObject({ outcome: 'told', playbook: 'none', severity: 'HIGH' });
  });

  it.each(outcomes)('%s has a head, a subject and attributes of its own', (outcome) => {
    const notice = noticeOf(holding(outcome));
    expect(attributesOf(notice)).toEqual({
      outcome,
      playbook: 'isolate-instance',
      account: '111122223333',
      region: 'eu-central-1',
      severity: 'HIGH',
      needsAnswer: String(outcome === 'waiting' || outcome === 'conflict'),
    });
    expect(subjectOf(notice)).toMatch(/^Firebreak: .+ \(111122223333 eu-central-1\)$/);
    expect(smsOf(notice)).toContain(`firebreak show ${id}`);
    expect(chatOf(notice)).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown' },
      metadata: { threadId: 'case-0123456789ab', additionalContext: { incident: id } },
    });
  });

  it('an incident that ended without an outcome is told as failed', () => {
    expect(noticeOf({ ...incident, outcome: null, reason: '' })).toMatchObject({ happened: 'failed' });
    expect(noticeOf({ ...incident, outcome: null, reason: '' }).reason).not.toBe('');
  });

  it('the same news has the same id, other news another', () => {
    expect(noticeOf({ ...incident }).id).toBe(noticeOf(incident).id);
    expect(noticeOf(holding('contained')).id).not.toBe(noticeOf(incident).id);
  });
});

describe('it fits', () => {
  const [change] = incident.changes;
  const [evidence] = incident.evidence;
  if (!change || !evidence) throw new Error('the fixture has both');
  const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const sizes: readonly (readonly [string, Incident])[] = [
    ['300 changes', { ...incident, changes: many(300, (i) => ({ ...change, id: `eni-${i}`, state: 'verified' })) }],
    [
      '2,000 pieces of evidence with long notes',
      { ...incident, evidence: many(2_000, () => ({ ...evidence, note: 'n'.repeat(4_000) })) },
    ],
    ['a megabyte of reason', { ...incident, reason: 'r'.repeat(1_000_000) }],
    [
      'all that grows most when encoded',
      {
        ...incident,
        reason: '\u202e'.repeat(50_000),
        because: '\u202e'.repeat(50_000),
        openedBy: '\u0000'.repeat(50_000),
        drift: many(80, () => '\u202e'.repeat(1_000)),
        changes: many(80, () => ({
          ...change,
          fromSaid: '\u2029'.repeat(900),
          toSaid: '\udc00'.repeat(900),
          note: '\u2029'.repeat(900),
        })),
      },
    ],
  ];
  const topics = {
    topic: 'arn:aws:sns:eu-central-1:111122223333:a',
    chatTopic: 'arn:aws:sns:eu-central-1:111122223333:b',
  };

  it.each(sizes)('%s: in SNS, on a phone, in chat; and says what is left out', (_name, one) => {
    const notice = noticeOf(one);
    for (const { Message = '', Subject = 'F' } of publicationsOf(notice, topics)) {
      expect(Buffer.byteLength(Message)).toBeLessThan(262_144 - 4_096);
      expect(Subject.length).toBeLessThan(100);
    }
    const text = textOf(notice);
    expect(text.length).toBeLessThanOrEqual(6_000);
    expect(text).toContain('\nWhat you can do:\n  firebreak show fb-0123456789ab');
    expect(text).toMatch(/Shortened|…/);
    expect(chatOf(notice).content.description.length).toBeLessThanOrEqual(2_900);
    expect(smsOf(notice).length).toBeLessThanOrEqual(300);
    expect((JSON.parse(jsonOf(notice)) as Notice).shortened).not.toEqual([]);
    expect((JSON.parse(jsonOf(notice)) as Notice).plan?.hash).toHaveLength(64);
  });

  it('what stands open is told before what is done', () => {
    const changes = many(300, (i) => ({
      ...change,
      id: `eni-${i}`,
      state: i === 299 ? ('open' as const) : ('verified' as const),
    }));
    const notice = noticeOf(holding('partly-contained', { changes }));
    expect(textOf(notice)).toContain('eni-299: sg-1 → isolated: STANDS OPEN');
    expect(chatOf(notice).content.description).toContain('eni-299');
    expect(textOf(notice)).toMatch(/Shortened:[\s\S]*changes: \d+ of 300/);
  });
});
