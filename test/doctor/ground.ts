// What checks stand on in tests: clients of an invented account, whose answers each test gives.
import { clientsFrom } from '../../functions/adapters/clients.ts';
import { type ConfigInput, defineConfig } from '../../functions/rails/config.ts';
import { playbooks } from '../laws/staged.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' };

/** Clients that refuse what is no reading, as those do that a person's doctor reads with. */
export const handOut = (access: 'read' | 'write' = 'read') =>
  clientsFrom({ configure: () => ({ credentials, maxAttempts: 1 }) })(
    { partition: 'aws', account, region },
    'doctor',
    access,
  );

export const now = new Date('2026-03-01T12:00:00Z');

export const toolsWith = (config: ConfigInput = {}, access: 'read' | 'write' = 'read') => ({
  aws: handOut(access),
  config: defineConfig(config),
  playbooks,
  now: () => now,
});

/** As AWS names an error. */
export const awsError = (name: string, message = 'said AWS') => Object.assign(new Error(message), { name });
export const denied = awsError('AccessDeniedException', 'User is not authorized');
