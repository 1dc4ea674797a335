// The configuration of a deployment, typed and checked. Its defaults are what a careful team would begin with.
import * as v from 'valibot';
import {
  account,
  crownJewel,
  exemption,
  fields,
  list,
  mail,
  maybe,
  organization,
  pattern,
  region,
  text,
  unit,
  whole,
  words,
  wordsOr,
} from './config-fields.ts';

/** Its position until somebody turns it: the kill switch is turned without a deployment, and then counts instead. */
const mode = v.picklist(
  ['on', 'observe', 'off'],
  words('no position of the switch', "write 'on', 'observe' (plans and tells, writes nothing) or 'off'"),
);

const containments = fields({ containments: whole(0), perSeconds: whole(1) }, 'write { containments, perSeconds }');
const requests = fields({ requests: whole(0), perSeconds: whole(1) }, 'write { requests, perSeconds }');
const bySeverity = 'write { LOW, MEDIUM, HIGH, CRITICAL }; INFORMATIONAL counts as LOW';

const someBands = <S extends v.GenericSchema>(schema: S) =>
  fields({ LOW: maybe(schema), MEDIUM: maybe(schema), HIGH: maybe(schema), CRITICAL: maybe(schema) }, bySeverity);

const yesOrNo = v.boolean(words('neither true nor false', 'write one of them'));

/** Asked twice at most, and with evidence that may take a day, it ends within the workflow's own time. */
const answerMinutesMax = 600;

const playbookFields = fields(
  {
    /** 'act' is as far as the playbook itself goes, and never further. */
    mode: maybe(
      v.picklist(['act', 'ask', 'plan', 'off'], words('no mode of a playbook', "write 'act', 'ask', 'plan' or 'off'")),
    ),
    /** Where the playbook leaves a choice. */
    options: v.optional(
      v.record(v.string(), text('a choice'), words('no set of options', 'write { option: choice }')),
      {},
    ),
    /** What happens when nobody answers in time. */
    onNoAnswer: v.optional(
      v.picklist(['deny', 'contain'], words('no end of a question', "write 'deny' or 'contain'")),
      'deny',
    ),
    /** How long a person has to answer. */
    answerMinutes: v.optional(whole(1, answerMinutesMax), 240),
    /** People are paged once more for HIGH and CRITICAL findings after so long; half of the time where it is left out. */
    pageAgainAfterMinutes: maybe(whole(1, answerMinutesMax)),
    /** What `watch` does about what drifted: containing it again obeys the kill switch, and people hear of it either way. */
    onDrift: v.optional(
      v.picklist(['tell', 'reapply'], words('no answer to drift', "write 'tell' or 'reapply'")),
      'tell',
    ),
    /** So often within a day; then a person is told that it goes on drifting. */
    reapplyMost: v.optional(whole(1, 20), 3),
    /** Whoever asked for it by hand can't approve it. */
    approverMustDiffer: v.optional(yesOrNo, true),
    /** Nor have it released; 'force' binds only the release that puts back everything. */
    releaserMustDiffer: v.optional(
      v.union(
        [v.boolean(), v.literal('force')],
        words("neither true, false nor 'force'", "write one of them; 'force' binds release --force alone"),
      ),
      false,
    ),
    /** Instead of the budget that every playbook has. */
    budget: v.optional(someBands(containments), {}),
  },
  'write { mode, options, onNoAnswer, answerMinutes, pageAgainAfterMinutes, onDrift, reapplyMost, approverMustDiffer, releaserMustDiffer, budget }',
);

const playbook = v.pipe(
  playbookFields,
  v.check(
    ({ answerMinutes, pageAgainAfterMinutes = 0 }) => pageAgainAfterMinutes < answerMinutes,
    'pageAgainAfterMinutes is not before the end: write less than answerMinutes',
  ),
);

/** Patterns of roles, as a deployment has them that nobody changed. */
export const rolesByDefault = {
  /** Firebreak's own. */
  own: ['arn:*:iam::*:role/firebreak-*'],
  /** CloudFormation's, the CDK's, StackSets'. */
  deployers: ['arn:*:iam::*:role/cdk-*', 'arn:*:iam::*:role/stacksets-exec-*', 'arn:*:iam::*:role/aws-service-role/*'],
  breakGlass: ['arn:*:iam::*:role/break-glass'],
} as const;

const guard = fields(
  {
    /** The units, accounts or the root that it is attached to. */
    targets: v.pipe(
      list(v.union([unit, account], words('neither a unit nor an account', 'write one such as ou-ab12-cdef3456'))),
      v.minLength(1, 'names nothing that it could be attached to: write at least one unit, account or the root'),
    ),
    /** Patterns of the ARNs of roles of the last resort, which nobody uses otherwise. */
    breakGlass: v.optional(list(pattern), [...rolesByDefault.breakGlass]),
    /** Of those that deploy Firebreak, and may change it. */
    deployers: v.optional(list(pattern), [...rolesByDefault.deployers]),
  },
  'write { targets, breakGlass, deployers }',
);

const perHour = (most: number) => v.optional(containments, { containments: most, perSeconds: 3600 });
const requestsPerHour = (most: number) => v.optional(requests, { requests: most, perSeconds: 3600 });

const deployment = fields(
  {
    mode: v.optional(mode, 'observe'),
    /** Whose findings are acted upon: 'any' is whatever account has let us in; 'own' is the one that Firebreak runs in. */
    accounts: v.optional(wordsOr(['any', 'own'], account, 'account ids'), 'any'),
    regions: v.optional(wordsOr(['any', 'own'], region, 'Regions'), 'any'),
    /** Mail addresses that are told of everything; each has to confirm once. */
    contacts: v.optional(list(mail), []),
    /** The account that Firebreak runs in; without it, whichever it is deployed into. */
    responder: maybe(account),
    /** The organization that it answers for: nobody outside of it is trusted. */
    organization: maybe(organization),
    /** A custom action in Security Hub for each playbook. AWS makes none where Security Hub is off, and the deployment would fail. */
    securityHubActions: v.optional(yesOrNo, false),
    /** Accounts whose events may speak of other accounts: delegated administrators of GuardDuty and Security Hub. */
    administrators: v.optional(list(account), []),
    /** Where global resources (IAM) are answered for. 'own' fits wherever Firebreak runs in one Region only. */
    homeRegion: v.optional(
      v.union([v.literal('own'), region], words("neither 'own' nor a Region", 'write one of them')),
      'own',
    ),
    /** The service control policy that keeps others from tampering with Firebreak; without it none is made. */
    guard: maybe(guard),
    /** The roles that Firebreak itself works with. */
    ownRoles: v.optional(list(pattern), [...rolesByDefault.own]),
    playbooks: v.optional(
      v.record(v.string(), playbook, words('no set of playbooks', "write { 'isolate-instance': { mode } }")),
      {},
    ),
    budgets: v.optional(
      fields(
        {
          /** Of each playbook in each account. Beyond it a person is asked. */
          containments: v.optional(
            fields({ LOW: perHour(3), MEDIUM: perHour(5), HIGH: perHour(10), CRITICAL: perHour(10) }, bySeverity),
            {},
          ),
          /** Of evidence that makes something (snapshots), in each account. Beyond it evidence is told as missing; containment goes on. */
          evidence: v.optional(
            fields(
              {
                LOW: requestsPerHour(10),
                MEDIUM: requestsPerHour(20),
                HIGH: requestsPerHour(40),
                CRITICAL: requestsPerHour(40),
              },
              bySeverity,
            ),
            {},
          ),
        },
        'write { containments, evidence }',
      ),
      {},
    ),
    /** Of each playbook in each account and Region: so many incidents are begun at once, and then so many a second. */
    pace: v.optional(
      fields(
        { incidentsAtOnce: v.optional(whole(1, 10_000), 15), incidentsPerSecond: v.optional(whole(1, 1_000), 5) },
        'write { incidentsAtOnce, incidentsPerSecond }',
      ),
      {},
    ),
    /** Containing asks a person where it would take more than this from a group, or leave fewer than this. */
    share: v.optional(
      fields({ percent: v.optional(whole(0, 100), 50), min: v.optional(whole(0), 1) }, 'write { percent, min }'),
      {},
    ),
    /** What is never contained, by whom, why, and until when. */
    protected: v.optional(list(exemption), []),
    /** What is never contained without asking. */
    crownJewels: v.optional(list(crownJewel), []),
    /** An older finding asks a person. */
    staleAfterMinutes: v.optional(whole(1), 60),
    /** Names or ARNs. Whoever may write Config rules can make one say anything, so any other rule asks. */
    trustedConfigRules: v.optional(list(pattern), []),
    /** Whoever turned the switch down can't turn it up again. */
    switchMustDiffer: v.optional(yesOrNo, false),
  },
  'write defineConfig({ … })',
);

/** With several responders each would take itself for the home of what is global, and two of them would hold one key. */
const schema = v.pipe(
  deployment,
  v.check(
    ({ regions, homeRegion }) => typeof regions === 'string' || regions.length < 2 || regions.includes(homeRegion),
    'homeRegion is none of the regions: name the one of them that answers for global resources (IAM)',
  ),
);

export type ConfigInput = v.InferInput<typeof schema>;
export type Config = v.InferOutput<typeof schema>;
export type Mode = Config['mode'];
export type Band = keyof Config['budgets']['containments'];
export type Selector = Config['protected'][number] | Config['crownJewels'][number];

const asByDefault = v.parse(playbook, {});

/** What was chosen for a playbook; for one that is not named, the defaults. */
export const chosenFor = ({ playbooks }: Pick<Config, 'playbooks'>, name: string): Config['playbooks'][string] =>
  playbooks[name] ?? asByDefault;

/** Every fault with its place, a line each. */
export const faultsIn = (input: unknown): readonly string[] => {
  const parsed = v.safeParse(schema, input);
  return parsed.success ? [] : parsed.issues.map(said);
};

/** `protected[2].until: '2026-13-01' is no date: write YYYY-MM-DD` */
const said = (issue: v.BaseIssue<unknown>): string => {
  const path = (issue.path ?? []).reduce((before, { key }) => {
    if (typeof key === 'number') return `${before}[${key}]`;
    return before === '' ? String(key) : `${before}.${String(key)}`;
  }, '');
  return `firebreak.config.ts: ${path ? `${path}: ` : ''}${issue.message}`;
};

/**
 * Declares the configuration; what is left out has its default.
 * @throws all faults at once, each with its place, the wrong value and the remedy.
 */
export const defineConfig = (input: ConfigInput): Config => {
  const faults = faultsIn(input);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return v.parse(schema, input);
};
