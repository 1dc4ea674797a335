// SDK clients on a world of the services under test.
import type { MetadataBearer, Pluggable } from '@smithy/types';
import type { ServiceModel } from '../../gameday/account/model.ts';
import { createWorld, type World } from '../../gameday/account/world.ts';

export const home = '111122223333';
export const elsewhere = '999988887777';

interface Client {
  readonly middlewareStack: { use(plugin: Pluggable<object, MetadataBearer>): void };
}

export interface Setup {
  readonly world: World;
  /** A client of an account and Region, by default `home` and us-east-1. */
  readonly client: <C extends Client>(
    client: new (configuration: { region: string }) => C,
    account?: string,
    region?: string,
  ) => C;
}

export const setUp = (models: Readonly<Record<string, ServiceModel>>): Setup => {
  const world = createWorld({ seed: 7, start: new Date('2026-11-23T10:00:00Z'), latency: 'none', models });
  const session = world.session('test');
  return {
    world,
    client: (client, account = home, region = 'us-east-1') => {
      const made = new client(session.configure(account, region));
      made.middlewareStack.use(session.plugin(account, region));
      return made;
    },
  };
};

/** The name of the error that a call fails with. */
export const nameOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: Error) => error.name,
  );
