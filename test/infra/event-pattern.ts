// EventBridge's matching, for the operators that our rules use and no others. AWS's own matcher is open, and is what these rules restate:
// https://github.com/aws/event-ruler
//
// Every field of the pattern has to be in the event, at the same place; fields that the pattern doesn't name don't count. Of a field's matches
// one is enough. Arrays of the event disappear: one of their values is enough, but all that the pattern asks of an object in an array has to
// hold for the same one. Text is compared sign by sign, and never fits a number, true, false or null.
//
// Not restated: names with a dot, which EventBridge can't tell from a field within a field. A pattern with one is refused here.

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One value of the event against one match. Prefix and suffix are of text only. */
const OPERATORS: ReadonlyMap<string, (value: string, operand: string) => boolean> = new Map([
  ['prefix', (value, operand) => value.startsWith(operand)],
  ['suffix', (value, operand) => value.endsWith(operand)],
]);

/** Field names with which EventBridge takes `$or` for a field like any other, or an object for a match. */
const RESERVED = [
  ...OPERATORS.keys(),
  'anything-but',
  'cidr',
  'equals-ignore-case',
  'exactly',
  'exists',
  'numeric',
  'wildcard',
];

const refusal = (at: string, why: string): Error => new Error(`event pattern: ${at || 'the pattern'} ${why}`);

const checkMatch = (match: unknown, at: string): void => {
  if (typeof match === 'string') return;
  if (!isNode(match)) throw refusal(at, `has ${JSON.stringify(match)}, which no rule of ours uses`);
  const [only, ...others] = Object.entries(match);
  if (!only || others.length > 0) throw refusal(at, 'has a match with none or more than one operator');
  const [operator, operand] = only;
  if (!OPERATORS.has(operator)) throw refusal(at, `has the operator '${operator}', which no rule of ours uses`);
  if (typeof operand !== 'string' || operand === '') throw refusal(at, `has a ${operator} that is no text`);
};

const checkPattern = (pattern: unknown, at = ''): void => {
  if (!isNode(pattern)) throw refusal(at, 'should be an object, or a list of matches');
  if (Object.keys(pattern).length === 0) throw refusal(at, 'is empty');
  for (const [field, asked] of Object.entries(pattern)) checkField(field, asked, at ? `${at}.${field}` : field);
};

const checkField = (field: string, asked: unknown, at: string): void => {
  if (RESERVED.includes(field)) throw refusal(at, 'is an operator where a field should stand');
  if (field.includes('.')) throw refusal(at, 'has a dot in its name');
  const listed: readonly unknown[] = Array.isArray(asked) ? asked : [];
  if (field === '$or') {
    if (listed.length < 2) throw refusal(at, 'should list two patterns or more');
    for (const one of listed) checkPattern(one, at);
  } else if (Array.isArray(asked)) {
    if (listed.length === 0) throw refusal(at, 'lists nothing');
    for (const one of listed) checkMatch(one, at);
  } else checkPattern(asked, at);
};

const fitsMatch = (match: unknown, value: string): boolean => {
  if (typeof match === 'string') return value === match;
  return Object.entries(match as Node).some(([operator, operand]) => OPERATORS.get(operator)?.(value, String(operand)));
};

const fitsValue = (matches: readonly unknown[], value: unknown): boolean => {
  if (Array.isArray(value)) return value.some((one) => fitsValue(matches, one));
  return typeof value === 'string' && matches.some((match) => fitsMatch(match, value));
};

const fitsNode = (pattern: Node, value: unknown): boolean => {
  if (Array.isArray(value)) return value.some((one) => fitsNode(pattern, one));
  if (!isNode(value)) return false;
  return Object.entries(pattern).every(([field, asked]) => {
    if (field === '$or') return (asked as readonly Node[]).some((one) => fitsNode(one, value));
    return Array.isArray(asked) ? fitsValue(asked, value[field]) : fitsNode(asked as Node, value[field]);
  });
};

/**
 * Whether EventBridge would give the event to a rule with the pattern.
 * @throws where EventBridge refuses the pattern, and where it uses what is not restated here.
 */
export const matchesPattern = (pattern: unknown, event: unknown): boolean => {
  checkPattern(pattern);
  return fitsNode(pattern as Node, event);
};
