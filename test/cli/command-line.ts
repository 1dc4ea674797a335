// The command line as a user runs it: a process of its own, from which only exit code, stdout and stderr come back.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export type Ran = { readonly exit: number; readonly stdout: string; readonly stderr: string };

const bin = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));

/** The user's own credentials and configuration are left out, so that nothing of this machine can be met. */
const bare = ({ PATH, HOME, TMPDIR }: NodeJS.ProcessEnv) => ({
  PATH,
  HOME,
  ...(TMPDIR && { TMPDIR }),
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  // Half of what a short command costs is compiling the SDK.
  NODE_COMPILE_CACHE: join(tmpdir(), 'firebreak-test-compile-cache'),
});

export const firebreak = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin = '',
): Promise<Ran> => {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...bare(process.env), ...env } });
  child.stdin.end(stdin);
  const [stdout, stderr, exit] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1))),
  ]);
  return { exit, stdout, stderr };
};
