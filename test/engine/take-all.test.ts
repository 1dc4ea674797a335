// Records first, settings after: what a setting read before its record was known could be what another incident wrote in between.
import { describe, expect, it } from 'vitest';
import { readIncident } from '../../functions/engine/incident.ts';
import { afterRecords } from '../../functions/engine/take-all.ts';
import { ground } from '../rails/ground.ts';

const contained = async () => {
  const staged = await ground('isolate-instance', 'two-networks');
  const { incident } = await staged.respond();
  return { engine: staged.practice.engine('a test'), incident: await staged.practice.read(incident.id), staged };
};

describe('after all records', () => {
  it('and not before the last of them begins what reads the settings', async () => {
    const { engine, incident } = await contained();
    const order: string[] = [];
    const slow = {
      ...engine,
      ledger: {
        ...engine.ledger,
        read: async (...[collection, key]: Parameters<typeof engine.ledger.read>) => {
          const found = await engine.ledger.read(collection, key);
          await engine.pause(order.length * 10);
          order.push(`record of ${key}`);
          return found;
        },
      },
    };
    await afterRecords(slow, incident, incident.changes, async () => order.push('settings'));
    expect(order).toHaveLength(incident.changes.length + 1);
    expect(order.at(-1)).toBe('settings');
  });

  it('one that can not be read is told where it is needed, and keeps no other from it', async () => {
    const { engine, incident } = await contained();
    const [first] = incident.changes;
    const failing = {
      ...engine,
      ledger: {
        ...engine.ledger,
        read: async (...[collection, key]: Parameters<typeof engine.ledger.read>) => {
          if (key.endsWith(first?.id ?? '') && key.includes(first?.setting ?? '')) throw new Error('out');
          return engine.ledger.read(collection, key);
        },
      },
    };
    const ends = await afterRecords(failing, incident, incident.changes, (recorded) =>
      Promise.allSettled(recorded.map(({ hold }) => hold)),
    );
    expect(ends.map(({ status }) => status)).toEqual(ends.map((_, index) => (index === 0 ? 'rejected' : 'fulfilled')));
    expect(await readIncident(engine, incident.id)).toEqual(incident);
  });
});
