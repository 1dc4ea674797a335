// The outcome of containing, decided from what was verified. Pure: the words a person reads at 3 a.m. come from here.
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Incident, IncidentChange, IncidentEvidence } from './incident.ts';
import { isDeferred } from './turn.ts';

export type Verdict = { readonly outcome: Outcome; readonly reason: string };

const name = ({ setting, id, note }: IncidentChange): string => `${setting} ${id}${note ? ` (${note})` : ''}`;
const list = (items: readonly string[]): string => items.join('; ');

const said = (words: string, changes: readonly IncidentChange[]): string =>
  changes.length > 0 ? ` ${words}: ${list(changes.map(name))}.` : '';

/** People hear of it while all is fresh, and not only when a release is refused for it. */
const unkept = (changes: readonly IncidentChange[]): string => {
  const gaps = changes.flatMap(({ setting, id, unkept: why }) => (why ? [`${setting} ${id} (${why})`] : []));
  return gaps.length > 0
    ? ` The original stands in the ledger alone, so that a release has nothing to compare it with: ${list(gaps)}.`
    : '';
};

const counted = (count: number): string =>
  count === 1 ? 'The containing change is' : `All ${count} containing changes are`;

/** A setting whose carrier is gone can't be used any more. */
const closed = ({ state }: IncidentChange): boolean => state === 'verified' || state === 'gone';

/** For playbooks that only take evidence: whole, or failed. */
const preserved = (evidence: readonly IncidentEvidence[]): Verdict => {
  const missing = evidence.filter(({ state }) => state !== 'complete');
  if (evidence.length > 0 && missing.length === 0) return { outcome: 'preserved', reason: 'All evidence is complete.' };
  const said = missing.map(
    ({ kind, subject, state, note }) => `${kind} of ${subject} is ${state}${note ? ` (${note})` : ''}`,
  );
  return { outcome: 'failed', reason: list(said) || 'There was no evidence to take.' };
};

/** What has become of the incident, from its containing changes and acts. */
export const decide = ({ changes, acts, evidence, drift, unseen, plan }: Incident, evidenceOnly: boolean): Verdict => {
  if (evidenceOnly) return preserved(evidence);
  const containing = changes.filter(({ effect }) => effect === 'containing');
  const open = containing.filter((change) => !closed(change));
  const undone = acts
    .filter(({ state }) => state !== 'done')
    .map(({ act, id, note }) => `${act} ${id} (${note || 'not done'})`);
  const others = changes.filter((change) => change.effect !== 'containing' && !closed(change));
  const [toCome, never] = [others.filter(isDeferred), others.filter((change) => !isDeferred(change))];
  const also = `${said('Still to come', toCome)}${said('Not done, though it contains nothing by itself', never)}${unkept(changes)}`;
  const missing = [...open.map(name), ...undone];
  const done = containing.length - open.length + acts.length - undone.length;
  if (done === 0 || (containing.every(({ state }) => state === 'gone') && acts.length === 0))
    return {
      outcome: 'failed',
      reason: `Nothing is contained: ${list(missing) || 'what was to be contained is gone'}.${also}`,
    };
  if (missing.length > 0) return { outcome: 'partly-contained', reason: `Still open: ${list(missing)}.${also}` };
  if (drift.length > 0)
    return {
      outcome: 'drifted',
      reason: `Came after the plan and stands open: ${list(drift)}. Contain it again to include it.${also}`,
    };
  if (unseen)
    return {
      outcome: 'partly-contained',
      reason: `What came after the plan can't be seen, and may be open: ${unseen}${also}`,
    };
  const ongoing = plan?.ongoing ?? [];
  if (ongoing.length > 0)
    return { outcome: 'partly-contained', reason: `Can go on all the same: ${list(ongoing)}${also}` };
  return {
    outcome: 'contained',
    reason: `${counted(containing.length + acts.length)} verified.${also}`,
  };
};
