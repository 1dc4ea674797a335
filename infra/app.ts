// The CDK application. `npx cdk deploy` with nothing configured: one account, one Region, and the kill switch on 'observe'.
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadPlaybooks } from '../functions/adapters/catalogue.ts';
import { loadConfig } from '../functions/rails/load-config.ts';
import { bundleAll } from './bundles/bundle.ts';
import { createStacks } from './stacks.ts';

const project = fileURLToPath(new URL('../', import.meta.url));

const playbooks = await loadPlaybooks();
const app = new App();
/** Another one than the deployment's: `cdk synth -c configuration=PATH`. */
const configuration = String(app.node.tryGetContext('configuration') ?? 'firebreak.config.ts');
createStacks(app, {
  playbooks,
  config: await loadConfig(`${project}${configuration}`, playbooks),
  bundles: await bundleAll(playbooks, `${project}out/bundles`),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
