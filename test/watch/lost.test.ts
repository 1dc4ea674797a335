// What the watch does beside looking: what has lost its workflow is told, one run is bounded, and one incident keeps no other from it.
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { contain } from '../../functions/engine/contain.ts';
import { readIncident, updateIncident } from '../../functions/engine/incident.ts';
import { receive } from '../../functions/engine/receive.ts';
import { release } from '../../functions/engine/release.ts';
import { watch } from '../../functions/engine/watch.ts';
import { admitRelease } from '../../functions/rails/admission.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { here, on, openBucket, own } from '../rails/ground.ts';
import { containedKey, minutes } from './ground.ts';

const name = 'block-public-bucket';
const person = `arn:aws:iam::${own}:user/oncall`;
type Chosen = NonNullable<ConfigInput['playbooks']>[string];

/** Opened by a finding whose workflow never ran. */
const opened = async (chosen: Chosen = {}) => {
  const staged = await openBucket({ config: on({ playbooks: { [name]: chosen } }) });
  const engine = staged.practice.engine('receive');
  const received = await receive(engine, staged.event);
  if ('unreadable' in received) throw new Error(received.unreadable);
  const id = received.incidents[0]?.incident.id ?? '';
  const told = () => staged.practice.notices().map(({ outcome, reason }) => `${outcome}: ${reason}`);
  return { ...staged, engine, id, told, read: () => staged.practice.read(id) };
};

describe('an incident that has lost its workflow', () => {
  it('is left to it for an hour', async () => {
    const staged = await opened();
    minutes(staged, 59);
    expect(await staged.practice.watch()).toEqual({ looked: [], left: [] });
    expect(staged.told()).toEqual([]);
  });

  it('is left to it as long as it stands in line, and an hour more', async () => {
    const staged = await opened();
    const at = new Date(staged.practice.world.clock.now().getTime() + 3 * 3_600_000).toISOString();
    await updateIncident(staged.engine, staged.id, (before) => ({
      ...before,
      turn: { to: 'contain', at, crowded: true },
    }));
    minutes(staged, 239);
    await staged.practice.watch();
    expect(staged.told()).toEqual([]);
    minutes(staged, 2);
    await staged.practice.watch();
    expect(staged.told()).toEqual([expect.stringMatching(/^failed: WorkflowLost/)]);
  });

  it('and had something still to come: what stands is read and told, and who contains it goes on', async () => {
    const staged = await opened();
    await staged.practice.contain(await staged.read());
    const at = staged.practice.world.clock.now().toISOString();
    await updateIncident(staged.engine, staged.id, (before) => ({
      ...before,
      turn: { to: 'contain', at, crowded: false },
    }));
    const before = staged.told().length;
    minutes(staged, 61);
    await staged.practice.watch();
    await staged.practice.watch();
    expect(staged.told().slice(before)).toEqual([expect.stringMatching(/^contained: .*WorkflowLost/)]);
    expect(await staged.read()).toMatchObject({ phase: 'holding', turn: null });
  });

  it('and was never begun: ended, told once, and the next finding opens another', async () => {
    const staged = await opened();
    minutes(staged, 61);
    await staged.practice.watch();
    await staged.practice.watch();
    expect(staged.told()).toEqual([
      expect.stringMatching(/^failed: WorkflowLost: .*Nothing was changed\. firebreak contain/),
    ]);
    expect(await staged.read()).toMatchObject({ phase: 'ended', outcome: 'failed' });
    expect(staged.writes()).toEqual([]);
  });

  it('and died while it contained: what stands is read and told', async () => {
    const staged = await opened();
    staged.practice.world.inject(({ write, session }) =>
      write && !session.startsWith('stage') ? 'crash-after' : undefined,
    );
    await contain(staged.practice.engine(name), staged.id).catch(() => 'it died');
    staged.practice.world.inject(undefined);
    expect(await staged.read()).toMatchObject({ phase: 'containing' });
    minutes(staged, 61);
    await staged.practice.watch();
    expect(staged.told()).toEqual([expect.stringMatching(/^contained: .*WorkflowLost/)]);
    expect(await staged.read()).toMatchObject({ phase: 'holding', outcome: 'contained' });
  });

  it('and died after it contained, before it looked', async () => {
    const staged = await opened();
    await contain(staged.practice.engine(name), staged.id);
    minutes(staged, 1);
    expect((await staged.practice.watch()).looked).toEqual([]);
    minutes(staged, 60);
    await staged.practice.watch();
    expect(staged.told()).toEqual([expect.stringMatching(/^contained: /)]);
  });

  it('and waits for an answer that nobody would act upon: expired', async () => {
    const staged = await opened({ mode: 'ask', answerMinutes: 60 });
    await contain(staged.engine, staged.id);
    minutes(staged, 119);
    expect((await staged.practice.watch()).looked).toEqual([]);
    minutes(staged, 2);
    await staged.practice.watch();
    await staged.practice.watch();
    expect(staged.told()).toEqual([expect.stringMatching(/^expired: Nobody answered/)]);
    expect(staged.writes()).toEqual([]);
  });

  it('and should have been contained without an answer: told once, with the way on; the watch begins nothing', async () => {
    const staged = await opened({ mode: 'ask', answerMinutes: 60, onNoAnswer: 'contain' });
    await contain(staged.engine, staged.id);
    minutes(staged, 121);
    await staged.practice.watch();
    await staged.practice.watch();
    expect(staged.told()).toEqual([expect.stringMatching(/^waiting: .*workflow .*is lost: firebreak approve fb-/)]);
    expect(staged.writes()).toEqual([]);
  });

  it('and was being released: told once', async () => {
    const staged = await containedKey();
    await admitRelease(staged.practice.engine('release'), staged.id, 'force', person);
    await release(staged.practice.engine('release'), staged.id, 'force');
    await staged.watch();
    expect(staged.told()).toEqual([]);
    minutes(staged, 60);
    await staged.watch();
    await staged.watch();
    expect(staged.told()).toMatchObject([
      {
        happened: 'drifted',
        reason: expect.stringMatching(/A release was begun and has not ended.*firebreak release/),
      },
    ]);
    expect(await staged.incident()).toMatchObject({ phase: 'releasing' });
  });
});

/** Several buckets that stand open, each contained. */
const several = async (many: number, chosen: Chosen = {}) => {
  const most = { containments: 1000, perSeconds: 3600 };
  const budget = { LOW: most, MEDIUM: most, HIGH: most, CRITICAL: most };
  const staged = await openBucket({ config: on({ playbooks: { [name]: { budget, ...chosen } } }) });
  const { stage } = staged.practice;
  const s3 = stage.aws(S3Client);
  const buckets = Array.from({ length: many }, (_, index) => `several-${String(index).padStart(3, '0')}`);
  const ids: string[] = [];
  for (const Bucket of buckets) {
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: here } }));
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    const Statement = [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` },
    ];
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
    const { executions } = await staged.practice.respond(
      guardDutyEvent({
        type: 'Policy:S3/BucketAnonymousAccessGranted',
        severity: 8,
        account: own,
        region: here,
        at: staged.practice.world.clock.now(),
        resource: { buckets: [{ name: Bucket }] },
      }),
    );
    ids.push(executions[0]?.incident.id ?? '');
  }
  minutes(staged, 5);
  return { ...staged, buckets, ids };
};

describe('one run', () => {
  it('looks after fifty, and the next begins with those that were left', async () => {
    const staged = await several(53);
    const first = await staged.practice.watch();
    expect(first.looked).toHaveLength(50);
    expect(first.left).toHaveLength(3);
    minutes(staged, 5);
    const second = await staged.practice.watch();
    expect(
      second.looked
        .map(({ incident }) => incident)
        .slice(0, 3)
        .toSorted(),
    ).toEqual(first.left.toSorted());
    expect(new Set([...first.looked, ...second.looked].map(({ incident }) => incident)).size).toBe(53);
  });

  it('ends in time, however slow each look is', async () => {
    const staged = await several(8);
    const engine = staged.practice.engine('watch');
    staged.practice.world.inject(({ session }) => {
      if (session.startsWith('watch')) staged.practice.world.clock.advance(70_000);
      return undefined;
    });
    const { looked, left } = await watch(engine);
    expect(looked).toHaveLength(4);
    expect(left).toHaveLength(4);
  });

  it('is not kept from the others by one that can not be looked after, and says which', async () => {
    const staged = await several(3);
    const [broken = ''] = staged.ids;
    const entry = await staged.practice.ledger.read('incidents', broken);
    const record = { ...(entry?.value as object), playbook: 'taken-away' };
    await staged.practice.ledger.write('incidents', broken, record, entry?.version ?? 0);
    await expect(staged.practice.watch()).rejects.toThrow(
      /^1 of 3 incidents could not be looked after: fb-.*taken-away/,
    );
    const seen = await Promise.all(staged.ids.map((id) => readIncident({ ledger: staged.practice.ledger }, id)));
    expect(seen.map((incident) => incident?.watch?.at)).not.toContain('');
    minutes(staged, 5);
    await expect(staged.practice.watch()).rejects.toThrow(/^1 of 3/);
  });
});

it('what is still under way is its workflow’s', async () => {
  const staged = await opened();
  const engine = staged.practice.engine(name);
  await contain(engine, staged.id);
  await staged.practice.stage
    .aws(S3Client)
    .send(new DeletePublicAccessBlockCommand({ Bucket: (staged.arranged as { bucket: string }).bucket }));
  expect(await staged.practice.watch()).toEqual({ looked: [], left: [] });
  expect(staged.told()).toEqual([]);
});
