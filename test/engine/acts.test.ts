// What can't be undone: it runs once, after a person approved it, and no release takes it back.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { contain } from '../../functions/engine/contain.ts';
import { incidentKey, openIncident } from '../../functions/engine/incident.ts';
import type { ReadSwitch } from '../../functions/rails/switch.ts';
import { createPractice } from '../../gameday/practice.ts';
import { act } from '../../playbooks/language/act.ts';
import { recorded } from '../../playbooks/language/evidence.ts';
import { playbook } from '../../playbooks/language/playbook.ts';
import { accessKey } from '../../playbooks/resources/iam.ts';

const ran: string[] = [];
const demolition = act<null>({
  name: 'test/demolition',
  irreversible: 'What is torn down stays down.',
  permissions: [],
  done: async (_aws, id) => ran.includes(id),
  run: async (_aws, id) => {
    ran.push(id);
  },
});

const demolish = playbook({
  title: 'Demolish',
  containment: 'destination',
  resource: accessKey,
  answers: [],
  approval: 'required',
  settings: {},
  acts: { demolition },
  evidence: { state: recorded('test/state') },
  permissions: [],
  observe: async (target) => ({ id: target.id }),
  preserve: (seen, take) => [take.state(seen.id, seen)],
  contain: (seen, _set, _circumstances, once) => [once.demolition(seen.id)],
  residual: () => [],
});

const key = 'AKIAIOSFODNN7EXAMPLE';
const request = { playbook: 'demolish-key', resource: key, reason: 'a test of what can not be undone' };

const played = async (answer: 'approve' | 'deny', readSwitch: ReadSwitch = async () => 'on') => {
  ran.length = 0;
  const practice = createPractice({
    playbooks: new Map([['demolish-key', demolish]]),
    seed: 1,
    latency: 'none',
    answer,
    readSwitch,
  });
  const { account, region } = practice.stage;
  const { executions } = await practice.respond({ ...request, account, region });
  const incident = executions[0]?.incident;
  if (!incident) throw new Error('no incident');
  return { practice, incident };
};

/** On whenever anybody has asked so far, and off once it is asked whether the act is done. */
const turnedOffBeforeTheAct = (): ReadSwitch => {
  const { done } = demolition;
  let position: 'on' | 'off' = 'on';
  vi.spyOn(demolition, 'done').mockImplementation(async (...asked) => {
    position = 'off';
    return done(...asked);
  });
  return async () => position;
};

afterEach(() => vi.restoreAllMocks());

describe('an act', () => {
  it('runs once, after a person approved it, and says in the plan why there is no way back', async () => {
    const { practice, incident } = await played('approve');
    expect(ran).toEqual([key]);
    expect(incident.acts).toMatchObject([
      { act: 'test/demolition', irreversible: 'What is torn down stays down.', state: 'done' },
    ]);
    expect(incident).toMatchObject({ outcome: 'contained', asked: 1 });
    await practice.contain(incident);
    expect(ran).toEqual([key]);
  });

  it('does not run where the switch was turned off after the last look', async () => {
    const { incident } = await played('approve', turnedOffBeforeTheAct());
    expect(ran).toEqual([]);
    expect(incident.acts).toMatchObject([
      { state: 'failed', note: expect.stringContaining("the kill switch is 'off'") },
    ]);
    expect(incident.outcome).toBe('failed');
  });

  it('does not run where an incident was opened to be contained at once', async () => {
    const { practice } = await played('deny');
    const engine = practice.engine('by-hand');
    const { account, region, partition } = practice.stage;
    const target = { type: accessKey.type, id: key, partition, account, region, detail: {} };
    const { incident } = await openIncident(engine, {
      key: incidentKey(accessKey, target, 'demolish-key'),
      playbook: 'demolish-key',
      target,
      options: {},
      disposition: 'contain',
      because: 'asked for by hand',
      finding: null,
      openedBy: 'arn:aws:iam::111122223333:user/oncall',
      approval: null,
    });
    expect(await contain(engine, incident.id)).toMatchObject({ phase: 'waiting' });
    expect(ran).toEqual([]);
  });

  it('does not run when a person denies it', async () => {
    const { incident } = await played('deny');
    expect(ran).toEqual([]);
    expect(incident).toMatchObject({ outcome: 'denied', phase: 'ended' });
  });
});
