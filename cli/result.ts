// How an incident is told: as one JSON object for machines, as a few lines for people, as an exit code for scripts.

import type { Incident, IncidentAct, IncidentChange, IncidentEvidence, Plan } from '../functions/engine/incident.ts';
import { type Decision, saidDecision } from '../functions/rails/decision.ts';
import type { Finding } from '../playbooks/language/finding.ts';
import type { Json } from '../playbooks/language/json.ts';
import type { Outcome } from '../playbooks/language/outcome.ts';
import type { Effect, Playbook, ReleaseRule } from '../playbooks/language/playbook.ts';
import type { Target } from '../playbooks/language/resource.ts';
import { bullets, paragraph, plain, type Screen, type Style, table } from './screen.ts';

export interface Result {
  /** Null for what never became an incident. */
  readonly incident: string | null;
  readonly playbook: string | null;
  readonly resource: string | null;
  readonly account: string;
  /** 'global' where AWS has one such resource for all Regions. */
  readonly region: string;
  readonly outcome: Outcome | null;
  readonly reason: string;
  readonly changes: readonly {
    readonly setting: string;
    readonly id: string;
    readonly from: Json;
    readonly to: Json;
    readonly fromSaid: string;
    readonly toSaid: string;
    readonly effect: Effect;
    readonly release: ReleaseRule;
    readonly state: IncidentChange['state'];
    readonly note: string;
  }[];
  readonly acts: readonly Pick<IncidentAct, 'act' | 'id' | 'irreversible' | 'state' | 'note'>[];
  readonly evidence: readonly Pick<IncidentEvidence, 'kind' | 'subject' | 'reference' | 'state' | 'note'>[];
  readonly residual: readonly string[];
  /** What the finding describes and what can go on all the same. */
  readonly ongoing: readonly string[];
  /** Containing changes that came since the plan and stand open. */
  readonly drift: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** What the rails had to say, those of the event first. */
  readonly rails: readonly Decision[];
  readonly finding: { readonly id: string; readonly type: string } | null;
}

export type Told = Pick<
  Incident,
  | 'playbook'
  | 'target'
  | 'options'
  | 'changes'
  | 'acts'
  | 'evidence'
  | 'drift'
  | 'outcome'
  | 'reason'
  | 'finding'
  | 'admission'
  | 'rails'
> & { readonly id: string; readonly plan: Pick<Plan, 'residual' | 'ongoing'> | null };

/** The resource as AWS names it, and where it is. */
export const placeOf = (playbook: Playbook | undefined, target: Target) => ({
  resource: playbook?.resource.arn(target.id, target) ?? target.id,
  account: target.account,
  region: playbook?.resource.scope === 'global' ? 'global' : target.region,
});

/** Some rails are asked twice, when it comes in and before the first hold: each sentence once. */
export const railsOf = ({ admission, rails }: Pick<Told, 'admission' | 'rails'>): readonly Decision[] => {
  const all = [...(admission?.rails ?? []), ...rails];
  return all.filter((one, index) => all.findIndex((other) => saidDecision(other) === saidDecision(one)) === index);
};

const findingOf = (finding: Finding | null) => finding && { id: finding.id, type: finding.type };

export const resultOf = (told: Told, playbook: Playbook | undefined): Result => ({
  incident: told.id,
  playbook: told.playbook,
  ...placeOf(playbook, told.target),
  outcome: told.outcome,
  reason: told.reason,
  changes: told.changes.map(({ setting, id, from, to, fromSaid, toSaid, effect, release, state, note }) => ({
    setting,
    id,
    from,
    to,
    fromSaid,
    toSaid,
    effect,
    release,
    state,
    note,
  })),
  acts: told.acts.map(({ act, id, irreversible, state, note }) => ({ act, id, irreversible, state, note })),
  evidence: told.evidence.map(({ kind, subject, reference, state, note }) => ({
    kind,
    subject,
    reference,
    state,
    note,
  })),
  residual: told.plan?.residual ?? [],
  ongoing: told.plan?.ongoing ?? [],
  drift: told.drift,
  options: told.options,
  rails: railsOf(told),
  finding: findingOf(told.finding),
});

/** What was not acted upon: told, ignored, or of an account that these credentials don't reach. */
export const resultWithout = (
  finding: Finding | null,
  outcome: Outcome,
  reason: string,
  { rails = [], ...of }: Partial<Pick<Result, 'playbook' | 'resource' | 'account' | 'region' | 'rails'>> = {},
): Result => ({
  incident: null,
  playbook: null,
  resource: null,
  account: finding?.account ?? '',
  region: finding?.region ?? '',
  ...of,
  outcome,
  reason,
  changes: [],
  acts: [],
  evidence: [],
  residual: [],
  ongoing: [],
  drift: [],
  options: {},
  rails,
  finding: findingOf(finding),
});

const exits: Readonly<Record<Outcome, number>> = {
  contained: 0,
  planned: 0,
  preserved: 0,
  released: 0,
  failed: 1,
  refused: 3,
  ignored: 3,
  denied: 3,
  expired: 3,
  waiting: 4,
  'partly-contained': 4,
  conflict: 4,
  drifted: 4,
};

export const exitOf = (outcome: Outcome | null): number => (outcome ? exits[outcome] : 1);

/** Who wants something contained, and gets no more than a plan, has not got what was wanted. */
export const exitOfContaining = (outcome: Outcome | null): number => (outcome === 'planned' ? 3 : exitOf(outcome));

/** A failure is worse than a half, a half worse than a refusal. */
export const worstExit = (codes: readonly number[]): number => [1, 4, 3].find((code) => codes.includes(code)) ?? 0;

const colours: Readonly<Record<number, Style>> = { 0: 'green', 1: 'red', 3: 'yellow', 4: 'yellow' };

/** The outcome in its colour. */
export const outcomeSaid = (screen: Screen, outcome: Outcome | null): string =>
  screen.paint(['bold', colours[exitOf(outcome)] ?? 'red'] as Style, outcome ?? 'undecided');

export const stateStyle = (state: string): Style | undefined =>
  /^(verified|complete|released|watching|done)$/.test(state)
    ? 'green'
    : /^(failed|open|conflict)$/.test(state)
      ? 'red'
      : /^(partial|kept|pending|shared)$/.test(state)
        ? 'yellow'
        : undefined;

/** For whoever may answer what waits. */
export const howToAnswer = (id: string): string => `'firebreak approve ${id}' or 'firebreak deny ${id}' answers it.`;

/** How much a person is told: the outcome alone, with what was changed, or with what stays open as well. */
export type Detail = 'outcome' | 'changes' | 'all';

/** What a person wants to know at the end: what it is now, what was changed, what is still open. */
export const showResult = (screen: Screen, result: Result, detail: Detail): void => {
  const named = [result.playbook, result.resource].filter(Boolean).map((text) => plain(String(text)));
  const place = [result.account, result.region].filter(Boolean).join(' ');
  const about = named.length > 0 ? `  ${named.join(' on ')}` : result.finding ? `  ${plain(result.finding.type)}` : '';
  const id = result.incident ? `  ${result.incident}` : '';
  screen.line(`\n${outcomeSaid(screen, result.outcome)}${id}${about}${place ? `  (${plain(place)})` : ''}`);
  paragraph(screen, '  ', result.reason);
  const answers = result.incident ? howToAnswer(result.incident) : '';
  if (result.outcome === 'waiting' && !result.reason.includes(answers)) paragraph(screen, '  ', answers);
  if (detail === 'outcome') return;
  if (result.changes.length > 0) {
    screen.line();
    table(
      screen,
      '  ',
      ['setting', 'id', 'from', 'to', 'state', ''],
      result.changes.map((change) => [
        change.setting,
        change.id,
        change.fromSaid,
        change.toSaid,
        change.state,
        change.note,
      ]),
      (column, text) => (column === 4 ? stateStyle(text) : undefined),
    );
  }
  bullets(
    screen,
    "What can't be undone",
    result.acts.map(({ act, id: of, state, note }) => `${act} ${of}: ${state}${note ? `, ${note}` : ''}`),
  );
  bullets(
    screen,
    'Evidence',
    result.evidence.map(({ kind, subject, reference, state, note }) => {
      const made = reference && reference !== subject ? `, ${reference}` : '';
      return `${kind} of ${subject}: ${state}${made}${note ? ` (${note})` : ''}`;
    }),
  );
  bullets(screen, 'Came since the plan', result.drift);
  if (detail === 'all') {
    bullets(screen, 'Can go on all the same', result.ongoing);
    bullets(screen, 'What this does not close', result.residual);
    const held = result.changes.some(({ state }) => state === 'verified' || state === 'written');
    if (held && result.incident) screen.line(`\n  'firebreak release ${result.incident}' puts back what was.`);
  }
};
