// What is done about drift: told once, contained again so often, or left to a person. Pure.
import { canonical } from '../../playbooks/language/json.ts';
import type { SwitchState } from '../rails/switch.ts';
import type { ChangeState, Incident, IncidentChange, Watch } from './incident.ts';

/** What is not as it should be: a key that stays the same as long as it does, and how people read it. */
export interface Drift {
  readonly key: string;
  readonly said: string;
  /** Of what a release kept: it is written by itself, as nothing else of its incident is contained any more. */
  readonly kept?: IncidentChange;
}

/** Only a release makes these. */
const byRelease: readonly ChangeState[] = [
  'released',
  'untouched',
  'shared',
  'kept',
  'waits',
  'let-go',
  'conflict',
  'doubted',
];

/** A release that ended with a conflict waits for a person's word; what it has put back already is nobody's to contain. */
export const isHalfReleased = ({ phase, changes }: Pick<Incident, 'phase' | 'changes'>): boolean =>
  phase === 'holding' && changes.some(({ state }) => byRelease.includes(state));

/** What stands open of what is held, as the last look found it. */
export const driftsOf = ({ phase, changes, drift, unseen }: Incident): readonly Drift[] =>
  phase === 'holding' && !isHalfReleased({ phase, changes })
    ? [
        ...changes
          .filter(({ state }) => state === 'open' || state === 'failed')
          .map(({ setting, id, found, note }) => ({
            key: `${setting} ${id} ${found ?? 'failed'}`,
            said: `${setting} ${id}: ${note}`,
          })),
        ...(unseen ? [{ key: 'unseen', said: `What came since can't be seen: ${unseen}` }] : []),
        ...drift.map((name) => ({ key: `${name} came since`, said: `${name} came after the plan and stands open` })),
      ]
    : [];

/** Why nothing is written about it. */
type Instead = 'told' | 'switch' | 'limit' | 'release' | 'late';

export type Course =
  | { readonly do: 'nothing' }
  /** What had drifted stands again. */
  | { readonly do: 'heal' }
  | { readonly do: 'tell'; readonly instead: Instead }
  | { readonly do: 'reapply'; readonly nth: number };

/** Older tries are forgotten. Were they forgotten as soon as all stands, an attacker could go on for ever. */
const dayMilliseconds = 24 * 3_600_000;

export const triesOf = ({ reapplied }: Pick<Watch, 'reapplied'>, now: Date): readonly string[] =>
  reapplied.filter((at) => now.getTime() - Date.parse(at) < dayMilliseconds);

/** The same text for the same drift about which the same was done: what is told already. */
export const toldOf = (drifts: readonly Drift[], instead: Instead): string =>
  drifts.length === 0 ? '' : canonical([drifts.map(({ key }) => key).toSorted(), instead]);

export const watchOf = ({ watch }: Pick<Incident, 'watch'>): Watch =>
  watch ?? { at: '', told: '', news: 0, reapplied: [], owed: '' };

/** After the workflow's own look, of which it tells people itself. */
export const watchedByWorkflow = (incident: Incident): Watch => ({
  ...watchOf(incident),
  told: toldOf(driftsOf(incident), 'told'),
});

/** Whether a release is asked for, under way, or waits for a decision: what a person wants to let go is never taken back. */
export const isLettingGo = (incident: Incident): boolean => {
  const { phase, releaseRequest, endedAt } = incident;
  if (phase === 'holding') return releaseRequest !== null || isHalfReleased(incident);
  return phase !== 'ended' || (releaseRequest !== null && endedAt !== null && releaseRequest.at > endedAt);
};

export interface Situation {
  readonly incident: Incident;
  readonly drifts: readonly Drift[];
  readonly onDrift: 'tell' | 'reapply';
  readonly reapplyMost: number;
  readonly position: SwitchState;
  readonly now: Date;
}

const insteadOf = ({ incident, drifts, onDrift, reapplyMost, position, now }: Situation): Instead | undefined => {
  if (isLettingGo(incident)) return 'release';
  if (onDrift === 'tell') return 'told';
  if (incident.phase === 'ended' && !drifts.some(({ kept }) => kept)) return 'late';
  if (position !== 'on') return 'switch';
  return triesOf(watchOf(incident), now).length >= reapplyMost ? 'limit' : undefined;
};

/** What is to be done. What was told once is told again only when it is another drift, or when something else comes of it. */
export const courseOf = (situation: Situation): Course => {
  const { incident, drifts, now } = situation;
  const last = watchOf(incident);
  if (drifts.length === 0) return last.told === '' ? { do: 'nothing' } : { do: 'heal' };
  const instead = insteadOf(situation);
  if (instead === undefined) return { do: 'reapply', nth: triesOf(last, now).length + 1 };
  return toldOf(drifts, instead) === last.told ? { do: 'nothing' } : { do: 'tell', instead };
};

/** For people: what is done about it, or why nothing is. */
export const saidCourse = (course: Extract<Course, { do: 'tell' | 'reapply' }>, most: number): string => {
  if (course.do === 'reapply')
    return `It is being contained again, ${course.nth} of ${most} within a day; the next look says whether it stands.`;
  switch (course.instead) {
    case 'told':
      return '';
    case 'late':
      return 'Nothing of it is to be contained again.';
    case 'switch':
      return 'Not contained again by itself: the kill switch is not on.';
    case 'limit':
      return `It was contained again ${most} times within a day, and goes on drifting: a person decides.`;
    case 'release':
      return 'Not contained again by itself: a release was asked for.';
  }
};
