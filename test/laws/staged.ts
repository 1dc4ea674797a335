// A scenario, staged: the account arranged, the finding in hand, the state before remembered. Every law starts from here.
import { loadPlaybooks, loadScenarios } from '../../functions/adapters/catalogue.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import type { Call, State } from '../../gameday/account/world.ts';
import { compareAccounts, judgeDifferences, saidDifference } from '../../gameday/compare.ts';
import { createPractice, type Practice, type PracticeOptions, type Response } from '../../gameday/practice.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Scenario } from '../../playbooks/language/scenario.ts';

export const playbooks = await loadPlaybooks();

export interface Case {
  readonly playbook: string;
  readonly definition: Playbook;
  readonly name: string;
  readonly scenario: Scenario<Json>;
  readonly evidenceOnly: boolean;
}

/** Every playbook × scenario. */
export const cases: readonly Case[] = (
  await Promise.all(
    [...playbooks].map(async ([playbook, definition]) =>
      Object.entries((await loadScenarios(playbook).catch(() => ({}))) ?? {}).map(
        ([name, scenario]): Case => ({
          playbook,
          definition,
          name,
          scenario,
          evidenceOnly: definition.containment === 'evidence',
        }),
      ),
    ),
  )
).flat();

export const title = ({ playbook, name }: Case): string => `${playbook}: ${name}`;

export const expectedOutcome = ({ scenario, evidenceOnly }: Case): Outcome =>
  scenario.outcome ?? (evidenceOnly ? 'preserved' : 'contained');

export interface Staged {
  readonly practice: Practice;
  readonly arranged: Json;
  readonly event: Json;
  readonly before: State;
  harm(): Promise<boolean>;
  /** Calls of Firebreak, not of the stage. */
  calls(): readonly Call[];
  /** Runs the event, and answers the incident of this case's playbook. */
  respond(): Promise<{ readonly response: Response; readonly incident: Incident }>;
}

export const stage = async (one: Case, options: Partial<PracticeOptions> = {}): Promise<Staged> => {
  const practice = createPractice({
    playbooks,
    seed: 7,
    latency: 'none',
    ...options,
    options: { [one.playbook]: one.scenario.options ?? {}, ...options.options },
  });
  const { scenario } = one;
  const arranged = await scenario.arrange(practice.stage);
  const event = scenario.finding(arranged, practice.stage);
  const before = practice.world.snapshot();
  return {
    practice,
    arranged,
    event,
    before,
    harm: () => scenario.harm(arranged, practice.stage),
    calls: () => practice.world.calls.filter(({ session }) => !session.startsWith('stage')),
    respond: async () => {
      const response = await practice.respond(event);
      const found = response.executions.find(({ incident }) => incident.playbook === one.playbook);
      if (!found)
        throw new Error(`The event opened no incident of ${one.playbook}: ${JSON.stringify(response.received)}`);
      return { response, incident: found.incident };
    },
  };
};

/** What is not as it was and has no reason not to be, a line each. */
export const differences = (before: State, after: State): readonly string[] =>
  judgeDifferences(compareAccounts(before, after), []).left.map(saidDifference);
