// The laws of docs/laws.md, for every playbook × scenario. A new playbook is bound by them without a line being added here.
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../functions/engine/plan.ts';
import { route } from '../../functions/engine/route.ts';
import { readEvent } from '../../functions/sources/read-event.ts';
import { cases, differences, expectedOutcome, playbooks, stage, title } from './staged.ts';

describe.each(cases.map((one) => [title(one), one] as const))('%s', (_title, one) => {
  it('1. the raw event routes to this playbook', async () => {
    const { event } = await stage(one);
    const reading = readEvent(event);
    if ('unreadable' in reading) throw new Error(reading.unreadable);
    const answering = reading.findings.flatMap((finding) => route(finding, playbooks).answers);
    expect(answering.filter(({ playbook, target }) => playbook === one.playbook && target !== null)).not.toEqual([]);
  });

  it('2. the harm is real before', async () => {
    expect(
      await (await stage(one)).harm(),
      'scenario.harm sees nothing: then nothing could show that it went away',
    ).toBe(true);
  });

  it('3. it ends as it should, and harm and verification agree', async () => {
    const { respond, harm, before, practice } = await stage(one);
    const { incident, response } = await respond();
    expect(`${incident.outcome}: ${incident.reason}`).toMatch(new RegExp(`^${expectedOutcome(one)}: .`));
    const execution = response.executions.find(({ incident: { id } }) => id === incident.id);
    expect(execution?.status).toBe(incident.outcome === 'failed' ? 'FAILED' : 'SUCCEEDED');
    if (incident.outcome === 'contained' || incident.outcome === 'preserved') expect(await harm()).toBe(false);
    if (incident.outcome === 'partly-contained') expect(incident.plan?.ongoing.join()).not.toBe('');
    if (incident.outcome === 'refused') expect(differences(before, practice.world.snapshot())).toEqual([]);
    expect(practice.world.defects).toEqual([]);
  });

  it('4. to contain it again writes nothing', async () => {
    const { respond, practice, event, calls } = await stage(one);
    const { incident } = await respond();
    const before = calls().length;
    await practice.respond(event);
    const again = incident.phase === 'ended' ? undefined : await practice.contain(incident);
    const writes = calls()
      .slice(before)
      .filter(({ write }) => write);
    if (incident.phase !== 'ended') expect(writes.map(({ command }) => command)).toEqual([]);
    if (again) expect(again.incident.outcome).toBe(incident.outcome);
  });

  it('6. a release puts back all but what is to be kept, a forced one everything', async () => {
    const { respond, practice, before } = await stage(one);
    const { incident } = await respond();
    if (incident.phase !== 'holding') return;
    const { incident: released } = await practice.release(incident, 'restore');
    expect(`${released.outcome}: ${released.reason}`).toMatch(/^released: /);
    const keeps = incident.changes
      .filter(({ release }) => release !== 'restore')
      .map(({ setting, id }) => `${setting} ${id}`);
    const kept = released.changes.filter(({ state }) => state === 'kept').map(({ setting, id }) => `${setting} ${id}`);
    expect(kept).toEqual(keeps);
    const { incident: forced } = await practice.release(released, 'force');
    expect(forced.outcome).toBe('released');
    expect(differences(before, practice.world.snapshot())).toEqual([]);
  });

  it('9. to observe and to plan write nothing', async () => {
    const { event, practice, calls, before } = await stage(one);
    const reading = readEvent(event);
    if ('unreadable' in reading) throw new Error(reading.unreadable);
    const [finding] = reading.findings;
    if (!finding) throw new Error('The event has no finding.');
    const target = route(finding, playbooks).answers.find(({ playbook }) => playbook === one.playbook)?.target;
    if (!target) throw new Error('The finding names no target.');
    const options = Object.fromEntries(Object.entries(one.definition.options).map(([name, [first]]) => [name, first]));
    const planned = {
      id: 'fb-000000000000',
      playbook: one.playbook,
      target,
      finding,
      options: { ...options, ...one.scenario.options },
    };
    await makePlan(practice.engine('plan'), planned, practice.world.clock.now().toISOString());
    expect(calls().filter(({ write }) => write)).toEqual([]);
    expect(differences(before, practice.world.snapshot())).toEqual([]);
  });
});
