// Whose key it is, and what is never touched: what disable-access-key sees, proposes and refuses.
import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { recordEvent } from '../../gameday/account/cloudtrail.ts';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { sessionKeyOf } from '../../playbooks/disable-access-key/arrange.ts';
import playbook from '../../playbooks/disable-access-key/playbook.ts';
import { isBreakGlass } from '../../playbooks/disable-access-key/refusals.ts';
import { gone } from '../../playbooks/language/aws.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { isRefusal, type Proposal, type Refusal } from '../../playbooks/language/playbook.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import { accessKey } from '../../playbooks/resources/iam.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const account = '111122223333';
const session = sessionKeyOf(account, 'test');

let practice: Practice;
let iam: IAMClient;

beforeEach(() => {
  practice = createPractice({ playbooks: new Map(), seed: 1, latency: 'none' });
  iam = practice.stage.aws(IAMClient);
});

const targetOf = (id: string, detail: Target['detail'] = {}): Target => ({
  type: accessKey.type,
  id,
  detail,
  partition: 'aws',
  account,
  region: 'us-east-1',
});

const look = (id: string, detail: Target['detail'] = {}) => {
  const aws = practice.engine('observe').aws(targetOf(id), 'fb-000000000000', 'read');
  return playbook.observe(targetOf(id, detail), aws, { keys: 'leaked' });
};

const propose = (seen: Json, id: string, more: { keys?: string; finding?: Finding } = {}): Proposal | Refusal =>
  playbook.propose(seen, {
    incident: 'fb-000000000000',
    plannedAt: '2026-11-02T03:04:06.678Z',
    options: { keys: more.keys ?? 'leaked' },
    target: targetOf(id),
    ...(more.finding && { finding: more.finding }),
  });

/** What would be changed, in short; or what was said instead. */
const changesOf = async (id: string, detail: Target['detail'] = {}, keys = 'leaked'): Promise<readonly string[]> => {
  const seen = await look(id, detail);
  if (seen === gone) return ['gone'];
  const proposal = isRefusal(seen) ? seen : propose(seen, id, { keys });
  return isRefusal(proposal)
    ? [proposal.refused]
    : proposal.changes.map(({ setting, id: what }) => `${setting} ${what}`);
};

const makeUser = async (UserName: string, Path = '/') => {
  const { User } = await iam.send(new CreateUserCommand({ UserName, Path }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { id: User?.UserId ?? '', key: AccessKey?.AccessKeyId ?? '' };
};

const makeRole = async (RoleName: string, Path = '/'): Promise<string> => {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trust }));
  return Role?.RoleId ?? '';
};

describe('a key', () => {
  it.each([
    ['AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['AWS::IAM::AccessKey:ASIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE'],
    ['AWS::IAM::AccessKey:null', undefined],
    ['AKIAIOSFODNN7', undefined],
    ['akiaiosfodnn7example', undefined],
    ['AIDAIOSFODNN7EXAMPLE', undefined],
    ['AKIAIOSFODNN7EXAMPLE extra', undefined],
  ])('%s is read as %s', (text, id) => {
    expect(accessKey.parse(text)?.id).toBe(id);
  });
});

describe('a long-term key', () => {
  it('is set inactive, and the sessions from it are denied half a minute ahead', async () => {
    const { key } = await makeUser('build');
    const seen = await look(key);
    if (seen === gone || isRefusal(seen)) throw new Error('nothing seen');
    const { changes } = propose(seen, key) as Proposal;
    expect(changes).toEqual([
      { setting: 'status', id: `build/${key}`, to: 'Inactive', effect: 'containing', release: 'keep', dated: false },
      {
        setting: 'userSessions',
        id: 'build',
        to: { issuedBefore: '2026-11-02T03:04:36Z' },
        effect: 'containing',
        release: 'keep',
        dated: true,
      },
    ]);
  });

  it('goes alone, or with all others of its user', async () => {
    const { key } = await makeUser('build');
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
    const other = AccessKey?.AccessKeyId ?? '';
    expect(await changesOf(key)).toEqual([`status build/${key}`, 'userSessions build']);
    expect(await changesOf(key, {}, 'all')).toEqual([
      `status build/${key}`,
      `status build/${other}`,
      'userSessions build',
    ]);
  });

  it('goes with whatever its user has got since the plan: IAM still heeded it while it was stopped', async () => {
    const { key } = await makeUser('build');
    practice.world.clock.advance(1_678);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'build' }));
    const since = AccessKey?.AccessKeyId ?? '';
    expect(await changesOf(key)).toEqual([`status build/${key}`, `status build/${since}`, 'userSessions build']);
  });

  it('that has been deleted leaves sessions behind: they are denied, if the finding names the user', async () => {
    const { key } = await makeUser('build');
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'build', AccessKeyId: key }));
    const ours = sessionKeyOf(account, 'deleted').replace('ASIA', 'AKIA');
    expect(await changesOf(ours, { userName: 'build' })).toEqual(['userSessions build']);
    expect(await changesOf(ours)).toEqual([expect.stringMatching(/names no user.*By hand/s)]);
    expect(await changesOf(ours, { userName: 'nobody' })).toEqual([
      expect.stringMatching(/nor is there a user nobody/),
    ]);
  });

  it('of another account is refused, with that account’s number', async () => {
    const foreign = sessionKeyOf('444455556666', 'x').replace('ASIA', 'AKIA');
    expect(await changesOf(foreign, { userName: 'build' })).toEqual([expect.stringContaining('444455556666')]);
  });

  it('of root is refused, with the steps for a person', async () => {
    const { key } = await makeUser('build');
    await practice.stage.bring('key belongs to root', key);
    expect(await changesOf(key)).toEqual([expect.stringMatching(/root user.*sts:AssumeRoot/s)]);
    expect(await changesOf(session, { userType: 'Root' })).toEqual([expect.stringMatching(/root user/)]);
  });
});

describe('a session', () => {
  const instance = 'i-0a1b2c3d4e5f60001';
  const assumed = (roleId: string, name: string) => ({
    userType: 'AssumedRole',
    userName: 'fleet',
    principalId: `${roleId}:${name}`,
  });

  it('of a role is denied alone', async () => {
    const roleId = await makeRole('fleet');
    expect(await changesOf(session, assumed(roleId, instance))).toEqual([`roleSession fleet/${roleId}:${instance}`]);
  });

  it('of a role that was made anew is gone', async () => {
    const roleId = await makeRole('fleet');
    await iam.send(new DeleteRoleCommand({ RoleName: 'fleet' }));
    await makeRole('fleet');
    expect(await changesOf(session, assumed(roleId, instance))).toEqual(['gone']);
  });

  it('of a user denies the user’s sessions, and is gone when the name is another user’s now', async () => {
    const { id } = await makeUser('build');
    const claim = { userType: 'IAMUser', userName: 'build' };
    expect(await changesOf(session, { ...claim, principalId: id })).toEqual(['userSessions build']);
    expect(await changesOf(session, { ...claim, principalId: 'AIDAIOSFODNN7EXAMPLEA' })).toEqual(['gone']);
  });

  it.each([
    [
      'a service-linked role',
      /service-linked/,
      async () => {
        await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'autoscaling.amazonaws.com' }));
        return { name: 'AWSServiceRoleForAutoscaling' };
      },
    ],
    [
      'a role of Identity Center',
      /Identity Center/,
      async () => {
        await makeRole('AWSReservedSSO_Admin_0123456789abcdef', '/aws-reserved/sso.amazonaws.com/');
        return { name: 'AWSReservedSSO_Admin_0123456789abcdef' };
      },
    ],
  ])('of %s is refused', async (_what, said, arrange) => {
    const { name } = await arrange();
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
    const claim = { userType: 'AssumedRole', userName: name, principalId: `${Role?.RoleId}:somebody` };
    expect(await changesOf(session, claim)).toEqual([expect.stringMatching(said)]);
  });

  it('of a principal elsewhere is refused', async () => {
    expect(await changesOf(session, { userType: 'AWSAccount', userName: 'x' })).toEqual([
      expect.stringMatching(/another account/),
    ]);
  });

  it.each([
    ['a wild card', '*'],
    ['a policy variable', '${aws:userid}'],
    ['a path', 'fleet/../admin'],
  ])('is not named by %s from a finding', async (_what, name) => {
    const roleId = await makeRole('fleet');
    expect(await changesOf(session, { ...assumed(roleId, name), userName: 'fleet' })).toEqual([
      expect.stringMatching(/can't be told whose session/),
    ]);
    expect(await changesOf(session, { userType: 'IAMUser', userName: name })).toEqual([
      expect.stringMatching(/can't be told whose session/),
    ]);
  });
});

describe('a session that the finding doesn’t name is looked up in CloudTrail', () => {
  const record = (userIdentity: object) =>
    recordEvent(practice.world, account, 'us-east-1', {
      name: 'ListBuckets',
      source: 's3.amazonaws.com',
      accessKeyId: session,
      detail: { userIdentity: { accessKeyId: session, accountId: account, ...userIdentity } },
    });

  it('a role’s', async () => {
    const roleId = await makeRole('fleet');
    record({
      type: 'AssumedRole',
      principalId: `${roleId}:alice`,
      sessionContext: { sessionIssuer: { type: 'Role', principalId: roleId, userName: 'fleet' } },
    });
    expect(await changesOf(session)).toEqual([`roleSession fleet/${roleId}:alice`]);
  });

  it('a federated user’s, by the user who issued it', async () => {
    const { id } = await makeUser('broker');
    record({
      type: 'FederatedUser',
      principalId: `${account}:visitor`,
      sessionContext: { sessionIssuer: { type: 'IAMUser', principalId: id, userName: 'broker' } },
    });
    const told = { userType: 'FederatedUser', userName: 'visitor', principalId: `${account}:visitor` };
    expect(await changesOf(session, told)).toEqual(['userSessions broker']);
  });

  it('root’s', async () => {
    record({ type: 'Root', principalId: account });
    expect(await changesOf(session)).toEqual([expect.stringMatching(/root user/)]);
  });

  it('nobody’s yet: then a person is told where to look and what to do', async () => {
    expect(await changesOf(session)).toEqual([expect.stringMatching(/us-east-1.*principalId/s)]);
  });
});

describe('what is not ours to touch', () => {
  it('our own session, but not another one of the same role', async () => {
    const { state } = practice.world;
    const roleId = await makeRole('firebreak');
    const iamState = state.accounts[account]?.global.iam as { roles: Record<string, { id: string }> };
    Object.assign(iamState.roles.firebreak ?? {}, { id: 'AROAFIREBREAKGAMEDAY2' });
    expect(roleId).not.toBe('');
    const claim = (name: string) => ({
      userType: 'AssumedRole',
      userName: 'firebreak',
      principalId: `AROAFIREBREAKGAMEDAY2:${name}`,
    });
    expect(await changesOf(session, claim('gameday'))).toEqual([expect.stringMatching(/lock itself out/)]);
    expect(await changesOf(session, claim('mallory'))).toEqual(['roleSession firebreak/AROAFIREBREAKGAMEDAY2:mallory']);
  });

  it('a break-glass principal on a detector’s word; a person may', async () => {
    const { key } = await makeUser('ada', '/break-glass/');
    const seen = await look(key);
    if (seen === gone || isRefusal(seen)) throw new Error('nothing seen');
    const finding = { detector: 'guardduty' } as Finding;
    const requested = { detector: 'manual', requested: { playbook: 'x', by: 'ada', reason: 'leaked' } } as Finding;
    expect(propose(seen, key, { finding })).toEqual({ refused: expect.stringMatching(/break-glass/) });
    expect(propose(seen, key, { finding: requested })).toHaveProperty('changes');
    expect(propose(seen, key)).toHaveProperty('changes');
  });

  it.each([
    ['arn:aws:iam::111122223333:user/break-glass/ada', true],
    ['arn:aws:iam::111122223333:role/BreakGlassAdmin', true],
    ['arn:aws:iam::111122223333:user/ops-break_glass', true],
    ['arn:aws:iam::111122223333:user/icebreakglass', false],
    ['arn:aws:iam::111122223333:user/build', false],
  ])('%s is one: %s', (arn, expected) => {
    expect(isBreakGlass(arn)).toBe(expected);
  });
});

describe('the evidence', () => {
  it('holds everything that lets the user in; what can’t be read is named, and stops nobody', async () => {
    const { key } = await makeUser('build');
    await iam.send(new CreateLoginProfileCommand({ UserName: 'build', Password: 'correct horse battery' }));
    const refused = ['ListMFADevices', 'ListUserPolicies', 'ListAccessKeys'];
    practice.world.inject(({ command }) => (refused.includes(command) ? 'denied' : undefined));
    const seen = await look(key);
    practice.world.inject(undefined);
    if (seen === gone || isRefusal(seen)) throw new Error('nothing seen');
    const { changes, evidence, residual } = propose(seen, key) as Proposal;
    expect(changes.map(({ id }) => id)).toEqual([`build/${key}`, 'build']);
    expect(evidence[0]?.detail).toMatchObject({ principal: { loginProfile: { UserName: 'build' }, groups: [] } });
    const gaps = residual.find((text) => text.startsWith('Not in the evidence'));
    for (const gap of ['inlinePolicies', 'keys', 'mfaDevices']) expect(gaps).toContain(gap);
    expect(residual.join()).toContain('sign in to the console');
  });

  it('is read in three rounds', async () => {
    const timed = createPractice({ playbooks: new Map(), seed: 1 });
    const stage = timed.stage.aws(IAMClient);
    await stage.send(new CreateUserCommand({ UserName: 'build' }));
    const { AccessKey } = await stage.send(new CreateAccessKeyCommand({ UserName: 'build' }));
    const target = targetOf(AccessKey?.AccessKeyId ?? '');
    const aws = timed.engine('observe').aws(target, 'fb-000000000000', 'read');
    const before = timed.world.clock.now().getTime();
    await playbook.observe(target, aws, { keys: 'leaked' });
    const slowestRead = 90;
    expect(timed.world.clock.now().getTime() - before).toBeLessThanOrEqual(3 * slowestRead);
  });
});
