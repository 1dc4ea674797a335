// Plays one trial again, from its spelling: the same seed, the same calls, the same end.
import { loadPlaybooks, loadScenarios } from '../../functions/adapters/catalogue.ts';
import { piecesOf } from '../drill.ts';
import { prepare } from './ground.ts';
import { play, type Story } from './play.ts';
import { readTrial } from './trial.ts';

/** @throws in words, where the text names no trial or no scenario that there is. */
export const replay = async (text: string, seed: number): Promise<Story> => {
  const trial = readTrial(text);
  const playbooks = await loadPlaybooks();
  if (!playbooks.has(trial.playbook))
    throw new Error(`There is no playbook '${trial.playbook}'. There are: ${[...playbooks.keys()].join(', ')}.`);
  const pieces = await piecesOf({ playbooks, scenariosOf: loadScenarios }, [trial.playbook], seed);
  const piece = pieces.find(({ scenarioName }) => scenarioName === trial.scenario);
  if (!piece)
    throw new Error(
      `${trial.playbook} has no scenario '${trial.scenario}'. It has: ${pieces.map(({ scenarioName }) => scenarioName).join(', ')}.`,
    );
  return play(await prepare(piece, playbooks), trial, new Set());
};
