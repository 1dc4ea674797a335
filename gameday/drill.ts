// The drill: every playbook against every scenario of its own, each in a fresh account in memory. The code that responds is the deployed one.
import { createHash } from 'node:crypto';
import { loadPlaybooks, loadScenarios } from '../functions/adapters/catalogue.ts';
import type { Json } from '../playbooks/language/json.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Scenario } from '../playbooks/language/scenario.ts';
import type { Piece } from './drill/observed.ts';
import { playScenario } from './drill/play.ts';
import { resultOf } from './drill/result.ts';
import { summaryOf } from './drill/summary.ts';
import { type DrillReport, type DrillResult, drillSchema } from './report/drill-report.ts';

type Which = { readonly number: number; readonly of: number; readonly playbook: string; readonly scenario: string };

/** What whoever watches is told as it goes on. `at` is in virtual milliseconds since the event. */
export type DrillProgress =
  | (Which & { readonly kind: 'begun'; readonly title: string })
  | (Which & {
      readonly kind: 'step';
      readonly incident: string;
      readonly step: string;
      readonly text: string;
      readonly at: number;
    })
  | (Which & { readonly kind: 'done'; readonly result: DrillResult });

/** Where playbooks and scenarios come from; tests put their own in place of the folders. */
export interface Catalogue {
  readonly playbooks: ReadonlyMap<string, Playbook>;
  readonly scenariosOf: (playbook: string) => Promise<Readonly<Record<string, Scenario<Json>>>>;
}

export interface DrillOptions {
  /** By name; all of them when left out. */
  readonly playbooks?: readonly string[];
  readonly seed: number;
  readonly onProgress?: (progress: DrillProgress) => void;
  readonly catalogue?: Catalogue;
}

/** Of its own for each scenario, so that one more scenario changes no other's play. */
const seedFor = (seed: number, playbook: string, scenario: string): number =>
  createHash('sha256').update(`${seed} ${playbook} ${scenario}`).digest().readUInt32BE();

const chosen = (names: readonly string[] | undefined, { playbooks }: Catalogue): readonly string[] => {
  const all = [...playbooks.keys()];
  const unknown = names?.find((name) => !playbooks.has(name));
  if (unknown !== undefined) throw new Error(`There is no playbook '${unknown}'. There are: ${all.join(', ')}.`);
  return names && names.length > 0 ? all.filter((name) => names.includes(name)) : all;
};

/** Every scenario of these playbooks, each with a seed of its own. */
export const piecesOf = async (
  catalogue: Catalogue,
  names: readonly string[],
  seed: number,
): Promise<readonly Piece[]> => {
  const pieces: Piece[] = [];
  for (const name of names) {
    const playbook = catalogue.playbooks.get(name);
    if (!playbook) continue;
    for (const [scenarioName, scenario] of Object.entries(await catalogue.scenariosOf(name)))
      pieces.push({ name, playbook, scenarioName, scenario, seed: seedFor(seed, name, scenarioName) });
  }
  return pieces;
};

/**
 * Plays every scenario of the chosen playbooks, one after the other. The same seed gives the same report, to the millisecond.
 * @throws only for a playbook that does not exist: what goes wrong in a scenario is a result.
 */
export const runDrill = async ({ playbooks, seed, onProgress, catalogue }: DrillOptions): Promise<DrillReport> => {
  const source = catalogue ?? { playbooks: await loadPlaybooks(), scenariosOf: loadScenarios };
  const pieces = await piecesOf(source, chosen(playbooks, source), seed);
  const results: DrillResult[] = [];
  for (const piece of pieces) {
    const { name: playbook, scenarioName: scenario } = piece;
    const which = { number: results.length + 1, of: pieces.length, playbook, scenario };
    onProgress?.({ ...which, kind: 'begun', title: piece.scenario.title });
    const observed = await playScenario(piece, source.playbooks, ({ incident = '', step, text }, at) =>
      onProgress?.({ ...which, kind: 'step', incident, step, text, at }),
    );
    const result = resultOf(piece, observed);
    results.push(result);
    onProgress?.({ ...which, kind: 'done', result });
  }
  return { schema: drillSchema, seed, summary: summaryOf(results), results };
};
