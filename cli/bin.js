#!/usr/bin/env node
// Starts the command line under Node 24, which runs TypeScript as it is: this one, or the one that npm has installed here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
const entry = new URL('./firebreak.ts', import.meta.url);

if (major >= 24) await import(entry.href);
else restart();

function restart() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = fileURLToPath(new URL(`../node_modules/node/bin/${file}`, import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `Firebreak needs Node 24; this is ${process.version}. 'npm ci' in its folder installs one beside it.`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(entry), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends these to both; who stops us alone means the child. We stay until it has said what is to be said.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Node 24 could not be started: ${error.message}. 'npm ci' installs it afresh.`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
