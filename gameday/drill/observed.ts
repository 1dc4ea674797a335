// What one scenario's play brought to light, piece by piece: it may end early, and what was seen until then is still told.
import type { Incident } from '../../functions/engine/incident.ts';
import type { JournalBlock } from '../../functions/engine/journal.ts';
import type { ReceiveOutput } from '../../functions/receive.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Scenario } from '../../playbooks/language/scenario.ts';
import type { Call } from '../account/world.ts';
import type { Difference } from '../compare.ts';
import type { Ended } from '../practice.ts';

/** What a setting reads, judged apart from what the incident's record says. */
export type Reading = { readonly reads: Json; readonly said: string };

/** The incident at one moment, and what its settings then read, in the order of its changes. */
export type Moment = { readonly incident: Incident; readonly readings: readonly Reading[] };

/** One execution of a workflow, and the calls to AWS that this scenario's playbook made in it. */
export type Ran = {
  readonly workflow: 'respond' | 'release';
  readonly mode: '' | 'restore' | 'force';
  readonly execution: Omit<Ended, 'incident'>;
  readonly startedAt: number;
  readonly calls: readonly Call[];
};

export interface Piece {
  readonly name: string;
  readonly playbook: Playbook;
  readonly scenarioName: string;
  readonly scenario: Scenario<Json>;
  readonly seed: number;
}

/** Filled in the order of the play. */
export interface Observed {
  event: Json;
  /** When the event arrived, in virtual milliseconds. */
  eventAt: number;
  harmBefore?: boolean;
  received?: ReceiveOutput;
  contained?: Moment;
  harmAfter?: boolean;
  released?: Moment;
  forced?: Moment;
  readonly runs: Ran[];
  /** What else the event opened, as it stood when it was contained, and after its release. */
  others: readonly Incident[];
  otherEnds: readonly Incident[];
  verifiedAt?: number;
  journal: readonly JournalBlock[];
  brokenChain?: string;
  /** Against the state before the event; absent when it never came to a comparison. */
  differences?: readonly Difference[];
  defects: readonly string[];
  /** What ended the play before its time. */
  broke?: string;
}

export const nothingObserved = (): Observed => ({
  event: null,
  eventAt: 0,
  runs: [],
  others: [],
  otherEnds: [],
  journal: [],
  defects: [],
});

/** The incident as it stood last. */
export const latest = ({ contained, released, forced }: Observed): Incident | undefined =>
  (forced ?? released ?? contained)?.incident;
