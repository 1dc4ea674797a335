// Trials with faults: their spelling, which of them there are, how they are counted, and that they see what they are to see.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../gameday/faults/ground.ts';
import type { Story } from '../../gameday/faults/play.ts';
import { play } from '../../gameday/faults/play.ts';
import { sharedOut } from '../../gameday/faults/share.ts';
import { mergeTallies, noTally, tallyOf, worstEnd } from '../../gameday/faults/tally.ts';
import {
  awsFaults,
  happenings,
  type Injection,
  ledgerFaults,
  phases,
  readTrial,
  spell,
} from '../../gameday/faults/trial.ts';
import { classesOf, coveringPairs, everyInjection, pairsIn, singles } from '../../gameday/faults/trials.ts';
import { cases, playbooks } from '../laws/staged.ts';

const one = cases.find(({ name }) => name === 'leaked-key');
if (!one) throw new Error('leaked-key is played here');
const ground = await prepare(
  { name: one.playbook, playbook: one.definition, scenarioName: one.name, scenario: one.scenario, seed: 3 },
  playbooks,
);

describe('a trial', () => {
  const injection: fc.Arbitrary<Injection> = fc.oneof(
    fc.record({
      phase: fc.constantFrom(...phases),
      where: fc.constant('aws' as const),
      index: fc.nat(999),
      fault: fc.constantFrom(...awsFaults),
    }),
    fc.record({
      phase: fc.constantFrom(...phases),
      where: fc.constant('ledger' as const),
      index: fc.nat(999),
      fault: fc.constantFrom(...ledgerFaults),
    }),
  );

  it('is read as it was spelled', () =>
    fc.assert(
      fc.property(fc.array(injection), fc.constantFrom(null, ...happenings), (injections, happening) => {
        const trial = { playbook: 'isolate-instance', scenario: 'two-networks', injections, happening };
        expect(readTrial(spell(trial))).toEqual(trial);
      }),
      { numRuns: 200 },
    ));

  it.each([
    ['isolate-instance', 'names no scenario'],
    ['isolate-instance/crypto-miner respond.aws.1=lost-reply', 'nothing that can go wrong'],
    ['isolate-instance/crypto-miner later.aws.1=denied', 'nothing that can go wrong'],
    ['isolate-instance/crypto-miner respond.ledger.x=outage', 'nothing that can go wrong'],
  ])('that makes no sense is refused in words: %s', (text, words) => expect(() => readTrial(text)).toThrow(words));
});

describe('trials in parts', () => {
  it('are all of them, each once, however many parts there are', () => {
    const all = singles(ground);
    const parts = [0, 1, 2].map((index) => sharedOut(all, { index, of: 3 }));
    expect(new Set(parts.flat())).toEqual(new Set(all));
    expect(parts.flat()).toHaveLength(all.length);
    expect(sharedOut(all, { index: 0, of: 1 })).toEqual(all);
  });

  it('are shared out among processes as the whole would be', () => {
    const part = sharedOut(singles(ground), { index: 1, of: 2 });
    const shares = [0, 1, 2].map((index) => sharedOut(part, { index, of: 3 }));
    expect(new Set(shares.flat())).toEqual(new Set(part));
    expect(shares.flat()).toHaveLength(part.length);
  });
});

describe('every single fault', () => {
  const every = everyInjection(ground);

  it('meets each call of the response and of the release', () => {
    for (const { phase, where, index } of ground.operations)
      expect(
        every.some(({ injection: one }) => one.phase === phase && one.where === where && one.index === index),
        `${phase} ${where} ${index}`,
      ).toBe(true);
    expect(new Set(ground.operations.map(({ phase }) => phase))).toEqual(new Set(phases));
  });

  it('meets writes before and after their effect, and reads once', () => {
    const faultsOf = (write: boolean) =>
      new Set(
        every
          .filter(
            ({ operation }) => operation.where === 'aws' && operation.write === write && /^(IAM) /.test(operation.name),
          )
          .map(({ injection: { fault } }) => fault),
      );
    expect(faultsOf(true)).toEqual(new Set(awsFaults.filter((fault) => fault !== 'stale')));
    expect(faultsOf(false)).not.toContain('timeout-after');
    expect(faultsOf(false)).toContain('stale');
  });

  it('is each tried once', () => {
    const spelled = singles(ground).map(spell);
    expect(new Set(spelled).size).toBe(spelled.length);
    for (const happening of happenings) expect(spelled.some((text) => text.endsWith(happening))).toBe(true);
  });
});

it('pairs: every pair of classes of different calls is in some run', () => {
  const classes = classesOf(ground);
  const held = new Set(
    coveringPairs(ground, 1).flatMap(({ injections }) =>
      injections.flatMap((a) => injections.map((b) => `${JSON.stringify(a)} ${JSON.stringify(b)}`)),
    ),
  );
  const isSameCall = (a: Injection, b: Injection) => a.phase === b.phase && a.where === b.where && a.index === b.index;
  for (const a of classes)
    for (const b of classes)
      if (!isSameCall(a, b)) expect(held.has(`${JSON.stringify(a)} ${JSON.stringify(b)}`)).toBe(true);
});

describe('a story', () => {
  const playOne = (text: string): Promise<Story> =>
    play(ground, readTrial(`disable-access-key/leaked-key ${text}`), new Set());
  const write = ground.operations.find(({ name }) => name === 'IAM UpdateAccessKey');
  const publish = ground.operations.find(({ name }) => name === 'SNS Publish');

  it('is the same each time it is played', async () => {
    const text = `respond.aws.${write?.index}=crash-after release.ledger.9=outage duplicated-3`;
    expect(await playOne(text)).toEqual(await playOne(text));
  });

  it('says what was met', async () => {
    const { met, end } = await playOne(`respond.aws.${write?.index}=timeout-after respond.aws.900=denied`);
    expect(met).toEqual([
      'disable-access-key contain: IAM UpdateAccessKey met timeout-after',
      'nothing met respond.aws.900=denied',
    ]);
    expect(end).toBe('wanted');
  });

  it('a write that is denied for good is told, with what AWS said', async () => {
    const { end, outcome, reason } = await playOne(`respond.aws.${write?.index}=denied`);
    expect(end).toBe('told');
    expect(outcome).not.toBe('contained');
    expect(reason).toMatch(/not authorized/);
  });

  it('an execution that can not even be closed raises the alarm, and ends well when it goes on', async () => {
    const closing = ground.operations.find(
      ({ where, by, phase }) => where === 'ledger' && by === 'close' && phase === 'respond',
    );
    expect(await playOne(`respond.ledger.${closing?.index}=outage`)).toMatchObject({ end: 'alarmed', wrong: [] });
  });

  it('an event that the ledger never takes is told to people, to contain by hand', async () => {
    expect(await playOne('respond.ledger.0=outage')).toMatchObject({ end: 'alarmed', wrong: [] });
  });

  it('an original that can not be kept stops nothing, and is told', async () => {
    const keep = ground.operations.find(({ name }) => name === 'S3 PutObject');
    expect(keep?.by).toBe('disable-access-key contain');
    const { end, outcome, reason } = await playOne(`respond.aws.${keep?.index}=denied`);
    expect([end, outcome]).toEqual(['wanted', 'contained']);
    expect(reason).toMatch(/The original stands in the ledger alone.*not authorized/);
  });

  it('a release that can not look at what was kept puts nothing back, and is told', async () => {
    const look = ground.operations.find(({ name }) => name === 'S3 ListObjectVersions');
    expect(look?.phase).toBe('release');
    const { end, wrong } = await playOne(`release.aws.${look?.index}=denied`);
    expect([end, wrong]).toEqual(['wanted', []]);
  });

  it('a notice that can not be sent changes nothing', async () => {
    expect(await playOne(`respond.aws.${publish?.index}=denied`)).toMatchObject({
      end: 'wanted',
      outcome: 'contained',
    });
  });

  it('what vanishes leaves nothing held behind', async () => {
    expect(await playOne(`respond.aws.${write?.index}=gone`)).toMatchObject({ outcome: 'contained', wrong: [] });
  });
});

describe('pairs', () => {
  const injections = (['denied', 'stale', 'gone'] as const).map((fault, index) => ({
    phase: 'respond' as const,
    where: 'aws' as const,
    index,
    fault,
  }));
  const trial = { playbook: 'a', scenario: 'b', injections, happening: null };

  it('count as tried together only where both faults met their calls', () => {
    const [first] = injections;
    if (!first) throw new Error('there are three');
    expect(pairsIn(trial, []).map(({ together }) => together)).toEqual([true, true, true]);
    const pairs = pairsIn(trial, [first]);
    expect(pairs.filter(({ together }) => together).map(({ pair }) => spell(pair))).toEqual([
      'a/b respond.aws.1=stale respond.aws.2=gone',
    ]);
  });

  it('are spelled alike, whichever fault comes first', () => {
    const turned = { ...trial, injections: injections.toReversed() };
    const names = (of: typeof trial) =>
      pairsIn(of, [])
        .map(({ pair }) => spell(pair))
        .toSorted();
    expect(names(turned)).toEqual(names(trial));
  });
});

describe('a tally', () => {
  const story = (end: Story['end']): Story => ({
    trial: end,
    end,
    outcome: 'none',
    reason: '',
    met: [],
    unmet: [],
    wrong: [],
  });
  const operation = ground.operations[0];
  if (!operation) throw new Error('an undisturbed run calls something');

  it('counts each trial once, whoever counted it, and keeps the worst story', () => {
    const met = { fault: 'denied', operation };
    const tallies = (['wanted', 'broken', 'told'] as const).map((end) => tallyOf(story(end), 'a-playbook', met));
    const merged = mergeTallies([mergeTallies(tallies.slice(0, 1)), mergeTallies(tallies.slice(1)), noTally]);
    expect(merged).toMatchObject({ trials: 3, counts: { wanted: 1, told: 1, broken: 1, alarmed: 0, waiting: 0 } });
    expect(merged.rows).toHaveLength(1);
    expect(merged.rows[0]?.cells).toMatchObject([
      { fault: 'denied', counts: { wanted: 1, told: 1, broken: 1 }, story: { end: 'broken' } },
    ]);
    expect(merged.broken.map(({ trial }) => trial)).toEqual(['broken']);
    expect(worstEnd(merged.counts)).toBe('broken');
  });
});
