// Law 11: whoever undoes containment while AWS still heeds him is contained again, or people hear of it; and a release restores all the same.
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../functions/engine/incident.ts';
import { settingOf } from '../../functions/engine/plan.ts';
import type { StaleReads } from '../../gameday/account/world.ts';
import { type Attack, answers, letIn, moves } from '../../gameday/attacker/attacker.ts';
import { gone } from '../../playbooks/language/aws.ts';
import { same } from '../../playbooks/language/json.ts';
import { type Case, cases, differences, expectedOutcome, type Staged, stage, title } from './staged.ts';

/** AWS answers Firebreak some state of the last ten seconds, each time that there is one. */
const stale: StaleReads = {
  probability: 1,
  seconds: 10,
  services: ['IAM', 'EC2', 'S3', 'Auto Scaling', 'Elastic Load Balancing', 'Elastic Load Balancing v2'],
  readers: (session) => !session.startsWith('stage'),
};

type Trial = Attack & { readonly stale: boolean };

const said = ({ move, nth, delaySeconds, persists, stale: old }: Trial): string =>
  `${move.title} (${nth + 1}), ${persists ? 'each time' : 'once'}, ${delaySeconds} s after it${old ? ', stale reads' : ''}`;

/** IAM is where the window is known and used: it is tried closely, the others at its ends. */
const moments = (
  { definition }: Case,
  window: number,
): readonly Pick<Trial, 'delaySeconds' | 'persists' | 'stale'>[] => {
  const closely = definition.resource.scope === 'global';
  const all = (closely ? [0, window / 2, window - 0.1, window] : [0, window]).flatMap((delaySeconds) =>
    [false, true].flatMap((persists) => [false, true].map((old) => ({ delaySeconds, persists, stale: old }))),
  );
  return closely
    ? all
    : all.filter(({ delaySeconds, persists, stale: old }) => !persists || (delaySeconds > 0 && !old));
};

/** Every containing write of the case × every move that answers it × moments of the window, once or each time, with fresh or stale reads. */
const trialsOf = async (one: Case): Promise<readonly Trial[]> => {
  const { respond, calls } = await stage(one);
  const { incident } = await respond();
  const written = calls().filter(({ write, outcome }) => write && outcome === 'ok');
  const when = moments(one, incident.plan?.settleSeconds ?? 0);
  return moves.flatMap((move) =>
    [...written.filter((call) => answers(move, call)).keys()].flatMap((nth) =>
      when.map((moment) => ({ move, nth, ...moment })),
    ),
  );
};

/** What he made for himself stays: it is not ours to remove. */
const made: Readonly<Record<string, RegExp>> = {
  'makes another key': /accessKeys/,
  'gives the interface a group of his own': /securityGroups › sg-\w+: was not there.*launch-wizard/,
  // A group of ours with rules that are not ours is not ours to delete.
  'opens the group that isolates':
    /(securityGroups|tags) › sg-\w+: was not there.*firebreak[-:](sealed|forensic|isolation)/,
  'attaches another interface': /networkInterfaces › eni-\w+: was not there/,
};

/** Settings that do not read as the incident says, read by the stage. */
const untrue = async ({ practice }: Staged, one: Case, { changes }: Incident, as: 'to' | 'from'): Promise<string[]> => {
  const wrong: string[] = [];
  const those = changes.filter(({ effect, state }) => (as === 'to' ? effect === 'containing' : state === 'released'));
  for (const change of those) {
    const setting = settingOf(one.definition, change.as);
    const value = await setting.read(practice.stage.aws, change.id);
    if (value !== gone && !same(value, change[as]))
      wrong.push(`${change.setting} ${change.id} reads ${setting.say(value)} instead of ${setting.say(change[as])}`);
  }
  return wrong;
};

/** Keys that work and were not there before. */
const keysWon = ({ practice, before }: Staged): readonly string[] => {
  const ids = (state: Staged['before'], fields: RegExp) =>
    [...JSON.stringify(state).matchAll(fields)].map(([, id]) => id);
  const known = new Set(ids(before, /"id":"(AKIA\w+)"/g));
  const working = ids(practice.world.snapshot(), /"id":"(AKIA\w+)"[^{}]*"status":"Active"/g);
  return working.filter((id) => !known.has(id)).map((id) => `another key works: ${id}`);
};

/** What is claimed, held against the account once everything has settled. */
const judged = async (one: Case, trial: Trial, staged: Staged, incident: Incident): Promise<string[]> => {
  const expected = expectedOutcome(one);
  const open = await untrue(staged, one, incident, 'to');
  if (incident.outcome === expected) {
    const harm = expected === 'contained' && (await staged.harm());
    return [...open, ...(harm ? ['the harm goes on'] : []), ...keysWon(staged)];
  }
  const untold = open.filter((words) => !incident.reason.includes(words.split(' ')[1] ?? words));
  // What came since is not in the plan that a person approved; and stale reads can hinder the tries themselves.
  const mayOnlyTell =
    trial.persists || trial.stale || (incident.disposition === 'ask' && incident.outcome === 'drifted');
  return [
    ...untold.map((words) => `not told: ${words}`),
    ...(mayOnlyTell ? [] : ['undone once, it was not contained again']),
  ];
};

/** A plain release puts back what nobody changed and tells the rest; by force the account is as it was, but for what he made. */
const restored = async (one: Case, { move }: Trial, staged: Staged, incident: Incident): Promise<string[]> => {
  const { practice, before } = staged;
  const { incident: plain } = await practice.release(incident, 'restore');
  const wrong = await untrue(staged, one, plain, 'from');
  const conflicts = plain.changes.filter(({ state }) => state === 'conflict');
  if (plain.outcome !== 'released' && conflicts.some(({ id }) => !plain.reason.includes(id)))
    wrong.push(`a conflict is not told: ${plain.reason}`);
  await practice.world.clock.sleep(60_000);
  const { incident: forced } = await practice.release(plain, 'force');
  if (forced.outcome !== 'released') wrong.push(`release --force: ${forced.outcome}: ${forced.reason}`);
  const left = differences(before, practice.world.snapshot()).filter((line) => !made[move.title]?.test(line));
  return [...wrong, ...left.map((line) => `left: ${line}`)];
};

const attacked = async (one: Case, trial: Trial): Promise<readonly string[]> => {
  const playbooks = new Map([[one.playbook, one.definition]]);
  const staged = await stage(one, { playbooks, ...(trial.stale && { staleReads: stale }) });
  const { practice, event } = staged;
  await practice.world.clock.sleep(60_000);
  const attacker = letIn(practice, trial);
  const { executions } = await practice.respond(event);
  const told = practice.notices().at(-1)?.outcome;
  await attacker.leave();
  await practice.world.clock.sleep(60_000);
  const incident = executions[0]?.incident;
  if (!incident) return ['no incident was opened'];
  if (!attacker.did.includes(trial.move.title)) return [`the attacker could do nothing: ${attacker.did.join('; ')}`];
  const wrong = [
    ...(told === incident.outcome ? [] : [`people were told ${told}`]),
    ...(await judged(one, trial, staged, incident)),
    ...(await restored(one, trial, staged, incident)),
    ...practice.world.defects.map(String),
  ];
  return wrong.map((words) => `${said(trial)}: ${words} (${incident.outcome}: ${incident.reason})`);
};

const holding = cases.filter(
  (one) => !one.evidenceOnly && ['contained', 'partly-contained'].includes(expectedOutcome(one)),
);

/** Plays the attacker against one half of all cases, so that two processes share the work. */
export const playAttacks = (half: 0 | 1): void => {
  const mine = holding.filter((_, index) => index % 2 === half);
  describe.each(mine.map((one) => [title(one), one] as const))('%s', (_title, one) => {
    it('11. undone while AWS still heeds the attacker, it is contained again or told, and restored', {
      timeout: 900_000,
    }, async () => {
      const trials = await trialsOf(one);
      expect(trials.length, 'gameday/attacker has no move against what this playbook writes').toBeGreaterThan(0);
      const wrong: string[] = [];
      for (const trial of trials) wrong.push(...(await attacked(one, trial)));
      expect(wrong, `${trials.length} trials`).toEqual([]);
    });
  });
};
