// The process in which one share of the trials is played: takes its order from its parent, reports as it goes, and hands over its tally.
import type { Story } from './play.ts';
import { type Order, type Progress, playShare, type Share } from './share.ts';
import type { Tally } from './tally.ts';

export type Message =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'broken'; readonly story: Story }
  | { readonly kind: 'done'; readonly tally: Tally }
  | { readonly kind: 'failed'; readonly said: string };

const everyMilliseconds = 100;

const tell = (message: Message): Promise<void> => new Promise((sent) => process.send?.(message, () => sent()));

const work = async ({ order, share }: { readonly order: Order; readonly share: Share }): Promise<void> => {
  let told = 0;
  try {
    const onProgress = (progress: Progress): void => {
      if (Date.now() - told < everyMilliseconds && progress.done < progress.trials) return;
      told = Date.now();
      void tell({ kind: 'progress', progress });
    };
    const tally = await playShare(order, share, onProgress, (story) => void tell({ kind: 'broken', story }));
    await tell({ kind: 'done', tally });
  } catch (error) {
    await tell({ kind: 'failed', said: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
};

process.once('message', (message: Parameters<typeof work>[0]) => void work(message));
