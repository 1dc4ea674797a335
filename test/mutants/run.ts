// npm run drill:mutants: plants each bug, and lets the fault drill look for it. Exit code 0 only if every one is noticed.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

type Seen = { readonly mutant: Mutant; readonly noticed: boolean; readonly said: string };

const huntFor = (mutant: Mutant): Promise<Seen> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', here('./plant.ts'), here('./hunt.ts'), mutant.seenIn],
      { env: { ...process.env, FIREBREAK_MUTANT: mutant.name } },
      (error, stdout, stderr) => {
        // A process that could not even plant its bug has noticed nothing.
        const planted = !/is needed|There is no/.test(stderr);
        const said = (stdout.trim() || stderr.trim()).split('\n').at(-1) ?? '';
        resolve({ mutant, noticed: error === null && planted, said });
      },
    );
  });

const paint = (style: 'green' | 'red', text: string): string => (process.stdout.isTTY ? styleText(style, text) : text);

const waiting = [...mutants];
const seen: Seen[] = [];
const hunter = async (): Promise<void> => {
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const one = await huntFor(mutant);
    seen.push(one);
    console.log(
      `${one.noticed ? paint('green', 'noticed') : paint('red', 'MISSED ')}  ${mutant.name}\n         ${one.said.slice(0, 200)}`,
    );
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, hunter));
const missed = seen.filter(({ noticed }) => !noticed).length;
console.log(`\n${seen.length - missed} of ${seen.length} planted bugs are noticed.`);
process.exitCode = missed === 0 ? 0 : 1;
