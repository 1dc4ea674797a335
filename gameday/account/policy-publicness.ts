// Whether S3 counts a policy as public. S3 "begins by assuming that the policy is public" and looks for what narrows it:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
import { isIPv6 } from 'node:net';
import { list, type PolicyStatement, statementsOf } from './policy-evaluation.ts';

/** Whose policy it is. An access point that only its VPC can reach is never public. */
export type PolicyOwner = 'bucket' | 'internet-access-point' | 'vpc-access-point';

/** Free of wild cards and of policy variables. */
const isFixed = (value: string): boolean => !/[*?]|\$\{/.test(value);

const narrowingKeys: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
]);

/** Ranges wider than /8 (IPv4) or /32 (IPv6) are public. */
const isNarrowRange = (range: string): boolean => {
  const [network = '', length] = range.split('/');
  if (length === undefined) return true;
  return Number(length) >= (isIPv6(network) ? 32 : 8);
};

/** In a bucket's policy the name of the access point may be a wild card, as long as its account is fixed. */
const isAccessPointOfOneAccount = (arn: string): boolean => /^\d{12}$/.test(arn.split(':')[4] ?? '');

const narrows = (key: string, value: string, owner: PolicyOwner): boolean => {
  if (key === 'aws:sourceip') return isNarrowRange(value);
  if (key === 's3:dataaccesspointarn') return owner === 'bucket' && isAccessPointOfOneAccount(value);
  return narrowingKeys.has(key) && isFixed(value);
};

// Negated operators, …IfExists and ForAllValues hold for a request without the key, so they narrow nothing.
const narrowingOperators =
  /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/;

const isNarrowed = (condition: PolicyStatement['Condition'], owner: PolicyOwner): boolean =>
  Object.entries(condition ?? {}).some(
    ([operator, keys]) =>
      narrowingOperators.test(operator) &&
      Object.entries(keys).some(([key, values]) =>
        list(values).every((value) => narrows(key.toLowerCase(), value, owner)),
      ),
  );

const namesFixedPrincipals = ({ Principal: principal }: PolicyStatement): boolean => {
  if (principal === undefined || typeof principal === 'string') return false;
  return Object.values(principal).flatMap(list).every(isFixed);
};

/** Whether one statement opens something to everybody. The action doesn't matter to S3, even one that it doesn't know. */
export const isPublicStatement = (statement: PolicyStatement, owner: PolicyOwner = 'bucket'): boolean =>
  owner !== 'vpc-access-point' &&
  statement.Effect === 'Allow' &&
  !namesFixedPrincipals(statement) &&
  !isNarrowed(statement.Condition, owner);

export const isPublicPolicy = (document: string, owner: PolicyOwner = 'bucket'): boolean =>
  statementsOf(document).some((statement) => isPublicStatement(statement, owner));
