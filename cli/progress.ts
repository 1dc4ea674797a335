// Progress: one line a step on stderr while it happens. While a question stands, lines wait.
import type { Progress } from '../functions/engine/engine.ts';
import { plain, type Screen, type Style } from './screen.ts';

export interface ProgressLines {
  report(progress: Progress): void;
  /** Asks nobody to read two things at once: holds lines back until `work` is done. */
  quietly<T>(work: () => Promise<T>): Promise<T>;
}

const styles: Readonly<Record<string, Style>> = {
  wrote: 'green',
  released: 'green',
  failed: 'red',
  error: 'red',
  conflict: 'red',
  waiting: 'dim',
};
/** A person has just read the plan. */
const unsaid = new Set(['plan']);

/** Lines bear the time since the beginning, and the incident where there are several. */
export const progressOn = (screen: Screen, now: () => Date, severalIncidents: () => boolean): ProgressLines => {
  const begin = now().getTime();
  const waiting: string[] = [];
  let held = 0;
  const flush = () => {
    while (held === 0 && waiting.length > 0) screen.line(waiting.shift());
  };
  return {
    report: ({ incident, step, text }) => {
      if (unsaid.has(step)) return;
      const seconds = `${((now().getTime() - begin) / 1000).toFixed(1)} s`.padStart(8);
      const whose = incident && severalIncidents() ? `${incident}  ` : '';
      const label = screen.paint(styles[step] ?? 'cyan', plain(step).padEnd(10));
      waiting.push(`${screen.paint('dim', seconds)}  ${whose}${label}  ${plain(text)}`);
      flush();
    },
    quietly: async (work) => {
      held++;
      try {
        return await work();
      } finally {
        held--;
        flush();
      }
    },
  };
};
