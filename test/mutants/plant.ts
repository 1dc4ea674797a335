// Loaded before all else in a process that hunts: changes one source file on its way in, as the mutant in FIREBREAK_MUTANT says.
import { registerHooks } from 'node:module';
import { mutants } from './mutants.ts';

const mutant = mutants.find(({ name }) => name === process.env.FIREBREAK_MUTANT);
if (!mutant) throw new Error(`There is no mutant '${process.env.FIREBREAK_MUTANT ?? ''}'.`);
const place = new URL(`../../${mutant.file}`, import.meta.url).href;

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (url !== place) return loaded;
    const source = mutant.edits.reduce(
      (text, [from, to]) => {
        const parts = text.split(from);
        if (parts.length === 2) return parts.join(to);
        throw new Error(`'${from}' stands ${parts.length - 1} times in ${mutant.file}: once is needed.`);
      },
      new TextDecoder().decode(loaded.source as Uint8Array),
    );
    return { ...loaded, source };
  },
});
