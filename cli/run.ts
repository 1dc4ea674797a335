// One run of the command line: finds the command, runs it, and turns whatever goes wrong into a sentence and an exit code.
import { readFile } from 'node:fs/promises';
import { type Command, parse } from './command.ts';
import { approve } from './commands/approve.ts';
import { check } from './commands/check.ts';
import { contain } from './commands/contain.ts';
import { deny } from './commands/deny.ts';
import { doctor } from './commands/doctor.ts';
import { drill } from './commands/drill.ts';
import { explain } from './commands/explain.ts';
import { incidents } from './commands/incidents.ts';
import { playbooks } from './commands/playbooks.ts';
import { release } from './commands/release.ts';
import { respond } from './commands/respond.ts';
import { show } from './commands/show.ts';
import { killSwitch } from './commands/switch.ts';
import { showCommandHelp, showHelp } from './help.ts';
import { jsonText, plain } from './screen.ts';
import { didYouMean, inWords, trouble } from './trouble.ts';
import type { World } from './world.ts';

/** In the order in which a newcomer needs them. */
const commands = [
  drill,
  explain,
  contain,
  respond,
  approve,
  deny,
  release,
  check,
  killSwitch,
  incidents,
  show,
  playbooks,
  doctor,
];

const version = async (): Promise<string> =>
  (JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

const named = (name: string): Command => {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const names = commands.map((command) => command.name);
  throw trouble(
    `There is no command '${name}'.`,
    `${didYouMean(name, names)}There are: ${names.join(', ')}. 'firebreak help' tells what they do.`,
  );
};

const dispatch = async (args: readonly string[], world: World): Promise<number> => {
  const [first, ...rest] = args;
  if (first === '--version' || first === '-v') {
    world.out.line(await version());
    return 0;
  }
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    showHelp(world.out, commands, await version());
    return 0;
  }
  if (first.startsWith('-')) throw trouble(`There is no option ${first} before a command.`, "Try 'firebreak help'.");
  if (first === 'help') {
    showCommandHelp(world.out, named(rest[0] ?? ''));
    return 0;
  }
  const command = named(first);
  const given = parse(command, rest);
  if (given.values.help) {
    showCommandHelp(world.out, command);
    return 0;
  }
  return command.run(world, given);
};

/** Runs one command line and answers its exit code. Never throws. */
export const run = async (args: readonly string[], world: World): Promise<number> => {
  try {
    return await dispatch(args, world);
  } catch (error) {
    const { error: said, remedy, exit } = inWords(error);
    if (args.includes('--json')) world.out.line(jsonText({ error: plain(said), remedy: plain(remedy) }));
    else world.err.line(`${world.err.paint('red', 'firebreak:')} ${plain(said)} ${plain(remedy)}`);
    if (world.env.FIREBREAK_DEBUG === '1') world.err.line((error as Error).stack ?? String(error));
    return exit;
  }
};
