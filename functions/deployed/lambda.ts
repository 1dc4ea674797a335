// A deployed function: one of the handlers, on the engine of its deployment.
import type { Context } from 'aws-lambda';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Engine } from '../engine/engine.ts';
import type { Handler } from '../handler.ts';
import type { Config } from '../rails/config.ts';
import { deployedEngine, type Ports } from './engine.ts';

/** What a bundle's entry exports as its handler. The deployment's environment is read when the function starts. */
export const lambda = <Output>(
  handlerOn: (engine: Engine) => Handler<Output>,
  playbooks: ReadonlyMap<string, Playbook>,
  config: Config,
  ports?: Ports,
): ((event: unknown, context: Context) => Promise<Output>) => {
  const engineFor = deployedEngine(process.env, playbooks, config, ports);
  return (event, context) => handlerOn(engineFor(context))(event, context);
};
