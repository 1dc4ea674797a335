// Fifty functions at once take hold of one setting and let go of it, on whatever store: nobody's hold gets lost, and neither does the original.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Held, readHold, release, take, write } from '../../functions/engine/hold.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
import { nowhere } from '../holds/world.ts';
import type { Store } from './conformance.ts';

const writers = 50;
const original = ['sg-web'];
const isolated = ['sg-none'];

/** As a deployed function has it: whoever was too late waits a random moment, or fifty would meet again and again. */
const clock = { now: () => new Date(), pause: (milliseconds: number) => pause(milliseconds) };

const lamp = () => {
  const state: { value: Json } = { value: original };
  const setting: AnySetting = {
    name: 'test/groups',
    version: 1,
    scope: 'regional',
    permissions: { read: [], write: [] },
    settleSeconds: 0,
    read: async () => state.value,
    write: async (_aws, _id, to) => {
      await pause(0);
      state.value = to;
    },
    say: String,
  };
  return { state, held: { setting, id: 'eni-1', aws: nowhere } satisfies Held };
};

export const parallelHolders = (name: string, make: () => Promise<Store>): void => {
  describe(`${writers} writers at once on ${name}`, () => {
    it('lose no hold and no original', { timeout: 120_000 }, async () => {
      const store = await make();
      const { state, held } = lamp();
      const incidents = Array.from({ length: writers }, (_, index) => `fb-${index}`);
      const hands = await Promise.all(
        incidents.map(async (incident) => ({
          incident,
          tools: { ledger: await store.open(), ...clock },
        })),
      );
      await Promise.all(
        hands.map(async ({ incident, tools }) => {
          const taken = await take(tools, held, incident, isolated);
          if (taken.state === 'held') await write(tools, held, incident, taken);
        }),
      );
      const tools = { ledger: await store.open(), ...clock };
      const { record } = await readHold(tools, held);
      // Whoever came when it was isolated already holds it as well: what was written for one of us is no state of its own.
      expect(Object.keys(record.holders).toSorted()).toEqual(incidents.toSorted());
      expect(record).toMatchObject({ phase: 'held', original, watching: {} });
      expect(state.value).toEqual(isolated);
      const [last, ...others] = hands;
      await Promise.all(others.map(({ incident, tools: own }) => release(own, held, incident, 'restore')));
      expect(state.value, 'one still holds').toEqual(isolated);
      if (last) await release(last.tools, held, last.incident, 'restore');
      expect(state.value).toEqual(original);
      expect((await readHold(tools, held)).record).toMatchObject({ phase: 'free', holders: {}, leaving: {} });
      await store.remove();
    });
  });
};
