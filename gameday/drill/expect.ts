// What has to be so at the end of a play, each with what was found: a drill that fails says why in words. Pure.
import type { Incident, IncidentChange } from '../../functions/engine/incident.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import { type Difference, judgeDifferences, saidDifference } from '../compare.ts';
import type { Check } from '../report/drill-report.ts';
import { latest, type Observed, type Piece } from './observed.ts';

export const expectedOf = ({ playbook, scenario }: Pick<Piece, 'playbook' | 'scenario'>): Outcome =>
  scenario.outcome ?? (playbook.containment === 'evidence' ? 'preserved' : 'contained');

/** 'ignored' leaves no incident behind; it is told by `receive`. */
export const outcomeOf = ({ contained, received }: Observed): Outcome | null =>
  contained?.incident.outcome ?? (received?.told.some((told) => told.do === 'ignore') ? 'ignored' : null);

export const reasonOf = ({ contained, received, broke }: Observed): string =>
  contained?.incident.reason ?? received?.told.map(({ reason }) => reason).join('; ') ?? broke ?? '';

/** What `retire` named when it tidied up: the one place where supporting resources that stay are listed. */
const stillInUse = 'Still in use by others: ';
export const supportingOf = (incidents: readonly Incident[]): readonly string[] =>
  incidents
    .flatMap(({ changes }) => changes)
    .filter(({ note }) => note.startsWith(stillInUse))
    .flatMap(({ note }) => note.slice(stillInUse.length).replace(/\.$/, '').split(', '));

/** What should be as before and is not, and what may differ. */
export const accountOf = (observed: Observed): ReturnType<typeof judgeDifferences> => {
  const own = latest(observed);
  return judgeDifferences(observed.differences ?? [], supportingOf([...(own ? [own] : []), ...observed.otherEnds]));
};

const check = (what: string, expected: string, found: string, held: boolean): Check => ({
  what,
  expected,
  found: held ? expected : found,
  held,
});

const yesOrNo = (value: boolean | undefined): string => (value === undefined ? 'not looked at' : value ? 'yes' : 'no');

const named = (changes: readonly IncidentChange[]): string =>
  changes.map(({ setting, id, state, note }) => `${setting} ${id} is ${state}${note ? ` (${note})` : ''}`).join('; ');

const howItEnded = (observed: Observed, outcome: Outcome | null): string =>
  outcome ? `${outcome}: ${reasonOf(observed)}` : `no incident: ${reasonOf(observed) || 'no playbook answered'}`;

const writesOf = ({ runs }: Observed) => runs.flatMap(({ calls }) => calls).filter(({ write }) => write);

const harmGone = ({ harmAfter }: Observed): Check =>
  check('After it, the attacker can still do it', 'no', yesOrNo(harmAfter), harmAfter === false);

const partlyChecks = (observed: Observed): readonly Check[] => {
  const reason = observed.contained?.incident.reason ?? '';
  return [check('The incident says what stays open', 'in words', 'nothing', reason !== '')];
};

const preservedChecks = (observed: Observed): readonly Check[] => {
  const evidence = observed.contained?.incident.evidence ?? [];
  const missing = evidence.filter(({ state }) => state !== 'complete');
  const said = missing.map(({ kind, subject, state, note }) => `${kind} of ${subject} is ${state} ${note}`.trim());
  return [
    check(
      'All evidence is complete',
      `${evidence.length} of ${evidence.length}`,
      said.join('; ') || 'none was taken',
      evidence.length > 0 && missing.length === 0,
    ),
    harmGone(observed),
  ];
};

const untouchedChecks = (observed: Observed): readonly Check[] => {
  const writes = writesOf(observed).map(({ service, command }) => `${service} ${command}`);
  return [check('Nothing is written', 'no write', writes.join(', '), writes.length === 0)];
};

/** What follows from the outcome that the scenario is about. */
const byOutcome: Partial<Record<Outcome, (observed: Observed) => readonly Check[]>> = {
  contained: (observed) => [harmGone(observed)],
  'partly-contained': partlyChecks,
  preserved: preservedChecks,
  refused: untouchedChecks,
  ignored: untouchedChecks,
  planned: untouchedChecks,
};

const releaseChecks = ({ released, forced }: Observed): readonly Check[] => {
  const end = ({ incident }: NonNullable<typeof released>) => `${incident.outcome}: ${incident.reason}`;
  const plain = released
    ? [check('A release ends', 'released', end(released), released.incident.outcome === 'released')]
    : [];
  if (!forced) return plain;
  const kept = forced.incident.changes.filter(({ state }) => state === 'kept');
  const held = forced.incident.outcome === 'released' && kept.length === 0;
  return [...plain, check('A forced release ends', 'released', kept.length > 0 ? named(kept) : end(forced), held)];
};

const list = (differences: readonly Difference[]): string => {
  const said = differences.slice(0, 5).map(saidDifference);
  return differences.length > 5 ? `${said.join('; ')}; and ${differences.length - 5} more` : said.join('; ');
};

const accountChecks = (observed: Observed): readonly Check[] => {
  const { left } = accountOf(observed);
  const what = 'The account is as it was before, but for evidence';
  return [
    check(
      what,
      'no difference',
      observed.differences ? list(left) : 'not compared',
      observed.differences !== undefined && left.length === 0,
    ),
  ];
};

/** Each expectation with what was found. The scenario has passed where all of them hold. */
export const checksOf = (piece: Piece, observed: Observed): readonly Check[] => {
  const expected = expectedOf(piece);
  const outcome = outcomeOf(observed);
  return [
    ...(observed.broke ? [check('The scenario plays to its end', 'yes', observed.broke, false)] : []),
    check('Before it, the attacker can do it', 'yes', yesOrNo(observed.harmBefore), observed.harmBefore === true),
    check('The incident ends', expected, howItEnded(observed, outcome), outcome === expected),
    ...(byOutcome[expected]?.(observed) ?? []),
    ...releaseChecks(observed),
    ...accountChecks(observed),
    ...(observed.contained
      ? [check('The journal’s chain is whole', 'yes', observed.brokenChain ?? '', !observed.brokenChain)]
      : []),
    ...(observed.defects.length > 0
      ? [check('Every call is one that AWS could get', 'yes', observed.defects.join('; '), false)]
      : []),
  ];
};
