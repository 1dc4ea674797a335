// The application synthesized once for the tests, as `cdk synth` would, with bundles in a folder of their own.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadPlaybooks } from '../../functions/adapters/catalogue.ts';
import { type ConfigInput, defineConfig } from '../../functions/rails/config.ts';
import { type Bundle, bundleAll } from '../../infra/bundles/bundle.ts';
import { createStacks } from '../../infra/stacks.ts';

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
};
export type Template = { readonly Resources: Readonly<Record<string, Resource>>; readonly Parameters?: object };

export const playbooks = await loadPlaybooks();

const folder = mkdtempSync(join(tmpdir(), 'firebreak-synth-'));
/** Made once: bundling takes a second or two. */
export const bundles: ReadonlyMap<string, Bundle> = await bundleAll(playbooks, join(folder, 'bundles'));

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as { context: object };

/** Templates by stack, for this configuration. */
export const synthesize = (input: ConfigInput = {}): ReadonlyMap<string, Template> => {
  const app = new App({ context: { ...context }, outdir: mkdtempSync(join(folder, 'cdk-')) });
  createStacks(app, { playbooks, bundles, config: defineConfig(input) });
  return new Map(app.synth().stacks.map(({ stackName, template }) => [stackName, template as Template]));
};

/** All resources of one type. */
export const ofType = ({ Resources }: Template, type: string): readonly Resource[] =>
  Object.values(Resources).filter(({ Type }) => Type === type);
