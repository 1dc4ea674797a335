// Law 8: the calls made are the permissions declared, both ways; and what amounts to admin only the hands of `deny` may do.
import { describe, expect, it } from 'vitest';
import { asksDeny, denyPolicyOf, type PolicyDocument, policyOf } from '../../functions/engine/permissions.ts';
import type { Call } from '../../gameday/account/world.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import { type AskedAction, actionsOf } from './actions.ts';
import { simulate } from './simulate.ts';
import { cases, playbooks, stage } from './staged.ts';

const place: Place = { partition: 'aws', account: '111122223333', region: 'eu-central-1' };

const played = new Map<string, Promise<readonly Call[]>>();

const play = async (name: string): Promise<readonly Call[]> => {
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

/** All calls of a playbook in all its scenarios: respond, contain again, release, release by force. */
const callsOf = (name: string): Promise<readonly Call[]> => {
  const calls = played.get(name) ?? play(name);
  played.set(name, calls);
  return calls;
};

const isDenys = ({ session }: Call): boolean => session.startsWith('deny ');
const madeByPlaybook = async (name: string) => (await callsOf(name)).filter((call) => !isDenys(call));
const madeByDeny = async () => (await Promise.all([...playbooks.keys()].map(callsOf))).flat().filter(isDenys);

const refusedBy = async (policy: (place: Place) => PolicyDocument, calls: readonly Call[]) => {
  const asked = new Map<string, { asked: AskedAction; call: Call }>();
  for (const call of calls) for (const one of actionsOf(call)) asked.set(JSON.stringify(one), { asked: one, call });
  const refused: string[] = [];
  for (const { asked: one, call } of asked.values()) {
    const result = await simulate(policy({ ...place, account: call.account, region: call.region }), one, call);
    if (result !== 'Allowed') refused.push(`${call.command}: ${one.action} on ${one.resource}: ${result}`);
  }
  return refused;
};

const actionsIn = ({ Statement }: PolicyDocument) => new Set(Statement.flatMap(({ Action }) => Action));

const unusedIn = (policy: PolicyDocument, calls: readonly Call[]): readonly string[] => {
  const used = new Set(calls.flatMap((call) => actionsOf(call).map(({ action }) => action)));
  return [...actionsIn(policy)].filter((action) => !used.has(action));
};

const declare = 'declare it where it is called: in the setting, the evidence, or the playbook';
const useIt = 'no scenario uses it: play one that does, or take it away';

describe.each([...playbooks.keys()])('%s', (name) => {
  const playbook = playbooks.get(name);
  if (!playbook) throw new Error(name);
  const policy = (where: Place) => policyOf(playbook, where);

  it('8. may do everything that it does', { timeout: 120_000 }, async () => {
    expect(await refusedBy(policy, await madeByPlaybook(name)), declare).toEqual([]);
  });

  it('8. does everything that it may do', { timeout: 120_000 }, async () => {
    expect(unusedIn(policy(place), await madeByPlaybook(name)), useIt).toEqual([]);
  });
});

describe('deny', () => {
  const policy = (where: Place) => denyPolicyOf(playbooks.values(), where);

  it('8. may do everything that it does', { timeout: 120_000 }, async () => {
    expect(await refusedBy(policy, await madeByDeny()), declare).toEqual([]);
  });

  it('8. does everything that it may do', { timeout: 120_000 }, async () => {
    expect(unusedIn(policy(place), await madeByDeny()), useIt).toEqual([]);
  });

  it('is asked by the playbooks that say so, and by no other', { timeout: 120_000 }, async () => {
    for (const [name, playbook] of playbooks)
      expect([name, (await callsOf(name)).some(isDenys)]).toEqual([name, asksDeny(playbook)]);
  });

  it('may put and take away inline policies, look whose they are, and nothing else', () => {
    expect([...actionsIn(policy(place))].toSorted()).toEqual([
      'iam:DeleteRolePolicy',
      'iam:DeleteUserPolicy',
      'iam:GetRole',
      'iam:GetUser',
      'iam:PutRolePolicy',
      'iam:PutUserPolicy',
    ]);
  });
});

/** What a policy says, or who may become whom, is nothing that IAM confines: with any of these one may do anything. */
const likeAdmin =
  /^iam:(\*|Put.*Policy|Delete(Role|User|Group)Policy|(Create|SetDefault)Policy(Version)?|Create(Access|Login|Service).*|UpdateAssumeRolePolicy|UpdateLoginProfile|AddUserToGroup|AddRoleTo.*|PassRole|(Put|Delete).*PermissionsBoundary)$|^(iam:)?\*$/;

describe('what amounts to admin', () => {
  it.each([...playbooks])('no role of a playbook has it: %s', (_name, playbook) => {
    const { Statement } = policyOf(playbook, place);
    expect([...actionsIn({ Version: '2012-10-17', Statement })].filter((action) => likeAdmin.test(action))).toEqual([]);
    // A policy may be attached only where its name is said.
    const loose = Statement.filter(({ Action, Condition }) => {
      const attaches = Action.some((action) => /^iam:(At|De)tach/.test(action));
      return attaches && JSON.stringify(Condition?.ArnLike) !== '{"iam:PolicyARN":"arn:*:iam::aws:policy/AWSDenyAll"}';
    });
    expect(loose).toEqual([]);
  });

  it('AWSDenyAll may be attached to users, and no other policy', async () => {
    const [name, playbook] = [...playbooks].find(([one]) => one === 'disable-access-key') ?? [];
    if (!name || !playbook) throw new Error('It is gone.');
    const [call] = (await madeByPlaybook(name)).filter(({ command }) => command === 'AttachUserPolicy');
    if (!call) throw new Error('No scenario attaches it.');
    const input = { ...(call.input as object), PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
    const refused = await refusedBy((where) => policyOf(playbook, where), [call, { ...call, input }]);
    expect(refused).toEqual([expect.stringMatching(/^AttachUserPolicy: iam:AttachUserPolicy .*Denied$/)]);
  });
});
