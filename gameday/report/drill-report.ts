// What a drill found out, as report.json keeps it. Only additions keep the schema's number; whatever a reader relies on stays.
import type { ChangeState } from '../../functions/engine/incident.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Difference, Explained } from '../compare.ts';
import type { FaultKind, Share } from '../faults/share.ts';
import type { Tally } from '../faults/tally.ts';
import type { BurstReport } from './burst-report.ts';

export const drillSchema = 'firebreak-drill/1';

/** Times are virtual milliseconds since the event; null where it never came to that. */
export type Milliseconds = number;

/** One thing that had to be so, and what was found. */
export type Check = {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly held: boolean;
};

/** How far a change had come at one moment, and what the setting then read. */
export type Standing = {
  readonly state: ChangeState;
  readonly note: string;
  readonly reads: Json;
  readonly said: string;
};

export type DrillChange = {
  readonly setting: string;
  readonly id: string;
  readonly effect: 'containing' | 'protecting' | 'marking';
  readonly releaseRule: 'restore' | 'keep' | 'ask';
  readonly from: Json;
  readonly fromSaid: string;
  readonly to: Json;
  readonly toSaid: string;
  readonly afterContain: Standing;
  readonly afterRelease: Standing | null;
  /** Only where a plain release kept something, so that it took a forced one. */
  readonly afterForce: Standing | null;
};

export type DrillEvidence = {
  readonly kind: string;
  readonly subject: string;
  readonly reference: string;
  readonly state: 'planned' | 'pending' | 'complete' | 'partial' | 'failed';
  readonly note: string;
};

export type DrillAct = {
  readonly act: string;
  readonly id: string;
  readonly irreversible: string;
  readonly state: 'planned' | 'done' | 'failed';
  readonly note: string;
};

export type Step = { readonly state: string; readonly at: Milliseconds; readonly error: string };

/** One execution of a workflow. */
export type Run = {
  readonly workflow: 'respond' | 'release';
  readonly mode: '' | 'restore' | 'force';
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error: string;
  readonly startedAt: Milliseconds;
  readonly endedAt: Milliseconds;
  readonly steps: readonly Step[];
};

export type DrillCall = {
  readonly at: Milliseconds;
  readonly during: 'respond' | 'release';
  readonly service: string;
  readonly command: string;
  readonly write: boolean;
  readonly attempt: number;
  /** 'ok' or the name of AWS's error. */
  readonly outcome: string;
  readonly requestId: string;
  readonly input: Json;
};

export type DrillEntry = {
  readonly at: Milliseconds;
  readonly by: string;
  readonly step: string;
  readonly subject: string;
  readonly attempt: number;
  readonly from: Json;
  readonly to: Json;
  readonly requests: readonly string[];
  readonly result: string;
};

/** What else the same event opened; it was released as well, before the account was compared. */
export type OtherIncident = {
  readonly incident: string;
  readonly playbook: string;
  readonly resource: string;
  readonly outcome: Outcome | null;
  readonly reason: string;
};

export type DrillResult = {
  readonly playbook: string;
  readonly playbookTitle: string;
  readonly containment: 'source' | 'technique-and-access' | 'destination' | 'evidence';
  readonly scenario: string;
  readonly title: string;
  readonly story: string;
  readonly seed: number;
  readonly event: {
    readonly source: string;
    readonly detailType: string;
    readonly findingType: string;
    readonly findingTitle: string;
    readonly severity: string;
    readonly raw: Json;
  };
  /** Null where the event opened no incident of this playbook. */
  readonly resource: {
    readonly type: string;
    readonly noun: string;
    readonly id: string;
    readonly account: string;
    readonly region: string;
  } | null;
  readonly incident: string;
  readonly case: string;
  readonly expected: Outcome;
  readonly outcome: Outcome | null;
  readonly reason: string;
  /** Whether every check held. */
  readonly held: boolean;
  readonly checks: readonly Check[];
  readonly changes: readonly DrillChange[];
  readonly acts: readonly DrillAct[];
  readonly evidence: readonly DrillEvidence[];
  readonly residual: readonly string[];
  /** What the finding itself describes and what can go on all the same. */
  readonly ongoing: readonly string[];
  readonly runs: readonly Run[];
  readonly times: {
    readonly firstEffect: Milliseconds | null;
    readonly verified: Milliseconds | null;
    readonly responded: Milliseconds | null;
    readonly releaseBegan: Milliseconds | null;
    readonly released: Milliseconds | null;
  };
  readonly calls: {
    readonly total: number;
    readonly reads: number;
    readonly writes: number;
    readonly respond: number;
    readonly release: number;
    readonly byService: Readonly<Record<string, number>>;
    readonly list: readonly DrillCall[];
  };
  readonly journal: readonly DrillEntry[];
  readonly account: {
    /** What should be as before and is not. */
    readonly left: readonly Difference[];
    readonly explained: readonly Explained[];
    /** Null where the drill did not come so far as to compare. */
    readonly restored: boolean | null;
  };
  readonly others: readonly OtherIncident[];
};

/** What became of every trial with faults. */
export type FaultReport = Omit<Tally, 'pairs'> & {
  readonly kind: FaultKind;
  readonly seed: number;
  /** Where only a part of them was played. */
  readonly part?: Share;
  /** How many pairs of kinds of faults met in one run, and how many never do, as one ends the run before the other. */
  readonly pairs?: { readonly together: number; readonly apart: number };
};

export type DrillReport = {
  readonly schema: typeof drillSchema;
  readonly seed: number;
  readonly summary: {
    readonly scenarios: number;
    readonly held: number;
    readonly outcomes: Readonly<Partial<Record<Outcome | 'none', number>>>;
    readonly accountsRestored: number;
    readonly firstEffect: { readonly median: Milliseconds | null; readonly worst: Milliseconds | null };
    readonly calls: { readonly total: number; readonly reads: number; readonly writes: number };
    readonly evidence: { readonly taken: number; readonly complete: number };
    readonly settings: { readonly changed: number; readonly putBack: number };
  };
  readonly results: readonly DrillResult[];
  /** Where faults were tried. */
  readonly faults?: FaultReport;
  /** Absent where no burst was played. */
  readonly burst?: BurstReport;
};
