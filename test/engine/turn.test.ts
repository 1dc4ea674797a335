// The line: so many at once, then one after the other; the severe first; and it keeps nobody from acting.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../functions/engine/engine.ts';
import { type Incident, openIncident, readIncident, updateIncident } from '../../functions/engine/incident.ts';
import type { Ledger } from '../../functions/engine/ledger.ts';
import { notYet, standInLineForRest } from '../../functions/engine/turn.ts';
import { createPractice } from '../../gameday/practice.ts';
import type { Severity } from '../../playbooks/language/finding.ts';
import { cases } from '../laws/staged.ts';
import { finding } from '../notices/fixture.ts';
import { on } from '../rails/ground.ts';

const playbook = 'isolate-instance';
const definition = cases.find((one) => one.playbook === playbook)?.definition;
const start = Date.parse('2026-11-02T03:04:05.000Z');

type Line = Engine & { at(milliseconds: number): void };

const lineOf = (pace = { incidentsAtOnce: 3, incidentsPerSecond: 1 }, ledger?: (real: Ledger) => Ledger): Line => {
  if (!definition) throw new Error(`There is no playbook '${playbook}'.`);
  const practice = createPractice({ playbooks: new Map([[playbook, definition]]), seed: 1, config: on({ pace }) });
  const engine = practice.engine('line');
  let now = start;
  return {
    ...engine,
    ledger: ledger?.(engine.ledger) ?? engine.ledger,
    now: () => new Date(now),
    pause: async () => undefined,
    at: (milliseconds) => {
      now = start + milliseconds;
    },
  };
};

const open = async (engine: Engine, name: string, severity: Severity, detector = finding.detector): Promise<string> => {
  const target = { partition: 'aws', account: '111122223333', region: 'eu-central-1', type: 'AWS::EC2::Instance' };
  const { incident } = await openIncident(engine, {
    key: name,
    playbook,
    target: { ...target, id: name, detail: {} },
    options: {},
    disposition: 'contain',
    because: 'a test',
    finding: { ...finding, id: name, severity, detector },
    openedBy: 'a test',
    approval: null,
  });
  return incident.id;
};

const drawn = async (
  engine: Line,
  id: string,
  onLikely: () => void = () => undefined,
): Promise<Incident | undefined> => {
  const found = await readIncident(engine, id);
  if (!found) throw new Error(`${id} is missing`);
  return notYet(engine, found, onLikely);
};

/** After how many seconds its turn comes; 0 where it is due at once. */
const secondsOf = async (engine: Line, name: string, severity: Severity = 'HIGH'): Promise<number> => {
  const waits = await drawn(engine, await open(engine, name, severity));
  return waits?.turn ? (Date.parse(waits.turn.at) - engine.now().getTime()) / 1000 : 0;
};

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `i-${index}`);

describe('the line', () => {
  it('lets so many go at once, and the others one after the other', async () => {
    const engine = lineOf();
    const waits: number[] = [];
    for (const name of names(7)) waits.push(await secondsOf(engine, name));
    expect(waits).toEqual([0, 0, 0, 1, 2, 3, 4]);
  });

  it('gives each a place of its own, however many draw at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 10 }), async (count, atOnce) => {
        const engine = lineOf({ incidentsAtOnce: atOnce, incidentsPerSecond: 1 });
        const waits = await Promise.all(names(count).map((name) => secondsOf(engine, name)));
        const expected = names(count).map((_name, index) => Math.max(0, index - atOnce + 1));
        expect(waits.toSorted((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('is empty again after a while', async () => {
    const engine = lineOf();
    for (const name of names(7)) await secondsOf(engine, name);
    engine.at(20_000);
    expect(await secondsOf(engine, 'late')).toBe(0);
  });

  it('keeps the place that was drawn, whoever asks again', async () => {
    const engine = lineOf();
    for (const name of names(6)) await secondsOf(engine, name);
    const id = await open(engine, 'i-5', 'HIGH');
    const [before, after] = [await drawn(engine, id), await drawn(engine, id)];
    expect(after?.turn).toEqual(before?.turn);
    engine.at(4000);
    expect(await drawn(engine, id)).toBeUndefined();
  });

  it('lets the severe pass by what is cheap', async () => {
    const engine = lineOf();
    for (const name of names(20)) await secondsOf(engine, name, 'LOW');
    expect(await secondsOf(engine, 'severe', 'CRITICAL')).toBe(0);
  });

  it('lets what is cheap wait for the severe', async () => {
    const engine = lineOf();
    for (const name of names(20)) await secondsOf(engine, name, 'CRITICAL');
    expect(await secondsOf(engine, 'cheap', 'MEDIUM')).toBeGreaterThanOrEqual(17);
  });

  it('lets the rest wait for all that is still to be contained', async () => {
    const engine = lineOf();
    for (const name of names(20)) await secondsOf(engine, name);
    const { turn } = await standInLineForRest(engine, { ...(await incidentOf(engine, 'i-0')) });
    expect(Date.parse(turn?.at ?? '') - start).toBeGreaterThanOrEqual(17_000);
  });

  it('is not for what a person asks for by name', async () => {
    const engine = lineOf();
    for (const name of names(20)) await secondsOf(engine, name);
    expect(await drawn(engine, await open(engine, 'by hand', 'HIGH', 'manual'))).toBeUndefined();
  });

  it('is not for what was begun, or is over', async () => {
    const engine = lineOf();
    for (const name of names(20)) await secondsOf(engine, name);
    const id = await open(engine, 'begun', 'HIGH');
    for (const phase of ['containing', 'holding', 'releasing', 'ended'] as const) {
      await updateIncident(engine, id, (before) => ({ ...before, phase }));
      expect(await drawn(engine, id), phase).toBeUndefined();
    }
  });

  it('says at once that somebody seems to be due, and not of one who has to wait', async () => {
    const engine = lineOf();
    const likely: boolean[] = [];
    for (const name of names(5)) {
      let seems = false;
      await drawn(engine, await open(engine, name, 'HIGH'), () => {
        seems = true;
      });
      likely.push(seems);
    }
    expect(likely).toEqual([true, true, true, false, false]);
  });

  it('says that it is crowded, so that nothing but what contains is done first', async () => {
    const engine = lineOf({ incidentsAtOnce: 9, incidentsPerSecond: 1 });
    const crowded: boolean[] = [];
    for (const name of names(8)) {
      const id = await open(engine, name, 'HIGH');
      await drawn(engine, id);
      crowded.push((await incidentOf(engine, name)).turn?.crowded ?? false);
    }
    expect(crowded).toEqual([false, false, false, false, true, true, true, true]);
  });

  it.each(['read', 'write'] as const)('keeps nobody waiting where the ledger can not %s it', async (operation) => {
    const engine = lineOf(undefined, (real) => ({
      ...real,
      [operation]: async (...call: Parameters<Ledger['read']>) => {
        if (call[0] === 'lines') throw Object.assign(new Error('out'), { name: 'InternalServerError' });
        return (real[operation] as (...args: unknown[]) => unknown)(...call);
      },
    }));
    for (const name of names(20)) expect(await secondsOf(engine, name)).toBe(0);
  });
});

async function incidentOf(engine: Engine, name: string): Promise<Incident> {
  return updateIncident(engine, await open(engine, name, 'HIGH'), (before) => before);
}
