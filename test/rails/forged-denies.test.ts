// Forged calls of deny: whoever may call the one function that puts identity policies gets nothing written that the ledger does not say, and
// nobody denied who is protected.
import { CreateRoleCommand, CreateServiceLinkedRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { denyHandler } from '../../functions/deny.ts';
import type { DenyAnswer } from '../../functions/engine/hands.ts';
import type { HoldRecord } from '../../functions/engine/hold.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import { admitRelease } from '../../functions/rails/admission.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { playbooks } from '../laws/staged.ts';
import { type Ground, ground, on } from './ground.ts';

type Request = { readonly [key: string]: Json };
type Begun = Ground & { readonly incident: Incident; readonly request: Request; readonly input?: ConfigInput };

const own = ['userSessions', 'roleSession'];

const askingFor = (incident: Incident): Request => {
  const change = incident.changes.find(({ as }) => own.includes(as));
  const { as = 'userSessions', id = 'nobody', to = 'none' } = change ?? {};
  return { incident: incident.id, playbook: incident.playbook, change: { as, id }, to };
};

const carriedOut = async (
  scenario = 'leaked-key',
  input: ConfigInput = {},
  answer: 'approve' | 'deny' | 'silence' = 'silence',
): Promise<Begun> => {
  const staged = await ground('disable-access-key', scenario, { config: on(input), answer });
  const { incident } = await staged.respond();
  return { ...staged, incident, request: askingFor(incident) };
};

const role = () => carriedOut('stolen-instance-credentials');

const released = async (begun: Promise<Begun>): Promise<Begun> => {
  const one = await begun;
  await one.practice.release(one.incident, 'force');
  return one;
};

const asks: ConfigInput = { playbooks: { 'disable-access-key': { mode: 'ask' } } };

type Change = (record: { [key: string]: Json }) => void;

/** A record of the ledger rewritten by somebody who got at it. */
const rewritten = async ({ practice: { ledger } }: Begun, of: 'incidents' | 'holds', key: string, change: Change) => {
  const entry = await ledger.read(of, key);
  const record = structuredClone(entry?.value) as { [key: string]: Json };
  change(record);
  await ledger.write(of, key, record, entry?.version ?? 0);
};

const holdOf = ({ incident: { target }, request }: Begun): string => {
  const { as, id } = request.change as { as: string; id: string };
  const setting = playbooks.get('disable-access-key')?.settings[as]?.name;
  return `${target.account}/global/${setting}/${id}`;
};

const withIncident = async (begun: Promise<Begun>, change: Change): Promise<Begun> => {
  const one = await begun;
  await rewritten(one, 'incidents', one.incident.id, change);
  return one;
};

const withHold = async (begun: Promise<Begun>, change: Change): Promise<Begun> => {
  const one = await begun;
  await rewritten(one, 'holds', holdOf(one), change);
  return one;
};

const asking = async (begun: Promise<Begun>, more: (one: Begun) => Request): Promise<Begun> => {
  const one = await begun;
  return { ...one, request: { ...one.request, ...more(one) } };
};

/** Incident and hold rewritten so that they are about another role. */
const about = async (roleName: string, roleId: string, one: Begun): Promise<Begun> => {
  const id = `${roleName}/${roleId}:i-0a1b2c3d4e5f60001`;
  const change = { as: 'roleSession', id };
  const entry = await one.practice.ledger.read('holds', holdOf(one));
  const moved = { ...one, request: { ...one.request, change } };
  await one.practice.ledger.write('holds', holdOf(moved), { ...(entry?.value as HoldRecord), id }, 0);
  await rewritten(one, 'incidents', one.incident.id, (record) => {
    record.changes = (record.changes as { as: string; id: string }[]).map((known) => ({ ...known, ...change }));
  });
  return moved;
};

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

const aboutRole = async (RoleName: string, Path: string): Promise<Begun> => {
  const one = await role();
  const made = await one.practice.stage
    .aws(IAMClient)
    .send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trust }));
  return about(RoleName, made.Role?.RoleId ?? '', one);
};

const aboutServiceRole = async (): Promise<Begun> => {
  const one = await role();
  const made = await one.practice.stage
    .aws(IAMClient)
    .send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'autoscaling.amazonaws.com' }));
  return about(made.Role?.RoleName ?? '', made.Role?.RoleId ?? '', one);
};

const madeAnew = async (): Promise<Begun> => {
  const one = await released(role());
  const RoleName = String((one.request.change as { id: string }).id).split('/')[0];
  const iam = one.practice.stage.aws(IAMClient);
  await iam.send(new DeleteRoleCommand({ RoleName }));
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  await rewritten(one, 'holds', holdOf(one), (hold) => {
    Object.assign(hold, { phase: 'held', original: 'allowed', holders: { [one.incident.id]: 'denied' } });
  });
  return one;
};

/** On its way back to this original, as a person asked for. */
const releasing = async (begun: Begun, original: Json): Promise<Begun> => {
  const oncall = 'arn:aws:iam::111122223333:user/oncall';
  await admitRelease(begun.practice.engine('console'), begun.incident.id, 'restore', oncall);
  await rewritten(begun, 'holds', holdOf(begun), (hold) => {
    Object.assign(hold, { phase: 'releasing', holders: {}, original });
  });
  return { ...begun, request: { ...begun.request, to: original } };
};

const exempting = async (begun: Promise<Begun>, entry: object): Promise<Begun> => ({
  ...(await begun),
  input: { protected: [{ owner: 'platform', reason: 'runs the bank', until: '2027-03-31', ...entry }] },
});

const grant: Json = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

type Forgery = readonly [what: string, begin: () => Promise<Begun>, said: RegExp];

const forgeries: readonly Forgery[] = [
  ['an incident that there is not', () => asking(carriedOut(), () => ({ incident: 'fb-ffffffffffff' })), /no such/],
  ['an incident of no known form', () => asking(carriedOut(), () => ({ incident: '../x' })), /BadInput: .*incident/],
  ['another playbook’s incident', () => asking(carriedOut(), () => ({ playbook: 'isolate-instance' })), /is disable-/],
  [
    'a playbook that there is not',
    () => asking(carriedOut(), () => ({ playbook: 'delete-user' })),
    /is disable-access/,
  ],
  [
    'one that the ledger does not show as admitted',
    () =>
      withIncident(carriedOut(), (record) => {
        record.admission = null;
      }),
    /NotAdmitted: .*rails admitted/,
  ],
  [
    'one with another target than its key has',
    () =>
      withIncident(carriedOut(), (record) => {
        record.target = { ...(record.target as object), account: '444455556666' } as Json;
      }),
    /NotAdmitted: .*key is not that of its target/,
  ],
  ['a document in place of a value', () => asking(role(), () => ({ to: grant })), /outdated: .*session denied/],
  ['a document beside the value', () => asking(role(), () => ({ document: grant })), /BadInput: .*document/],
  ['a name of the policy', () => asking(role(), () => ({ policyName: 'AdministratorAccess' })), /BadInput/],
  ['what is allowed, while it is held', () => asking(role(), () => ({ to: 'allowed' })), /outdated: .*session denied/],
  ['a weaker deny than is held', () => asking(role(), () => ({ to: 'agent-only' })), /outdated: .*session denied/],
  ['no deny, while one is held', () => asking(carriedOut(), () => ({ to: 'none' })), /outdated: .*sessions issued/],
  [
    'a deny of more than is held',
    () => asking(carriedOut(), () => ({ to: { issuedBefore: '2099-01-01T00:00:00Z' } })),
    /outdated: .*sessions issued before 2026/,
  ],
  ['one that was released', () => released(role()), /outdated: .*nothing is to be written/],
  [
    'the original of one that was released',
    () => asking(released(role()), () => ({ to: 'allowed' })),
    /outdated: .*nothing is to be written/,
  ],
  [
    'one that was only planned',
    () => asking(carriedOut('stolen-instance-credentials', { mode: 'observe' }), () => ({ to: 'denied' })),
    /outdated: .*nothing is to be written/,
  ],
  ['one that was denied', () => carriedOut('stolen-instance-credentials', asks, 'deny'), /nothing is to be written/],
  ['one that nobody answered', () => carriedOut('stolen-instance-credentials', asks), /nothing is to be written/],
  [
    'a setting that the playbook writes itself',
    () =>
      asking(carriedOut(), ({ incident }) => ({
        change: { as: 'status', id: incident.changes[0]?.id ?? '' },
        to: 'Inactive',
      })),
    /NotAdmitted: .*status, which is not its own/,
  ],
  [
    'AWSDenyAll, which the playbook attaches itself',
    () => asking(carriedOut(), () => ({ change: { as: 'everything', id: 'admin' }, to: 'attached' })),
    /NotAdmitted: .*everything, which is not its own/,
  ],
  [
    'a setting that is none',
    () => asking(carriedOut(), () => ({ change: { as: 'constructor', id: 'admin' } })),
    /NotAdmitted: .*constructor, which is not its own/,
  ],
  [
    'a user whom the plan does not name',
    () => asking(carriedOut(), () => ({ change: { as: 'userSessions', id: 'admin' } })),
    /NotAdmitted: .*admin, which the plan .* lacks/,
  ],
  [
    'a hold that others have, and it has not',
    () =>
      withHold(role(), (hold) => {
        hold.holders = { 'fb-000000000001': 'denied' };
      }),
    /outdated: .*nothing is to be written/,
  ],
  [
    'an original that nobody asked to put back',
    () =>
      asking(
        withHold(role(), (hold) => {
          Object.assign(hold, { phase: 'releasing', holders: {} });
        }),
        () => ({ to: 'allowed' }),
      ),
    /outdated: .*nothing is to be written/,
  ],
  ['a role of Firebreak', () => aboutRole('firebreak-deny', '/'), /Protected: .*own roles/],
  [
    'a role of Firebreak, whose original is said to be a deny',
    async () => releasing(await aboutRole('firebreak-deny', '/'), 'denied'),
    /Protected: .*own roles/,
  ],
  ['a service-linked role', aboutServiceRole, /Protected: .*service-linked/],
  [
    'a role of Identity Center',
    () => aboutRole('AWSReservedSSO_Admin_0123', '/aws-reserved/sso.amazonaws.com/'),
    /Protected: .*Identity Center/,
  ],
  ['a user exempt by ARN', () => exempting(carriedOut(), { arn: 'arn:aws:iam::*:user/drill/*' }), /Protected: .*bank/],
  ['a role in an exempt account', () => exempting(role(), { account: '111122223333' }), /Protected: .*runs the bank/],
  ['a role made anew under the same name', madeAnew, /failed: .*not there any more/],
];

const called = async ({ practice, input, request }: Begun): Promise<string> => {
  const engine = practice.engine('deny disable-access-key');
  try {
    const answer: DenyAnswer = await denyHandler({ ...engine, ...(input && { config: on(input) }) })(request);
    const said = answer.end === 'failed' ? answer.said.message : answer.end === 'outdated' ? answer.says : '';
    return `${answer.end}: ${said}`;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
};

describe('writes nothing for', () => {
  it.each(forgeries)('%s', async (_what, begin, said) => {
    const begun = await begin();
    const before = begun.writes().length;
    for (let times = 0; times < 3; times++) expect(await called(begun)).toMatch(said);
    expect(begun.writes().length).toBe(before);
  });
});

describe('writes', () => {
  it.each([
    ['what a hold on a user says', () => carriedOut(), 'PutUserPolicy'],
    ['what a hold on a role says', role, 'PutRolePolicy'],
    [
      'what others hold, for one that has let go',
      () =>
        withHold(role(), (hold) => {
          const leaving = hold.holders as object;
          Object.assign(hold, { holders: { 'fb-000000000001': 'denied' }, leaving });
        }),
      'PutRolePolicy',
    ],
    [
      'the original while it is put back, whoever is exempt by now',
      async () => {
        return releasing(await exempting(role(), { account: '111122223333' }), 'allowed');
      },
      'DeleteRolePolicy',
    ],
  ] as const)('%s, as often as it is asked', async (_what, begin, command) => {
    const begun: Begun = await begin();
    const before = begun.writes().length;
    for (let times = 0; times < 2; times++) expect(await called(begun)).toBe('written: ');
    expect(begun.writes().slice(before)).toEqual([command, command]);
  });
});
