// The drill itself: the same seed gives the same report, and what is not as it should be fails in words.
import { describe, expect, it } from 'vitest';
import { type DrillProgress, runDrill } from '../../gameday/drill.ts';
import type { DrillReport } from '../../gameday/report/drill-report.ts';
import { catalogueOf, disable, harmless, leak, single, untidy } from './catalogue.ts';

const broken = ({ results }: DrillReport) =>
  results.flatMap(({ checks }) => checks.filter(({ held }) => !held).map((check) => `${check.what}: ${check.found}`));

const first = ({ results }: DrillReport) => {
  const [result] = results;
  if (!result) throw new Error('the drill has no result');
  return result;
};

describe('a drill in which all goes well', () => {
  it('contains, verifies, releases and finds the account as it was', async () => {
    const report = await runDrill({ seed: 1, catalogue: single() });
    expect(broken(report)).toEqual([]);
    const { outcome, held, changes, account, evidence, runs, times } = first(report);
    expect({ outcome, held, restored: account.restored }).toEqual({ outcome: 'contained', held: true, restored: true });
    expect(
      changes.map(({ fromSaid, afterContain, afterRelease }) => [fromSaid, afterContain.said, afterRelease?.said]),
    ).toEqual([['Active', 'Inactive', 'Active']]);
    expect(evidence.map(({ state }) => state)).toEqual(['complete']);
    expect(runs.map(({ workflow, status }) => `${workflow} ${status}`)).toEqual([
      'respond SUCCEEDED',
      'release SUCCEEDED',
    ]);
    expect(times.firstEffect).toBeLessThan(times.verified ?? 0);
    expect(times.verified).toBeLessThan(times.released ?? 0);
    expect(report.summary).toMatchObject({ held: 1, settings: { changed: 1, putBack: 1 }, accountsRestored: 1 });
  });

  it('insists where a plain release keeps something', async () => {
    const report = await runDrill({ seed: 1, catalogue: single(disable({ release: 'keep' })) });
    expect(broken(report)).toEqual([]);
    const [change] = first(report).changes;
    expect([change?.afterRelease?.state, change?.afterRelease?.said]).toEqual(['kept', 'Inactive']);
    expect([change?.afterForce?.state, change?.afterForce?.said]).toEqual(['released', 'Active']);
  });

  it('counts the calls of the playbook, and not those of the stage', async () => {
    const { calls } = first(await runDrill({ seed: 1, catalogue: single() }));
    expect(calls.total).toBe(calls.reads + calls.writes);
    expect(calls.total).toBe(calls.respond + calls.release);
    expect(calls.list.filter(({ write }) => write).map(({ command }) => command)).toEqual([
      'UpdateAccessKey',
      'UpdateAccessKey',
    ]);
    expect(calls.byService).toEqual({ IAM: calls.total });
  });

  it('tells what a refusal leaves untouched', async () => {
    const catalogue = single(disable({ refuses: 'It is the last way in.' }), leak({ outcome: 'refused' }));
    const report = await runDrill({ seed: 1, catalogue });
    expect(broken(report)).toEqual([]);
    expect(first(report)).toMatchObject({
      outcome: 'refused',
      reason: 'It is the last way in.',
      changes: [],
      runs: [{}],
    });
  });

  it('judges the incident of its own playbook, and lists what else the event opened', async () => {
    const two = { 'a-first': disable(), 'b-second': disable({ release: 'keep' }) };
    const report = await runDrill({
      seed: 1,
      playbooks: ['b-second'],
      catalogue: catalogueOf(two, { 'a-first': { leaked: leak() }, 'b-second': { leaked: leak() } }),
    });
    expect(broken(report)).toEqual([]);
    expect(report.results.map(({ playbook }) => playbook)).toEqual(['b-second']);
    expect(first(report).others.map(({ playbook, outcome }) => `${playbook}: ${outcome}`)).toEqual([
      'a-first: contained',
    ]);
  });
});

describe('the same seed', () => {
  const catalogue = single();

  it('gives the same report, to the millisecond and the request id', async () => {
    const reports = [await runDrill({ seed: 3, catalogue }), await runDrill({ seed: 3, catalogue })];
    expect(JSON.stringify(reports[0])).toBe(JSON.stringify(reports[1]));
  });

  it('and another seed another one: other ids, other times', async () => {
    const [one, other] = [first(await runDrill({ seed: 3, catalogue })), first(await runDrill({ seed: 4, catalogue }))];
    expect(one.resource?.id).not.toBe(other.resource?.id);
    expect(one.incident).not.toBe(other.incident);
    expect(one.calls.list.map(({ at }) => at)).not.toEqual(other.calls.list.map(({ at }) => at));
    expect(one.outcome).toBe(other.outcome);
  });

  it('and one more scenario changes no other', async () => {
    const more = catalogueOf({ 'disable-key': disable() }, { 'disable-key': { another: leak(), leaked: leak() } });
    const report = await runDrill({ seed: 3, catalogue: more });
    expect(report.results[1]).toEqual(first(await runDrill({ seed: 3, catalogue })));
  });
});

describe('what is not as it should be fails in words', () => {
  it('something that the release leaves behind', async () => {
    const report = await runDrill({ seed: 1, catalogue: single(disable({ setting: untidy })) });
    expect(broken(report)).toEqual([
      'The account is as it was before, but for evidence: global › iam › users › build › tags › left-behind: was not there, is "Active"',
    ]);
    expect(first(report)).toMatchObject({ held: false, outcome: 'contained', account: { restored: false } });
    expect(first(report).account.left).toEqual([
      {
        path: ['111122223333', 'global', 'iam', 'users', 'build', 'tags', 'left-behind'],
        change: 'added',
        after: 'Active',
      },
    ]);
    expect(report.summary).toMatchObject({ held: 0, accountsRestored: 0 });
  });

  it('no harm before', async () => {
    const report = await runDrill({ seed: 1, catalogue: single(disable(), harmless()) });
    expect(broken(report)).toContain('Before it, the attacker can do it: no');
  });

  it('harm that goes on', async () => {
    const report = await runDrill({ seed: 1, catalogue: single(disable(), leak({ harm: async () => true })) });
    expect(broken(report)).toEqual(['After it, the attacker can still do it: yes']);
  });

  it('another outcome', async () => {
    const report = await runDrill({ seed: 1, catalogue: single(disable(), leak({ outcome: 'refused' })) });
    expect(broken(report)).toEqual([
      expect.stringMatching(/^The incident ends: contained: /),
      'Nothing is written: IAM UpdateAccessKey, IAM UpdateAccessKey',
    ]);
  });

  it('an event that nobody answers', async () => {
    const finding = () => ({ source: 'aws.guardduty', 'detail-type': 'GuardDuty Finding', detail: {} });
    const report = await runDrill({ seed: 1, catalogue: single(disable(), leak({ finding })) });
    expect(first(report)).toMatchObject({ held: false, incident: '', outcome: null, resource: null });
  });

  it('a scenario that breaks, and the drill goes on', async () => {
    const arrange = async () => {
      throw new Error('There is no such Region.');
    };
    const catalogue = catalogueOf(
      { 'disable-key': disable() },
      { 'disable-key': { breaks: leak({ arrange }), leaked: leak() } },
    );
    const report = await runDrill({ seed: 1, catalogue });
    expect(report.results.map(({ held }) => held)).toEqual([false, true]);
    expect(broken(report)).toContain('The scenario plays to its end: There is no such Region.');
    expect(first(report).account.restored).toBeNull();
  });

  it('a playbook that does not exist, with those that do', async () => {
    await expect(runDrill({ seed: 1, playbooks: ['isolate'], catalogue: single() })).rejects.toThrow(
      "There is no playbook 'isolate'. There are: disable-key.",
    );
  });
});

describe('progress', () => {
  it('tells the beginning, each step with its virtual time, and the end', async () => {
    const seen: DrillProgress[] = [];
    await runDrill({ seed: 1, catalogue: single(), onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({
      kind: 'begun',
      number: 1,
      of: 1,
      playbook: 'disable-key',
      scenario: 'leaked',
      title: 'A key that leaked',
    });
    expect(seen.at(-1)).toMatchObject({ kind: 'done', result: { held: true } });
    const steps = seen.flatMap((progress) => (progress.kind === 'step' ? [progress] : []));
    expect(steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['opened', 'plan', 'wrote', 'verify', 'release']),
    );
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted((a, b) => a - b));
  });
});

describe('the real playbooks', () => {
  it('end as they should, and leave every account as it was', async () => {
    const report = await runDrill({ seed: 7 });
    expect(
      report.results.filter(({ held }) => !held).map(({ playbook, scenario }) => `${playbook}/${scenario}`),
    ).toEqual([]);
    expect(broken(report)).toEqual([]);
    expect(report.summary.accountsRestored).toBe(report.summary.scenarios);
  });

  it('give the same report for the same seed', async () => {
    const seed = 11;
    expect(JSON.stringify(await runDrill({ seed }))).toBe(JSON.stringify(await runDrill({ seed })));
  });
});
