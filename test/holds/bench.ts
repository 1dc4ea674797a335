// One setting and one ledger on a bench: for tests that take the protocol step by step, without a scheduler.
import {
  type Held,
  type HoldRecord,
  type HoldTools,
  type ReleaseMode,
  readHold,
  release,
  type Take,
  take,
  write,
} from '../../functions/engine/hold.ts';
import type { Ledger } from '../../functions/engine/ledger.ts';
import type { Originals } from '../../functions/engine/originals.ts';
import { memoryLedger } from '../../gameday/memory-ledger.ts';
import type { Gone } from '../../playbooks/language/aws.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
import { nowhere } from './world.ts';

export interface Bench {
  readonly held: Held;
  readonly tools: HoldTools;
  /** What the setting is, and what was written to it. */
  value: Json | Gone;
  readonly writes: Json[];
  /** What the next read answers instead, as AWS does before it has settled. */
  stale: Json | undefined;
  /** Runs once, before the next write takes effect: what others do meanwhile. */
  meanwhile: (() => Promise<unknown>) | undefined;
  /** How the next write ends. */
  failure: Error | undefined;
  now: Date;
  record(): Promise<HoldRecord>;
  version(): Promise<number>;
  take(incident: string, wanted: Json): Promise<Take>;
  contain(incident: string, wanted: Json): Promise<'written' | 'stood' | Take>;
  release(incident: string, mode?: ReleaseMode, stillStands?: Json): ReturnType<typeof release>;
  seconds(count: number): void;
}

export const original = ['sg-web'];
export const settleSeconds = 30;

export const bench = (
  more: Partial<AnySetting> = {},
  ledger: Ledger = memoryLedger(),
  originals?: Originals,
): Bench => {
  const setting: AnySetting = {
    name: 'test/groups',
    version: 3,
    scope: 'regional',
    permissions: { read: [], write: [] },
    settleSeconds,
    read: async () => {
      const { stale } = self;
      self.stale = undefined;
      return stale ?? self.value;
    },
    write: async (_aws, _id, to) => {
      const { meanwhile, failure } = self;
      self.meanwhile = undefined;
      self.failure = undefined;
      await meanwhile?.();
      if (failure) throw failure;
      self.value = to;
      self.writes.push(to);
    },
    say: (value) => JSON.stringify(value),
    ...more,
  };
  const tools: HoldTools = { ledger, now: () => self.now, pause: async () => {}, ...(originals && { originals }) };
  const held: Held = { setting, id: 'eni-1', aws: nowhere };
  const self: Bench = {
    held,
    tools,
    value: original,
    writes: [],
    stale: undefined,
    meanwhile: undefined,
    failure: undefined,
    now: new Date('2026-11-23T03:00:00Z'),
    record: async () => (await readHold(tools, held)).record,
    version: async () => (await readHold(tools, held)).version,
    take: (incident, wanted) => take(tools, held, incident, wanted),
    contain: async (incident, wanted) => {
      const taken = await take(tools, held, incident, wanted);
      return taken.state === 'held' ? write(tools, held, incident, taken) : taken;
    },
    release: (incident, mode = 'restore', stillStands?) => release(tools, held, incident, mode, stillStands),
    seconds: (count) => {
      self.now = new Date(self.now.getTime() + count * 1000);
    },
  };
  return self;
};

/** All groups of all who hold. */
export const combine = (values: readonly Json[]): Json =>
  [...new Set(values.flat() as string[])].toSorted((a, b) => (a < b ? -1 : 1));

export const errors = {
  timedOut: Object.assign(new Error('socket hang up'), { name: 'TimeoutError' }),
  broken: Object.assign(new Error('We had a fault.'), { name: 'InternalError', $metadata: { httpStatusCode: 500 } }),
  denied: Object.assign(new Error('Not allowed.'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }),
};
