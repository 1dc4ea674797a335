// Lets esbuild leave out what a function never uses of the SDK's schemas.
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const constant = /^const (_\w+) = ("[^"\n]*");$/gm;
const computedKey = /\[(_\w+)\]:/g;

/**
 * The SDK's schemas name their traits by constants, `{ [_h]: … }`. To evaluate a computed key may have effects, as far as esbuild knows, so it keeps all
 * schemas of a service for one operation: half a megabyte of EC2's. Written out, the same keys are just names.
 */
export const namedKeys = (source: string): string => {
  const values = new Map([...source.matchAll(constant)].map(([, name = '', value = '']) => [name, value]));
  return source.replace(computedKey, (key, name: string) => {
    const value = values.get(name);
    return value === undefined ? key : `${value}:`;
  });
};

export const shakeableSchemas: Plugin = {
  name: 'shakeable schemas',
  setup: (build) => {
    build.onLoad(
      { filter: /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/][^\\/]+\.js$/ },
      async ({ path }) => ({
        contents: namedKeys(await readFile(path, 'utf8')),
        loader: 'js',
      }),
    );
  },
};
