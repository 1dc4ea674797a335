// A ledger out of reach: nothing can be decided, so people hear of the finding at once, with what they can do by hand.
import { describe, expect, it } from 'vitest';
import { received } from '../../functions/receive.ts';
import { cases, stage } from '../laws/staged.ts';

const miner = async () => {
  const one = cases.find(({ name }) => name === 'crypto-miner');
  if (!one) throw new Error('The scenario crypto-miner is gone.');
  return stage(one, { notices: 'published' });
};

describe('a ledger that gives no answer', () => {
  it('stops nobody from hearing of the finding, with the commands, and the event comes again', async () => {
    const { practice, event, harm } = await miner();
    practice.injectIntoLedger(() => 'unavailable');
    await expect(practice.respond(event)).rejects.toThrow('The ledger gave no answer');
    expect(practice.deadEvents).toEqual([event]);
    expect(await harm()).toBe(true);
    const [first, ...others] = practice.notices();
    expect(first).toMatchObject({
      happened: 'undecided',
      needsAnswer: true,
      incident: null,
      headline: expect.stringMatching(/^NOT DECIDED, contain it by hand: CryptoCurrency:EC2/),
      reason: expect.stringMatching(/nothing is contained\. The ledger gave no answer \(read \w+\): LedgerUnavailable/),
    });
    expect(first?.commands).toEqual([
      {
        does: 'contain it by hand',
        command: `firebreak contain isolate-instance ${first?.where.id} --region eu-central-1 --break-glass`,
      },
    ]);
    // Nobody knows which try of Lambda's is the last: each tells, and all are recognised as the same.
    expect(others.map(({ id }) => id)).toEqual([first?.id, first?.id]);
  });

  it('is told of once where it answers again, and then all is contained', async () => {
    const { practice, event } = await miner();
    let calls = 0;
    practice.injectIntoLedger(({ session }) =>
      session.startsWith('receive') && ++calls === 1 ? 'unavailable' : undefined,
    );
    const { executions } = await practice.respond(event);
    expect(executions.map(({ incident }) => incident.outcome)).toContain('contained');
    const told = practice.notices().filter(({ happened }) => happened === 'undecided');
    expect(told).toHaveLength(1);
  });

  it('is thrown all the same where nobody can be told', async () => {
    const { practice, event } = await miner();
    practice.injectIntoLedger(() => 'unavailable');
    const reported: string[] = [];
    const engine = {
      ...practice.engine('receive'),
      report: ({ step, text }: { step: string; text: string }) => void reported.push(`${step}: ${text}`),
      tellUndecided: () => Promise.reject(new Error('no topic either')),
    };
    await expect(received(engine, event)).rejects.toThrow('The ledger gave no answer');
    expect(reported).toContainEqual('notice: could not be sent: no topic either');
  });
});

it('what no playbook answers, and what nobody can read, is no reason to contain anything by hand', async () => {
  const { practice, event } = await miner();
  const told: unknown[] = [];
  const tellUndecided = async (...what: unknown[]) => void told.push(what);
  const engine = { ...practice.engine('receive'), tellUndecided };
  await expect(received(engine, { source: 'nobody' })).rejects.toMatchObject({ name: 'UnreadableEvent' });
  const sample = JSON.parse(JSON.stringify(event).replaceAll('CryptoCurrency:EC2', 'Policy:Kubernetes')) as object;
  practice.injectIntoLedger(() => 'unavailable');
  await received(engine, sample).catch(() => undefined);
  expect(told).toEqual([]);
});
