// Somebody who can write the ledger, and nothing else, wants his own value put back: the evidence bucket speaks against it, and people hear of it.
import { describe, expect, it } from 'vitest';
import type { HoldRecord } from '../../functions/engine/hold.ts';
import { brokenLink, readJournal } from '../../functions/engine/journal.ts';
import { evidencePlace } from '../../gameday/evidence-bucket.ts';
import { cases, differences, stage } from '../laws/staged.ts';

const forged = ['sg-0badbadbadbadbad0'];

const contained = async () => {
  const one = cases.find(({ name }) => name === 'crypto-miner');
  if (!one) throw new Error('The scenario crypto-miner is gone.');
  const staged = await stage(one, { notices: 'published', originals: 'stored' });
  const { practice } = staged;
  const { incident } = await staged.respond();
  const change = incident.changes.find(({ setting }) => setting === 'ec2/network-interface-isolation');
  if (!change) throw new Error('Nothing is isolated.');
  /** Of every interface. Answers how to undo it. */
  const changeOriginals = async () => {
    const held = (await practice.ledger.list('holds', '')).filter(({ key }) => key.includes('interface-isolation/'));
    const write = async (key: string, original: HoldRecord['original']) => {
      const hold = await practice.ledger.read('holds', key);
      await practice.ledger.write('holds', key, { ...(hold?.value as HoldRecord), original }, hold?.version ?? 0);
    };
    for (const { key } of held) await write(key, forged);
    return async () => {
      for (const { key, value } of held) await write(key, (value as HoldRecord).original);
    };
  };
  const groupWrites = () =>
    staged
      .calls()
      .filter(({ command, input }) => command === 'ModifyNetworkInterfaceAttribute' && 'Groups' in (input as object));
  return { ...staged, incident, change, changeOriginals, groupWrites };
};

describe('an original that was changed in the ledger', () => {
  it.each(['restore', 'force'] as const)('is not put back by %s, and both values are told', async (mode) => {
    const { practice, incident, change, changeOriginals, groupWrites } = await contained();
    await changeOriginals();
    const before = groupWrites().length;
    const { incident: doubted } = await practice.release(incident, mode);
    expect(doubted).toMatchObject({ outcome: 'conflict', phase: 'holding' });
    const { state, note } = doubted.changes.find(({ id, as }) => id === change.id && as === change.as) ?? {};
    expect(state).toBe('doubted');
    expect(note).toMatch(/^The ledger says that it was sg-0badbadbadbadbad0, and what was kept beside it says /);
    expect(note).toContain(change.fromSaid);
    expect(note).toContain(`s3://firebreak-evidence-practice/originals/`);
    expect(groupWrites()).toHaveLength(before);
    const notice = practice.notices().findLast(({ incident: of }) => of?.id === incident.id);
    expect(notice).toMatchObject({ happened: 'conflict', needsAnswer: true });
    expect(notice?.commands.map(({ command }) => command)).toEqual([
      `firebreak show ${incident.id}`,
      `firebreak release ${incident.id} --keep`,
    ]);
    const journal = await readJournal(practice.ledger, incident.id);
    expect(brokenLink(journal)).toBeUndefined();
    expect(JSON.stringify(journal)).toContain('doubted: The ledger says');
  });

  it('is put back once it is right again', async () => {
    const { practice, incident, changeOriginals, before } = await contained();
    const undo = await changeOriginals();
    await practice.release(incident, 'force');
    await undo();
    expect((await practice.release(incident, 'force')).incident.outcome).toBe('released');
    expect(differences(before, practice.world.snapshot())).toEqual([]);
  });

  it('is let go of by --keep, without a write to it', async () => {
    const { practice, incident, changeOriginals, groupWrites } = await contained();
    await changeOriginals();
    const before = groupWrites().length;
    await practice.release(incident, 'force');
    expect((await practice.release(incident, 'keep')).incident.outcome).toBe('released');
    expect(groupWrites()).toHaveLength(before);
  });
});

it('every original is kept before the first write, one for each setting that is written', async () => {
  const { practice, incident, calls } = await contained();
  const kept = calls().filter(({ account, command }) => account === evidencePlace.account && command === 'PutObject');
  const written = incident.changes.filter(({ state, note }) => state === 'verified' && note === '');
  expect(kept).toHaveLength(written.length);
  const firstWrite = calls().findIndex(({ command }) => command === 'ModifyNetworkInterfaceAttribute');
  expect(calls().indexOf(kept.at(-1) as never)).toBeLessThan(firstWrite);
  expect(practice.world.defects).toEqual([]);
});
