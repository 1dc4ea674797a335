// Plays the single faults of one scenario until one breaks a promise, and says which. Exits with 1 when none does.
import { loadPlaybooks, loadScenarios } from '../../functions/adapters/catalogue.ts';
import { piecesOf } from '../../gameday/drill.ts';
import { prepare } from '../../gameday/faults/ground.ts';
import { play } from '../../gameday/faults/play.ts';
import { singles } from '../../gameday/faults/trials.ts';

const [wanted = ''] = process.argv.slice(2);
const [playbook = '', scenario = ''] = wanted.split('/');

const hunt = async (): Promise<string | undefined> => {
  const playbooks = await loadPlaybooks();
  const pieces = await piecesOf({ playbooks, scenariosOf: loadScenarios }, [playbook], 1);
  const piece = pieces.find(({ scenarioName }) => scenarioName === scenario);
  if (!piece) throw new Error(`There is no scenario ${wanted}.`);
  const ground = await prepare(piece, playbooks).catch((error: Error) => error.message);
  if (typeof ground === 'string') return `undisturbed: ${ground}`;
  const released = new Set<string>();
  // What happens to events first: those are few, and some bugs show in nothing else.
  const trials = singles(ground).toSorted((a, b) => a.injections.length - b.injections.length);
  for (const trial of trials) {
    const story = await play(ground, trial, released);
    if (story.end === 'broken') return `${story.trial}: ${story.wrong[0] ?? ''}`;
  }
  return undefined;
};

const seen = await hunt();
console.log(seen ?? 'nobody noticed');
process.exitCode = seen === undefined ? 1 : 0;
