// Plays all trials of a kind, as many processes side by side as there are cores.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Story } from './play.ts';
import type { Order, Progress } from './share.ts';
import { mergeTallies, type Tally } from './tally.ts';
import type { Message } from './worker.ts';

/** All shares together. */
export type CrewProgress = Progress;

const worker = new URL('./worker.ts', import.meta.url);

const together = (shares: readonly (Progress | undefined)[], latest: Progress): CrewProgress => {
  const all = shares.filter((one) => one !== undefined);
  const sum = (of: (progress: Progress) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    done: sum(({ done }) => done),
    trials: sum(({ trials }) => trials),
    broken: sum(({ broken }) => broken),
    title: latest.title,
  };
};

/**
 * Plays them all; the same order gives the same tally, however many processes share it.
 * @throws where a process could not play its share, in words.
 */
export const playAll = async (
  order: Order,
  onProgress: (progress: CrewProgress) => void,
  onBroken: (story: Story) => void,
  // The workflow's interpreter waits a millisecond wherever it waits for nothing: the cores are busy only with some more processes than there are.
  processes = Math.ceil(availableParallelism() * 1.5),
): Promise<Tally> => {
  const shares: (Progress | undefined)[] = [];
  const playOne = (index: number): Promise<Tally> =>
    new Promise((resolve, reject) => {
      const child = fork(worker, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      child.on('message', (message: Message) => {
        if (message.kind === 'done') resolve(message.tally);
        if (message.kind === 'broken') onBroken(message.story);
        if (message.kind === 'failed') reject(new Error(message.said));
        if (message.kind !== 'progress') return;
        shares[index] = message.progress;
        onProgress(together(shares, message.progress));
      });
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`A process that played trials ended early (${signal ?? `exit code ${code}`}).`)),
      );
      child.send({ order, share: { index, of: processes } });
    });
  const playing = Array.from({ length: processes }, (_, index) => playOne(index));
  return mergeTallies(await Promise.all(playing));
};
