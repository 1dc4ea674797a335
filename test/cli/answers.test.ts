// approve and deny as they are typed, on an incident that waits in the ledger.
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { contain } from '../../functions/engine/contain.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import type { JournalEntry } from '../../functions/engine/journal.ts';
import { receive } from '../../functions/engine/receive.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { type Seat, takeSeat } from './seat.ts';

const dana = 'arn:aws:iam::111122223333:user/dana';

/** A key on whose finding disable-access-key asks first, asked about by a process that has gone since. */
const waiting = async (seat: Seat) => {
  const { stage } = seat.practice;
  const iam = stage.aws(IAMClient);
  await iam.send(new CreateUserCommand({ UserName: 'build' }));
  const key = (await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }))).AccessKey?.AccessKeyId ?? '';
  const engine = seat.practice.engine('respond');
  const received = await receive(
    engine,
    guardDutyEvent({
      type: 'Persistence:IAMUser/AnomalousBehavior',
      severity: 5,
      account: stage.account,
      region: stage.region,
      at: stage.now,
      resource: { accessKey: { id: key, userName: 'build', userType: 'IAMUser' } },
    }),
  );
  if ('unreadable' in received) throw new Error(received.unreadable);
  const id = received.incidents[0]?.incident.id ?? '';
  await contain(engine, id);
  const switchOff = async () => {
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'build', AccessKeyId: key, Status: 'Inactive' }));
    return 'y';
  };
  return { id, key, switchOff };
};

const shown = async (seat: Seat, id: string) =>
  JSON.parse((await seat.type('show', id, '--json')).out) as Incident & { journal: readonly JournalEntry[] };

describe('approve', () => {
  it('shows the recorded plan, asks, and contains by it', async () => {
    const seat = takeSeat();
    const { id, key } = await waiting(seat);
    seat.answers.push('y');
    const { exit, out } = await seat.type('approve', id, '--reason', 'seen with the owner');
    expect([exit, seat.questions]).toEqual([0, ['Contain it by this plan? [y/N]']]);
    expect(out).toMatch(/Waiting for approval/);
    expect(out).toMatch(new RegExp(`${key}[^]*What would be written[^]*contained +${id}`));
    const { approval, journal, plan } = await shown(seat, id);
    expect(approval).toMatchObject({ by: dana, hash: plan?.hash });
    expect(journal).toContainEqual(
      expect.objectContaining({
        step: 'approved',
        by: dana,
        to: plan?.hash,
        result: `by ${dana}: seen with the owner`,
      }),
    );
  });

  it('with --yes asks nobody, and prints one document', async () => {
    const seat = takeSeat({ interactive: false });
    const { id } = await waiting(seat);
    const { exit, json } = await seat.type('approve', id, '--yes', '--json');
    expect([exit, json.incident, json.outcome]).toEqual([0, id, 'contained']);
  });

  it('names the role of a session, not what the session calls itself', async () => {
    const seat = takeSeat({ arn: 'arn:aws:sts::111122223333:assumed-role/Responder/ceo' });
    const { id } = await waiting(seat);
    await seat.type('approve', id, '--yes');
    expect((await shown(seat, id)).approval?.by).toBe('arn:aws:iam::111122223333:role/Responder');
  });

  it('not answered with yes, it goes on waiting', async () => {
    const seat = takeSeat();
    const { id } = await waiting(seat);
    const before = seat.ledgerWrites();
    const { exit, out } = await seat.type('approve', id);
    expect([exit, out]).toEqual([4, expect.stringMatching(/Not approved; it goes on waiting/)]);
    expect([seat.writes(), seat.ledgerWrites()]).toEqual([[], before]);
    expect((await seat.type('approve', id, '--yes')).exit).toBe(0);
  });

  it('a plan that changed is shown and asked anew, also after --yes', async () => {
    const seat = takeSeat();
    const { id, switchOff } = await waiting(seat);
    await switchOff();
    seat.answers.push('n');
    const { exit, out, err } = await seat.type('approve', id, '--yes');
    expect(seat.questions).toEqual(['Contain it by this plan? [y/N]']);
    expect(out).toMatch(/The plan is not the one that was shown any more/);
    expect([exit, out]).toEqual([3, expect.stringMatching(/denied +fb-/)]);
    expect(err).toMatch(/approved +by arn/);
    expect(seat.writes()).toEqual([]);
  });

  it('without a terminal, a plan that changed is told and waits for another approval', async () => {
    const seat = takeSeat({ interactive: false });
    const { id, switchOff } = await waiting(seat);
    await switchOff();
    const first = await seat.type('approve', id, '--yes', '--json');
    expect([first.exit, first.json.outcome]).toEqual([4, 'waiting']);
    expect(first.err).toMatch(/The plan is not the one that was shown any more/);
    expect(seat.writes()).toEqual([]);
    expect((await seat.type('approve', id, '--yes', '--json')).json.outcome).toBe('contained');
  });

  it('without a terminal asks for --yes, and does nothing', async () => {
    const seat = takeSeat({ interactive: false });
    const { id } = await waiting(seat);
    const { exit, err } = await seat.type('approve', id);
    expect([exit, err]).toEqual([2, expect.stringMatching(/no terminal to ask at.*--yes/)]);
  });

  it('what was denied while the question stood is not written', async () => {
    const seat = takeSeat();
    const { id } = await waiting(seat);
    seat.answers.push(async () => {
      expect((await seat.type('deny', id)).exit).toBe(0);
      return 'y';
    });
    const { exit, err } = await seat.type('approve', id);
    expect([exit, err]).toEqual([3, expect.stringMatching(/as denied/)]);
    expect(seat.writes()).toEqual([]);
  });
});

describe('deny', () => {
  it('ends it with the reason; nothing is written', async () => {
    const seat = takeSeat({ interactive: false });
    const { id } = await waiting(seat);
    const { exit, json } = await seat.type('deny', id, '--reason', 'a load test', '--json');
    expect([exit, json.outcome, json.reason]).toEqual([0, 'denied', `Denied by ${dana}: a load test`]);
    expect(seat.writes()).toEqual([]);
  });
});

it('check says how what waits is answered', async () => {
  const seat = takeSeat();
  const { id } = await waiting(seat);
  const { exit, out } = await seat.type('check');
  expect([exit, out]).toEqual([4, expect.stringContaining(`'firebreak approve ${id}' or 'firebreak deny ${id}'`)]);
});

describe.each(['approve', 'deny'])('%s refuses in a sentence', (answer) => {
  const typed = (seat: Seat, id: string) =>
    answer === 'approve' ? seat.type('approve', id, '--yes') : seat.type('deny', id);

  it('an incident that nobody has', async () => {
    const seat = takeSeat();
    const { exit, err } = await typed(seat, 'fb-0123456789ab');
    expect([exit, err]).toEqual([2, expect.stringMatching(/no incident 'fb-0123456789ab' on record/)]);
  });

  it('one that was answered already', async () => {
    const seat = takeSeat();
    const { id } = await waiting(seat);
    await seat.type('approve', id, '--yes');
    const before = seat.writes().length;
    const { exit, out, err } = await typed(seat, id);
    expect([exit, out, err]).toEqual([
      3,
      '',
      expect.stringMatching(/approved at .* by .*user\/dana, and it is contained/),
    ]);
    expect(err.split('\n')).toHaveLength(1);
    expect(seat.writes()).toHaveLength(before);
  });

  it('one that nobody answered in time', async () => {
    const seat = takeSeat();
    const { id } = await waiting(seat);
    seat.practice.world.clock.advance(5 * 3_600_000);
    const { exit, err } = await typed(seat, id);
    expect([exit, err]).toEqual([3, expect.stringMatching(/as expired\. Nobody answered in time/)]);
    expect((await shown(seat, id)).outcome).toBe('expired');
    expect(seat.writes()).toEqual([]);
  });

  it("another account's", async () => {
    const seat = takeSeat({ account: '444455556666' });
    const { id } = await waiting(seat);
    const { exit, err } = await typed(seat, id);
    expect([exit, err]).toEqual([1, expect.stringMatching(/in account 111122223333.*Nothing was attempted/)]);
  });
});
