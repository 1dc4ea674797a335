// Evidence is asked for once: by a retry after a crash, and by two incidents of one case.
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../functions/engine/engine.ts';
import { openIncident, updateIncident } from '../../functions/engine/incident.ts';
import { manifestOf, requestEvidence, reviewEvidence } from '../../functions/engine/preserve.ts';
import { createPractice } from '../../gameday/practice.ts';
import { type AnyEvidence, evidence, type Taken } from '../../playbooks/language/evidence.ts';
import { playbook } from '../../playbooks/language/playbook.ts';
import { accessKey } from '../../playbooks/resources/iam.ts';

/** A kind of evidence that counts how often AWS would be asked. */
const counting = (reuseSeconds: number, state: Taken['state'] = 'complete', note = '') => {
  let asked = 0;
  const kind = evidence<null>({
    name: 'test/counted',
    permissions: [],
    reuseSeconds,
    request: async (_aws, subject) => ({ reference: `${subject}#${++asked}`, state, note, manifest: { asked } }),
  });
  const counted = playbook({
    title: 'Count',
    containment: 'evidence',
    resource: accessKey,
    answers: [],
    approval: 'automatic',
    settings: {},
    evidence: { counted: kind },
    permissions: [],
    observe: async ({ id }) => ({ id }),
    preserve: (seen, take) => [take.counted(seen.id)],
    contain: () => [],
    residual: () => [],
  });
  return { counted, asked: () => asked };
};

const brokenFrom = (playbooks: Engine['playbooks'], text: string): Engine['playbooks'] =>
  new Map(
    [...playbooks].map(([name, one]) => {
      const review = () => Promise.reject(new Error(text));
      return [name, { ...one, evidence: { counted: { ...(one.evidence.counted as AnyEvidence), review } } }];
    }),
  );

const key = 'AKIAIOSFODNN7EXAMPLE';

const set = async (reuseSeconds: number, state?: Taken['state'], note?: string) => {
  const { counted, asked } = counting(reuseSeconds, state, note);
  const names = ['count-keys', 'count-again'];
  const practice = createPractice({
    playbooks: new Map(names.map((name) => [name, counted])),
    seed: 1,
    latency: 'none',
  });
  const engine = practice.engine('evidence');
  const { partition, account, region } = practice.stage;
  const item = {
    as: 'counted',
    kind: 'test/counted',
    subject: key,
    detail: null,
    reference: '',
    state: 'planned',
    note: '',
  } as const;
  const open = async (name: string | undefined = names[0]) => {
    const { incident } = await openIncident(engine, {
      key: `${account}/global/${key}/${name}`,
      playbook: name ?? '',
      target: { type: accessKey.type, id: key, partition, account, region, detail: {} },
      options: {},
      disposition: 'contain',
      because: 'a test',
      finding: null,
      openedBy: 'a test',
      approval: null,
    } as never);
    return { ...incident, case: 'case-000000000000', evidence: [item] };
  };
  return { practice, engine, open, asked, names };
};

describe('evidence that is looked at again', () => {
  it('keeps what is known of it, and says of failed looks what AWS said last', async () => {
    const { engine, open } = await set(0, 'pending', 'Surplus: snap-1.');
    const incident = await open();
    const evidence = await requestEvidence(engine, incident);
    await updateIncident(engine, incident.id, (before) => ({ ...before, case: incident.case, evidence }));
    const said = ['no room', 'no room at all'];
    for (const text of said) {
      const broken = { ...engine, playbooks: brokenFrom(engine.playbooks, text) };
      const looked = await reviewEvidence(broken, incident.id);
      expect(looked.evidence[0]).toMatchObject({
        state: 'pending',
        note: `Surplus: snap-1. Could not be looked at: ${text}`,
      });
    }
  });
});

describe('evidence', () => {
  it('is not asked for again by a retry that has forgotten', async () => {
    const { engine, open, asked } = await set(0);
    const incident = await open();
    const [first] = await requestEvidence(engine, incident);
    const [second] = await requestEvidence(engine, incident);
    expect(asked()).toBe(1);
    expect(second?.reference).toBe(first?.reference);
    expect(await manifestOf(engine, incident, incident.evidence[0] as never)).toEqual({ asked: 1 });
  });

  it('serves another incident of the case while it is young, and not afterwards', async () => {
    const { practice, engine, open, asked, names } = await set(300);
    await requestEvidence(engine, await open(names[0]));
    await requestEvidence(engine, await open(names[1]));
    expect(asked()).toBe(1);
    practice.world.clock.advance(301_000);
    const late = { ...(await open(names[1])), id: 'fb-ffffffffffff' };
    await requestEvidence(engine, late);
    expect(asked()).toBe(2);
  });

  it('that failed is asked for again', async () => {
    const { engine, open, asked } = await set(300, 'failed');
    const incident = await open();
    await requestEvidence(engine, incident);
    await requestEvidence(engine, incident);
    expect(asked()).toBe(2);
  });
});
