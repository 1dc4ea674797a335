// The ground on which one scenario's trials are played: arranged once, and responded to once undisturbed. Each trial begins at a checkpoint, and
// is judged by what happens when nothing goes wrong.
import type { Json } from '../../playbooks/language/json.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import type { State } from '../account/state.ts';
import { vanish } from '../account/vanish.ts';
import { compareAccounts } from '../compare.ts';
import { expectedOf } from '../drill/expect.ts';
import type { Piece } from '../drill/observed.ts';
import { type Checkpoint, createPractice, type Practice, type PracticeOptions, practiceConfig } from '../practice.ts';
import { begin, type Operation } from './inject.ts';
import { incidentsOf, letGoOfAll } from './recover.ts';

export interface Ground {
  readonly piece: Piece;
  readonly playbooks: ReadonlyMap<string, Playbook>;
  readonly arranged: Json;
  readonly event: Json;
  readonly expected: Outcome;
  /** Before the event. */
  readonly arrangedAt: Checkpoint;
  /** After the undisturbed response. */
  readonly heldAt: Checkpoint;
  readonly before: State;
  /** The same, once somebody has deleted the resource. */
  readonly withoutTarget: State;
  readonly target: Target;
  /** All that the undisturbed run calls. */
  readonly operations: readonly Operation[];
  /** Where it changes the account, ids of new things aside. */
  readonly touched: ReadonlySet<string>;
  /** States that its longest execution went through. */
  readonly transitions: number;
}

/** What is made new has another id in each run; what was there before is named. */
const placeOf = (path: readonly string[], known: string): string =>
  path.map((part) => (/-[0-9a-f]{17}$|^\d+$/.test(part) && !known.includes(part) ? '*' : part)).join('/');

/** Where an account has changed. */
export const placesChanged = (before: State, after: State): readonly string[] => {
  const known = JSON.stringify(before.accounts);
  return compareAccounts(before, after).map(({ path }) => placeOf(path, known));
};

/** A practice ground for this scenario that goes on from a checkpoint. `asks`: its playbook asks a person, whatever the finding. */
export const practiceFrom = (
  { piece, playbooks }: Pick<Ground, 'piece' | 'playbooks'>,
  { asks = false, ...more }: Partial<PracticeOptions> & { readonly asks?: boolean },
): Practice =>
  createPractice({
    playbooks,
    // Another than the arrangement's: what is made after the checkpoint must not get an id that is taken.
    seed: piece.seed + 1,
    options: { [piece.name]: piece.scenario.options ?? {} },
    config: practiceConfig(playbooks, asks ? { playbooks: { [piece.name]: { mode: 'ask' } } } : {}),
    notices: 'published',
    originals: 'stored',
    ...more,
  });

/**
 * Arranges the scenario, and plays it once undisturbed.
 * @throws where that does not end as the scenario says: then no trial of it would mean anything.
 */
export const prepare = async (piece: Piece, playbooks: ReadonlyMap<string, Playbook>): Promise<Ground> => {
  const { name, playbook, scenario } = piece;
  const title = `${name}/${piece.scenarioName}`;
  const stage = practiceFrom({ piece: { ...piece, seed: piece.seed - 1 }, playbooks }, {});
  const arranged = await scenario.arrange(stage.stage);
  const event = scenario.finding(arranged, stage.stage);
  const arrangedAt = stage.checkpoint();
  const before = stage.world.snapshot();

  const practice = practiceFrom({ piece, playbooks }, { from: arrangedAt });
  const responding = begin(practice, 'respond', [], undefined);
  const { executions } = await practice.respond(event);
  responding.stop();
  const own = executions.find(({ incident }) => incident.playbook === name);
  const expected = expectedOf({ playbook, scenario });
  if (own?.incident.outcome !== expected)
    throw new Error(
      `${title} does not end ${expected} undisturbed, but ${own?.incident.outcome ?? 'without an incident'}.`,
    );
  const heldAt = practice.checkpoint();
  const touched = new Set(placesChanged(before, practice.world.snapshot()));

  const { target } = own.incident;
  const bereft = practiceFrom({ piece, playbooks }, { from: arrangedAt });
  vanish(bereft.world, target.type, target);

  const releasing = begin(practice, 'release', [], undefined);
  await letGoOfAll(practice, await incidentsOf(practice));
  releasing.stop();
  return {
    piece,
    playbooks,
    arranged,
    event,
    expected,
    arrangedAt,
    heldAt,
    before,
    withoutTarget: bereft.world.snapshot(),
    target,
    operations: [...responding.operations, ...releasing.operations],
    touched,
    transitions: Math.max(...executions.map(({ path }) => path.length)),
  };
};
