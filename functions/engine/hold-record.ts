// The record of a hold: what was there before, who holds it, what was written. The ledger keeps one for each setting of each resource.
import type { Aws } from '../../playbooks/language/aws.ts';
import { type Json, same } from '../../playbooks/language/json.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
import type { Ledger, Pause } from './ledger.ts';
import type { Kept, Originals } from './originals.ts';

/** One record a setting, never deleted. */
export type HoldRecord = {
  readonly setting: string;
  readonly settingVersion: number;
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly phase: 'free' | 'held' | 'releasing';
  /** What was there before the first holder. Null while free. */
  readonly original: Json;
  readonly holders: { readonly [incident: string]: Json };
  /** Incidents that found the setting as they wanted it: nothing was written for them. */
  readonly watching: { readonly [incident: string]: Json };
  /** Every value that was, or was about to be, written since the phase was free. */
  readonly wrote: readonly Json[];
  /** The last release. `by`: whose hold ended with it. */
  readonly last: {
    readonly original: Json;
    readonly wrote: readonly Json[];
    readonly releasedAt: string;
    readonly by: string;
  } | null;
  /** Incidents that have let go and may still be writing what the others want. Should those go meanwhile, it puts back once more. */
  readonly leaving: { readonly [incident: string]: Json };
  /** Who puts back, while `releasing`; it holds again if it finds a third value. */
  readonly releaser: { readonly incident: string; readonly value: Json } | null;
  readonly conflict: { readonly incident: string; readonly found: Json } | null;
  /** Until then a write whose end is unknown may still take effect. */
  readonly uncertainUntil: string | null;
};

/** A setting of one resource, where it stands, and with whose hands it is turned. */
export interface Held {
  readonly setting: AnySetting;
  readonly id: string;
  readonly aws: Aws;
  /** Has other hands write it, which believe the ledger alone: where that says otherwise they write nothing. Absent: ours write it. */
  readonly through?: (to: Json) => Promise<'written' | { readonly outdated: string }>;
}

export interface HoldTools {
  readonly ledger: Ledger;
  readonly now: () => Date;
  readonly pause: Pause;
  /** Where originals are kept beside the ledger; absent where nothing is deployed. */
  readonly originals?: Originals;
}

export const holdKey = ({ setting, id, aws }: Held): string =>
  `${aws.account}/${setting.scope === 'global' ? 'global' : aws.region}/${setting.name}/${id}`;

const blank = ({ setting, id, aws }: Held): HoldRecord => ({
  setting: setting.name,
  settingVersion: setting.version,
  account: aws.account,
  region: setting.scope === 'global' ? 'global' : aws.region,
  id,
  phase: 'free',
  original: null,
  holders: {},
  watching: {},
  wrote: [],
  last: null,
  leaving: {},
  releaser: null,
  conflict: null,
  uncertainUntil: null,
});

/** The record as it stands, with the version that a conditional write must name. */
export const readHold = async (
  tools: HoldTools,
  held: Held,
): Promise<{ readonly record: HoldRecord; readonly version: number }> => {
  const entry = await tools.ledger.read('holds', holdKey(held));
  return entry ? { record: entry.value as HoldRecord, version: entry.version } : { record: blank(held), version: 0 };
};

export const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

export const including = (values: readonly Json[], value: Json): readonly Json[] =>
  values.some((one) => same(one, value)) ? values : [...values, value];

/** What stands while these hold; undefined where the setting can't satisfy all of them. */
export const combined = (setting: AnySetting, holders: HoldRecord['holders']): Json | undefined => {
  const [first, ...others] = Object.values(holders);
  if (first === undefined || others.every((value) => same(value, first))) return first;
  return setting.combine?.([first, ...others]);
};

export type Release =
  | { readonly state: 'released'; readonly original: Json }
  /** Nothing had been written for this incident. */
  | { readonly state: 'untouched' }
  | { readonly state: 'shared'; readonly holders: readonly string[]; readonly stands: Json }
  | { readonly state: 'let-go' }
  | { readonly state: 'gone' }
  | { readonly state: 'conflict'; readonly found: Json; readonly original: Json }
  /** What was kept beside the ledger does not confirm its original. */
  | { readonly state: 'doubted'; readonly original: Json; readonly kept: readonly Kept[] };
