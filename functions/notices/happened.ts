// The news that there can be, from an incident's outcome.
import type { Outcome } from '../../playbooks/language/outcome.ts';

/** `told` is a finding that no playbook acted on, `undecided` one that a playbook answers and nothing could be decided about. */
export type Happened =
  | 'asked'
  | 'contained'
  | 'partly'
  | 'failed'
  | 'drifted'
  | 'released'
  | 'conflict'
  | 'preserved'
  | 'planned'
  | 'refused'
  | 'ignored'
  | 'denied'
  | 'expired'
  | 'told'
  | 'undecided';

const byOutcome: Readonly<Record<Outcome, Happened>> = {
  waiting: 'asked',
  contained: 'contained',
  'partly-contained': 'partly',
  failed: 'failed',
  drifted: 'drifted',
  released: 'released',
  conflict: 'conflict',
  preserved: 'preserved',
  planned: 'planned',
  refused: 'refused',
  ignored: 'ignored',
  denied: 'denied',
  expired: 'expired',
};

/** An incident without an outcome is told as failed: that is the careful side. */
export const happenedBy = (outcome: Outcome | null): Happened => (outcome ? byOutcome[outcome] : 'failed');

/** How a notice begins; capitals where somebody has something to do. */
export const heads: Readonly<Record<Happened, string>> = {
  asked: 'NEEDS AN ANSWER',
  contained: 'Contained',
  partly: 'PARTLY CONTAINED',
  failed: 'FAILED',
  drifted: 'DRIFTED',
  released: 'Released',
  conflict: 'CONFLICT, needs a decision',
  preserved: 'Evidence preserved',
  planned: 'Planned, nothing changed',
  refused: 'Refused, nothing changed',
  ignored: 'Ignored, nothing changed',
  denied: 'Denied, nothing changed',
  expired: 'NOBODY ANSWERED, nothing changed',
  told: 'NO PLAYBOOK ACTED',
  undecided: 'NOT DECIDED, contain it by hand',
};
