// What the doctor says of one thing, and how it comes to say it. What can't be read is never well.
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { whatAwsSaid } from '../engine/engine.ts';
import type { Config } from '../rails/config.ts';

/** `unknown`: it could not be looked at, so nobody knows. */
export type State = 'well' | 'ill' | 'unknown';

export interface Verdict {
  /** What was looked at: 'rules', 'roles'. */
  readonly check: string;
  /** Of which thing: its name or ARN. */
  readonly subject: string;
  readonly state: State;
  /** What was found, a sentence. */
  readonly said: string;
  /** What to do now; empty where it is well. */
  readonly remedy: string;
}

/** What checks work with; each takes of it what it needs. */
export interface Tools {
  /** Clients of the place that is examined. */
  readonly aws: Aws;
  readonly config: Config;
  readonly playbooks: ReadonlyMap<string, Playbook>;
  readonly now: () => Date;
}

/** How verdicts of one check are made. */
export const verdictsOf = (check: string) => ({
  well: (subject: string, said: string): Verdict => ({ check, subject, state: 'well', said, remedy: '' }),
  ill: (subject: string, said: string, remedy: string): Verdict => ({ check, subject, state: 'ill', said, remedy }),
  unknown: (subject: string, attempted: string, error: unknown, remedy: string): Verdict => ({
    check,
    subject,
    state: 'unknown',
    said: `${attempted} failed, so nobody knows: ${whatAwsSaid(error)}`,
    remedy,
  }),
});

const order: readonly State[] = ['ill', 'unknown', 'well'];

/** What needs somebody first; within that as they were found. */
export const worstFirst = (verdicts: readonly Verdict[]): readonly Verdict[] =>
  verdicts.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
