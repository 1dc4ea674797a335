// Lambda: puts and takes away identity policies, with a role that no playbook has. It is handed names, believes the ledger alone, and the document
// is the setting's own.
import * as v from 'valibot';
import { type Gone, gone } from '../playbooks/language/aws.ts';
import { type Json, same } from '../playbooks/language/json.ts';
import type { AnySetting, Hands } from '../playbooks/language/setting.ts';
import { type Engine, playbookNamed } from './engine/engine.ts';
import { type DenyAnswer, type DenyRequest, mayHaveTakenEffect, refuses, type Said } from './engine/hands.ts';
import { type Held, holdKey, readHold } from './engine/hold.ts';
import { type Incident, readIncident } from './engine/incident.ts';
import { withRequests } from './engine/requests.ts';
import { mayAsk, standing } from './engine/standing.ts';
import { handler, incidentInput } from './handler.ts';
import { admitted } from './rails/admission.ts';
import { protectedBy } from './rails/protected.ts';

/** Whoever asks outlives it, so that it hears what came of it. */
export const denySeconds = 30;

/** Nothing else: a document that somebody adds is refused with all the rest. */
const schema = v.strictObject({
  ...incidentInput.entries,
  change: v.strictObject({ as: v.string(), id: v.string() }),
  to: v.unknown(),
});

const notAdmitted = (words: string): Error =>
  Object.assign(new Error(`${words} Nothing was written.`), { name: 'NotAdmitted' });

type Own = AnySetting & { readonly hands: Hands<string, Json> };

const isOwn = (setting: AnySetting | undefined): setting is Own => setting?.hands?.by === 'deny';

interface Order {
  readonly incident: Incident;
  readonly setting: Own;
  readonly held: Held;
}

/** What is asked for, as the ledger has it. @throws in words, where that has no such thing. */
const orderFor = async (engine: Engine, { incident: id, playbook: name, change }: DenyRequest): Promise<Order> => {
  const incident = await readIncident(engine, id);
  if (incident?.playbook !== name) {
    const found = incident ? `the ledger says that it is ${incident.playbook}'s` : 'the ledger has no such incident';
    throw notAdmitted(`deny was asked for ${name}'s incident ${id}, but ${found}.`);
  }
  const playbook = playbookNamed(engine, name);
  admitted(incident, playbook.resource);
  const setting = playbook.settings[change.as];
  if (!isOwn(setting)) throw notAdmitted(`deny was asked for ${change.as}, which is not its own to write in ${name}.`);
  if (!incident.changes.some(({ as, id: of }) => as === change.as && of === change.id))
    throw notAdmitted(`deny was asked for ${setting.name} ${change.id}, which the plan of incident ${id} lacks.`);
  return { incident, setting, held: { setting, id: change.id, aws: engine.aws(incident.target, id, 'write') } };
};

const noSuchPrincipal = ({ setting, id }: Held): Error =>
  Object.assign(new Error(`The user or role of ${setting.name} ${id} is not there any more.`), {
    name: 'NoSuchEntityException',
    $metadata: { httpStatusCode: 404 },
  });

/** @throws where nothing is ever denied to it, by whatever right: an original may be a deny itself. To lift one is always allowed. */
const refuseProtected = (engine: Engine, { incident, setting }: Order, arn: string): void => {
  const why = protectedBy(arn, incident.target, engine.config, engine.now());
  if (why === undefined) return;
  const words = `${setting.name} is not written for ${arn}: ${why} Nothing was written.`;
  throw Object.assign(new Error(words), { name: 'Protected' });
};

/** The hold is read last, so that as little as can be lies between what the ledger says and the write. */
const stands = async (
  engine: Engine,
  order: Order,
  to: Json,
): Promise<{ readonly value: Json } | { readonly says: string }> => {
  const { incident, setting, held } = order;
  const arn: string | Gone = await setting.hands.principal(held.aws, held.id);
  if (arn === gone) throw noSuchPrincipal(held);
  const { record } = await readHold(engine, held);
  const now = standing(setting, record);
  if (now === undefined || !mayAsk(incident, record))
    return { says: `By the ledger nothing is to be written to ${holdKey(held)} for incident ${incident.id}.` };
  if (!same(now, to)) return { says: `By the ledger ${holdKey(held)} is to be ${setting.say(now)}, and nothing else.` };
  if (!same(now, setting.hands.lifted)) refuseProtected(engine, order, arn);
  return { value: now };
};

const saidBy = (error: unknown): Said => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return { name, message, status: $metadata?.httpStatusCode ?? null };
};

/** Writes what the ledger's hold says stands, and only that: asked again, the same once more. */
const write = async (engine: Engine, request: DenyRequest): Promise<DenyAnswer> => {
  let began = false;
  const done = await withRequests(async () => {
    const order = await orderFor(engine, request);
    const found = await stands(engine, order, request.to);
    if ('says' in found) return { end: 'outdated', ...found } as const;
    began = true;
    await order.setting.write(order.held.aws, order.held.id, found.value);
    return { end: 'written' } as const;
  });
  const { requests, refused } = done;
  if ('value' in done) return { requests, refused, ...done.value };
  if (refuses(done.error)) throw done.error;
  return {
    requests,
    refused,
    end: 'failed',
    said: saidBy(done.error),
    mayStand: began && mayHaveTakenEffect(done.error),
  };
};

export const denyHandler = handler(schema, (engine, input): Promise<DenyAnswer> => write(engine, input as DenyRequest));
