#!/usr/bin/env node
// The command line's entry: everything that is of this machine is handed to `run` from here.
import { machine } from './machine.ts';
import { run } from './run.ts';

// node:sqlite is steady enough for a ledger since Node 24; that it is called experimental is no news for a person at 3 a.m.
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
  if (!rest.some((part) => part === 'ExperimentalWarning')) emitWarning(warning, ...rest);
}) as typeof process.emitWarning;

// Whoever reads along may go away (`| head`): what is under way goes on all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const code = await run(process.argv.slice(2), machine());
// Exits only when everything is out: a pipe takes what it is given at its own pace.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
