// The guard: a service control policy that keeps everybody but Firebreak, whoever deploys it and break-glass from tampering with it, with what
// it holds, and with the tags that it goes by. An administrator of an account may be the attacker.
import { rolesByDefault } from '../../functions/rails/config.ts';

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

type Statement = {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: Condition;
};

export type GuardPolicy = { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] };

/** Patterns of role ARNs. */
export interface Guarded {
  /** The roles that Firebreak itself works with. */
  readonly ownRoles: readonly string[];
  /** Those that deploy it: CloudFormation's, the CDK's, StackSets'. */
  readonly deployers: readonly string[];
  /** Those of the last resort, which nobody uses otherwise. */
  readonly breakGlass: readonly string[];
  /** Keys of tags that take a resource out of what is contained; whoever may set them could protect what he has taken over. */
  readonly exemptionTags: readonly string[];
}

export const guardedByDefault: Guarded = {
  ownRoles: rolesByDefault.own,
  deployers: rolesByDefault.deployers,
  breakGlass: rolesByDefault.breakGlass,
  exemptionTags: [],
};

/** Whatever would blind, stop, bend or empty it. Reading is left to whoever may read. */
const tampering: readonly string[] = [
  'cloudformation:Cancel*',
  'cloudformation:Create*',
  'cloudformation:Delete*',
  'cloudformation:Execute*',
  'cloudformation:Set*',
  'cloudformation:Update*',
  'cloudwatch:Delete*',
  'cloudwatch:Disable*',
  'cloudwatch:Put*',
  'cloudwatch:Set*',
  'dynamodb:BatchWrite*',
  'dynamodb:Create*',
  'dynamodb:Delete*',
  'dynamodb:PartiQL*',
  'dynamodb:Put*',
  'dynamodb:Restore*',
  'dynamodb:Update*',
  'events:Delete*',
  'events:Disable*',
  'events:Put*',
  'events:Remove*',
  'iam:Attach*',
  'iam:Create*',
  'iam:Delete*',
  'iam:Detach*',
  'iam:PassRole',
  'iam:Put*',
  'iam:Tag*',
  'iam:Untag*',
  'iam:Update*',
  'kms:*Alias',
  'lambda:Create*',
  'lambda:Delete*',
  'lambda:Put*',
  'lambda:*Permission',
  'lambda:Update*',
  'logs:Delete*',
  'logs:*ssociate*',
  'logs:Put*',
  's3:Bypass*',
  's3:Create*',
  's3:Delete*',
  's3:Put*',
  'sns:Add*',
  'sns:Delete*',
  'sns:Publish',
  'sns:Remove*',
  'sns:Set*',
  'sqs:Add*',
  'sqs:Delete*',
  'sqs:Purge*',
  'sqs:Receive*',
  'sqs:Remove*',
  'sqs:Send*',
  'sqs:Set*',
  'ssm:Delete*',
  'ssm:Label*',
  'ssm:Put*',
  'states:Create*',
  'states:Delete*',
  'states:Send*',
  'states:Stop*',
  'states:Update*',
  'sts:AssumeRole',
];

/** Everything of Firebreak's own is named so: test/infra/guard.test.ts holds the stacks to it. */
export const own: readonly string[] = [
  'arn:*:cloudformation:*:*:stack/firebreak*',
  'arn:*:cloudformation:*:*:stackset/firebreak-*',
  'arn:*:cloudwatch:*:*:alarm:firebreak-*',
  'arn:*:dynamodb:*:*:table/firebreak-*',
  'arn:*:events:*:*:rule/firebreak-*',
  'arn:*:iam::*:role/firebreak-*',
  'arn:*:kms:*:*:alias/firebreak-*',
  'arn:*:lambda:*:*:function:firebreak-*',
  'arn:*:logs:*:*:log-group:/aws/*/firebreak-*',
  'arn:*:logs:*:*:log-group:/firebreak/*',
  'arn:*:s3:::firebreak-*',
  'arn:*:sns:*:*:firebreak-*',
  'arn:*:sqs:*:*:firebreak-*',
  'arn:*:ssm:*:*:parameter/firebreak/*',
  'arn:*:states:*:*:execution:firebreak-*',
  'arn:*:states:*:*:stateMachine:firebreak-*',
];

/** What would give an isolated instance its network back, or take away what is evidence. */
const freeing: readonly string[] = [
  'ec2:AssociateAddress',
  'ec2:AssociateIamInstanceProfile',
  'ec2:AttachNetworkInterface',
  'ec2:AuthorizeSecurityGroup*',
  'ec2:DeleteSecurityGroup',
  'ec2:DeleteSnapshot',
  'ec2:ModifyInstanceAttribute',
  'ec2:ModifyNetworkInterfaceAttribute',
  'ec2:ModifySecurityGroupRules',
  'ec2:ModifySnapshot*',
  'ec2:RebootInstances',
  'ec2:RevokeSecurityGroup*',
  'ec2:StartInstances',
  'ec2:StopInstances',
  'ec2:TerminateInstances',
  'ec2:UnlockSnapshot',
];

const keyTampering: readonly string[] = [
  'kms:Disable*',
  'kms:Put*',
  'kms:ScheduleKeyDeletion',
  'kms:Tag*',
  'kms:Untag*',
];

const tagging: readonly string[] = [
  'ec2:CreateTags',
  'ec2:DeleteTags',
  'ec2:RunInstances',
  'iam:Tag*',
  'iam:Untag*',
  's3:PutBucketTagging',
  's3:TagResource',
  's3:UntagResource',
  'tag:TagResources',
  'tag:UntagResources',
];

/** `Null: false` is IAM's way to say that the resource has the tag. */
const tagged = (key: string): Condition => ({ Null: { [`aws:ResourceTag/${key}`]: 'false' } });

/**
 * The policy. Attach it to the organisation's root or to the units whose accounts Firebreak answers for; it binds neither the management account nor
 * service-linked roles: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 * A quarantine that is an inline policy can't be guarded by its name; detaching AWSDenyAll can.
 */
export const guardPolicy = ({ ownRoles, deployers, breakGlass, exemptionTags }: Guarded): GuardPolicy => {
  const others: Condition = { ArnNotLike: { 'aws:PrincipalArn': [...ownRoles, ...deployers, ...breakGlass] } };
  const deny = (
    Sid: string,
    Action: readonly string[],
    Resource: readonly string[],
    when: Condition = {},
  ): Statement => ({
    Sid,
    Effect: 'Deny',
    Action,
    Resource,
    Condition: { ...others, ...when },
  });
  return {
    Version: '2012-10-17',
    Statement: [
      deny('Own', tampering, own),
      // People come through the function URL, which says who they are; whoever calls a function himself could say he is anybody.
      deny('Call', ['lambda:InvokeFunction'], ['arn:*:lambda:*:*:function:firebreak-*'], {
        BoolIfExists: { 'lambda:InvokedViaFunctionUrl': 'false' },
      }),
      deny('Key', keyTampering, ['*'], tagged('firebreak:key')),
      deny('Quarantine', ['iam:Detach*'], ['*'], { ArnLike: { 'iam:PolicyARN': 'arn:*:iam::aws:policy/AWSDenyAll' } }),
      deny('Incident', freeing, ['*'], tagged('firebreak:incident')),
      deny('Isolation', freeing, ['*'], tagged('firebreak:isolation')),
      deny('Tags', tagging, ['*'], {
        'ForAnyValue:StringLike': { 'aws:TagKeys': ['firebreak:*', ...exemptionTags] },
      }),
    ],
  };
};

/** What Organizations takes of one policy. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const policyLengthMax = 5120;
/** Five are attached to one target at most, and one of them is the organization's own FullAWSAccess. */
const policiesMax = 4;

const policyOf = (statements: readonly Statement[]): GuardPolicy => ({ Version: '2012-10-17', Statement: statements });

const fits = (statements: readonly Statement[]): boolean =>
  JSON.stringify(policyOf(statements)).length <= policyLengthMax;

/** Two that deny together what the one denied. */
const halved = (statement: Statement): readonly Statement[] => {
  const { Sid, Action } = statement;
  if (fits([statement])) return [statement];
  if (Action.length < 2)
    throw new Error(
      `The guard's statement ${Sid} does not fit into a policy: name fewer roles and tags under guard, ownRoles and protected`,
    );
  const middle = Math.ceil(Action.length / 2);
  return [
    { ...statement, Sid: `${Sid}A`, Action: Action.slice(0, middle) },
    { ...statement, Sid: `${Sid}B`, Action: Action.slice(middle) },
  ].flatMap(halved);
};

/**
 * The policy in as many as Organizations takes it in: an explicit deny in any of them counts.
 * @throws where it would be more than can be attached.
 */
export const guardPolicies = (guarded: Guarded): readonly GuardPolicy[] => {
  const policies: (readonly Statement[])[] = [];
  for (const statement of guardPolicy(guarded).Statement.flatMap(halved)) {
    const last = policies.at(-1);
    if (last && fits([...last, statement])) policies[policies.length - 1] = [...last, statement];
    else policies.push([statement]);
  }
  if (policies.length > policiesMax)
    throw new Error(
      `The guard takes ${policies.length} policies, and ${policiesMax} can be attached: name fewer roles and tags under guard, ownRoles and protected`,
    );
  return policies.map(policyOf);
};
