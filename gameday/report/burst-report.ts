// What a burst came to, as report.json keeps it. Times are virtual.
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Check } from './drill-report.ts';

export type BurstReport = {
  readonly seed: number;
  /** Whether every check held. */
  readonly held: boolean;
  readonly checks: readonly Check[];
  readonly events: {
    readonly total: number;
    readonly detections: number;
    readonly duplicates: number;
    readonly withinSeconds: number;
    /** What Security Hub sent for our own notes, on top of these. */
    readonly echoes: number;
  };
  readonly outcomes: Readonly<Partial<Record<Outcome | 'none', number>>>;
  /** Detections whose instance is not cut off, or whose incident does not say so. */
  readonly lost: number;
  readonly doubled: { readonly incidents: number; readonly writes: number; readonly notices: number };
  readonly notes: {
    /** Findings that have our note. */
    readonly findings: number;
    /** Updates of a finding that had it already, and says the same afterwards. */
    readonly again: number;
    readonly calls: number;
  };
  /** AWS's own limit for the call that contains, and how soon it can have admitted as many as were needed. */
  readonly bucket: {
    readonly call: string;
    readonly capacity: number;
    readonly perSecond: number;
    readonly needed: number;
    readonly floorSeconds: number;
  };
  readonly seconds: {
    /** Until the last instance was cut off, its incident told, and everything done, protection included. */
    readonly contained: number;
    readonly told: number;
    readonly ended: number;
  };
  /** `contained` over the floor. */
  readonly ofFloor: number;
  readonly calls: { readonly total: number; readonly refused: number; readonly functionsAtOnce: number };
  /** How many by when: one number a step, from the first event on. */
  readonly curve: {
    readonly stepSeconds: number;
    readonly events: readonly number[];
    readonly arrived: readonly number[];
    readonly floor: readonly number[];
    readonly contained: readonly number[];
    readonly told: readonly number[];
    readonly ended: readonly number[];
  };
};
