// Budgets on the whole path: a burst takes no more than there is, and evidence has a budget of its own.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../functions/rails/config.ts';
import { createPractice } from '../../gameday/practice.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { guardDuty } from '../../playbooks/language/answer.ts';
import { evidence } from '../../playbooks/language/evidence.ts';
import { type Bearing, playbook } from '../../playbooks/language/playbook.ts';
import { allow } from '../../playbooks/language/statement.ts';
import { ec2Instance } from '../../playbooks/resources/ec2.ts';
import { playbooks } from '../laws/staged.ts';
import { type Ground, here, on, openBucket, own, stolenKey } from './ground.ts';

const none = { containments: 0, perSeconds: 3600 };

describe('a burst of forged findings', () => {
  it('takes no more than the budget, and each other one asks', async () => {
    const most = 2;
    const name = 'block-public-bucket';
    const definition = playbooks.get(name);
    if (!definition) throw new Error(name);
    const staged = await openBucket({
      config: on({
        playbooks: { [name]: { budget: { LOW: none, MEDIUM: none, HIGH: { containments: most, perSeconds: 3600 } } } },
      }),
      answer: 'silence',
    });
    const { bucket } = staged.arranged as { bucket: string };
    const exists = await stagedBuckets(staged, 6);
    const events = [bucket, ...exists].map((one) =>
      guardDutyEvent({
        type: 'Policy:S3/BucketAnonymousAccessGranted',
        severity: 8,
        account: own,
        region: here,
        at: staged.practice.stage.now,
        resource: { buckets: [{ name: one }] },
      }),
    );
    const responses = await Promise.all(events.map((event) => staged.practice.respond(event)));
    const outcomes = responses.flatMap(({ executions }) => executions.map(({ incident }) => incident.outcome));
    expect(outcomes.filter((one) => one === 'contained')).toHaveLength(most);
    expect(outcomes.filter((one) => one === 'expired')).toHaveLength(events.length - most);
    const asked = staged.practice.notices().flatMap(({ needsAnswer, incident }) => (needsAnswer ? [incident?.id] : []));
    expect(new Set(asked).size).toBe(events.length - most);
    // They are severe, so people were paged once more, and not again after that.
    expect(asked).toHaveLength(2 * (events.length - most));
  });
});

/** More buckets that stand open as the first one does. */
const stagedBuckets = async ({ practice }: Ground, many: number): Promise<readonly string[]> => {
  const names = Array.from({ length: many }, (_, index) => `forged-${index}`);
  for (const Bucket of names)
    await practice.stage
      .aws(S3Client)
      .send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: here } }));
  return names;
};

describe('evidence has a budget of its own', () => {
  let asked: string[] = [];
  const snapshots = evidence<null>({
    name: 'test/snapshot',
    permissions: [allow('ec2:CreateSnapshots')],
    reuseSeconds: 0,
    request: async (_aws, subject) => {
      asked.push(subject);
      return { reference: subject, state: 'complete', note: '', manifest: null };
    },
  });
  const preserving = playbook({
    title: 'Snapshot an instance',
    containment: 'evidence',
    resource: ec2Instance,
    answers: [guardDuty('Behavior:EC2/*')],
    approval: 'automatic',
    settings: {},
    evidence: { snapshots },
    permissions: [],
    observe: async ({ id }) => ({ id }),
    preserve: ({ id }, take) => [take.snapshots(id)],
    bearing: (): Bearing => ({ arns: [], tags: {}, shares: [] }),
    contain: () => [],
    residual: () => [],
  });
  const play = async (input: ConfigInput, answer: 'approve' | 'silence') => {
    asked = [];
    const practice = createPractice({
      playbooks: new Map([['snapshot', preserving]]),
      seed: 1,
      latency: 'none',
      config: on(input),
      answer,
    });
    const event = guardDutyEvent({
      type: 'Behavior:EC2/TrafficVolumeUnusual',
      severity: 5,
      account: own,
      region: here,
      at: practice.stage.now,
      resource: { instance: { id: 'i-0a1b2c3d4e5f60001' } },
    });
    const { executions } = await practice.respond(event);
    return executions[0]?.incident;
  };
  const used = { requests: 0, perSeconds: 3600 };
  const exhausted = { budgets: { evidence: { LOW: used, MEDIUM: used, HIGH: used, CRITICAL: used } } };

  it('within it, evidence is taken', async () => {
    expect(await play({}, 'silence')).toMatchObject({ outcome: 'preserved' });
    expect(asked).toHaveLength(1);
  });

  it('beyond it a person is asked, and nothing is taken before the answer', async () => {
    expect(await play(exhausted, 'silence')).toMatchObject({
      outcome: 'expired',
      rails: [{ rule: 'evidence budget', do: 'ask' }],
    });
    expect(asked).toEqual([]);
    expect(await play(exhausted, 'approve')).toMatchObject({ outcome: 'preserved' });
    expect(asked).toHaveLength(1);
  });

  it('a playbook that contains goes on without it, and says that it is missing', async () => {
    const definition = playbooks.get('disable-access-key');
    const principal = definition?.evidence.principal;
    if (!definition || !principal) throw new Error('disable-access-key takes evidence of the principal');
    const making = {
      ...definition,
      evidence: { principal: { ...principal, permissions: [allow('iam:CreateSomething')] } },
    };
    const staged = await stolenKey({ config: on(exhausted), playbooks: new Map([['disable-access-key', making]]) });
    const { incident } = await staged.respond();
    expect(incident).toMatchObject({
      outcome: 'contained',
      rails: [{ rule: 'evidence budget', do: 'contain' }],
      evidence: [
        { state: 'failed', note: expect.stringMatching(/^Not asked for: what HIGH findings may use is used up/) },
      ],
    });
  });
});
