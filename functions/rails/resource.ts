// Resource rails: what a containment would bear upon, judged by what observe saw, before the first hold. Pure.
import type { Finding } from '../../playbooks/language/finding.ts';
import { same } from '../../playbooks/language/json.ts';
import type { Bearing, Share } from '../../playbooks/language/playbook.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import type { IncidentChange } from '../engine/incident.ts';
import type { Config, Selector } from './config.ts';
import type { Decision, Rule } from './decision.ts';
import { fits, fitsAny } from './pattern.ts';

/** What the rails look at. `units` are the organizational units above the account, or why they aren't known. */
export interface Weighed {
  readonly target: Target;
  /** The target's own ARN. */
  readonly arn: string;
  readonly bearing: Bearing;
  readonly changes: readonly IncidentChange[];
  readonly finding: Finding | null;
  readonly units: readonly string[] | { readonly unread: string };
  readonly now: Date;
}

const decision = (rule: Rule, how: Decision['do'], reason: string): Decision => ({ rule, do: how, reason });

type Fit = 'fits' | 'does not' | { readonly unknown: string };

const tagFits = (tag: string, tags: Bearing['tags']): Fit => {
  if (tags === null) return { unknown: 'this playbook does not look at tags' };
  const [key = '', ...value] = tag.split('=');
  if (!Object.hasOwn(tags, key)) return 'does not';
  return value.length === 0 || tags[key] === value.join('=') ? 'fits' : 'does not';
};

const unitFits = (unit: string, units: Weighed['units']): Fit => {
  if ('unread' in units) return { unknown: `the account's organizational units can't be read (${units.unread})` };
  return units.includes(unit) ? 'fits' : 'does not';
};

/** Whether an entry is about this resource: all that it says must fit, and it must still be in force. */
const fit = (entry: Selector, { target, arn, bearing, units, now }: Weighed): Fit => {
  // The last day counts to its end.
  if (entry.until !== undefined && now.toISOString().slice(0, 10) > entry.until) return 'does not';
  const { arn: pattern, account, ou, tag } = entry;
  const found: readonly Fit[] = [
    ...(pattern === undefined
      ? []
      : [[arn, ...bearing.arns].some((one) => fits(pattern, one)) ? ('fits' as const) : ('does not' as const)]),
    ...(account === undefined ? [] : [account === target.account ? ('fits' as const) : ('does not' as const)]),
    ...(tag === undefined ? [] : [tagFits(tag, bearing.tags)]),
    ...(ou === undefined ? [] : [unitFits(ou, units)]),
  ];
  if (found.includes('does not')) return 'does not';
  return found.find((one) => typeof one === 'object') ?? 'fits';
};

const whose = ({ owner, reason, until }: Selector): string =>
  `${owner}: ${reason}${until === undefined ? '' : `, until ${until}`}`;

/**
 * The entry that surely exempts this user or role: by its ARN or its account. Whom an entry exempts by a tag or a unit besides, a person was asked
 * about before the first hold.
 */
export const exemptionOf = (
  arn: string,
  target: Target,
  { protected: entries }: Pick<Config, 'protected'>,
  now: Date,
): string | undefined => {
  const bearing = { arns: [], tags: null, shares: [] };
  const units = { unread: 'nobody asks here' };
  const index = entries.findIndex(
    (entry) => fit(entry, { target, arn, bearing, changes: [], finding: null, units, now }) === 'fits',
  );
  const entry = entries[index];
  return entry && exemptBy(entry, index);
};

/** To cut off what Firebreak works with may leave nobody to put anything back. */
const ownRoleRail = ({ bearing }: Weighed, { ownRoles }: Pick<Config, 'ownRoles'>): readonly Decision[] =>
  bearing.arns
    .filter((arn) => fitsAny(ownRoles, arn))
    .map((arn) =>
      decision(
        'protected',
        'ask',
        `${arn} is one of Firebreak's own roles by ownRoles, which it may need to put things back`,
      ),
    );

const exemptBy = (entry: Selector, index: number): string =>
  `protected[${index}] of firebreak.config.ts (${whose(entry)})`;

const protectedRail = (weighed: Weighed, config: Config): readonly Decision[] =>
  config.protected.flatMap((entry, index) => {
    const found = fit(entry, weighed);
    const where = exemptBy(entry, index);
    if (found === 'does not') return [];
    return found === 'fits'
      ? [decision('protected', 'tell', `it is exempt by ${where}; to have it contained, take that entry out`)]
      : [decision('protected', 'ask', `whether it is exempt by ${where} can't be told: ${found.unknown}`)];
  });

const crownJewelRail = (weighed: Weighed, config: Config): readonly Decision[] =>
  config.crownJewels.flatMap((entry, index) => {
    const found = fit(entry, weighed);
    const where = `crownJewels[${index}] of firebreak.config.ts (${whose(entry)})`;
    if (found === 'does not') return [];
    const unknown = found === 'fits' ? '' : `; whether it is can't be told: ${found.unknown}`;
    return [decision('crown jewel', 'ask', `it is one by ${where}${unknown}`)];
  });

/** `recent` others were taken from the group just now, which may not have been seen yet. */
export const shareRail = (
  { of, total, remaining }: Share,
  { share: { percent, min } }: Pick<Config, 'share'>,
  recent = 0,
): readonly Decision[] => {
  const left = Math.max(0, remaining - recent);
  const out = Math.max(0, total - left);
  if (left >= min && out * 100 <= total * percent) return [];
  const also = recent > 0 ? ` (${recent} of them just now)` : '';
  return [
    decision(
      'share of a group',
      'ask',
      `${out} of ${total} in ${of} would serve no more${also}, ${left} would; share allows ${percent} % and leaves at least ${min}`,
    ),
  ];
};

const unreadRail = ({ bearing }: Weighed): readonly Decision[] =>
  (bearing.unread ?? []).map((words) =>
    decision('share of a group', 'ask', `what containment would bear upon can't be told: ${words}`),
  );

/** Whoever may write evaluations makes Config say anything: what it says must be there to be seen. */
const harmSeen = ({ finding, changes }: Weighed): readonly Decision[] => {
  if (finding?.detector !== 'config' || finding.requested) return [];
  const containing = changes.filter(({ effect, state }) => effect === 'containing' && state !== 'gone');
  // `unreadable` differs from anything, and shows nothing.
  if (containing.some(({ note, from, to }) => note === '' && !same(from, to))) return [];
  if (containing.some(({ note }) => note !== ''))
    return [decision('harm seen', 'ask', `${finding.type} says non-compliant, and what stands can't be read`)];
  return [
    decision('harm seen', 'plan', `${finding.type} says non-compliant, and everything stands as it should already`),
  ];
};

/** What each rail has to say; nothing where the containment may go on. */
export const resourceRails = (weighed: Weighed, config: Config): readonly Decision[] => [
  ...protectedRail(weighed, config),
  ...ownRoleRail(weighed, config),
  ...crownJewelRail(weighed, config),
  ...weighed.bearing.shares.flatMap((share) => shareRail(share, config)),
  ...unreadRail(weighed),
  ...harmSeen(weighed),
];
