// Whether credentials are cut off, judged by the keys and policies that IAM answers: for scenarios, which never ask the playbook.
import {
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import type { Aws } from '../language/aws.ts';
import { policyText } from '../settings/iam.ts';

/** What AWS knows of a request, by condition key in small letters. */
type Context = Readonly<Record<string, string>>;
type Statement = {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};

const like = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);

/** The operators that a deny of sessions may use. By any other nobody is denied: the careful side. */
const operators: Readonly<Record<string, (wanted: string, actual: string) => boolean>> = {
  StringEquals: (wanted, actual) => wanted === actual,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  DateLessThan: (wanted, actual) => Date.parse(actual) < Date.parse(wanted),
};

const holds = ({ Condition = {} }: Statement, context: Context): boolean =>
  Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const actual = context[key.toLowerCase()];
      return actual !== undefined && [wanted].flat().some((one) => operators[operator]?.(one, actual));
    }),
  );

const deniesEverything = (document: string, context: Context): boolean => {
  const { Statement: statements } = JSON.parse(document) as { readonly Statement: Statement | readonly Statement[] };
  return [statements]
    .flat()
    .filter(
      ({ Effect, Action, Resource }) => Effect === 'Deny' && [Action].flat()[0] === '*' && [Resource].flat()[0] === '*',
    )
    .some((statement) => holds(statement, context));
};

export const isKeyActive = async (aws: Aws, UserName: string, id: string): Promise<boolean> => {
  const { AccessKeyMetadata = [] } = await aws(IAMClient).send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.some(({ AccessKeyId, Status }) => AccessKeyId === id && Status === 'Active');
};

/** Whether nothing of the user's works any more, neither keys nor sessions. */
export const isUserCutOff = async (aws: Aws, UserName: string): Promise<boolean> => {
  const { AttachedPolicies = [] } = await aws(IAMClient).send(new ListAttachedUserPoliciesCommand({ UserName }));
  return AttachedPolicies.some(({ PolicyName }) => PolicyName === 'AWSDenyAll');
};

export const isUserSessionDenied = async (aws: Aws, UserName: string, issuedAt: string): Promise<boolean> => {
  const iam = aws(IAMClient);
  if (await isUserCutOff(aws, UserName)) return true;
  const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument } = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }));
    if (deniesEverything(policyText(PolicyDocument), { 'aws:tokenissuetime': issuedAt })) return true;
  }
  return false;
};

export const isRoleSessionDenied = async (aws: Aws, RoleName: string, userId: string): Promise<boolean> => {
  const iam = aws(IAMClient);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    if (deniesEverything(policyText(PolicyDocument), { 'aws:userid': userId })) return true;
  }
  return false;
};
