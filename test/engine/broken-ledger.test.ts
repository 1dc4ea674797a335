// A ledger that fails while the writes are under way: the failure is told by contain, and does not end the process in between.
import { expect, it } from 'vitest';
import { contain } from '../../functions/engine/contain.ts';
import type { Engine } from '../../functions/engine/engine.ts';
import { receive } from '../../functions/engine/receive.ts';
import { cases, stage } from '../laws/staged.ts';

it('writes on, and says what the ledger said; called again it ends as it should', async () => {
  const one = cases.find(({ name }) => name === 'crypto-miner');
  if (!one) throw new Error('The scenario crypto-miner is gone.');
  const { practice, event, harm } = await stage(one, { latency: 'seeded' });
  const received = await receive(practice.engine('receive'), event);
  if ('unreadable' in received) throw new Error(received.unreadable);
  const id = received.incidents.find(({ incident: { playbook } }) => playbook === one.playbook)?.incident.id ?? '';
  const engine = practice.engine('contain');
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const full: Engine['ledger'] = {
    ...engine.ledger,
    write: async (collection, key, value, version) => {
      if (collection === 'journal' && JSON.stringify(value).includes('original on record'))
        throw new Error('the disk is full');
      return engine.ledger.write(collection, key, value, version);
    },
  };
  await expect(contain({ ...engine, ledger: full }, id)).rejects.toThrow('the disk is full');
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  expect(await harm()).toBe(false);
  expect((await practice.contain(await practice.read(id))).incident.outcome).toBe('contained');
});
