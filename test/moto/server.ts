// Python's moto, started for one run of the test and stopped with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Server {
  readonly url: string;
  stop(): void;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

const startSeconds = 60;

const answers = async (url: string, process: ChildProcess): Promise<boolean> => {
  for (let tries = 0; tries < startSeconds * 4 && process.exitCode === null; tries++) {
    try {
      if ((await fetch(`${url}/moto-api/data.json`)).ok) return true;
    } catch {
      // It is not up yet.
    }
    await sleep(250);
  }
  return false;
};

/** Undefined when there is no moto_server on this machine. @throws when there is one and it does not start. */
export const startMoto = async (): Promise<Server | undefined> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = 'moto_server';
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Without it, AWS's own policies (AWSDenyAll) are not there to be attached.
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const missing = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true));
    child.once('spawn', () => resolve(false));
  });
  if (missing) return undefined;
  if (!(await answers(url, child))) {
    child.kill();
    throw new Error(`moto_server did not come up within ${startSeconds} s. It said: ${said}`);
  }
  return { url, stop: () => child.kill() };
};
