// A scenario: an attack to practise on. It is test, demo and live drill at once, so it arranges and judges through AWS's own API.
import type { Aws } from './aws.ts';
import type { Json } from './json.ts';
import type { Outcome } from './outcome.ts';
import type { Place } from './resource.ts';

/** What AWS does by itself and nobody can arrange by a call; only the account in memory can bring it about. */
export type Circumstance =
  | 'interface is requester-managed'
  | 'instance is service-managed'
  | 'service gives the instance back'
  | 'instance is a Spot instance'
  | 'next snapshot ends in error'
  | 'key belongs to root';

/** Where a scenario plays. */
export interface Stage extends Place {
  readonly aws: Aws;
  readonly now: Date;
  /** Brings about what no call can; throws where the stage can't do it. */
  bring(circumstance: Circumstance, id: string): Promise<void>;
  /** Lets time pass: what is asked of AWS is often not there at once. */
  wait(seconds: number): Promise<void>;
}

export interface Scenario<Arranged extends Json> {
  readonly title: string;
  /** Two sentences: what has happened, and what makes it worth practising. */
  readonly story: string;
  /** 'contained' unless said otherwise. */
  readonly outcome?: Outcome;
  readonly options?: Readonly<Record<string, string>>;
  /** What no API call can arrange. A stage without it says so and plays the others. */
  readonly needs?: readonly Circumstance[];
  /** The resource as it was before the discovery. */
  arrange(stage: Stage): Promise<Arranged>;
  /** The raw event as AWS sends it. */
  finding(arranged: Arranged, stage: Stage): Json;
  /** Can the attacker still do it? Judged on the account's state, never by asking the playbook. */
  harm(arranged: Arranged, stage: Stage): Promise<boolean>;
  /**
   * Somebody else turns one of the settings while it is held, to a value that is neither ours nor the original.
   * Answers the setting's id: a plain release must leave it as it is, and say so.
   */
  meddle?(arranged: Arranged, stage: Stage): Promise<string>;
  cleanUp(arranged: Arranged, stage: Stage): Promise<void>;
}

/** Declares a scenario; what is arranged is inferred. */
export const scenario = <Arranged extends Json>(definition: Scenario<Arranged>): Scenario<Json> =>
  definition as Scenario<Json>;
