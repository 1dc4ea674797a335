// Law 8: the calls made are the permissions declared, both ways.
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../functions/engine/permissions.ts';
import type { Call } from '../../gameday/account/world.ts';
import { type AskedAction, actionsOf } from './actions.ts';
import { simulate } from './simulate.ts';
import { cases, playbooks, stage } from './staged.ts';

/** All calls of a playbook in all its scenarios: respond, contain again, release, release by force. */
const callsOf = async (name: string): Promise<readonly Call[]> => {
  const all: Call[] = [];
  for (const one of cases.filter(({ playbook }) => playbook === name)) {
    const alone = new Map([[name, one.definition]]);
    const { respond, practice, calls } = await stage(one, { playbooks: alone });
    const { incident } = await respond();
    if (incident.phase === 'holding') {
      await practice.contain(incident);
      const { incident: released } = await practice.release(incident, 'restore');
      await practice.release(released, 'force');
    }
    // Executions are started by `receive`, with permissions of its own.
    all.push(...calls().filter(({ service }) => service !== 'SFN'));
  }
  return all;
};

describe.each([...playbooks.keys()])('%s', (name) => {
  const playbook = playbooks.get(name);
  if (!playbook) throw new Error(name);

  it('8. may do everything that it does', { timeout: 120_000 }, async () => {
    const calls = await callsOf(name);
    const asked = new Map<string, { asked: AskedAction; call: Call }>();
    for (const call of calls) for (const one of actionsOf(call)) asked.set(JSON.stringify(one), { asked: one, call });
    const refused: string[] = [];
    for (const { asked: one, call } of asked.values()) {
      const policy = policyOf(playbook, { partition: 'aws', account: call.account, region: call.region });
      const result = await simulate(policy, one, call);
      if (result !== 'Allowed') refused.push(`${call.command}: ${one.action} on ${one.resource}: ${result}`);
    }
    expect(refused, 'declare it where it is called: in the setting, the evidence, or the playbook').toEqual([]);
  });

  it('8. does everything that it may do', { timeout: 120_000 }, async () => {
    const used = new Set((await callsOf(name)).flatMap((call) => actionsOf(call).map(({ action }) => action)));
    const declared = new Set(
      policyOf(playbook, { partition: 'aws', account: '111122223333', region: 'eu-central-1' }).Statement.flatMap(
        ({ Action }) => Action,
      ),
    );
    expect(
      [...declared].filter((action) => !used.has(action)),
      'no scenario uses it: play one that does, or take it away',
    ).toEqual([]);
  });
});
