// The world as it is on this machine: the terminal, the environment, the ledger's file, the user's own AWS credentials.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadPlaybooks } from '../functions/adapters/catalogue.ts';
import { switchFile } from '../functions/adapters/switch-file.ts';
import type { Ledger } from '../functions/engine/ledger.ts';
import { configurationFrom } from './configuration.ts';
import { screenOn } from './screen.ts';
import type { World } from './world.ts';

const ledgerFile = ({ FIREBREAK_LEDGER, XDG_STATE_HOME }: World['env']): string =>
  FIREBREAK_LEDGER || join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'firebreak', 'ledger.sqlite');

/** A look that must leave no trace can't leave one by mistake. */
const unwritable = (ledger: Ledger): Ledger => ({
  ...ledger,
  write: async (collection, key) => {
    throw new Error(`The ledger was to be written (${collection} ${key}) where only reading is allowed.`);
  },
});

const openLedger = async (env: World['env'], access: 'read' | 'write'): Promise<Ledger> => {
  const { sqliteLedger } = await import('../functions/adapters/sqlite-ledger.ts');
  const file = ledgerFile(env);
  const { withHeads } = await import('../functions/adapters/journal-heads.ts');
  const heads = `${file}.heads`;
  if (access === 'write') return withHeads(sqliteLedger(file), heads);
  return unwritable(withHeads(sqliteLedger(existsSync(file) ? file : ':memory:'), heads));
};

/** Whether somebody has something to say before we go. */
let watched = 0;

/** On stderr, so that stdout stays what was asked for. Ctrl-C and the end of input are no answer. */
const ask = (question: string): Promise<string> =>
  new Promise((resolve) => {
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    asking.once('SIGINT', () => {
      asking.close();
      process.stderr.write(watched > 0 ? '\n' : '\nStopped; nothing was changed.\n');
      process.kill(process.pid, 'SIGINT');
    });
    asking.once('close', () => resolve(''));
    asking.question(question, (answer) => {
      resolve(answer);
      asking.close();
    });
  });

/** What a shell says of a process that a signal ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const signals = Object.keys(exitCodes) as (keyof typeof exitCodes)[];

const onInterrupt = (work: () => Promise<void>): (() => void) => {
  const stop = (signal: keyof typeof exitCodes) => {
    standDown();
    work().then(
      () => process.exit(exitCodes[signal]),
      () => process.exit(exitCodes[signal]),
    );
  };
  const standDown = () => {
    watched--;
    for (const signal of signals) process.off(signal, stop);
  };
  watched++;
  for (const signal of signals) process.on(signal, stop);
  return standDown;
};

/** `env` is for Firebreak's own settings; the SDK reads its own from the process. */
export const machine = (env: World['env'] = process.env): World => ({
  out: screenOn(process.stdout),
  err: screenOn(process.stderr),
  env,
  interactive: Boolean(process.stdin.isTTY && process.stderr.isTTY),
  ask,
  stdin: () => text(process.stdin),
  now: () => new Date(),
  pause: (milliseconds) => sleep(milliseconds),
  playbooks: loadPlaybooks,
  config: async () => configurationFrom(env, process.cwd(), await loadPlaybooks()),
  // Beside the ledger, so that whoever names a ledger has its switch with it.
  killSwitch: switchFile(`${ledgerFile(env)}.switch`),
  ledger: (access) => openLedger(env, access),
  caller: async () => (await import('./caller.ts')).callerFrom(env),
  onInterrupt,
});
