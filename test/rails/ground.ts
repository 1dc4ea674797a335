// The ground on which the rails are tried: a leaked key or an open bucket, the finding in hand, and what was written since.
import { readIncident } from '../../functions/engine/incident.ts';
import { type Config, type ConfigInput, defineConfig } from '../../functions/rails/config.ts';
import type { PracticeOptions } from '../../gameday/practice.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { cases, type Staged, stage } from '../laws/staged.ts';

export const own = '111122223333';
export const here = 'eu-central-1';

/** On, unless said otherwise, and trusting the Config rule of the scenarios. */
export const on = (input: ConfigInput = {}): Config =>
  defineConfig({ mode: 'on', trustedConfigRules: ['s3-bucket-public-read-prohibited'], ...input });

/** Nobody answers: what asks ends as nobody's word. */
export const silent = (input: ConfigInput = {}) => ({ config: on(input), answer: 'silence' as const });

export type Ground = Staged & {
  /** Writes that Firebreak attempted on the account since it was arranged. */
  writes(): readonly string[];
};

/** A scenario arranged, with these rails. Only its own playbook answers. */
export const ground = async (
  playbook: string,
  scenario: string,
  options: Partial<PracticeOptions> = {},
): Promise<Ground> => {
  const one = cases.find((known) => known.playbook === playbook && known.name === scenario);
  if (!one) throw new Error(`There is no scenario ${scenario} of ${playbook}.`);
  const staged = await stage(one, { config: on(), playbooks: new Map([[playbook, one.definition]]), ...options });
  const writes = () =>
    staged
      .calls()
      .filter(({ write }) => write)
      .map(({ command }) => command);
  return { ...staged, writes };
};

export const leakedKey = (options?: Partial<PracticeOptions>) => ground('disable-access-key', 'leaked-key', options);
export const stolenKey = (options?: Partial<PracticeOptions>) => ground('disable-access-key', 'filled-quota', options);
export const openBucket = (options?: Partial<PracticeOptions>) =>
  ground('block-public-bucket', 'public-policy', options);
export const openByConfig = (options?: Partial<PracticeOptions>) =>
  ground('block-public-bucket', 'public-acl', options);
export const openByControl = (options?: Partial<PracticeOptions>) =>
  ground('block-public-bucket', 'public-website', options);

type Path = readonly (string | number)[];

/** The event with another value at that place; `undefined` takes it away. */
export const altered = (event: Json, path: Path, value: Json | undefined): Json => {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  const copy = structuredClone(event) as Record<string | number, Json>;
  const inner = rest.length === 0 ? value : altered(copy[key] ?? {}, rest, value);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy as unknown as Json;
};

/** The only incident on record, as it stands. */
export const onlyIncident = async ({ practice }: Staged) => {
  const all = await practice.ledger.list('incidents', '');
  if (all.length !== 1) throw new Error(`There are ${all.length} incidents.`);
  const incident = await readIncident({ ledger: practice.ledger }, all[0]?.key ?? '');
  if (!incident) throw new Error('It is gone.');
  return incident;
};

/** A finding as the sources give it, for rails that are tried alone. */
export const finding = (part: Partial<Finding> = {}): Finding => ({
  detector: 'guardduty',
  channel: 'guardduty',
  id: `arn:aws:guardduty:${here}:${own}:detector/12abc34d567e8fa901bc2d34e56789f0/finding/76ba0ac2845071e23ccdeb2ae03bfded`,
  type: 'CredentialAccess:IAMUser/CompromisedCredentials',
  title: 'a stolen key',
  severity: 'HIGH',
  partition: 'aws',
  account: own,
  region: here,
  resources: [],
  sample: false,
  standing: 'active',
  updatedAt: '2026-11-02T03:04:05.000Z',
  count: 1,
  ...part,
});
