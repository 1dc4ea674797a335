// Hands out SDK clients: one a class, account, Region and kind of access. All calls to AWS go through these.
import type { Pluggable } from '@smithy/types';
import { type Aws, type ClientClass, isThrottled } from '../../playbooks/language/aws.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import { answerOnce, noteRefused, noteRequest } from '../engine/requests.ts';

/** Where clients get their configuration from; the drill puts the account in memory in its place. */
export interface ClientSource {
  /** Credentials, retries, endpoint. The Region is added. `client` is the class's name: 'S3Client'. */
  configure(place: Place, incident: string, client: string): object;
  /** Nobody assumes a role in an incident's name, so that one client serves them all. */
  readonly forAnyIncident?: true;
  readonly plugins?: (place: Place) => readonly Pluggable<object, object>[];
}

type Stack = {
  add(
    middleware: (
      next: (args: never) => Promise<never>,
      context: { commandName?: string; clientName?: string },
    ) => (args: never) => Promise<never>,
    options: { step: 'initialize' | 'finalizeRequest'; name: string; priority: 'high' | 'low' },
  ): void;
  use(plugin: Pluggable<object, object>): void;
};
type AnyClient = { readonly middlewareStack: Stack };
type AnyClientClass = new (config: object) => AnyClient;

const reads = /^(Get|List|Describe|Head|Lookup|Simulate|Check|Search)/;

/** Refuses, before anything is sent, every call that could change something. */
const readOnly = (client: AnyClient): void =>
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = (context.commandName ?? '').replace(/Command$/, '');
      if (reads.test(command)) return next(args);
      throw new Error(`${command} was attempted where only reading is allowed: playbooks observe, the engine writes.`);
    },
    { step: 'initialize', name: 'firebreakReadOnly', priority: 'high' },
  );

/** Above the SDK's retries: notes a call that AWS had no room for. */
const notingRefusals = (client: AnyClient): void =>
  client.middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (isThrottled(error))
            noteRefused(`${clientName.replace(/Client$/, '')} ${commandName.replace(/Command$/, '')}`);
          throw error;
        }
      },
    { step: 'initialize', name: 'firebreakRefusals', priority: 'low' },
  );

/** A question that somebody is just asking is asked once. */
const askingOnce = (client: AnyClient, { account, region }: Place): void =>
  client.middlewareStack.add(
    (next, { clientName, commandName = '' }) =>
      (args) => {
        const { input } = args as { input: unknown };
        const isQuestion = reads.test(commandName.replace(/Command$/, ''));
        const key = isQuestion ? JSON.stringify([account, region, clientName, commandName, input]) : null;
        return answerOnce(key, () => next(args));
      },
    { step: 'initialize', name: 'firebreakAskingOnce', priority: 'high' },
  );

/** Notes each attempt's request id, for the journal: beneath the SDK's retries, above whatever answers. */
const noting = (client: AnyClient): void =>
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const service = (context.clientName ?? '').replace(/Client$/, '');
      const command = (context.commandName ?? '').replace(/Command$/, '');
      try {
        const result = await next(args);
        const { requestId = '' } =
          (result as { output?: { $metadata?: { requestId?: string } } }).output?.$metadata ?? {};
        noteRequest({ service, command, requestId, result: 'ok' });
        return result;
      } catch (error) {
        const { name = 'Error', $metadata } = error as { name?: string; $metadata?: { requestId?: string } };
        noteRequest({ service, command, requestId: $metadata?.requestId ?? '', result: name });
        throw error;
      }
    },
    { step: 'finalizeRequest', name: 'firebreakRequests', priority: 'low' },
  );

/** Makes the hand-out. Clients are kept, so that connections and credentials are reused. */
export const clientsFrom = (source: ClientSource) => {
  const clients = new Map<string, Map<unknown, AnyClient>>();
  return (place: Place, incident: string, access: 'read' | 'write'): Aws => {
    const hand = <C>(client: ClientClass<C>, { once = false }: { readonly once?: boolean } = {}): C => {
      const scope = [place.account, place.region, source.forAnyIncident ? '' : incident, access, once].join('/');
      const known = clients.get(scope) ?? new Map<unknown, AnyClient>();
      clients.set(scope, known);
      const found = known.get(client);
      if (found) return found as C;
      // A bucket may live in another Region than its finding; only S3 knows this configuration, others disregard it.
      const config = {
        ...source.configure(place, incident, client.name),
        region: place.region,
        followRegionRedirects: true,
        ...(once && { maxAttempts: 1 }),
      };
      const made = new (client as unknown as AnyClientClass)(config);
      noting(made);
      notingRefusals(made);
      askingOnce(made, place);
      if (access === 'read') readOnly(made);
      for (const plugin of source.plugins?.(place) ?? []) made.middlewareStack.use(plugin);
      known.set(client, made);
      return made as C;
    };
    return Object.assign(hand, { partition: place.partition, account: place.account, region: place.region });
  };
};
