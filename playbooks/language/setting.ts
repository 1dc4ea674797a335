// A setting: one thing on AWS that can be read and written, and so can be held and put back.
import type { Aws, Gone } from './aws.ts';
import type { Json } from './json.ts';
import type { Statement } from './statement.ts';

/** Other hands than the playbook's own, by which a setting is written. */
export interface Hands<Id extends string, Value extends Json> {
  /** The function, which has a role of its own. */
  readonly by: 'deny';
  /** The value that denies nobody anything: it may be written for whomever else nothing is ever written for. */
  readonly lifted: Value;
  /** The ARN of the user or role that a write would be about: the function looks before it denies anybody anything. */
  principal(aws: Aws, id: Id): Promise<string | Gone>;
  /** For `principal`, beside those to write. */
  readonly permissions: readonly Statement[];
}

/** One reversible control on one AWS resource. `read` after `write(v)`, once settled, gives `v`: tested for each of them. */
export interface Setting<Id extends string, Value extends Json> {
  /** The service and the control: 'ec2/network-interface-isolation'. It stands in the ledger, so it never changes its meaning. */
  readonly name: `${string}/${string}`;
  /** Of the value's form. Holds keep it, so that a later release knows what it reads. */
  readonly version: number;
  /** 'global' where AWS has one such thing for all Regions (IAM). */
  readonly scope: 'regional' | 'global';
  readonly permissions: { readonly read: readonly Statement[]; readonly write: readonly Statement[] };
  /**
   * Where IAM can't confine what a write says, so that whoever may make it may do anything: then no playbook's role has the permission to, and
   * a function writes it that is handed names and values, and believes the ledger alone. Absent: the playbook's own hands.
   */
  readonly hands?: Hands<Id, Value>;
  /** How long AWS may still answer the old value after a write. */
  readonly settleSeconds: number;
  /** Answers in one spelling (lists sorted), so that equal settings give equal values. */
  read(aws: Aws, id: Id): Promise<Value | Gone>;
  /** Makes or proves supporting resources; changes no setting. What it gives is handed to `write`. */
  prepare?(aws: Aws, id: Id, to: Value): Promise<Json>;
  /** Exactly one value-changing call. */
  write(aws: Aws, id: Id, to: Value, prepared?: Json): Promise<void>;
  /** Deletes supporting resources that nobody uses any more; answers the ids of those that stay because they are in use. */
  retire?(aws: Aws, id: Id): Promise<readonly string[]>;
  /** What stands when holders differ; without it they must be equal. */
  combine?(values: readonly Value[]): Value;
  /** How a person reads it: 'isolated', 'sg-1, sg-2', 'Inactive'. */
  say(value: Value): string;
}

/** Declares a setting; the value's type is checked to be JSON, the id's to be text. */
export const setting = <Id extends string, Value extends Json>(definition: Setting<Id, Value>): Setting<Id, Value> =>
  definition;

/** Any setting, as the engine sees it. */
export type AnySetting = Setting<string, Json>;
