// Other hands: what deny answers comes back as if it had been said here, and the hold protocol goes on as with the own hands.
import { describe, expect, it } from 'vitest';
import { whatAwsSaid } from '../../functions/engine/engine.ts';
import { type DenyAnswer, handsFor, mayHaveTakenEffect } from '../../functions/engine/hands.ts';
import { type Held, readHold, release, take, write } from '../../functions/engine/hold.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import { withRequests } from '../../functions/engine/requests.ts';
import { mayAsk, standing } from '../../functions/engine/standing.ts';
import type { Call, Fault } from '../../gameday/account/world.ts';
import { isThrottled } from '../../playbooks/language/aws.ts';
import { roleSessionDeny, userDenyAll } from '../../playbooks/settings/iam.ts';
import { bench, combine, original } from '../holds/bench.ts';
import { ground, on } from '../rails/ground.ts';

const incident = { id: 'fb-000000000001', playbook: 'disable-access-key' };
const change = { as: 'roleSession', id: 'fleet/AROA1:alice' };
const put = { service: 'IAM', command: 'PutRolePolicy', requestId: 'r-1', result: 'ok' };

const hands = (answer: () => DenyAnswer) =>
  handsFor({ deny: async () => answer() }, roleSessionDeny, incident, change).through ?? (() => Promise.reject());

const failing = (name: string, status: number | null, mayStand: boolean): DenyAnswer => ({
  requests: [{ ...put, result: name }],
  refused: name === 'Throttling' ? ['IAM PutRolePolicy'] : [],
  end: 'failed',
  said: { name, message: 'Rate exceeded', status },
  mayStand,
});

const errorOf = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('It did not fail.'),
    (error: Error) => error,
  );

describe('what deny answers', () => {
  it('is asked for by names and a value, and only where it writes the setting', async () => {
    const asked: unknown[] = [];
    const deny = async (request: unknown): Promise<DenyAnswer> => {
      asked.push(request);
      return { requests: [], refused: [], end: 'written' };
    };
    expect(await handsFor({ deny }, roleSessionDeny, incident, change).through?.('denied')).toBe('written');
    expect(asked).toEqual([{ incident: incident.id, playbook: incident.playbook, change, to: 'denied' }]);
    expect(handsFor({ deny }, userDenyAll, incident, change)).toEqual({});
    expect(handsFor({}, roleSessionDeny, incident, change)).toEqual({});
  });

  it('counts its requests, and what AWS had no room for, as made here', async () => {
    const done = await withRequests(() => hands(() => failing('Throttling', 400, false))('denied'));
    expect(done).toMatchObject({
      requests: [{ requestId: 'r-1', result: 'Throttling' }],
      refused: ['IAM PutRolePolicy'],
    });
    const error = 'error' in done ? done.error : undefined;
    expect(isThrottled(error)).toBe(true);
    expect(whatAwsSaid(error)).toBe('Throttling: Rate exceeded');
    expect(mayHaveTakenEffect(error)).toBe(false);
  });

  it.each([
    ['AccessDenied', 403, false, false],
    ['ServiceFailureException', 500, true, true],
    ['TimeoutError', null, true, true],
    // Before the write: the ledger gave no answer, or nobody could say whose policy it is.
    ['LedgerUnavailable', null, false, false],
    ['ServiceFailureException', 500, false, false],
  ] as const)('%s %s: may stand %s', async (name, status, mayStand, may) => {
    const error = await errorOf(hands(() => failing(name, status, mayStand))('denied'));
    expect([error.name, mayHaveTakenEffect(error)]).toEqual([name, may]);
  });

  it.each([
    ['NotAdmitted', false],
    ['Protected', false],
    ['BadInput', false],
    ['Runtime.ExitError', true],
    ['Sandbox.Timedout', true],
  ] as const)('thrown %s: may stand %s', async (name, may) => {
    const thrown = Object.assign(new Error('in words'), { name });
    const error = await errorOf(
      hands(() => {
        throw thrown;
      })('denied'),
    );
    expect([error.name, error.message, mayHaveTakenEffect(error)]).toEqual([name, 'in words', may]);
  });
});

describe('a hold that other hands write', () => {
  type Through = NonNullable<Held['through']>;
  const with_ = (at: ReturnType<typeof bench>, through: Through): Held => ({ ...at.held, through });
  const outdated = { outdated: 'By the ledger something else stands.' };

  it('is written by them, and not by ours', async () => {
    const at = bench();
    const asked: unknown[] = [];
    const held = with_(at, async (to) => {
      asked.push(to);
      return 'written';
    });
    const taken = await take(at.tools, held, 'a', ['sg-none']);
    if (taken.state !== 'held') throw new Error(taken.state);
    expect(await write(at.tools, held, 'a', taken)).toBe('written');
    at.value = ['sg-none'];
    expect(await release(at.tools, held, 'a', 'restore')).toEqual({ state: 'released', original });
    expect([asked, at.writes]).toEqual([[['sg-none'], original], []]);
  });

  it('is written anew where the record moved before they looked', async () => {
    const at = bench({ combine });
    const asked: unknown[] = [];
    const held = with_(at, async (to) => {
      asked.push(to);
      if (asked.length > 1) return 'written';
      await at.take('b', ['sg-b']);
      return outdated;
    });
    const taken = await take(at.tools, held, 'a', ['sg-a']);
    if (taken.state !== 'held') throw new Error(taken.state);
    expect(await write(at.tools, held, 'a', taken)).toBe('written');
    expect(asked).toEqual([['sg-a'], ['sg-a', 'sg-b']]);
  });

  it('is not put back where somebody took it before they looked', async () => {
    const at = bench();
    await at.contain('a', ['sg-none']);
    const asked: unknown[] = [];
    const held = with_(at, async (to) => {
      asked.push(to);
      if (asked.length > 1) return 'written';
      await at.take('b', ['sg-none']);
      return outdated;
    });
    expect(await release(at.tools, held, 'a', 'restore')).toMatchObject({ state: 'shared', holders: ['b'] });
    expect(asked).toEqual([original, ['sg-none']]);
  });

  it('fails in their words where the record has not moved, and nothing of it is uncertain', async () => {
    const at = bench();
    let asked = 0;
    const held = with_(at, async () => {
      asked += 1;
      return outdated;
    });
    const taken = await take(at.tools, held, 'a', ['sg-none']);
    if (taken.state !== 'held') throw new Error(taken.state);
    await expect(write(at.tools, held, 'a', taken)).rejects.toThrow(outdated.outdated);
    expect([asked, (await at.record()).uncertainUntil]).toEqual([1, null]);
  });
});

describe('what a hold says is to be written', () => {
  const record = async (more: object) => ({ ...(await readHold(bench().tools, bench().held)).record, ...more });
  const setting = bench({ combine }).held.setting;
  const x = { id: 'x', phase: 'holding', releaseRequest: null } as const;
  const asked = { ...x, releaseRequest: { mode: 'restore', by: 'oncall', at: '' } } as const;

  it('is what the holders want, the original while it is put back, and nothing once it is free', async () => {
    const holders = { x: ['a'], y: ['b'] };
    expect(standing(setting, await record({ phase: 'held', original: ['o'], holders }))).toEqual(['a', 'b']);
    expect(standing(setting, await record({ phase: 'releasing', original: ['o'] }))).toEqual(['o']);
    expect(standing(setting, await record({ phase: 'free', last: { original: ['o'] } }))).toBeUndefined();
  });

  it.each([
    ['who holds', x, { phase: 'held', holders: { x: 1 } }, true],
    ['who has let go, while others hold', x, { phase: 'held', holders: { y: 1 }, leaving: { x: 1 } }, true],
    ['who has nothing to do with it', x, { phase: 'held', holders: { y: 1 } }, false],
    ['who is released, while it is put back', asked, { phase: 'releasing' }, true],
    ['who is over, while it is put back', { ...x, phase: 'ended' }, { phase: 'releasing' }, true],
    ['who goes on holding, while it is put back', x, { phase: 'releasing' }, false],
    ['who is late, once it is free', asked, { phase: 'free', leaving: { x: 1 } }, false],
  ] as const)('may be asked for by %s: %#', async (_who, who, hold, may) => {
    expect(mayAsk(who, await record(hold))).toBe(may);
  });
});

describe('across the hop', () => {
  const staged = async (decide: (call: Call, nth: number) => Fault | undefined) => {
    const at = await ground('disable-access-key', 'stolen-instance-credentials', { config: on(), latency: 'seeded' });
    let puts = 0;
    at.practice.world.inject((call) => {
      if (call.command === 'PutRolePolicy' && !call.session.startsWith('stage')) puts += 1;
      return call.session.startsWith('stage') ? undefined : decide(call, puts);
    });
    const begun = at.practice.world.clock.now().getTime();
    const response = await at.respond();
    const entries = (await readJournal(at.practice.ledger, response.incident.id)).flatMap((block) => block.entries);
    const putCalls = at.calls().filter(({ command }) => command === 'PutRolePolicy');
    const [hold] = await at.practice.ledger.list('holds', '');
    const seconds = ((response.response.executions[0]?.endedAt ?? 0) - begun) / 1000;
    return { ...at, ...response, entries, putCalls, seconds, hold: hold?.value as { uncertainUntil: string | null } };
  };
  const isPut = ({ command }: Call): boolean => command === 'PutRolePolicy';

  it('the journal has the request that AWS knows, made with the hands of deny', async () => {
    const { entries, putCalls, incident: ended } = await staged(() => undefined);
    expect(ended.outcome).toBe('contained');
    expect(putCalls.map(({ session }) => session)).toEqual([expect.stringMatching(/^deny disable-access-key-\d+$/)]);
    expect(entries.find(({ step }) => step === 'contain')?.requests).toContain(putCalls[0]?.requestId);
  });

  it('deny reads two records of the ledger, and writes none', async () => {
    const { practice } = await staged(() => undefined);
    const calls = practice.ledgerCalls.filter(({ session }) => session.startsWith('deny '));
    const said = calls.map(({ operation, key }) => `${operation} ${key.split('/')[0]}`);
    expect(said).toEqual(['read incidents', 'read holds']);
  });

  it('what AWS has no room for comes again in its turn', async () => {
    const { incident: ended, entries } = await staged((call, puts) =>
      isPut(call) && puts <= 7 ? 'throttled' : undefined,
    );
    expect(ended).toMatchObject({ outcome: 'contained' });
    const results = entries.filter(({ step }) => step === 'contain').map(({ result }) => result);
    expect(results).toEqual(['deferred: Throttling: Rate exceeded', 'deferred: Throttling: Rate exceeded', 'written']);
  });

  it.each(['crash-after', 'crash-before'] as const)(
    '%s: that nobody knows is on record, and it is looked for',
    async (fault) => {
      const { incident: ended, hold } = await staged((call, puts) => (isPut(call) && puts === 1 ? fault : undefined));
      expect(ended.outcome).toBe('contained');
      expect(hold.uncertainUntil).not.toBeNull();
    },
  );

  it('what fails before the write leaves nothing uncertain', async () => {
    let failed = 0;
    const { incident: ended, hold } = await staged((call) => {
      const isLookUp = call.command === 'GetRole' && call.session.startsWith('deny ');
      return isLookUp && failed++ < 3 ? 'timeout-before' : undefined;
    });
    expect([ended.outcome, failed > 3, hold.uncertainUntil]).toEqual(['contained', true, null]);
  });

  it('one that hangs is killed before whoever waits for it', async () => {
    const {
      incident: ended,
      seconds,
      entries,
    } = await staged((call, puts) => (isPut(call) && puts === 1 ? 'hangs' : undefined));
    expect(ended.outcome).toBe('contained');
    expect(entries.find(({ step }) => step === 'contain')?.result).toMatch(/^failed: Sandbox.Timedout/);
    expect(seconds).toBeLessThan(100);
  });

  it('what AWS refuses there is said as AWS said it', async () => {
    const { incident: ended, hold } = await staged((call) => (isPut(call) ? 'denied' : undefined));
    expect(`${ended.outcome}: ${ended.reason}`).toMatch(
      /^failed: .*AccessDenied: You are not authorized .*PutRolePolicy/,
    );
    expect(hold.uncertainUntil).toBeNull();
  });

  it('who asks and is refused says so to people, in words', async () => {
    const at = await ground('disable-access-key', 'stolen-instance-credentials', {
      config: on({ ownRoles: ['arn:*:iam::*:role/*'] }),
      answer: 'approve',
    });
    const { incident: ended } = await at.respond();
    expect(`${ended.outcome}: ${ended.reason}`).toMatch(/^failed: .*Protected: .*one of Firebreak's own roles/);
    expect(at.writes()).toEqual([]);
    const { incident: forced } = await at.practice.release(ended, 'force');
    expect(forced.outcome).toBe('released');
  });
});
