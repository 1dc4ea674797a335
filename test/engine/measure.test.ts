// Metrics: times from what is on record, in CloudWatch's format, never a word of a finding, and never a failure of anything else.
import { describe, expect, it } from 'vitest';
import { emfLine, measureBy } from '../../functions/adapters/emf.ts';
import { closeHandler } from '../../functions/close.ts';
import { readIncident } from '../../functions/engine/incident.ts';
import { type Measure, measure, timesOf } from '../../functions/engine/measure.ts';
import { heartbeatHandler } from '../../functions/heartbeat.ts';
import { isolating } from './isolating.ts';

const now = new Date('2027-01-01T00:00:00.000Z');

/** As the specification has it: each name that a directive mentions is a member of the root, and dimensions are text. */
const conforms = (line: string): void => {
  const { _aws, ...root } = JSON.parse(line) as {
    readonly _aws: {
      readonly Timestamp: number;
      readonly CloudWatchMetrics: readonly {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
      }[];
    };
  } & Readonly<Record<string, unknown>>;
  expect(Number.isInteger(_aws.Timestamp)).toBe(true);
  for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
    expect(Namespace).toBe('Firebreak');
    expect(Dimensions.length).toBeGreaterThan(0);
    expect(Metrics.length).toBeGreaterThan(0);
    for (const name of Dimensions.flat()) expect(root[name]).toEqual(expect.any(String));
    for (const { Name, Unit } of Metrics) {
      expect(root[Name]).toEqual(expect.any(Number));
      expect(['Milliseconds', 'Count']).toContain(Unit);
    }
  }
  expect(line).not.toContain('\n');
};

describe('a line', () => {
  const times: Measure = { values: { TimeToReceive: 5, TimeToContain: 7 }, by: { Playbook: 'isolate-instance' } };
  const count: Measure = { values: { Incidents: 1 }, by: { Playbook: 'isolate-instance', Outcome: 'failed' } };
  const beat: Measure = { values: { Heartbeat: 1, SwitchNotOn: 0 }, by: {} };

  it.each([times, count, beat])('is what CloudWatch takes: %j', (what) => conforms(emfLine(what, now)));

  it('gives times as a whole, for the alarm, and by playbook; counts by outcome alone; the rest without any', () => {
    const dimensions = (what: Measure): unknown =>
      (JSON.parse(emfLine(what, now)) as { _aws: { CloudWatchMetrics: [{ Dimensions: unknown }] } })._aws
        .CloudWatchMetrics[0].Dimensions;
    expect(dimensions(times)).toEqual([[], ['Playbook']]);
    expect(dimensions(count)).toEqual([['Playbook', 'Outcome']]);
    expect(dimensions(beat)).toEqual([[]]);
  });
});

describe('an incident that was contained by itself', async () => {
  const { practice, respond } = await isolating();
  const { incident } = await respond();
  const engine = practice.engine('close');
  const lines: string[] = [];
  const measuring = { ...engine, measure: measureBy((line) => lines.push(line), engine.now) };
  const record = await readIncident(engine, incident.id);
  if (!record) throw new Error('no incident');

  it('has its three times, in their order', () => {
    const values = timesOf(record, engine.now())?.values;
    expect(values?.TimeToReceive).toBeGreaterThanOrEqual(0);
    expect(values?.TimeToContain).toBeGreaterThanOrEqual(values?.TimeToFirstEffect ?? Number.NaN);
  });

  it('is counted when it is closed, with nothing of its finding but names of ours', async () => {
    await closeHandler(measuring)({ incident: record.id, playbook: record.playbook });
    for (const line of lines) conforms(line.trimEnd());
    const all = lines.join('');
    expect(all).toContain('"Incidents":1');
    expect(all).toContain(`"Outcome":"${record.outcome}"`);
    for (const word of [record.target.id, record.finding?.id, record.finding?.title, record.target.account])
      expect(all).not.toContain(word ?? '?');
  });

  it('is closed all the same where nothing can be measured', async () => {
    const failing = {
      ...engine,
      measure: () => {
        throw new Error('no room on the disk');
      },
    };
    await expect(closeHandler(failing)({ incident: record.id, playbook: record.playbook })).resolves.toMatchObject({
      outcome: record.outcome,
    });
  });

  it('has no times where a person was asked, a release was, or nothing is contained', () => {
    expect(timesOf({ ...record, asked: 1 }, now)).toBeUndefined();
    expect(timesOf({ ...record, releaseRequest: { mode: 'restore' } as never }, now)).toBeUndefined();
    expect(timesOf({ ...record, outcome: 'failed' }, now)).toBeUndefined();
  });

  it('measures no nonsense: clocks that differ, times that are none', () => {
    const finding = { ...record.finding, updatedAt: '2999-01-01T00:00:00Z' } as typeof record.finding;
    expect(timesOf({ ...record, finding }, now)?.values.TimeToReceive).toBe(0);
    const odd = { ...record.finding, updatedAt: 'yesterday' } as typeof record.finding;
    expect(timesOf({ ...record, finding: odd }, now)?.values).not.toHaveProperty('TimeToReceive');
  });
});

describe('the heartbeat', async () => {
  const { practice } = await isolating();
  const engine = practice.engine('heartbeat');
  const beating = async (more: object) => {
    const seen: Measure[] = [];
    const beat = heartbeatHandler({ ...engine, measure: (what) => seen.push(what), ...more })({ source: 'anybody' });
    return { beat: await beat, seen };
  };

  it.each([
    ['on', 0],
    ['observe', 1],
    ['off', 1],
  ] as const)('says where the switch stands: %s', async (position, not) => {
    const { beat, seen } = await beating({ readSwitch: async () => position });
    expect(beat).toEqual({ switch: position });
    expect(seen).toEqual([{ values: { Heartbeat: 1, SwitchNotOn: not }, by: {} }]);
  });

  it('takes a switch that can not be read for one that is not on', async () => {
    const readSwitch = async (): Promise<never> => Promise.reject(new Error('no such parameter'));
    expect((await beating({ readSwitch })).seen[0]?.values.SwitchNotOn).toBe(1);
  });

  it('stops with the ledger, and never works on anything', async () => {
    const read = async (): Promise<never> => Promise.reject(new Error('no table'));
    await expect(beating({ ledger: { ...engine.ledger, read } })).rejects.toThrow('no table');
    const aws = (): never => {
      throw new Error('it has hands');
    };
    await expect(beating({ aws })).resolves.toBeDefined();
  });
});

it('without anybody who measures nothing is done', () => {
  const said: unknown[] = [];
  measure({ report: (progress) => said.push(progress) }, { values: { Drifted: 1 }, by: {} });
  expect(said).toEqual([]);
});
