// The engine as the command line runs it: real clients, real time, the local ledger, the rails of its configuration.
import type { Engine } from '../functions/engine/engine.ts';
import type { Mode } from '../functions/rails/config.ts';
import { cachedSwitch, type ReadSwitch } from '../functions/rails/switch.ts';
import { type ProgressLines, progressOn } from './progress.ts';
import type { Undertaking } from './undertaking.ts';
import type { Caller, World } from './world.ts';

/** Nothing acts by itself here, but for what a person has typed: so it is on as long as nobody has turned it. */
export const untilTurned: Mode = 'on';

export const switchOf = (world: World): ReadSwitch =>
  cachedSwitch(
    async () => (await world.killSwitch.read())?.position ?? untilTurned,
    () => world.now(),
  );

/** `access` 'read' is for looks that must leave no trace, not even in the ledger. */
export const engineOn = async (
  world: World,
  caller: Caller,
  access: 'read' | 'write',
  progress: ProgressLines,
): Promise<Engine> => ({
  ledger: await world.ledger(access),
  now: () => world.now(),
  pause: (milliseconds) => world.pause(milliseconds),
  aws: caller.aws,
  playbooks: await world.playbooks(),
  options: {},
  config: await world.config(),
  readSwitch: switchOf(world),
  ...(caller.region && { region: caller.region }),
  actor: caller.arn,
  report: progress.report,
});

/** Everything that a command needs to carry something out. With --json, stdout is for the document alone. */
export const undertakingOn = async (
  world: World,
  caller: Caller,
  { access, json, yes = false, severalIncidents = () => false }: UndertakingOptions,
): Promise<Undertaking> => {
  const progress = progressOn(world.err, () => world.now(), severalIncidents);
  const engine = await engineOn(world, caller, access, progress);
  return { world, engine, progress, json, yes, screen: json ? world.err : world.out };
};

interface UndertakingOptions {
  readonly access: 'read' | 'write';
  readonly json: boolean;
  readonly yes?: boolean;
  readonly severalIncidents?: () => boolean;
}
