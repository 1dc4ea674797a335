// The roles in a resource's account: for each playbook one that may do exactly what the playbook declares, and that its function alone can assume.
import { Aws } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { denyPolicyOf, type PolicyDocument, policyOf } from '../../functions/engine/permissions.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { acknowledgeWildcards } from '../acknowledge.ts';
import { externalId, functionRoleName, idOf, memberRoleName } from '../responder/names.ts';

export interface MemberRolesProps {
  readonly playbooks: ReadonlyMap<string, Playbook>;
  /** The account of the responder. */
  readonly responder: string;
  /** The Regions that it stands in: each has functions of its own, whose roles are trusted by name. */
  readonly responderRegions: readonly string[];
  /** Where there is one, nobody outside of it is trusted, whatever names he has. */
  readonly organization: string | undefined;
}

/** Whoever assumes it acts for an incident, and says for which. */
const incidentSessions = 'fb-*';
/** Notes on findings belong to many incidents at once. */
const noteSessions = 'notes';

const trust = (
  name: string,
  sessions: string,
  { responder, responderRegions, organization }: MemberRolesProps,
): object => {
  const who = {
    Effect: 'Allow',
    // The account, and of it the one role by name: trusted as a principal, a role that was made anew would not be trusted any more.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
    Principal: { AWS: `arn:${Aws.PARTITION}:iam::${responder}:root` },
  };
  const isOurs = {
    ArnEquals: {
      'aws:PrincipalArn': responderRegions.map(
        (region) => `arn:${Aws.PARTITION}:iam::${responder}:role/${functionRoleName(name, region)}`,
      ),
    },
    StringLike: { 'sts:SourceIdentity': sessions },
    ...(organization && { StringEquals: { 'aws:PrincipalOrgID': organization } }),
  };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        ...who,
        Action: 'sts:AssumeRole',
        Condition: { ...isOurs, StringEquals: { ...isOurs.StringEquals, 'sts:ExternalId': externalId } },
      },
      { ...who, Action: 'sts:SetSourceIdentity', Condition: isOurs },
    ],
  };
};

/** What `note` does in the account of a finding. */
export const notePolicy: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['securityhub:BatchUpdateFindings'],
      Resource: [`arn:${Aws.PARTITION}:securityhub:*:${Aws.ACCOUNT_ID}:hub/default`],
    },
  ],
};

/** A role is made once for all Regions, and its playbook works in each. */
const everywhere = { partition: Aws.PARTITION, account: Aws.ACCOUNT_ID, region: '*' };

/** The most that any of the roles may do, whatever is attached to it later. Managed policies hold 6,144 characters: so actions alone. */
const boundaryOf = (policies: readonly PolicyDocument[]): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [...new Set(policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)))].toSorted(),
      Resource: '*',
    },
  ],
});

/** Makes the roles. Plain resources without assets, so that a StackSet can carry the template into every account. */
export const createMemberRoles = (scope: Construct, props: MemberRolesProps): void => {
  const wanted = [...props.playbooks].map(([name, playbook]) => ({
    name,
    sessions: incidentSessions,
    policy: policyOf(playbook, everywhere),
  }));
  const all = [
    ...wanted,
    // The only one whose writes amount to admin: their content can't be confined by IAM.
    { name: 'deny', sessions: incidentSessions, policy: denyPolicyOf(props.playbooks.values(), everywhere) },
    { name: 'note', sessions: noteSessions, policy: notePolicy },
  ];
  const boundary = new CfnManagedPolicy(scope, 'MemberBoundary', {
    managedPolicyName: 'firebreak-members',
    description: "The most that Firebreak's roles may do in this account.",
    policyDocument: boundaryOf(all.map(({ policy }) => policy)),
  });
  acknowledgeWildcards(boundary, ['*'], 'It grants nothing: it bounds what the roles may be granted.');
  for (const { name, sessions, policy } of all) {
    const id = idOf(name);
    const role = new CfnRole(scope, `Member${id}`, {
      roleName: memberRoleName(name),
      description: `Firebreak: ${name}, on findings in this account`,
      assumeRolePolicyDocument: trust(name, sessions, props),
      permissionsBoundary: boundary.ref,
      policies: [{ policyName: 'declared', policyDocument: policy }],
    });
    acknowledgeWildcards(
      role,
      policy.Statement.flatMap(({ Resource }) => Resource),
      'Which resource a finding will name is not known when the role is made. Its actions are those that the playbook declares and no others, ' +
        'narrowed by conditions where IAM knows any: tested in both directions, by test/laws/permissions.test.ts.',
    );
  }
};
