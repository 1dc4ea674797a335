// Sending, on the practice ground: people hear of it; a failing SNS is recorded, its letter kept, and nothing else changes.
import { describe, expect, it } from 'vitest';
import { loadPlaybooks, loadScenarios } from '../../functions/adapters/catalogue.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import { readJournal } from '../../functions/engine/journal.ts';
import { noticeOf } from '../../functions/notices/notice.ts';
import { type DeadLetter, publicationsOf, senderFor } from '../../functions/notices/send.ts';
import { publishedTo } from '../../gameday/account/sns.ts';
import type { Call, Fault } from '../../gameday/account/world.ts';
import { createPractice, type PracticeOptions } from '../../gameday/practice.ts';
import { finding, incident } from './fixture.ts';

const playbooks = await loadPlaybooks();
const name = 'snapshot-volumes';
const [scenario] = Object.values(await loadScenarios(name));
if (!scenario) throw new Error(`${name} has no scenario`);
const arn = (topic: string): string => `arn:aws:sns:eu-central-1:111122223333:${topic}`;

const play = async (fault?: (call: Call) => Fault | undefined, options: Partial<PracticeOptions> = {}) => {
  const alone = new Map([...playbooks].filter(([known]) => known === name));
  const practice = createPractice({ playbooks: alone, seed: 5, latency: 'none', notices: 'published', ...options });
  const arranged = await scenario.arrange(practice.stage);
  practice.world.inject((call) => (call.service === 'SNS' ? fault?.(call) : undefined));
  const { executions } = await practice.respond(scenario.finding(arranged, practice.stage));
  const [ended] = executions;
  if (!ended) throw new Error('no incident');
  const journal = (await readJournal(practice.ledger, ended.incident.id)).flatMap(({ entries }) => entries);
  return { practice, ended, told: journal.filter(({ step }) => step === 'notice') };
};

describe('when all is well', () => {
  it('people, programs and chat each get their form, and the journal says that it was sent', async () => {
    const { practice, ended, told } = await play();
    expect(practice.notices()).toEqual([noticeOf(ended.incident)]);
    expect(told).toMatchObject([{ subject: ended.incident.outcome, result: 'sent' }]);
    const [message] = publishedTo(practice.world.state, arn('firebreak-notices'));
    expect(Object.keys(JSON.parse(message?.message ?? ''))).toEqual(['default', 'email', 'sms']);
    expect(message?.attributes).toMatchObject({ outcome: 'preserved', playbook: name, needsAnswer: 'false' });
    const [chat] = publishedTo(practice.world.state, arn('firebreak-chat'));
    expect(JSON.parse(chat?.message ?? '')).toMatchObject({ version: '1.0', source: 'custom' });
    expect(practice.deadLetters).toEqual([]);
    expect(practice.world.defects).toEqual([]);
  });

  it('without a topic they are kept, and no call is made', async () => {
    const { practice, ended } = await play(undefined, { notices: 'kept' });
    expect(practice.notices()).toEqual([noticeOf(ended.incident)]);
    expect(practice.world.calls.filter(({ service }) => service === 'SNS')).toEqual([]);
  });
});

describe('when SNS fails', async () => {
  const calm = await play();

  it.each(['denied', 'throttled', 'server-error', 'timeout-before', 'timeout-after'] as const)(
    '%s for good: the outcome stays, the letters are kept, the journal says so',
    async (fault) => {
      const { practice, ended, told } = await play(() => fault);
      expect(ended.status).toBe(calm.ended.status);
      expect(ended.incident).toMatchObject({
        outcome: calm.ended.incident.outcome,
        reason: calm.ended.incident.reason,
      });
      expect(practice.deadLetters.map(({ publication }) => publication.TopicArn)).toEqual([
        arn('firebreak-notices'),
        arn('firebreak-chat'),
      ]);
      expect(told).toHaveLength(1);
      expect(told[0]?.result).toMatch(/^could not be sent: Publishing to .* failed: .* waits in the dead-letter queue/);
      // What is kept can be published as it is.
      expect(practice.deadLetters.map(({ publication }) => publication)).toEqual(
        publicationsOf(noticeOf(ended.incident), { topic: arn('firebreak-notices'), chatTopic: arn('firebreak-chat') }),
      );
    },
  );

  it.each(['throttled', 'server-error', 'timeout-before'] as const)('%s once: the SDK tries again', async (fault) => {
    const { practice, ended, told } = await play(({ attempt }) => (attempt === 1 ? fault : undefined));
    expect(practice.notices()).toEqual([noticeOf(ended.incident)]);
    expect(practice.deadLetters).toEqual([]);
    expect(told[0]?.result).toBe('sent');
  });

  it('one topic only: the other one is told all the same', async () => {
    const { practice } = await play(({ input }) =>
      (input as { TopicArn: string }).TopicArn.endsWith('chat') ? 'denied' : undefined,
    );
    expect(practice.notices()).toHaveLength(1);
    expect(practice.deadLetters).toHaveLength(1);
  });

  it.each(['crash-before', 'crash-after'] as const)('%s: closing starts anew, and people hear of it', async (fault) => {
    let struck = false;
    const { practice, ended } = await play(() => {
      if (struck) return undefined;
      struck = true;
      return fault;
    });
    expect(ended.incident.outcome).toBe(calm.ended.incident.outcome);
    // Perhaps twice, and then with the same id, so that it is recognised.
    expect(practice.notices().length).toBeGreaterThanOrEqual(1);
    expect(new Set(practice.notices().map(({ id }) => id)).size).toBe(1);
  });

  it('a question that could not be sent waits for its answer all the same', async () => {
    const asking = new Map(playbooks);
    const isolating = playbooks.get('isolate-instance');
    const [first] = Object.values(await loadScenarios('isolate-instance'));
    if (!isolating || !first) throw new Error('isolate-instance is missing');
    asking.set('isolate-instance', { ...isolating, approval: 'required' });
    const options = { 'isolate-instance': first.options ?? {} };
    const practice = createPractice({ playbooks: asking, seed: 5, latency: 'none', notices: 'published', options });
    const arranged = await first.arrange(practice.stage);
    practice.world.inject(({ service }) => (service === 'SNS' ? 'denied' : undefined));
    const { executions } = await practice.respond(first.finding(arranged, practice.stage));
    const asked = executions.find(({ incident: { playbook } }) => playbook === 'isolate-instance')?.incident;
    expect(asked).toMatchObject({ disposition: 'ask', asked: 1, outcome: 'contained' });
    const subjects = practice.deadLetters.map(({ publication }) => publication.Subject ?? '');
    expect(subjects.filter((subject) => subject.includes('NEEDS AN ANSWER: isolate-instance'))).toHaveLength(1);
  });
});

describe('the sender', () => {
  const aws = () => {
    throw new Error('no network');
  };
  const kept: DeadLetter[] = [];

  it('says when a letter could not even be kept', async () => {
    const { notify } = senderFor({
      aws,
      topic: arn('a'),
      deadLetter: () => Promise.reject(new Error('the queue is gone')),
    });
    await expect(notify(incident)).rejects.toThrow(/no network.*could not be kept for later either: the queue is gone/);
  });

  it('refuses what is no topic, in words, and keeps the letter', async () => {
    const { tell } = senderFor({ aws, topic: 'firebreak', deadLetter: async (letter) => void kept.push(letter) });
    await expect(tell(finding, 'no playbook')).rejects.toThrow("'firebreak' is no ARN of an SNS topic");
    expect(kept).toHaveLength(1);
  });

  it('queues the note for Security Hub, and a queue that fails stops no notice', async () => {
    const contained: Incident = { ...incident, outcome: 'contained' };
    const queued: unknown[] = [];
    const base = { aws, topic: arn('a'), deadLetter: async () => undefined };
    await senderFor({ ...base, enqueueNote: async (note) => void queued.push(note) })
      .notify(contained)
      .catch(() => 'the topic is not there, which is not the point here');
    expect(queued).toMatchObject([{ workflow: 'NOTIFIED', incident: incident.id }]);
    const failing = senderFor({ ...base, enqueueNote: () => Promise.reject(new Error('full')) });
    await expect(failing.notify(contained)).rejects.toThrow(
      /Publishing to .*The note for Security Hub could not be queued: full/,
    );
  });
});
