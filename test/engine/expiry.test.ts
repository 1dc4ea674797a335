// When nobody answers: a second page for what is severe, then what was configured, told; and nothing that a rail wants a person's word for.
import { PutPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { runWorkflow } from '../../functions/adapters/workflow.ts';
import { askHandler } from '../../functions/ask.ts';
import { closeHandler } from '../../functions/close.ts';
import { approve, deny } from '../../functions/engine/answer.ts';
import { contain } from '../../functions/engine/contain.ts';
import type { Engine } from '../../functions/engine/engine.ts';
import { noAnswer } from '../../functions/engine/expiry.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import { questionFor } from '../../functions/engine/question.ts';
import { receive } from '../../functions/engine/receive.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import { type ConfigInput, defineConfig, type Mode } from '../../functions/rails/config.ts';
import type { Answer, PracticeOptions } from '../../gameday/practice.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { incident as anIncident } from '../notices/fixture.ts';
import { altered, type Ground, here, on, onlyIncident, openBucket, own, stolenKey } from '../rails/ground.ts';

const name = 'block-public-bucket';
const person = `arn:aws:iam::${own}:user/oncall`;
type Chosen = NonNullable<ConfigInput['playbooks']>[string];

const asking = (chosen: Chosen = {}, input: ConfigInput = {}): ConfigInput => ({
  ...input,
  playbooks: { [name]: { mode: 'ask', ...chosen } },
});
const containing: Chosen = { onNoAnswer: 'contain', answerMinutes: 60 };

const played = async (input: ConfigInput, answer: PracticeOptions['answer'] = 'silence', more = {}) => {
  const staged = await openBucket({ config: on(input), answer, ...more });
  const began = staged.practice.world.clock.now().getTime();
  const [execution] = (await staged.practice.respond(staged.event)).executions;
  const minutes = ((execution?.endedAt ?? 0) - began) / 60_000;
  const told = staged.practice.notices().map(({ happened }) => happened);
  return { ...staged, execution, incident: await onlyIncident(staged), minutes, told };
};

const journal = async ({ practice }: Ground, id: string) =>
  (await readJournal(practice.ledger, id)).flatMap(({ entries }) => entries);

describe('nobody answers', () => {
  it('by default it expires after four hours: nothing is written, and it is told', async () => {
    const { incident, minutes, told, writes, practice } = await played(asking());
    expect(incident).toMatchObject({ phase: 'ended', outcome: 'expired', approval: null });
    expect(incident.reason).toMatch(/Nobody answered in time, which was 4 hours; nothing was changed/);
    expect(Math.round(minutes)).toBe(240);
    expect(told).toEqual(['asked', 'asked', 'expired']);
    expect(practice.notices()[0]?.reason).toMatch(
      /Unless somebody answers by 2026-11-02T07:04:.*, nothing is changed\.$/,
    );
    expect(writes()).toEqual([]);
  });

  it('where it is configured, it is contained by the plan on record, and told as nobody’s word', async () => {
    const { incident, minutes, told, execution, harm, practice, ...staged } = await played(asking(containing));
    expect(incident).toMatchObject({ outcome: 'contained', approval: { hash: incident.plan?.hash, by: /nobody/ } });
    expect(execution?.status).toBe('SUCCEEDED');
    expect(Math.floor(minutes)).toBe(60);
    expect(told).toEqual(['asked', 'asked', 'contained']);
    expect(practice.notices()[0]?.reason).toMatch(/Unless somebody answers by .*, it is contained by this plan\.$/);
    expect(practice.notices().at(-1)?.incident?.approvedBy).toMatch(/configuration \(onNoAnswer\)/);
    expect(await harm()).toBe(false);
    const entries = await journal({ practice, ...staged } as Ground, incident.id);
    expect(entries.filter(({ step }) => step === 'approved')).toMatchObject([
      { to: incident.plan?.hash, result: expect.stringMatching(/no answer within 1 hour/) },
    ]);
  });

  it('severe findings are paged once more after half of the time, or when it is said; others are not', async () => {
    const pages = async (severity: number, chosen: Chosen = {}) => {
      const staged = await openBucket({ config: on(asking(chosen)), answer: 'silence' });
      const { stage, world } = staged.practice;
      const began = world.clock.now().getTime();
      const at: number[] = [];
      const answer = staged.practice.notices;
      const event = guardDutyEvent({
        type: 'Policy:S3/BucketAnonymousAccessGranted',
        severity,
        account: own,
        region: here,
        at: stage.now,
        resource: { buckets: [{ name: (staged.arranged as { bucket: string }).bucket }] },
      });
      await staged.practice.respond(event);
      const entries = await journal(staged, (await onlyIncident(staged)).id);
      for (const { step, at: when } of entries)
        if (step === 'asked') at.push(Math.round((Date.parse(when) - began) / 60_000));
      expect(answer().filter(({ happened }) => happened === 'asked')).toHaveLength(at.length);
      return at;
    };
    expect(await pages(8)).toEqual([0, 120]);
    expect(await pages(8, { answerMinutes: 60, pageAgainAfterMinutes: 20 })).toEqual([0, 20]);
    expect(await pages(5)).toEqual([0]);
  });

  it('the second page says for how long nobody has answered, and counts as another notice', async () => {
    const { practice } = await played(asking());
    const [first, second] = practice.notices();
    expect(second?.reason).toMatch(/Nobody has answered for 2 hours\. Unless somebody answers by/);
    expect(first?.id).not.toBe(second?.id);
  });

  it.each<[Answer, string]>([
    ['approve', 'contained'],
    ['deny', 'denied'],
  ])('an answer to the second page counts: %s', async (answer, outcome) => {
    const { incident, minutes } = await played(asking(), (times) => (times === 2 ? answer : 'silence'));
    expect(incident.outcome).toBe(outcome);
    expect(Math.floor(minutes)).toBe(120);
  });
});

describe('silence is nobody’s word where a rail wants one', () => {
  const none = { containments: 0, perSeconds: 3600 };
  const jewel = { arn: 'arn:aws:s3:::*', owner: 'payments', reason: 'regulated' };

  it.each<[string, ConfigInput]>([
    ['a crown jewel', { ...asking(containing), crownJewels: [jewel] }],
    [
      'a budget that is used up',
      { playbooks: { [name]: { ...containing, budget: { LOW: none, MEDIUM: none, HIGH: none } } } },
    ],
    [
      'an exhausted budget where the playbook asks anyway',
      asking({ ...containing, budget: { HIGH: none, MEDIUM: none, LOW: none } }),
    ],
  ])('%s', async (_what, input) => {
    const { incident, writes, harm } = await played(input);
    expect(incident).toMatchObject({ outcome: 'expired', approval: null });
    expect(incident.reason).toMatch(/Nobody answered/);
    expect(writes()).toEqual([]);
    expect(await harm()).toBe(true);
  });

  it('an old finding', async () => {
    const staged = await openBucket({ config: on({ playbooks: { [name]: containing } }), answer: 'silence' });
    const old = altered(staged.event, ['detail', 'updatedAt'], '2026-11-01T03:04:05.000Z');
    await staged.practice.respond(altered(old, ['time'], '2026-11-01T03:04:05Z'));
    expect(await onlyIncident(staged)).toMatchObject({ outcome: 'expired', question: { otherwise: 'deny' } });
    expect(staged.writes()).toEqual([]);
  });

  it.each<[string, () => Promise<Mode>, string, RegExp]>([
    ['on observe', async () => 'observe', 'planned', /kill switch/],
    ['off', async () => 'off', 'refused', /kill switch/],
    [
      'unreadable',
      async () => {
        throw new Error('AccessDenied');
      },
      'expired',
      /Nobody answered, and .*kill switch/,
    ],
  ])('the switch, turned while it waited: %s', async (_what, then, outcome, words) => {
    let turned = false;
    const readSwitch = async (): Promise<Mode> => (turned ? then() : 'on');
    const answer = (): Answer => {
      turned = true;
      return 'silence';
    };
    const { incident, writes } = await played(asking(containing), answer, { readSwitch });
    expect(incident).toMatchObject({ outcome });
    expect(incident.reason).toMatch(words);
    expect(writes()).toEqual([]);
  });

  it('a playbook that always asks, whatever was configured', () => {
    const config = defineConfig({ playbooks: { 'isolate-instance': { onNoAnswer: 'contain' } } });
    expect(questionFor(anIncident, config, false, new Date()).otherwise).toBe('contain');
    expect(questionFor(anIncident, config, true, new Date()).otherwise).toBe('deny');
  });
});

describe('a plan that changed while nobody answered', () => {
  it('is asked anew, then contained by the plan as it is', async () => {
    const staged = await openBucket({
      config: on(asking(containing)),
      answer: (times) => {
        if (times === 2) void changed();
        return 'silence';
      },
    });
    const { bucket } = staged.arranged as { bucket: string };
    const changed = () =>
      staged.practice.stage.aws(S3Client).send(
        new PutPublicAccessBlockCommand({
          Bucket: bucket,
          PublicAccessBlockConfiguration: { BlockPublicAcls: true },
        }),
      );
    await staged.practice.respond(staged.event);
    const incident = await onlyIncident(staged);
    expect(incident).toMatchObject({ outcome: 'contained', asked: 2, approval: { hash: incident.plan?.hash } });
    expect(staged.practice.notices().filter(({ happened }) => happened === 'asked')).toHaveLength(4);
  });
});

/** Asked, by hand: the function of the workflow's state is called as the workflow would. */
const waiting = async (chosen: Chosen = {}, options: Partial<PracticeOptions> = {}) => {
  const staged = await openBucket({ config: on(asking(chosen)), ...options });
  const { clock } = staged.practice.world;
  const engine = staged.practice.engine('ask');
  const received = await receive(engine, staged.event);
  if ('unreadable' in received) throw new Error(received.unreadable);
  const id = received.incidents[0]?.incident.id ?? '';
  expect(await contain(engine, id)).toMatchObject({ phase: 'waiting' });
  const later = (minutes: number) => clock.advance(minutes * 60_000);
  const ask = (what: object) => askHandler(engine)({ incident: id, playbook: name, ...what });
  return { ...staged, engine, id, later, ask };
};

describe('whoever answers between the end and its decision has decided', () => {
  it('an approval, where silence would have denied', async () => {
    const { engine, id, later } = await waiting({ answerMinutes: 60 });
    later(59);
    await approve(engine, id, { by: person });
    later(2);
    expect(await noAnswer(engine, id)).toMatchObject({ next: 'contain', incident: { approval: { by: person } } });
    expect(await contain(engine, id)).toMatchObject({ phase: 'holding' });
  });

  it('a denial, where silence would have contained, however late', async () => {
    const { engine, id, later, writes } = await waiting(containing);
    later(61);
    expect(await deny(engine, id, { by: person })).toMatchObject({ outcome: 'denied' });
    expect(await noAnswer(engine, id)).toMatchObject({ next: 'ended', incident: { outcome: 'denied' } });
    expect(await contain(engine, id)).toMatchObject({ outcome: 'denied' });
    expect(writes()).toEqual([]);
  });

  it('a denial after silence has decided, and before anything is written', async () => {
    const { engine, id, later, writes } = await waiting(containing);
    later(61);
    expect(await noAnswer(engine, id)).toMatchObject({ next: 'contain' });
    expect(await deny(engine, id, { by: person })).toMatchObject({ outcome: 'denied', approval: null });
    expect(await contain(engine, id)).toMatchObject({ outcome: 'denied' });
    expect(writes()).toEqual([]);
  });

  it('a person’s approval after silence has decided is a person’s', async () => {
    const { engine, id, later } = await waiting(containing);
    later(61);
    await noAnswer(engine, id);
    expect(await approve(engine, id, { by: person })).toMatchObject({ approval: { by: person } });
  });

  it('called again, it decides the same once', async () => {
    for (const [chosen, next] of [
      [containing, 'contain'],
      [{ answerMinutes: 60 }, 'ended'],
    ] as const) {
      const staged = await waiting(chosen);
      staged.later(61);
      const first = await noAnswer(staged.engine, staged.id);
      staged.later(1);
      const again = await noAnswer(staged.engine, staged.id);
      expect([first.next, again.next]).toEqual([next, next]);
      const { phase, outcome, approval } = first.incident;
      expect(again.incident).toMatchObject({ phase, outcome, approval });
      const decided = (await journal(staged, staged.id)).filter(({ step }) => step === 'approved' || step === 'ended');
      expect(decided).toHaveLength(1);
    }
  });
});

describe('both what people were told and what is configured have to let silence contain', () => {
  const expired = { next: 'ended', incident: { outcome: 'expired' } };

  it('what was made stricter meanwhile denies', async () => {
    const { engine, id, later } = await waiting(containing);
    later(61);
    expect(await noAnswer({ ...engine, config: on(asking({ answerMinutes: 60 })) }, id)).toMatchObject(expired);
  });

  it('what was made looser meanwhile denies, as people were told', async () => {
    const { engine, id, later } = await waiting({ answerMinutes: 60 });
    later(61);
    expect(await noAnswer({ ...engine, config: on(asking(containing)) }, id)).toMatchObject(expired);
  });
});

describe('a workflow that comes back too early', () => {
  it('waits for the rest, and fails in the end; the time itself is not lost by it', async () => {
    const { ask, id, engine, later, writes } = await waiting({ answerMinutes: 60, pageAgainAfterMinutes: 30 });
    expect(await ask({ do: 'no-answer' })).toMatchObject({ status: 'ask', answerSeconds: 1800 });
    later(40);
    expect(await ask({ do: 'no-answer' })).toMatchObject({ status: 'ask', answerSeconds: 1200 });
    for (let times = 2; times < 10; times++) await ask({ do: 'no-answer' });
    await expect(ask({ do: 'no-answer' })).rejects.toThrow(/came back 10 times without an answer, and there is time/);
    expect(writes()).toEqual([]);
    later(20);
    expect(await noAnswer(engine, id)).toMatchObject({ next: 'ended', incident: { outcome: 'expired' } });
  });
});

describe('a workflow whose decision comes to nothing', () => {
  it('fails in the end, however the function that should act upon it answers', async () => {
    const { ask, later, writes } = await waiting(containing);
    later(61);
    for (let times = 0; times < 20; times++)
      expect(await ask({ do: 'no-answer' })).toMatchObject({ status: 'contain' });
    await expect(ask({ do: 'no-answer' })).rejects.toThrow(/came back 20 times .* nothing came of what was decided/);
    expect(writes()).toEqual([]);
  });
});

describe('the question', () => {
  it('is put when evidence has been asked for', async () => {
    const staged = await stolenKey({ config: on({ playbooks: { 'disable-access-key': { mode: 'ask' } } }) });
    const seen: string[] = [];
    const engine = staged.practice.engine('disable-access-key');
    const notify: NonNullable<Engine['notify']> = async ({ evidence }) => {
      seen.push(evidence.map(({ state }) => state).join());
    };
    const received = await receive(engine, staged.event);
    if ('unreadable' in received) throw new Error(received.unreadable);
    const input = { incident: received.incidents[0]?.incident.id, playbook: 'disable-access-key' };
    await playbookHandler(engine)({ do: 'contain', ...input });
    await askHandler({ ...engine, notify })({ do: 'ask', token: 't', ...input });
    expect(seen).toEqual(['complete']);
  });

  it('keeps the workflow’s token on record, and shows it nowhere', async () => {
    const reports: unknown[] = [];
    const { ask, practice, engine, id } = await waiting({}, { report: (progress) => reports.push(progress) });
    await ask({ do: 'ask', token: 'AQCsecret' });
    expect((await practice.read(id)).question?.token).toBe('AQCsecret');
    await deny(engine, id, { by: person });
    await closeHandler(engine)({ incident: id, playbook: name });
    const shown = JSON.stringify([practice.notices(), await readJournal(practice.ledger, id), reports]);
    expect(shown).toContain(id);
    expect(shown).not.toContain('AQCsecret');
  });

  it('that was answered before it was put does not keep the workflow waiting', async () => {
    const staged = await waiting();
    const { practice, engine, id } = staged;
    const before = practice.world.clock.now().getTime();
    const calls: string[] = [];
    const { status } = await runWorkflow(
      'respond',
      { incident: id, playbook: name },
      {
        now: practice.world.clock.now,
        wait: (seconds) => practice.world.clock.sleep(seconds * 1000),
        invoke: async (functionName, payload) => {
          calls.push(`${functionName} ${String(payload.do)}`);
          if (functionName === 'firebreak-close') return closeHandler(engine)(payload);
          if (functionName !== 'firebreak-ask') return playbookHandler(engine)(payload);
          if (payload.do === 'ask') await approve(engine, id, { by: person });
          return askHandler(engine)(payload);
        },
      },
    );
    expect(status).toBe('SUCCEEDED');
    expect(calls.slice(0, 4)).toEqual([
      `firebreak-${name} contain`,
      'firebreak-ask ask',
      'firebreak-ask no-answer',
      `firebreak-${name} contain`,
    ]);
    expect((await practice.read(id)).outcome).toBe('contained');
    expect(practice.world.clock.now().getTime() - before).toBeLessThan(60_000);
  });

  it('gives the workflow the time that was configured', async () => {
    for (const [chosen, seconds] of [
      [{}, 7200],
      [{ answerMinutes: 30, pageAgainAfterMinutes: 10 }, 600],
    ] as const) {
      const { engine, id } = await waiting(chosen);
      const summary = await playbookHandler(engine)({ do: 'contain', incident: id, playbook: name });
      expect(summary).toMatchObject({ status: 'ask', answerSeconds: seconds });
    }
  });
});
