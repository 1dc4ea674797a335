// The EventBridge rules that let events in: one for each way in, derived from what the playbooks answer. Pure; the stack gives them their targets.
//
// A pattern is coarse on purpose: it leaves out what no playbook answers and what says by itself that all is well, and asks only for fields
// that the readers ask for. Whatever is let in is judged in code, which can say why. So nothing of the configuration narrows a rule: where
// a playbook, an account or a Region is left out there, the rails tell a person, and a rule would be silent.
//
// Only text, prefix, suffix and $or are used. Patterns with as few as eight wildcards were refused as too complex, and a bus takes 30 rules
// that have any; prefix and suffix have no such limit, and do without the partition.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import { customActionId } from '../../functions/sources/custom-action.ts';
import { type BusChannel, understood } from '../../functions/sources/read-event.ts';
import type { Answer } from '../../playbooks/language/answer.ts';
import type { Detector } from '../../playbooks/language/finding.ts';

/** What one value has to be: just this text, or one that begins or ends so. */
export type Match = string | { readonly prefix: string } | { readonly suffix: string };

/** Every field named has to fit, one of its matches each; of `$or` one pattern has to. */
export interface Pattern {
  readonly [field: string]: readonly Match[] | readonly Pattern[] | Pattern;
}

/** A rule of the default bus; the only one on which AWS's services put their events. */
export interface EventRule {
  /** At most 64 of letters, digits, '.', '-' and '_'. */
  readonly name: `firebreak-${string}`;
  /** At most 512 characters. */
  readonly description: string;
  readonly eventPattern: Pattern;
}

/** Apart, so that whoever loops over the rules that lead to `receive` can't lead a heartbeat there. */
export interface ResponderRules {
  /** To `receive`. */
  readonly findings: readonly EventRule[];
  /** To what says that the path from the bus is alive, and to nothing else. */
  readonly heartbeat: EventRule;
}

/** The playbooks by name, and of each only what it answers. */
export type Answering = ReadonlyMap<string, { readonly answers: readonly Answer[] }>;

/** And whether its resources are in one Region or in none. */
export type Placed = ReadonlyMap<
  string,
  { readonly answers: readonly Answer[]; readonly resource: { readonly scope: 'regional' | 'global' } }
>;

/** What EventBridge takes at most, the quota that every account has. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const PATTERN_LENGTH_MAX = 2048;

/** What a heartbeat is marked with. No reader understands it, so that it could not act even where it came in. */
export const heartbeatEvent = { source: 'firebreak.heartbeat', detailType: 'Firebreak Heartbeat' } as const;

const startsWith = (prefix: string): Match => ({ prefix });
const endsWith = (suffix: string): Match => ({ suffix });
const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted();

type Answered = Readonly<Record<Exclude<Detector, 'manual'>, readonly Said[]>>;

/** An answer's type, and how people find it. */
type Said = { readonly type: string; readonly where: string };

const answeredBy = (playbooks: Answering): Answered => {
  const all = [...playbooks].flatMap(([name, { answers }]) =>
    answers.map(({ detector, type }) => ({ detector, type, where: `${name} answers ${detector} '${type}'` })),
  );
  const of = (wanted: Detector) => all.filter(({ detector }) => detector === wanted);
  if (of('manual').length > 0)
    throw new Error(`${of('manual')[0]?.where}, and a request by hand is no event: a person names the playbook`);
  return {
    guardduty: of('guardduty'),
    securityhub: of('securityhub'),
    config: of('config'),
    health: of('health'),
  };
};

/** What stands before the first `*`: all that a prefix can say of it. */
const stem = ({ type, where }: Said): string => {
  const [before = ''] = type.split('*');
  if (before === '')
    throw new Error(`${where}, and a rule that lets in whatever is sent is none: write how the type begins`);
  return before;
};

/** Begins as one of the answers does; those that a shorter one covers are left out. */
const beginnings = (stems: readonly string[]): readonly Match[] => {
  const all = distinct(stems);
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other))).map(startsWith);
};

/** Just as the answers are written; those with a `*` by their beginning. */
const codes = (answers: readonly Said[]): readonly Match[] => {
  const open = answers.filter(({ type }) => type.includes('*')).map(stem);
  const whole = answers.map(({ type }) => type).filter((type) => !type.includes('*'));
  return [...distinct(whole.filter((type) => !open.some((one) => type.startsWith(one)))), ...beginnings(open)];
};

/** `Backdoor:EC2/` of `Backdoor:EC2/Spambot`: the types themselves would not fit, and one that AWS adds to the family is told. */
const family = (answer: Said): string => /^[^/]*\/?/.exec(stem(answer))?.[0] ?? '';

/** Of a product of AWS, whose ARN has no account in it; what anybody imports has the account's own. */
const ofProduct = (name: string): readonly Match[] => [endsWith(`::product/aws/${name}`)];

const controls = (answers: readonly Said[]): readonly Match[] => {
  for (const { type, where } of answers)
    if (!/^[A-Za-z][A-Za-z0-9]*\.(\d+|\d*\*)$/.test(type))
      throw new Error(
        `${where}, which is no control's id such as S3.8: of Security Hub's findings the rule lets in controls and GuardDuty's copies only`,
      );
  return codes(answers);
};

/** One of them as it is: EventBridge takes `$or` as a field's name where fewer than two stand in it. */
const either = (patterns: readonly Pattern[]): Pattern | undefined =>
  patterns.length > 1 ? { $or: patterns } : patterns[0];

type Way = {
  readonly description: string;
  /** What is asked for besides source and detail-type; undefined where no playbook answers anything that comes this way. */
  readonly asks: (answered: Answered, playbooks: Answering) => Pattern | undefined;
};

/** A way in without a rule doesn't compile. */
const WAYS: Readonly<Record<BusChannel, Way>> = {
  guardduty: {
    description: 'GuardDuty findings of the families that a playbook answers.',
    asks: ({ guardduty }) =>
      guardduty.length > 0 ? { detail: { type: beginnings(guardduty.map(family)) } } : undefined,
  },
  'securityhub-imported': {
    description: "Security Hub: GuardDuty's copies, and failed controls that a playbook answers.",
    asks: ({ guardduty, securityhub }) => {
      // How Security Hub spells a type begins with any of a dozen categories, so copies are let in whatever they say.
      const copies = guardduty.length > 0 ? [{ ProductArn: ofProduct('guardduty') }] : [];
      const failed = { SecurityControlId: controls(securityhub), Status: ['FAILED'] };
      const ofControls = securityhub.length > 0 ? [{ ProductArn: ofProduct('securityhub'), Compliance: failed }] : [];
      const findings = either([...copies, ...ofControls]);
      return findings && { detail: { findings } };
    },
  },
  'securityhub-custom-action': {
    description: 'Security Hub: what a person chose in the console for a playbook to work on.',
    asks: (_, playbooks) =>
      playbooks.size > 0
        ? { resources: actionIds([...playbooks.keys()]).map((id) => endsWith(`:action/custom/${id}`)) }
        : undefined,
  },
  config: {
    description: 'AWS Config rules that a playbook answers, when a resource does not comply.',
    asks: ({ config }) => {
      if (config.length === 0) return undefined;
      // Security Hub puts its name before the rule's, and conformance packs put theirs behind it.
      const names = config.map(stem).flatMap((name) => [name, `securityhub-${name}`]);
      return {
        detail: {
          configRuleName: beginnings(names),
          newEvaluationResult: { complianceType: ['NON_COMPLIANT'] },
        },
      };
    },
  },
  health: {
    description: 'AWS Health events that a playbook answers. They come in us-east-1, and once more in us-west-2.',
    asks: ({ health }) => (health.length > 0 ? { detail: { eventTypeCode: codes(health) } } : undefined),
  },
};

/** The custom actions that stand for the playbooks. Two playbooks that share one could not be told apart. */
const actionIds = (names: readonly string[]): readonly string[] => {
  for (const [index, name] of names.entries()) {
    const twin = names.slice(0, index).find((other) => customActionId(other) === customActionId(name));
    if (twin)
      throw new Error(
        `${twin} and ${name} have the same Security Hub custom action, ${customActionId(name)}: its first 20 letters must differ, so rename one`,
      );
  }
  return distinct(names.map(customActionId));
};

const withinLimit = (rule: EventRule): EventRule => {
  const { length } = JSON.stringify(rule.eventPattern);
  if (length > PATTERN_LENGTH_MAX)
    throw new Error(
      `The pattern of ${rule.name} has ${length} characters, and EventBridge takes ${PATTERN_LENGTH_MAX}: answer fewer types, or those that begin alike by one type with a *`,
    );
  return rule;
};

const ruleFor = (channel: BusChannel, answered: Answered, playbooks: Answering): readonly EventRule[] => {
  const { description, asks } = WAYS[channel];
  const asked = asks(answered, playbooks);
  if (!asked) return [];
  const kinds = understood.filter((kind) => kind.channel === channel);
  const eventPattern = {
    source: distinct(kinds.map(({ source }) => source)),
    'detail-type': distinct(kinds.map(({ detailType }) => detailType)),
    ...asked,
  };
  return [withinLimit({ name: `firebreak-${channel}`, description, eventPattern })];
};

/**
 * The rules that let in all that the playbooks answer, one for each way in.
 * @throws in words where a pattern can't say what a playbook answers, or would be too long.
 */
export const rulesFor = (playbooks: Answering): ResponderRules => {
  const answered = answeredBy(playbooks);
  const channels = Object.keys(WAYS) as readonly BusChannel[];
  return {
    findings: channels.flatMap((channel) => ruleFor(channel, answered, playbooks)),
    heartbeat: {
      name: 'firebreak-heartbeat',
      description: 'Says that events reach Firebreak. It never leads to what acts.',
      eventPattern: { source: [heartbeatEvent.source], 'detail-type': [heartbeatEvent.detailType] },
    },
  };
};

const renamed = (rules: readonly EventRule[], to: string, description: string): readonly EventRule[] =>
  rules.map((rule) => ({
    ...rule,
    name: rule.name.replace('firebreak-', `firebreak-${to}-`) as EventRule['name'],
    description: `${description} ${rule.description}`,
  }));

const withScope = (playbooks: Placed, wanted: 'regional' | 'global'): Placed =>
  new Map([...playbooks].filter(([, { resource }]) => resource.scope === wanted));

/** What a Region that is not home hands on to the one that is: all that playbooks on global resources answer, a person's choice included. */
export const rulesToHome = (playbooks: Placed): readonly EventRule[] =>
  renamed(rulesFor(withScope(playbooks, 'global')).findings, 'home', 'To the home Region.');

/** A member may make a custom action of any name by himself: only those of the responder's own account are a person's choice. */
const ofDetectors = (rules: readonly EventRule[]): readonly EventRule[] =>
  rules.filter(({ name }) => !name.endsWith('securityhub-custom-action'));

/** What a member's bus hands on: to the responder in its Region, or in the home Region where none stands in its own. */
export const rulesOfMember = (playbooks: Placed): readonly EventRule[] =>
  renamed(ofDetectors(rulesFor(playbooks).findings), 'forward', 'To the responder.');

/** What it hands on to the home Region besides: EventBridge hands nothing on that was handed on already. */
export const rulesOfMemberToHome = (playbooks: Placed): readonly EventRule[] => ofDetectors(rulesToHome(playbooks));

/** Where all of them come from; heartbeats, which anybody could put, are not among them. */
export const forwardedSources: readonly string[] = distinct(understood.map(({ source }) => source));
