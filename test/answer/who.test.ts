// Who may what through the function URL: AWS says who somebody is, and four eyes are two people, under whatever session names.
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../functions/rails/config.ts';
import type { SwitchKeeper, Turned } from '../../functions/rails/turning.ts';
import { own } from '../rails/ground.ts';
import { alice, answering, asks, bob, chosen, federated, name, responder, session } from './ground.ts';

type Chosen = NonNullable<ConfigInput['playbooks']>[string];
/** A user's ARN may be longer than any line that people are shown. */
const far = (called: string) => `arn:aws:iam::${own}:user/${'department/'.repeat(40)}${called}`;

/** Asked for by hand, by this caller, through the function URL. */
const started = async (by: string, config: ReturnType<typeof chosen>) => {
  const staged = await answering({ config });
  const { bucket } = staged.arranged as { bucket: string };
  const { status, said } = await staged.say(by, {
    do: 'start',
    playbook: name,
    resource: bucket,
    reason: 'it is open',
  });
  await staged.practice.stage.wait(60);
  const [first] = (said.incidents ?? []) as { incident: string }[];
  return { ...staged, status, said, id: first?.incident ?? '' };
};

describe('an approval of what somebody asked for', () => {
  const same = /asked for incident fb-\w+, so somebody else has to approve it \(approverMustDiffer/;
  it.each<[string, string, string, Chosen, number, RegExp | undefined]>([
    ['the same user', alice, alice, {}, 403, same],
    ['the same user with a long path', far('alice'), far('alice'), {}, 403, same],
    ['the same role, in a session named like somebody else', session('alice'), session('bob'), {}, 403, same],
    ['a name that the caller chose', alice, federated, {}, 403, /says nothing of who that is/],
    ['another user', alice, bob, {}, 200, undefined],
    ['another user with a long path', far('alice'), far('bob'), {}, 200, undefined],
    ['another role', alice, session('alice'), {}, 200, undefined],
    ['himself, where that is allowed', alice, alice, { approverMustDiffer: false }, 200, undefined],
  ])('%s', async (_what, by, approver, more, status, words) => {
    const staged = await started(by, asks(more));
    expect(staged.status).toBe(200);
    const answer = await staged.say(approver, { do: 'approve', incident: staged.id });
    expect(answer.status).toBe(status);
    if (words) expect(answer.said.error).toMatch(words);
    const [end] = await staged.practice.settled();
    expect(end?.incident.outcome).toBe(status === 200 ? 'contained' : 'expired');
    expect(staged.writes().length > 0).toBe(status === 200);
    expect(staged.answersSent()).toHaveLength(status === 200 ? 1 : 0);
  });

  it('whoever asked for it may withdraw it', async () => {
    const staged = await started(alice, asks());
    expect((await staged.say(alice, { do: 'deny', incident: staged.id })).status).toBe(200);
    expect(await staged.practice.settled()).toMatchObject([{ incident: { outcome: 'denied' } }]);
  });
});

describe('a request by hand', () => {
  it('is contained in the name of whoever sends it, by the rails of every event', async () => {
    const staged = await started(session('ceo'), chosen());
    expect(staged.said).toEqual({ incidents: [{ incident: staged.id, next: 'It is started.' }] });
    expect(await staged.practice.settled()).toMatchObject([
      { incident: { outcome: 'contained', openedBy: session('ceo'), finding: { requested: { by: session('ceo') } } } },
    ]);
  });

  it('that the rails stop starts nothing, and says why', async () => {
    const staged = await started(alice, chosen({}, { mode: 'off' }));
    expect([staged.status, staged.said]).toEqual([
      409,
      { error: expect.stringMatching(/^Nothing was started: .*kill switch is 'off'/) },
    ]);
    expect(await staged.practice.ledger.list('incidents', '')).toEqual([]);
  });

  it.each([
    [{ resource: '' }, 400, /resource should be/],
    [{ reason: ' ' }, 400, /reason should be/],
    [{ account: 'mine' }, 400, /account should be an account id/],
    [{ playbook: 'delete-user' }, 409, /Nothing was started/],
  ])('%j', async (more, status, words) => {
    const staged = await answering();
    const asked = { do: 'start', playbook: name, resource: 'a-bucket', reason: 'open', ...more };
    expect(await staged.say(alice, asked)).toMatchObject({ status, said: { error: expect.stringMatching(words) } });
    expect(await staged.practice.ledger.list('incidents', '')).toEqual([]);
  });
});

describe('a release', () => {
  const outcome = { contained: 'holding', released: 'ended' } as const;
  it.each<[string, Chosen, string, string, string, number]>([
    ['by whoever asked for it, where that is allowed', {}, alice, alice, 'restore', 200],
    ['by force, where force alone is bound', { releaserMustDiffer: 'force' }, alice, alice, 'force', 403],
    [
      'by force, in a session of another name',
      { releaserMustDiffer: 'force' },
      session('alice'),
      session('bob'),
      'force',
      403,
    ],
    ['by force, by somebody else', { releaserMustDiffer: 'force' }, alice, bob, 'force', 200],
    ['plain, where force alone is bound', { releaserMustDiffer: 'force' }, alice, alice, 'restore', 200],
    ['plain, where all are bound', { releaserMustDiffer: true }, alice, alice, 'restore', 403],
    ['letting go, where all are bound', { releaserMustDiffer: true }, alice, alice, 'keep', 403],
    [
      'by a name that the caller chose, where two are wanted',
      { releaserMustDiffer: true },
      alice,
      federated,
      'restore',
      403,
    ],
  ])('%s', async (_what, more, by, releaser, mode, status) => {
    const staged = await started(by, chosen(more));
    await staged.practice.settled();
    const before = staged.writes().length;
    const asked = { do: 'release', incident: staged.id, mode, reason: 'a website of ours' };
    const answer = await staged.say(releaser, asked);
    expect(answer.status).toBe(status);
    const ends = await staged.practice.releases();
    expect(ends).toHaveLength(status === 200 ? 1 : 0);
    const stands = status === 200 ? outcome.released : outcome.contained;
    expect((await staged.practice.read(staged.id)).phase).toBe(stands);
    if (status === 403) {
      expect(answer.said.error).toMatch(/releaserMustDiffer|nothing of who that is/);
      expect(staged.writes()).toHaveLength(before);
    } else {
      const entry = (await staged.journal(staged.id)).find(([step]) => step === 'release asked for');
      expect(entry?.[1]).toMatch(new RegExp(`^${mode} by .*: a website of ours$`));
    }
  });
});

it('a release that somebody else asked for can not be asked for again by whoever may not', async () => {
  const staged = await started(alice, chosen({ releaserMustDiffer: true }));
  await staged.practice.settled();
  const asked = { do: 'release', incident: staged.id, mode: 'force' };
  staged.practice.world.inject(({ command }) => (command === 'StartExecution' ? 'denied' : undefined));
  expect((await staged.say(bob, asked)).status).toBe(500);
  staged.practice.world.inject(undefined);
  expect((await staged.say(alice, asked)).status).toBe(403);
  expect(await staged.practice.releases()).toEqual([]);
  expect((await staged.say(bob, asked)).status).toBe(200);
  expect(await staged.practice.releases()).toMatchObject([{ incident: { outcome: 'released' } }]);
});

describe('the kill switch', () => {
  const keeper = (position: Turned['position'] | 'unreadable', down: readonly string[] = []) => {
    const at = '2026-11-02T00:00:00.000Z';
    let kept: Turned | undefined =
      position === 'unreadable' ? undefined : { position, by: alice, arn: alice, at, reason: '', down: [...down] };
    const written: Turned[] = [];
    const one: SwitchKeeper = {
      read: async () => {
        if (!kept) throw new Error('AccessDenied');
        return kept;
      },
      write: async (turned) => {
        kept = turned;
        written.push(turned);
      },
    };
    return { one, written };
  };
  const bound = chosen({}, { switchMustDiffer: true });
  const free = chosen();

  it.each<
    [string, ReturnType<typeof chosen>, Turned['position'] | 'unreadable', readonly string[], string, string, number]
  >([
    ['down, by anybody', bound, 'on', [], alice, 'off', 200],
    ['down, by a name that the caller chose', bound, 'on', [], federated, 'off', 403],
    ['down, by such a name where nobody is bound', free, 'on', [], federated, 'off', 200],
    ['up, by whoever turned it down', bound, 'off', [alice], alice, 'on', 403],
    ['up, by the same role in a session of another name', bound, 'off', [responder], session('bob'), 'on', 403],
    ['up, by somebody else', bound, 'off', [alice], bob, 'on', 200],
    ['up, by whoever turned it down, where nobody is bound', free, 'off', [alice], alice, 'on', 200],
    ['up, when it can not be read', bound, 'unreadable', [], bob, 'on', 403],
    ['off, when it can not be read', bound, 'unreadable', [], bob, 'off', 200],
    ['where it stands', bound, 'off', [alice], alice, 'off', 0],
  ])('%s', async (_what, config, position, down, arn, to, status) => {
    const { one, written } = keeper(position, down);
    const staged = await answering({ config, switchKeeper: one });
    const { status: answered, said } = await staged.say(arn, { do: 'switch', to, reason: 'a migration' });
    expect(answered).toBe(status || 200);
    expect(written).toHaveLength(status === 200 ? 1 : 0);
    if (status === 200) expect(said).toMatchObject({ position: to, arn, reason: 'a migration' });
    if (status === 403) expect(said.error).toMatch(/switchMustDiffer|nothing of who that is/);
  });

  it('is shown, and said where it can not be read or there is none', async () => {
    for (const [position, seen] of [
      ['observe', { position: 'observe', by: alice }],
      ['unreadable', { position: null, reason: expect.stringMatching(/can't be read.*AccessDenied/) }],
    ] as const) {
      const { one, written } = keeper(position);
      const staged = await answering({ switchKeeper: one });
      expect(await staged.say(federated, { do: 'switch' })).toMatchObject({ status: 200, said: seen });
      expect(written).toEqual([]);
    }
    const staged = await answering();
    expect(await staged.say(alice, { do: 'switch' })).toMatchObject({ status: 200, said: { position: 'on' } });
    expect(await staged.say(alice, { do: 'switch', to: 'off' })).toMatchObject({
      status: 409,
      said: { error: expect.stringMatching(/no switch here that could be turned/) },
    });
  });

  it('that can not be written is told as what AWS said', async () => {
    const { one } = keeper('on');
    const write = async () => {
      throw Object.assign(new Error('not authorized to perform ssm:PutParameter'), { name: 'AccessDeniedException' });
    };
    const staged = await answering({ switchKeeper: { ...one, write } });
    expect(await staged.say(alice, { do: 'switch', to: 'off' })).toMatchObject({
      status: 500,
      said: { error: expect.stringMatching(/^To switch was attempted.*AccessDeniedException: not authorized/) },
    });
  });
});
