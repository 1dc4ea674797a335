// A playbook: looks at a resource, says which settings shall have which value and which evidence to take. It writes nothing.
import type { Act, AnyAct } from './act.ts';
import type { Answer } from './answer.ts';
import type { Aws, Gone } from './aws.ts';
import type { AnyEvidence, Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Json } from './json.ts';
import type { ResourceKind, Target } from './resource.ts';
import type { AnySetting, Setting } from './setting.ts';
import type { Statement } from './statement.ts';

/** What a change is for. Only containing changes decide the outcome. */
export type Effect = 'containing' | 'protecting' | 'marking';
/** What a release does with it: put back, leave as it is, or put back only when a person insists. */
export type ReleaseRule = 'restore' | 'keep' | 'ask';

declare const declared: unique symbol;

/** A setting shall have a value. Only `set`, made of the declared settings, can make one: hence the brand. */
export type Change = {
  readonly [declared]: 'change';
  readonly setting: string;
  readonly id: string;
  readonly to: Json;
  readonly effect: Effect;
  readonly release: ReleaseRule;
  readonly dated: boolean;
};
export type EvidenceRequest = {
  readonly [declared]: 'evidence';
  readonly kind: string;
  readonly subject: string;
  readonly detail: Json;
};
export type ActStep = {
  readonly [declared]: 'act';
  readonly act: string;
  readonly id: string;
  readonly detail: Json;
};

/** Why this resource is not to be touched, for a person, with what to do instead. */
export type Refusal = { readonly refused: string };
export const refuse = (why: string): Refusal => ({ refused: why });

type Settings = Readonly<Record<string, AnySetting>>;
type EvidenceKinds = Readonly<Record<string, AnyEvidence>>;
type Acts = Readonly<Record<string, AnyAct>>;
type Choices = Readonly<Record<string, readonly [string, ...string[]]>>;
export type Chosen<O extends Choices> = { readonly [K in keyof O]: O[K][number] };

type How = {
  readonly effect?: Effect;
  readonly release?: ReleaseRule;
  /** The value is a time that moves on until it is written. An approval binds to everything but it: what came meanwhile is to be met too. */
  readonly dated?: boolean;
};
type Set<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer Id, infer Value>
    ? (id: Id, to: Value, how?: How) => Change
    : never;
};
type Take<E extends EvidenceKinds> = {
  readonly [K in keyof E]: E[K] extends Evidence<infer Detail>
    ? (subject: string, ...detail: null extends Detail ? [detail?: Detail] : [detail: Detail]) => EvidenceRequest
    : never;
};
type Do<A extends Acts> = {
  readonly [K in keyof A]: A[K] extends Act<infer Detail>
    ? (id: string, ...detail: null extends Detail ? [detail?: Detail] : [detail: Detail]) => ActStep
    : never;
};

/** How much of a group (an Auto Scaling group, a target group) would still serve once this resource is contained. */
export interface Share {
  /** For people, and the same whoever looks: 'Auto Scaling group web'. */
  readonly of: string;
  readonly total: number;
  /** Without the resource itself, and without those that serve nobody already. */
  readonly remaining: number;
}

/** What containment would bear upon: the deployment's exemptions, crown jewels and shares are held against it before the first hold. */
export interface Bearing {
  /** Of all that would be cut off (of a key: its user or role). The target's own is added; where AWS has no ARN, the plain id. */
  readonly arns: readonly string[];
  /** Null where nobody looked: then what depends on a tag asks a person. */
  readonly tags: Readonly<Record<string, string>> | null;
  readonly shares: readonly Share[];
  /** What of this could not be read, a sentence each; any of it asks a person. */
  readonly unread?: readonly string[];
}

/** What `contain` may know besides what was seen. */
export interface Circumstances<O> {
  readonly incident: string;
  /** ISO 8601. Fixed when the plan is made, so that the plan is the same however often it is read. */
  readonly plannedAt: string;
  readonly options: O;
  readonly target: Target;
  /** Absent when a person asked by hand. */
  readonly finding?: Finding;
}

interface Common<Seen extends Json, S extends Settings, E extends EvidenceKinds, O extends Choices> {
  /** A sentence that begins with a verb. */
  readonly title: string;
  /** The AWS Security Incident Response guide's kinds of containment; 'evidence' takes evidence only. */
  readonly containment: 'source' | 'technique-and-access' | 'destination' | 'evidence';
  readonly resource: ResourceKind;
  readonly answers: readonly Answer[];
  readonly settings: S;
  readonly evidence: E;
  /** What a deployment or a person may choose; the first of each is the default. */
  readonly options?: O;
  /** Only what `observe` reads beyond its settings and evidence. */
  readonly permissions: readonly Statement[];
  /** The Region where the resource really is, where its name does not tell and AWS does, from anywhere (buckets). */
  readonly locate?: (aws: Aws, id: string) => Promise<string | Gone>;
  /** Reads only: its clients refuse anything else. */
  readonly observe: (target: Target, aws: Aws, options: Chosen<O>) => Promise<Seen | Gone | Refusal>;
  readonly preserve: (seen: Seen, take: Take<E>) => readonly EvidenceRequest[];
  /** Pure. Without it only the target itself is held against exemptions and crown jewels. */
  readonly bearing?: (seen: Seen) => Bearing;
  /** What this does not close, told to people; changes no outcome. */
  readonly residual: (seen: Seen, circumstances: Circumstances<Chosen<O>>) => readonly string[];
  /** What the finding itself describes and what can go on all the same: any of it makes the outcome 'partly-contained'. */
  readonly ongoing?: (seen: Seen, circumstances: Circumstances<Chosen<O>>) => readonly string[];
}

interface Automatic<Seen extends Json, S extends Settings, O extends Choices> {
  readonly approval: 'automatic';
  readonly acts?: never;
  /** Pure. */
  readonly contain: (seen: Seen, set: Set<S>, circumstances: Circumstances<Chosen<O>>) => readonly Change[] | Refusal;
}

interface Required<Seen extends Json, S extends Settings, O extends Choices, A extends Acts> {
  readonly approval: 'required';
  readonly acts?: A;
  /** Pure. What can't be undone is possible only here, where a person is always asked. */
  readonly contain: (
    seen: Seen,
    set: Set<S>,
    circumstances: Circumstances<Chosen<O>>,
    once: Do<A>,
  ) => readonly (Change | ActStep)[] | Refusal;
}

/** A playbook as the engine sees it: types erased, `plan` in place of the parts. */
export interface Playbook {
  readonly title: string;
  readonly containment: 'source' | 'technique-and-access' | 'destination' | 'evidence';
  readonly resource: ResourceKind;
  readonly answers: readonly Answer[];
  readonly approval: 'automatic' | 'required';
  readonly settings: Settings;
  readonly evidence: EvidenceKinds;
  readonly acts: Acts;
  readonly options: Choices;
  readonly permissions: readonly Statement[];
  locate?(aws: Aws, id: string): Promise<string | Gone>;
  observe(target: Target, aws: Aws, options: Readonly<Record<string, string>>): Promise<Json | Gone | Refusal>;
  /** Pure: the same seen and circumstances give the same proposal. */
  propose(seen: Json, circumstances: Circumstances<Readonly<Record<string, string>>>): Proposal | Refusal;
}

export interface Proposal {
  readonly changes: readonly Change[];
  readonly acts: readonly ActStep[];
  readonly evidence: readonly EvidenceRequest[];
  readonly residual: readonly string[];
  readonly ongoing: readonly string[];
  readonly bearing: Bearing;
}

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value;

const change =
  (setting: string) =>
  (id: string, to: Json, { effect = 'containing', release = 'restore', dated = false }: How = {}) =>
    ({ setting, id, to, effect, release, dated }) as Change;
const request =
  (kind: string) =>
  (subject: string, detail: Json = null) =>
    ({ kind, subject, detail }) as EvidenceRequest;
const step =
  (act: string) =>
  (id: string, detail: Json = null) =>
    ({ act, id, detail }) as ActStep;

const each = <T, R>(record: Readonly<Record<string, T>>, make: (key: string) => R): Record<string, R> =>
  Object.fromEntries(Object.keys(record).map((key) => [key, make(key)]));

/**
 * Declares a playbook. `contain` can only use the settings, evidence and acts that are declared here, so the plan, the IAM policy
 * and the docs are derived from one place. Write `observe` above `contain`: what is seen is inferred from it.
 */
export const playbook = <
  Seen extends Json,
  const S extends Settings,
  const E extends EvidenceKinds,
  const O extends Choices = Record<never, never>,
  const A extends Acts = Record<never, never>,
>(
  definition: Common<Seen, S, E, O> & (Automatic<Seen, S, O> | Required<Seen, S, O, A>),
): Playbook => {
  const { settings, evidence, observe, preserve, residual, ongoing, bearing, contain, ...rest } = definition;
  const set = each(settings, change) as Set<S>;
  const take = each(evidence, request) as Take<E>;
  const once = each(definition.acts ?? {}, step) as Do<A>;
  return {
    ...rest,
    settings,
    evidence,
    acts: definition.acts ?? {},
    options: definition.options ?? {},
    observe: (target, aws, options) => observe(target, aws, options as Chosen<O>),
    propose: (json, erased) => {
      const seen = json as Seen;
      const circumstances = erased as Circumstances<Chosen<O>>;
      const steps = contain(seen, set, circumstances, once);
      if (isRefusal(steps)) return steps;
      return {
        changes: steps.filter((item): item is Change => 'setting' in item),
        acts: steps.filter((item): item is ActStep => 'act' in item),
        evidence: preserve(seen, take),
        residual: residual(seen, circumstances),
        ongoing: ongoing?.(seen, circumstances) ?? [],
        bearing: bearing?.(seen) ?? { arns: [], tags: null, shares: [] },
      };
    },
  };
};
