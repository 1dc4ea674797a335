// What an IAM policy document says to one request: enough of the evaluation logic for bucket policies, trust policies and denies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { BlockList, isIP } from 'node:net';

type OneOrMore = string | readonly string[];

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: string | Readonly<Record<string, OneOrMore>>;
  readonly NotPrincipal?: string | Readonly<Record<string, OneOrMore>>;
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** Who asks: a principal of an account, or nobody that AWS knows. */
type Caller = { readonly account: string; readonly arn: string } | 'anonymous';

export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly caller: Caller;
  /** The request's condition keys. A key that isn't here is absent from the request. */
  readonly context: Readonly<Record<string, string>>;
}

export const list = (value: OneOrMore | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

export const statementsOf = (document: string): readonly PolicyStatement[] => {
  const { Statement: statements } = JSON.parse(document) as {
    readonly Statement?: PolicyStatement | readonly PolicyStatement[];
  };
  if (statements === undefined) return [];
  return Array.isArray(statements) ? statements : [statements as PolicyStatement];
};

/** `*` and `?` stand for any text and any character, as in the policy language. */
const matches = (pattern: string, value: string): boolean => {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's').test(value);
};

const matchesAny = (patterns: OneOrMore | undefined, value: string): boolean =>
  list(patterns).some((pattern) => matches(pattern, value));

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const matchesPrincipal = (principal: PolicyStatement['Principal'], caller: Caller): boolean => {
  if (principal === undefined) return false;
  if (principal === '*') return true;
  if (typeof principal === 'string') return false;
  return list(principal.AWS).some((named) => {
    if (named === '*') return true;
    if (caller === 'anonymous') return false;
    const wholeAccount = /^\d{12}$/.test(named) || named.endsWith(':root');
    return wholeAccount ? caller.account === (accountOf(named) || named) : named === caller.arn;
  });
};

const inRange = (range: string, address: string): boolean => {
  const [network = '', length] = range.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const ranges = new BlockList();
  ranges.addSubnet(network, length === undefined ? (family === 'ipv6' ? 128 : 32) : Number(length), family);
  return ranges.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
};

const same = (wanted: string, actual: string): boolean => wanted === actual;
const sameButForCase = (wanted: string, actual: string): boolean => wanted.toLowerCase() === actual.toLowerCase();
const date = (text: string): number => new Date(text).getTime();

/** Each test is put to every wanted value; one that holds is enough. The negated operators are their opposites. */
const tests: Readonly<Record<string, (wanted: string, actual: string) => boolean>> = {
  StringEquals: same,
  StringEqualsIgnoreCase: sameButForCase,
  StringLike: matches,
  ArnEquals: matches,
  ArnLike: matches,
  Bool: sameButForCase,
  IpAddress: inRange,
  DateLessThan: (wanted, actual) => date(actual) < date(wanted),
  DateLessThanEquals: (wanted, actual) => date(actual) <= date(wanted),
  DateGreaterThan: (wanted, actual) => date(actual) > date(wanted),
  DateGreaterThanEquals: (wanted, actual) => date(actual) >= date(wanted),
  DateEquals: (wanted, actual) => date(actual) === date(wanted),
  NumericEquals: (wanted, actual) => Number(actual) === Number(wanted),
  NumericLessThan: (wanted, actual) => Number(actual) < Number(wanted),
  NumericLessThanEquals: (wanted, actual) => Number(actual) <= Number(wanted),
  NumericGreaterThan: (wanted, actual) => Number(actual) > Number(wanted),
  NumericGreaterThanEquals: (wanted, actual) => Number(actual) >= Number(wanted),
  BinaryEquals: same,
};

const opposites: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  DateNotEquals: 'DateEquals',
  NumericNotEquals: 'NumericEquals',
};

const partsOf = (operator: string): { readonly kind: string; readonly ifExists: boolean } => {
  const [, kind = '', ifExists] = /^(?:ForAnyValue:|ForAllValues:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  return { kind, ifExists: ifExists !== undefined };
};

/** The first condition operator of a statement that the policy language doesn't have. */
export const unknownOperator = (condition: PolicyStatement['Condition']): string | undefined =>
  Object.keys(condition ?? {}).find((operator) => {
    const { kind } = partsOf(operator);
    return kind !== 'Null' && !(kind in tests) && !(kind in opposites);
  });

const holds = (operator: string, wanted: readonly string[], actual: string | undefined): boolean => {
  const { kind, ifExists } = partsOf(operator);
  if (kind === 'Null') return wanted.includes(String(actual === undefined));
  const negated = kind in opposites;
  const test = tests[opposites[kind] ?? kind];
  if (!test) throw new Error(`no policy with the operator ${operator} should have been taken`);
  if (actual === undefined) return negated || ifExists || operator.startsWith('ForAllValues:');
  return wanted.some((value) => test(value, actual)) !== negated;
};

const conditionHolds = (condition: PolicyStatement['Condition'], context: Question['context']): boolean => {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      holds(operator, list(wanted).map(String), known.get(key.toLowerCase())),
    ),
  );
};

/** Whether a statement speaks of an action on a resource, whoever asks and under whatever condition. */
export const covers = (
  statement: PolicyStatement,
  { action, resource }: Pick<Question, 'action' | 'resource'>,
): boolean => {
  const lowered = (patterns: OneOrMore | undefined) => list(patterns).map((pattern) => pattern.toLowerCase());
  const actionCovered = statement.NotAction
    ? !matchesAny(lowered(statement.NotAction), action.toLowerCase())
    : matchesAny(lowered(statement.Action), action.toLowerCase());
  // A trust policy has no Resource: it speaks of its own role.
  const resourceCovered = statement.NotResource
    ? !matchesAny(statement.NotResource, resource)
    : statement.Resource === undefined || matchesAny(statement.Resource, resource);
  return actionCovered && resourceCovered;
};

const concerns = (statement: PolicyStatement, caller: Caller): boolean => {
  if (statement.NotPrincipal !== undefined) return !matchesPrincipal(statement.NotPrincipal, caller);
  // An identity's own policy names no principal.
  return statement.Principal === undefined || matchesPrincipal(statement.Principal, caller);
};

const applies =
  (effect: PolicyStatement['Effect'], question: Question) =>
  (statement: PolicyStatement): boolean =>
    statement.Effect === effect &&
    concerns(statement, question.caller) &&
    covers(statement, question) &&
    conditionHolds(statement.Condition, question.context);

export const isDenied = (document: string | undefined, question: Question): boolean =>
  document !== undefined && statementsOf(document).some(applies('Deny', question));

/** Granted by an allow, and not taken back by a deny of the same document. */
export const isAllowed = (document: string | undefined, question: Question): boolean =>
  document !== undefined && statementsOf(document).some(applies('Allow', question)) && !isDenied(document, question);
