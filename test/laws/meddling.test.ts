// Law 7: what others changed meanwhile survives a plain release, and is told.
import { describe, expect, it } from 'vitest';
import { type Case, cases, differences, expectedOutcome, playbooks, stage, title } from './staged.ts';

const meddled = cases.filter(({ scenario }) => scenario.meddle);

const contained = async (one: Case) => {
  const staged = await stage(one);
  const { incident } = await staged.respond();
  const { practice, arranged } = staged;
  if (!one.scenario.meddle) throw new Error('Nobody meddles in this scenario.');
  const id = await one.scenario.meddle(arranged, practice.stage);
  return { ...staged, incident, id, after: practice.world.snapshot() };
};

const stateOf = (changes: readonly { id: string; state: string }[], id: string) =>
  changes.find((change) => change.id === id)?.state;

describe.each(meddled.map((one) => [title(one), one] as const))('%s', (_title, one) => {
  it('7. a release by --force of all else leaves what somebody changed, and says so', async () => {
    const { practice, incident, id } = await contained(one);
    const { incident: released } = await practice.release(incident, 'restore');
    const meddledWith = released.changes.find((change) => change.id === id && change.release === 'restore');
    if (meddledWith) {
      expect(`${released.outcome}: ${released.reason}`).toMatch(/^conflict: /);
      expect(stateOf(released.changes, id)).toBe('conflict');
    } else expect(stateOf(released.changes, id)).toBe('kept');
  });

  it('7. a check says that it drifted', async () => {
    const { practice, incident } = await contained(one);
    const { check } = await import('../../functions/engine/check.ts');
    const checked = await check(practice.engine('check'), incident.id);
    expect(`${checked.outcome}: ${checked.reason}`).toMatch(/^drifted: .*instead of/);
  });

  it('7. --keep lets go of it without writing', async () => {
    const { practice, incident, calls, after } = await contained(one);
    const before = calls().length;
    const { incident: released } = await practice.release(incident, 'keep');
    expect(released.outcome).toBe('released');
    expect(
      calls()
        .slice(before)
        .filter(({ write, outcome }) => write && outcome === 'ok')
        .map(({ command }) => command),
    ).toEqual([]);
    expect(differences(after, practice.world.snapshot())).toEqual([]);
  });

  it('7. --force puts the original over it', async () => {
    const { practice, incident, before, id } = await contained(one);
    const { incident: released } = await practice.release(incident, 'force');
    expect(released.outcome).toBe('released');
    expect(stateOf(released.changes, id)).toBe('released');
    expect(differences(before, practice.world.snapshot()).filter((line) => line.includes(id))).toEqual([]);
  });
});

it('7. is played with every playbook that holds something', () => {
  const holding = [...playbooks.keys()].filter((name) =>
    cases.some((one) => one.playbook === name && !one.evidenceOnly && expectedOutcome(one) !== 'refused'),
  );
  const played = new Set(meddled.map(({ playbook }) => playbook));
  expect(
    holding.filter((name) => !played.has(name)),
    'give one of its scenarios a meddle()',
  ).toEqual([]);
});
