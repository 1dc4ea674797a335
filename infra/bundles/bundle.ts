// Makes the bundles that are deployed: one module a function, minified, with the SDK's clients that it uses and no others.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { commonEntry, commonFunctions, playbookEntry } from './entries.ts';
import { shakeableSchemas } from './shakeable-schemas.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** Some of what the SDK uses is CommonJS and calls `require` for Node's own modules. */
const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

export interface Bundle {
  /** Of the function, without its prefix: 'receive', 'isolate-instance'. */
  readonly name: string;
  /** The folder that is deployed; index.mjs in it exports `handler`. */
  readonly folder: string;
  readonly bytes: number;
  readonly inputs: Metafile['outputs'][string]['inputs'];
}

/** Throws what esbuild says. The same sources give the same bytes, wherever the project lies. */
const bundleOne = async (name: string, entry: string, into: string): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: project, loader: 'ts', sourcefile: `${name}.ts` },
    absWorkingDir: project,
    outfile: join(into, name, 'index.mjs'),
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    alias: { '@aws-sdk/credential-provider-node': './functions/deployed/credentials.ts' },
    // CommonJS builds can't be shaken, which doubles the SDK's size.
    mainFields: ['module', 'main'],
    plugins: [shakeableSchemas],
    legalComments: 'none',
    banner: { js: banner },
  });
  const [file] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (!file || !output) throw new Error(`esbuild gave nothing for ${name}.`);
  const folder = join(into, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), file.contents);
  return { name, folder, bytes: output.bytes, inputs: output.inputs };
};

/** Bundles every function into a folder of its own beneath `into`. `configuration` is the module that exports it, from the project's folder. */
export const bundleAll = async (
  playbooks: ReadonlyMap<string, Playbook>,
  into: string,
  configuration = './firebreak.config.ts',
): Promise<ReadonlyMap<string, Bundle>> => {
  const common = commonFunctions.map((name) => [name, commonEntry(name, playbooks, configuration)] as const);
  const own = [...playbooks].map(([name, playbook]) => [name, playbookEntry(name, playbook, configuration)] as const);
  const made = [...common, ...own].map(async ([name, entry]) => [name, await bundleOne(name, entry, into)] as const);
  return new Map(await Promise.all(made));
};
