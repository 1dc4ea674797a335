// Law 10: two incidents on one setting. Contained while any holds; original when none does. A twin of each playbook plays the other one.
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../functions/engine/incident.ts';
import { cases, differences, expectedOutcome, playbooks, stage, title } from './staged.ts';

const holding = cases.filter(
  (one) => !one.evidenceOnly && ['contained', 'partly-contained'].includes(expectedOutcome(one)),
);

describe.each(holding.map((one) => [title(one), one] as const))('%s', (_title, one) => {
  const twin = `twin-of-${one.playbook}`;
  const both = new Map([
    [one.playbook, one.definition],
    [twin, one.definition],
  ]);
  const contained = one.scenario.outcome === undefined;

  const twice = async () => {
    const staged = await stage(one, {
      playbooks: both,
      options: { [one.playbook]: one.scenario.options ?? {}, [twin]: one.scenario.options ?? {} },
    });
    const { response, incident: first } = await staged.respond();
    const second = response.executions.find(({ incident }) => incident.playbook === twin)?.incident;
    if (!second) throw new Error('The twin opened no incident.');
    return { ...staged, first, second };
  };

  it.each([
    ['the first lets go first', (first: Incident, second: Incident) => [first, second]],
    ['the second lets go first', (first: Incident, second: Incident) => [second, first]],
  ] as const)('10. contained while any holds, original when none does: %s', async (_order, ordered) => {
    const { first, second, practice, harm, before } = await twice();
    expect(second.outcome).toBe(first.outcome);
    const [early, late] = ordered(first, second);
    if (!early || !late) throw new Error('two incidents are needed');
    expect((await practice.release(early, 'force')).incident.outcome).toBe('released');
    if (contained) expect(await harm()).toBe(false);
    expect((await practice.release(late, 'force')).incident.outcome).toBe('released');
    expect(differences(before, practice.world.snapshot())).toEqual([]);
  });

  it('10. both let go at once', async () => {
    const { first, second, practice, before } = await twice();
    await Promise.all([practice.release(first, 'force'), practice.release(second, 'force')]);
    expect(differences(before, practice.world.snapshot())).toEqual([]);
  });

  it('10. one lets go while the other contains', async () => {
    const staged = await stage(one, { options: { [twin]: one.scenario.options ?? {} } });
    const { incident: first } = await staged.respond();
    staged.practice.enrol(twin, one.definition);
    const [{ executions }] = await Promise.all([
      staged.practice.respond(staged.event),
      staged.practice.release(first, 'force'),
    ]);
    const second = executions.find(({ incident }) => incident.playbook === twin)?.incident;
    if (!second) throw new Error('The twin opened no incident.');
    let settled = (await staged.practice.contain(second)).incident;
    if (settled.outcome === 'refused') {
      // A person was asked, and what the other one let go moved the plan under him as often as that may be: the next finding is answered anew.
      expect(settled.reason).toContain('The plan changed 2 times while a person was asked');
      const { practice, arranged } = staged;
      const later = one.scenario.finding(arranged, { ...practice.stage, now: practice.world.clock.now() });
      const anew = (await practice.respond(later)).executions;
      settled = anew.find(({ incident }) => incident.playbook === twin)?.incident ?? settled;
      for (const { incident } of anew) if (incident.playbook !== twin) await practice.release(incident, 'force');
    }
    expect(settled.outcome).toBe(first.outcome);
    if (contained) expect(await staged.harm()).toBe(false);
    await staged.practice.release(settled, 'force');
    // Whichever of the two answered the event meanwhile may hold as well.
    for (const { incident } of executions)
      if (incident.playbook !== twin) await staged.practice.release(incident, 'force');
    expect(differences(staged.before, staged.practice.world.snapshot())).toEqual([]);
  });
});

it('plays with every playbook that holds something', () => {
  expect(
    [...playbooks.keys()].filter((name) => holding.some(({ playbook }) => playbook === name)).length,
  ).toBeGreaterThan(0);
});
