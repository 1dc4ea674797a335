// The fields of the configuration: what each takes, and the words for what it does not take.
import * as v from 'valibot';

const shown = (input: unknown): string =>
  typeof input === 'string' ? `'${input}'` : (JSON.stringify(input) ?? String(input));

type Issue = v.BaseIssue<unknown>;

/** `what` it is not, and what to write instead. */
export const words =
  (what: string, remedy: string) =>
  ({ input }: Issue): string =>
    input === undefined ? `is missing: ${remedy}` : `${shown(input)} is ${what}: ${remedy}`;

const matching = (regex: RegExp, what: string, remedy: string) => {
  const say = words(what, remedy);
  return v.pipe(v.string(say), v.regex(regex, say));
};

export const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(schema);

export const text = (what: string) => matching(/\S/, `nothing that could be ${what}`, 'write it in words');
export const account = matching(/^\d{12}$/, 'no account id', 'write 12 digits in quotes');
export const region = matching(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'no Region', 'write one such as eu-central-1');
export const organization = matching(
  /^o-[0-9a-z]{10,32}$/,
  'no id of an organization',
  'write one such as o-a1b2c3d4e5',
);
export const mail = matching(
  /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/,
  'no mail address',
  'write one such as oncall@example.com',
);
export const unit = matching(
  /^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/,
  'no id of an organizational unit',
  'write one such as ou-ab12-cdef3456',
);
/** The partition names nothing, and neither do the signs between the parts. */
const namesNothing = (written: string): boolean => written.replace(/^arn:[^:]*/, '').replace(/[*:/\s]/g, '') === '';

const everything = words('a pattern that fits everything', 'name what is meant, with * for any text');
export const pattern = v.pipe(
  v.string(everything),
  v.check((written) => !namesNothing(written), everything),
);

const tag = matching(/^[^=\s][^=]*(=.*)?$/, 'no tag', 'write key=value, or key alone for any value');

const isDay = (written: string): boolean => {
  const time = Date.parse(`${written}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(written);
};

const noDate = words('no date', 'write YYYY-MM-DD');
/** The last day on which it holds, in UTC. */
export const day = v.pipe(v.string(noDate), v.regex(/^\d{4}-\d\d-\d\d$/, noDate), v.check(isDay, noDate));

export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  const say = words(`no whole number of ${range}`, 'write one');
  return v.pipe(
    v.number(say),
    v.check((number) => Number.isInteger(number) && number >= least && number <= most, say),
  );
};

export const list = <S extends v.GenericSchema>(item: S) =>
  v.array(item, words('no list', 'put it into square brackets'));

/** One of these words, or a list: a fault in the list is said of its item. */
export const wordsOr = <const W extends readonly string[], S extends v.GenericSchema>(
  known: W,
  item: S,
  what: string,
) => {
  const word = v.picklist(known, words(`neither ${known.join(' nor ')} nor a list of ${what}`, 'write one of them'));
  const several = list(item);
  return v.lazy((input): typeof word | typeof several => (Array.isArray(input) ? several : word));
};

/** An object of these fields and no others: a misspelt one would be taken for none. */
export const fields = <E extends v.ObjectEntries>(entries: E, remedy: string) =>
  v.strictObject(entries, (issue: v.StrictObjectIssue) => {
    if (issue.expected === 'never') return `is no field that is known: there are ${Object.keys(entries).join(', ')}`;
    return issue.expected === 'Object' ? words('no set of fields', remedy)(issue) : `is missing: ${remedy}`;
  });

type Criteria = {
  readonly arn?: string | undefined;
  readonly account?: string | undefined;
  readonly ou?: string | undefined;
  readonly tag?: string | undefined;
};

const criteria = {
  arn: maybe(pattern),
  account: maybe(account),
  ou: maybe(unit),
  tag: maybe(tag),
  owner: text('an owner'),
  reason: text('a reason'),
};
const remedy = 'write { arn, account, ou or tag; owner, reason, until }';
const isPlaced = ({ arn, account: id, ou }: Criteria): boolean =>
  arn !== undefined || id !== undefined || ou !== undefined;
const nothing = 'names nothing: add arn, account, ou or tag';

/**
 * What is never contained: all criteria that are given must fit. A tag alone never exempts: whoever owns the resource may have set it, and
 * may be the attacker.
 */
export const exemption = v.pipe(
  fields({ ...criteria, until: day }, remedy),
  v.check((entry) => isPlaced(entry) || entry.tag !== undefined, nothing),
  v.check(
    (entry) => isPlaced(entry) || entry.tag === undefined,
    'has a tag alone, which never exempts, because whoever owns the resource may have set it: add arn, account or ou',
  ),
);

/** What is never contained without asking. Here a tag is enough: that a person is asked harms nobody. */
export const crownJewel = v.pipe(
  fields({ ...criteria, until: maybe(day) }, remedy),
  v.check((entry) => isPlaced(entry) || entry.tag !== undefined, nothing),
);
