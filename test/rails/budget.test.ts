// Budgets: never more than there is, however many draw at once and wherever they die; and nothing cheap takes what the severe needs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../functions/engine/ledger.ts';
import { type Bands, type Budget, bandOf, containmentBudget, draw, drawOn } from '../../functions/rails/budget.ts';
import type { Band } from '../../functions/rails/config.ts';
import { claimShare } from '../../functions/rails/share.ts';
import { memoryLedger } from '../../gameday/memory-ledger.ts';
import type { Severity } from '../../playbooks/language/finding.ts';
import { here, on, own } from './ground.ts';

const start = Date.parse('2026-11-02T03:04:05.000Z');
const bands: readonly Band[] = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
const severities: readonly Severity[] = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

const budgetOf = (low: number, medium: number, high: number, critical: number, perSeconds = 3600): Budget => ({
  LOW: { most: low, perSeconds },
  MEDIUM: { most: medium, perSeconds },
  HIGH: { most: high, perSeconds },
  CRITICAL: { most: critical, perSeconds },
});

/** Draws one after the other, a second apart unless said otherwise; answers how each went. */
const inTurn = (budget: Budget, asked: readonly (readonly [string, Severity, number?])[]): readonly string[] => {
  let spent: Bands = {};
  return asked.map(([incident, severity, seconds], index) => {
    const drawn = draw(spent, incident, severity, budget, new Date(start + (seconds ?? index) * 1000));
    if (drawn.state === 'drawn') spent = drawn.bands;
    return drawn.state === 'exhausted' ? 'exhausted' : `${drawn.state} ${drawn.from}`;
  });
};

describe('one after the other', () => {
  it('an incident spends once', () => {
    expect(
      inTurn(budgetOf(1, 0, 0, 0), [
        ['a', 'LOW'],
        ['a', 'LOW'],
        ['b', 'LOW'],
        ['a', 'CRITICAL'],
      ]),
    ).toEqual(['drawn LOW', 'had LOW', 'exhausted', 'had LOW']);
  });

  it('it refills with time', () => {
    const asked = [
      ['a', 'HIGH', 0],
      ['b', 'HIGH', 59],
      ['c', 'HIGH', 60],
    ] as const;
    expect(inTurn(budgetOf(0, 0, 1, 0, 60), asked)).toEqual(['drawn HIGH', 'exhausted', 'drawn HIGH']);
  });

  it('what is severe may use what cheaper ones leave; what is cheap never uses what is theirs', () => {
    const asked = ['a', 'b', 'c', 'd', 'e'].map((incident) => [incident, 'CRITICAL'] as const);
    expect(inTurn(budgetOf(1, 1, 1, 1), asked)).toEqual([
      'drawn CRITICAL',
      'drawn HIGH',
      'drawn MEDIUM',
      'drawn LOW',
      'exhausted',
    ]);
    expect(
      inTurn(
        budgetOf(1, 1, 1, 9),
        ['a', 'b', 'c', 'd'].map((incident) => [incident, 'HIGH'] as const),
      ),
    ).toEqual(['drawn HIGH', 'drawn MEDIUM', 'drawn LOW', 'exhausted']);
    expect(
      inTurn(budgetOf(1, 9, 9, 9), [
        ['a', 'LOW'],
        ['b', 'INFORMATIONAL'],
        ['c', 'LOW'],
      ]),
    ).toEqual(['drawn LOW', 'exhausted', 'exhausted']);
    expect(
      inTurn(budgetOf(9, 1, 9, 9), [
        ['a', 'MEDIUM'],
        ['b', 'MEDIUM'],
      ]),
    ).toEqual(['drawn MEDIUM', 'exhausted']);
  });

  it('a thousand cheap findings leave all to the severe one', () => {
    const flood = Array.from({ length: 1000 }, (_, index) => [`f${index}`, index % 2 ? 'LOW' : 'MEDIUM'] as const);
    expect(inTurn(budgetOf(3, 5, 10, 10, 1e6), [...flood, ['attack', 'HIGH']]).at(-1)).toBe('drawn HIGH');
  });

  it('says when there is room again', () => {
    const full = draw({}, 'a', 'HIGH', budgetOf(0, 0, 1, 0, 60), new Date(start));
    if (full.state !== 'drawn') throw new Error('it had room');
    expect(draw(full.bands, 'b', 'HIGH', budgetOf(0, 0, 1, 0, 60), new Date(start + 5000))).toEqual({
      state: 'exhausted',
      refillsAt: new Date(start + 60_000).toISOString(),
    });
    expect(draw({}, 'a', 'LOW', budgetOf(0, 0, 0, 0), new Date(start))).toEqual({
      state: 'exhausted',
      refillsAt: null,
    });
  });

  it("a playbook's own budget counts instead of everybody's", () => {
    const config = on({ playbooks: { 'isolate-instance': { budget: { HIGH: { containments: 1, perSeconds: 60 } } } } });
    expect(containmentBudget(config, 'isolate-instance').HIGH).toEqual({ most: 1, perSeconds: 60 });
    expect(containmentBudget(config, 'isolate-instance').LOW).toEqual({ most: 3, perSeconds: 3600 });
    expect(containmentBudget(config, 'disable-access-key').HIGH).toEqual({ most: 10, perSeconds: 3600 });
  });
});

/** Every call to the ledger waits for its turn; some die before they wrote, some after it, without a word. */
const interleaved = (ledger: Ledger, scheduler: fc.Scheduler, dies: () => 'before' | 'after' | undefined): Ledger => {
  const turn = () => scheduler.schedule(Promise.resolve());
  return {
    read: async (...call) => {
      await turn();
      return ledger.read(...call);
    },
    write: async (...call) => {
      await turn();
      const how = dies();
      if (how === 'before') throw new Error('died before');
      const written = await ledger.write(...call);
      if (how === 'after') throw new Error('died after');
      return written;
    },
    list: (...call) => ledger.list(...call),
  };
};

const asking = fc.array(
  fc.record({
    incident: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    severity: fc.constantFrom(...severities),
  }),
  { minLength: 1, maxLength: 12 },
);
const small = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2));
const fate = fc.array(fc.constantFrom(undefined, undefined, undefined, 'before' as const, 'after' as const), {
  maxLength: 6,
});

describe('all at once', () => {
  it('in any interleaving, with deaths and retries: never more than there is, never twice, never refused while there is room', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), asking, small, fate, async (scheduler, asked, sizes, fates) => {
        const budget = budgetOf(...sizes);
        const shared = memoryLedger();
        const left = [...fates];
        const ledger = interleaved(shared, scheduler, () => left.shift());
        const tools = { ledger, now: () => new Date(start), pause: () => scheduler.schedule(Promise.resolve()) };
        const drawing = async (incident: string, severity: Severity, tries = 0): Promise<string> => {
          try {
            return (await drawOn(tools, 'isolate-instance', incident, severity, budget)).state;
          } catch (error) {
            if (tries > 8) throw error;
            return drawing(incident, severity, tries + 1);
          }
        };
        const drawn = asked.map(({ incident, severity }) => drawing(incident, severity));
        await scheduler.waitFor(Promise.all(drawn));
        const spent = ((await shared.read('budgets', 'isolate-instance'))?.value ?? {}) as Bands;
        const all = bands.flatMap((band) => (spent[band] ?? []).map(({ incident }) => incident));
        for (const band of bands) expect((spent[band] ?? []).length).toBeLessThanOrEqual(budget[band].most);
        expect(new Set(all).size).toBe(all.length);
        const results = await Promise.all(drawn);
        for (const [index, { incident, severity }] of asked.entries()) {
          if (results[index] !== 'exhausted') expect(all).toContain(incident);
          // Nothing is given back, so who was refused finds no room at the end either.
          else expect((spent[bandOf(severity)] ?? []).length).toBe(budget[bandOf(severity)].most);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('two of a group at once do not each count on the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 2, max: 8 }),
        async (scheduler, many, total) => {
          const ledger = interleaved(memoryLedger(), scheduler, () => undefined);
          const tools = { ledger, now: () => new Date(start), pause: () => scheduler.schedule(Promise.resolve()) };
          // Each sees the whole group in service but itself.
          const share = { of: 'Auto Scaling group web', total, remaining: total - 1 };
          const claims = Array.from({ length: many }, (_, index) =>
            claimShare(
              tools,
              {
                type: 'AWS::EC2::Instance',
                id: `i-${index}`,
                partition: 'aws',
                account: own,
                region: here,
                detail: {},
              },
              share,
              on(),
            ),
          );
          await scheduler.waitFor(Promise.all(claims));
          const taken = (await Promise.all(claims)).filter((decisions) => decisions.length === 0).length;
          expect(taken).toBe(Math.min(many, Math.floor(total / 2)));
        },
      ),
      { numRuns: 200 },
    );
  });
});
