// What the engine may claim, and whom it lets write.
import { CreateUserCommand, DeleteAccessKeyCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { check } from '../../functions/engine/check.ts';
import { contain } from '../../functions/engine/contain.ts';
import type { HoldRecord } from '../../functions/engine/hold.ts';
import { expectedIncident } from '../../functions/engine/incident.ts';
import { receive } from '../../functions/engine/receive.ts';
import { release, verifyRelease } from '../../functions/engine/release.ts';
import { cases, differences, stage } from '../laws/staged.ts';

const scenario = (name: string) => {
  const one = cases.find((each) => each.name === name);
  if (!one) throw new Error(`The scenario ${name} is gone.`);
  return one;
};

describe('verifying', () => {
  it('counts what can not be read as open, and says what AWS said', async () => {
    const { respond, practice } = await stage(scenario('leaked-key'));
    const { incident } = await respond();
    practice.world.inject(({ command }) => (command === 'ListAccessKeys' ? 'denied' : undefined));
    const checked = await check(practice.engine('check'), incident.id);
    expect(checked.outcome).toBe('drifted');
    expect(checked.reason).toMatch(/Could not be read: AccessDenied/);
  });
});

describe('a look for what came since', () => {
  it('that can not be taken leaves open what may have come, and says why', async () => {
    const { respond, practice } = await stage(scenario('leaked-key'));
    const { incident } = await respond();
    practice.world.inject(({ command }) => (command === 'GetCallerIdentity' ? 'denied' : undefined));
    const checked = await check(practice.engine('check'), incident.id);
    expect(`${checked.outcome}: ${checked.reason}`).toMatch(/^partly-contained: .*can't be seen.*AccessDenied/);
    practice.world.inject(undefined);
    expect(await check(practice.engine('check'), incident.id)).toMatchObject({ outcome: 'contained', unseen: '' });
  });

  it('that fails once is taken again before anything is claimed', async () => {
    const { practice, event } = await stage(scenario('leaked-key'));
    let failed = 0;
    practice.world.inject(({ command, session }) => {
      const looks = command === 'GetCallerIdentity' && session.startsWith('disable-access-key');
      return looks && ++failed === 2 ? 'denied' : undefined;
    });
    const { executions } = await practice.respond(event);
    expect(executions[0]?.incident).toMatchObject({ outcome: 'contained', attempts: 2 });
  });

  it('that is refused because the key was deleted meanwhile claims nothing', async () => {
    const { respond, practice, arranged } = await stage(scenario('leaked-key'));
    const { incident } = await respond();
    const { userName: UserName, key: AccessKeyId } = arranged as { userName: string; key: string };
    await practice.stage.aws(IAMClient).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    const { ledger } = practice;
    const entry = await ledger.read('incidents', incident.id);
    // A finding that does not name the user.
    const record = { ...(entry?.value as object), target: { ...incident.target, detail: {} } };
    await ledger.write('incidents', incident.id, record, entry?.version ?? 0);
    const checked = await check(practice.engine('check'), incident.id);
    expect(`${checked.outcome}: ${checked.reason}`).toMatch(/^partly-contained: .*can't be seen/);
  });
});

describe('clients for reading', () => {
  it('refuse a call that could change something before it is sent', async () => {
    const { practice } = await stage(scenario('leaked-key'));
    const aws = practice.engine('observe').aws(practice.stage, 'fb-000000000000', 'read');
    const before = practice.world.calls.length;
    await expect(aws(IAMClient).send(new CreateUserCommand({ UserName: 'mallory' }))).rejects.toThrow(
      /only reading is allowed/,
    );
    expect(practice.world.calls.length).toBe(before);
    await expect(aws(IAMClient).send(new GetUserCommand({ UserName: 'nobody' }))).rejects.toThrow(/nobody/);
  });
});

describe('an incident that was released', () => {
  it('absorbs nothing any more: the next on its resource has another id', async () => {
    const { respond, practice } = await stage(scenario('leaked-key'));
    const { incident } = await respond();
    const ledger = practice.ledger;
    expect(await expectedIncident({ ledger }, incident.key)).toMatchObject({ id: incident.id });
    await practice.release(incident, 'force');
    const next = await expectedIncident({ ledger }, incident.key);
    expect(next.open).toBeUndefined();
    expect(next.id).not.toBe(incident.id);
  });
});

describe('a release while the same incident is being contained', () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))('leaves no hold behind, seed %i', async (seed) => {
    const { practice, event, before } = await stage(scenario('leaked-key'), { seed, latency: 'seeded' });
    const received = await receive(practice.engine('receive'), event);
    if ('unreadable' in received) throw new Error(received.unreadable);
    const id = received.incidents[0]?.incident.id ?? '';
    const releasing = async () => {
      await practice.world.clock.sleep(seed * 40);
      const engine = practice.engine('release');
      await release(engine, id, 'force');
      await practice.world.clock.sleep(10_000);
      await verifyRelease(engine, id);
    };
    await Promise.all([contain(practice.engine('contain'), id), releasing()]);
    const holds = (await practice.ledger.list('holds', '')).map(({ value }) => value as HoldRecord);
    expect(holds.filter(({ holders }) => id in holders)).toEqual([]);
    expect(differences(before, practice.world.snapshot())).toEqual([]);
  });
});
