// The watch: what drifts is told once, contained again where that is configured, with a limit; and never against a person's release.
import { AttachUserPolicyCommand, DetachUserPolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../functions/engine/engine.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import { admitRelease } from '../../functions/rails/admission.ts';
import type { Mode } from '../../functions/rails/config.ts';
import { watchHandler } from '../../functions/watch.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { attachAnother, conflicting, isolating } from '../engine/isolating.ts';
import { here, own } from '../rails/ground.ts';
import { containedKey, minutes, reapplying } from './ground.ts';

const person = `arn:aws:iam::${own}:user/oncall`;
const happened = (notices: readonly { readonly happened: string }[]) => notices.map((notice) => notice.happened);

/** Somebody takes the deny of everything away, which is another setting than the key. */
const detachDeny = ({ practice, userName }: Awaited<ReturnType<typeof containedKey>>, back = false) => {
  const policy = { UserName: userName, PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' };
  const command = back ? new AttachUserPolicyCommand(policy) : new DetachUserPolicyCommand(policy);
  return practice.stage.aws(IAMClient).send(command as DetachUserPolicyCommand);
};

describe('what drifts is told', () => {
  it('nothing is told or written where all stands', async () => {
    const staged = await containedKey();
    for (let times = 0; times < 3; times++)
      expect((await staged.watch()).looked).toMatchObject([{ outcome: 'contained' }]);
    expect([staged.told(), staged.written()]).toEqual([[], []]);
  });

  it('once, and not every five minutes again', async () => {
    const staged = await containedKey();
    await staged.activate();
    for (let times = 0; times < 5; times++) await staged.watch();
    expect(happened(staged.told())).toEqual(['drifted']);
    expect(staged.told()[0]?.reason).toMatch(new RegExp(`${staged.key}: It reads Active instead of Inactive`));
    expect(staged.written()).toEqual([]);
    expect(await staged.incident()).toMatchObject({ outcome: 'drifted', phase: 'holding' });
  });

  it('anew when something else drifts, in either direction', async () => {
    const staged = await containedKey();
    await staged.activate();
    await staged.watch();
    await detachDeny(staged);
    await staged.watch();
    await staged.watch();
    expect(happened(staged.told())).toEqual(['drifted', 'drifted']);
    expect(staged.told()[1]?.reason).toMatch(/iam\/user-deny-all/);
    await detachDeny(staged, true);
    await staged.watch();
    expect(staged.told()[2]?.reason).not.toMatch(/iam\/user-deny-all/);
  });

  it('when it heals that is noted, and another drift of the same is news', async () => {
    const staged = await containedKey();
    for (let times = 0; times < 2; times++) {
      await staged.activate();
      await staged.watch();
      await staged.deactivate();
      await staged.watch();
      await staged.watch();
      expect(await staged.journal('healed')).toHaveLength(times + 1);
      expect(await staged.incident()).toMatchObject({ outcome: 'contained' });
    }
    expect(happened(staged.told())).toEqual(['drifted', 'drifted']);
    expect(new Set(staged.told().map(({ id }) => id)).size).toBe(2);
    expect(await staged.journal('drifted')).toHaveLength(2);
  });

  it('what can not be read drifts, once, whatever AWS says of it each time', async () => {
    const staged = await containedKey();
    staged.practice.world.inject(({ command, session }) =>
      command === 'ListAccessKeys' && session.startsWith('watch') ? 'denied' : undefined,
    );
    await staged.watch();
    await staged.watch();
    expect(happened(staged.told())).toEqual(['drifted']);
    expect(staged.told()[0]?.reason).toMatch(/Could not be read: AccessDenied/);
  });

  it('what the workflow has told already is not told again', async () => {
    const staged = await containedKey();
    await staged.activate();
    staged.practice.world.inject(({ command }) => (command === 'UpdateAccessKey' ? 'denied' : undefined));
    const { incident } = await staged.practice.contain(await staged.incident());
    expect(incident.outcome).not.toBe('contained');
    minutes(staged, 5);
    const told = staged.told().length;
    await staged.watch();
    await staged.watch();
    expect(staged.told()).toHaveLength(told);
  });

  it('a finding that comes again is told of it all the same', async () => {
    const staged = await containedKey();
    await staged.activate();
    await staged.watch();
    const { stage, world } = staged.practice;
    await staged.practice.respond(
      guardDutyEvent({
        type: 'CredentialAccess:IAMUser/CompromisedCredentials',
        severity: 8,
        account: own,
        region: here,
        at: new Date(stage.now.getTime() + 10 * 60_000),
        count: 2,
        resource: { accessKey: { id: staged.key, userName: staged.userName, userType: 'IAMUser' } },
      }),
    );
    expect(happened(staged.told())).toEqual(['drifted', 'drifted']);
    expect(await staged.journal('checked again')).toHaveLength(1);
    await staged.watch();
    expect(staged.told()).toHaveLength(2);
    expect(world.defects).toEqual([]);
  });
});

describe('what drifts is contained again where that is configured', () => {
  it('at once, and told with how often; the next look says that it stands', async () => {
    const staged = await containedKey(reapplying);
    await staged.activate();
    expect(await staged.harm()).toBe(true);
    await staged.watch();
    expect(await staged.harm()).toBe(false);
    expect(staged.told()).toMatchObject([
      { happened: 'drifted', reason: expect.stringMatching(/instead of Inactive.*contained again, 1 of 3/) },
    ]);
    expect(await staged.incident()).toMatchObject({ outcome: 'drifted' });
    await staged.watch();
    expect(await staged.incident()).toMatchObject({ outcome: 'contained' });
    expect(staged.told()).toHaveLength(1);
    expect(await staged.journal('contained again')).toMatchObject([{ subject: '1 of 3', attempt: 1 }]);
    expect(await staged.journal('healed')).toHaveLength(1);
  });

  it.each([true, false])('so often within a day and no more, with looks at which all stood: %s', async (between) => {
    const staged = await containedKey({ onDrift: 'reapply', reapplyMost: 2 });
    for (let times = 0; times < 6; times++) {
      await staged.activate();
      await staged.watch();
      if (between) await staged.watch();
    }
    expect(staged.written()).toHaveLength(2);
    expect(
      staged.told().map(({ reason }) => /\d of \d|2 times within a day.*a person decides/.exec(reason)?.[0]),
    ).toEqual(['1 of 2', '2 of 2', '2 times within a day, and goes on drifting: a person decides']);
    expect(await staged.harm()).toBe(true);
    minutes(staged, 24 * 60);
    await staged.watch();
    expect(await staged.harm()).toBe(false);
  });

  it('together with what came since', async () => {
    const staged = await isolating({ 'isolate-instance': reapplying });
    const { incident } = await staged.respond();
    const eni = await attachAnother(staged.practice.stage.aws, incident);
    minutes(staged, 5);
    await staged.practice.watch();
    minutes(staged, 5);
    await staged.practice.watch();
    const now = await staged.practice.read(incident.id);
    expect(now.outcome).toBe('contained');
    expect(now.changes.find(({ id, as }) => id === eni && as === 'isolation')?.state).toBe('verified');
  });

  it.each<Mode | 'unreadable'>(['observe', 'off', 'unreadable'])('never while the switch is %s', async (position) => {
    let on = true;
    const readSwitch = async (): Promise<Mode> => {
      if (!on && position === 'unreadable') throw new Error('AccessDenied');
      return on || position === 'unreadable' ? 'on' : position;
    };
    const staged = await containedKey(reapplying, { readSwitch });
    await staged.activate();
    on = false;
    for (let times = 0; times < 3; times++) await staged.watch();
    expect(staged.written()).toEqual([]);
    expect(staged.told()).toMatchObject([{ happened: 'drifted', reason: expect.stringMatching(/switch is not on/) }]);
    on = true;
    await staged.watch();
    expect(staged.written()).toEqual(['UpdateAccessKey']);
  });

  it('whatever step dies: nothing is kept from people, the limit holds, and it ends contained', async () => {
    const play = async (index: number, fault: 'crash-before' | 'crash-after') => {
      const staged = await containedKey({ onDrift: 'reapply', reapplyMost: 2 });
      await staged.activate();
      const before = staged.practice.ledgerCalls.length;
      staged.practice.injectIntoLedger((call) => (call.index === before + index ? fault : undefined));
      const died = await staged.watch().then(
        () => false,
        () => true,
      );
      staged.practice.injectIntoLedger(undefined);
      minutes(staged, 5);
      await staged.watch();
      await staged.watch();
      expect(await staged.incident(), `${index} ${fault}`).toMatchObject({ outcome: 'contained' });
      expect(staged.written().filter((command) => command === 'UpdateAccessKey').length).toBeLessThanOrEqual(2);
      const drifted = staged.told().filter((notice) => notice.happened === 'drifted');
      expect(drifted.length, `${index} ${fault}`).toBeGreaterThan(0);
      return { died, calls: staged.practice.ledgerCalls.length - before };
    };
    let index = 0;
    for (; ; index++) {
      const { died } = await play(index, 'crash-before');
      if (!died) break;
      await play(index, 'crash-after');
    }
    expect(index).toBeGreaterThan(20);
  });
});

describe('a person’s release is not fought', () => {
  it('one that is asked for and has not begun', async () => {
    const staged = await containedKey(reapplying);
    await admitRelease(staged.practice.engine('release'), staged.id, 'force', person);
    await staged.activate();
    await staged.watch();
    await staged.watch();
    expect(staged.written()).toEqual([]);
    expect(staged.told()).toMatchObject([{ reason: expect.stringMatching(/a release was asked for/) }]);
  });

  it('one that is asked for between the look and the write', async () => {
    const staged = await containedKey(reapplying);
    await staged.activate();
    const { ledger } = staged.practice;
    let asked: Promise<unknown> | undefined;
    staged.practice.injectIntoLedger(({ operation, key }) => {
      if (operation === 'list' && key.startsWith('journal/'))
        asked ??= admitRelease({ ...staged.practice.engine('release'), ledger }, staged.id, 'force', person);
      return undefined;
    });
    await staged.watch();
    await asked;
    expect(staged.written()).toEqual([]);
    expect(await staged.incident()).toMatchObject({ releaseRequest: { mode: 'force' } });
    await staged.watch();
    expect(staged.told()).toMatchObject([{ reason: expect.stringMatching(/a release was asked for/) }]);
  });

  it('one that ended in a conflict and waits for a decision', async () => {
    const staged = await conflicting(reapplying);
    const written = staged.writes().length;
    const told = staged.practice.notices().length;
    for (let times = 0; times < 3; times++) {
      minutes(staged, 5);
      await staged.practice.watch();
    }
    expect(staged.writes()).toHaveLength(written);
    expect(staged.practice.notices()).toHaveLength(told);
    expect(await staged.practice.read(staged.id)).toMatchObject({ outcome: 'conflict', phase: 'holding' });
  });

  it('what has been released whole is not looked at', async () => {
    const staged = await containedKey(reapplying);
    await staged.practice.release(await staged.incident(), 'force');
    minutes(staged, 5);
    expect(await staged.watch()).toEqual({ looked: [], left: [] });
  });
});

describe('what a release kept', () => {
  const kept = async (how: Parameters<typeof containedKey>[0]) => {
    const staged = await containedKey(how);
    const { incident } = await staged.practice.release(await staged.incident(), 'restore');
    expect(incident.changes.map(({ state }) => state)).toContain('kept');
    minutes(staged, 5);
    const [told, written] = [staged.told().length, staged.written().length];
    return { ...staged, told: () => staged.told().slice(told), written: () => staged.written().slice(written) };
  };

  it('is looked after, and told once where somebody opens it', async () => {
    const staged = await kept({});
    await staged.watch();
    expect(staged.told()).toEqual([]);
    await staged.activate();
    await staged.watch();
    await staged.watch();
    expect(staged.told()).toMatchObject([{ reason: expect.stringMatching(/reads Active and was to stay Inactive/) }]);
    expect(staged.written()).toEqual([]);
    expect(await staged.incident()).toMatchObject({ phase: 'ended', outcome: 'released' });
  });

  it('is written again where that is configured, and a release by force still restores', async () => {
    const staged = await kept(reapplying);
    await staged.activate();
    await staged.watch();
    expect(staged.written()).toEqual(['UpdateAccessKey']);
    expect(staged.told()).toMatchObject([{ reason: expect.stringMatching(/1 of 3/) }]);
    await staged.watch();
    expect(staged.told()).toHaveLength(1);
    expect(await staged.journal('healed')).toHaveLength(1);
    const { incident } = await staged.practice.release(await staged.incident(), 'force');
    expect(incident).toMatchObject({ outcome: 'released', reason: 'All is as it was before.' });
    expect(await staged.harm()).toBe(true);
  });

  it('is not written again while a release by force is asked for', async () => {
    const staged = await kept(reapplying);
    await admitRelease(staged.practice.engine('release'), staged.id, 'force', person);
    await staged.activate();
    await staged.watch();
    expect(staged.written()).toEqual([]);
  });
});

describe('a watch without hands of its own', () => {
  const handless = (staged: Awaited<ReturnType<typeof containedKey>>, lookAfter: NonNullable<Engine['lookAfter']>) => ({
    ...staged.practice.engine('watch'),
    aws: () => {
      throw new Error('The watch has no hands.');
    },
    lookAfter,
  });

  it('has the function of the playbook look, and contain again', async () => {
    const staged = await containedKey(reapplying);
    await staged.activate();
    const hands = playbookHandler(staged.practice.engine('disable-access-key'));
    const asked: string[] = [];
    const engine = handless(staged, async (wanted) => {
      asked.push(`${wanted.playbook} ${wanted.incident}`);
      return hands({ do: 'look-after', ...wanted });
    });
    const { looked } = await watchHandler(engine)({});
    expect(looked).toEqual([{ incident: staged.id, outcome: 'drifted' }]);
    expect(asked).toEqual([`disable-access-key ${staged.id}`]);
    expect(staged.written()).toEqual(['UpdateAccessKey']);
  });

  it('says which one could not be looked after, and why', async () => {
    const staged = await containedKey();
    const engine = handless(staged, () => Promise.reject(new Error('Task timed out after 120.00 seconds')));
    await expect(watchHandler(engine)({})).rejects.toThrow(`${staged.id}: Task timed out after 120.00 seconds`);
  });
});
