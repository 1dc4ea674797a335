// An incident: one playbook on one resource. Its identity, its record, and which one answers a finding.
import { createHash } from 'node:crypto';
import type { Finding } from '../../playbooks/language/finding.ts';
import { canonical, type Json } from '../../playbooks/language/json.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Effect, ReleaseRule } from '../../playbooks/language/playbook.ts';
import type { ResourceKind, Target } from '../../playbooks/language/resource.ts';
import type { Admission, ReleaseRequest } from '../rails/admission.ts';
import type { Decision } from '../rails/decision.ts';
import { awaitedLater } from './awaited-later.ts';
import { type Ledger, type Pause, persist } from './ledger.ts';
import type { Question } from './question.ts';
import { changeRecord, foreread, readForeknown, readRecord } from './record.ts';
import { type Sighting, sighted } from './sighting.ts';
import type { Turn } from './turn.ts';

/**
 * How far a change has come. `deferred`: AWS has no room for it yet. `open`: it should stand and does not. `failed`: AWS refused it, or it could not be tried.
 * After a release: `untouched` was never written, `kept` is still held so that --force can put it back, `waits` until what contains is put back,
 * `let-go` is neither held nor put back, `doubted` is still held because what was kept beside the ledger does not confirm its original.
 */
export type ChangeState =
  | 'planned'
  | 'held'
  | 'deferred'
  | 'written'
  | 'watching'
  | 'verified'
  | 'open'
  | 'failed'
  | 'gone'
  | 'released'
  | 'untouched'
  | 'shared'
  | 'kept'
  | 'waits'
  | 'let-go'
  | 'conflict'
  | 'doubted';

export type IncidentChange = {
  /** As the playbook declares it. */
  readonly as: string;
  readonly setting: string;
  readonly id: string;
  readonly from: Json;
  readonly to: Json;
  readonly fromSaid: string;
  readonly toSaid: string;
  readonly effect: Effect;
  readonly release: ReleaseRule;
  /** Its time moves on until it is written. */
  readonly dated: boolean;
  readonly state: ChangeState;
  /** In words: what AWS said, who else holds, what was found. */
  readonly note: string;
  /** Why the last write failed, so that every later look can say it; empty where it did not. */
  readonly failure: string;
  /** Why its original stands in the ledger alone; empty or absent where it was kept beside it. */
  readonly unkept?: string;
  /** What the last look found in place of what should stand: 'Active', or 'unreadable' whatever AWS said; absent where all stands. */
  readonly found?: string;
};

export type IncidentEvidence = {
  readonly as: string;
  readonly kind: string;
  readonly subject: string;
  readonly detail: Json;
  readonly reference: string;
  readonly state: 'planned' | 'pending' | 'complete' | 'partial' | 'failed';
  readonly note: string;
};

export type IncidentAct = {
  readonly as: string;
  readonly act: string;
  readonly id: string;
  readonly detail: Json;
  readonly irreversible: string;
  readonly state: 'planned' | 'done' | 'failed';
  readonly note: string;
};

export type Plan = {
  readonly plannedAt: string;
  /** What an approval binds to. */
  readonly hash: string;
  /** The longest that AWS may go on answering old values. */
  readonly settleSeconds: number;
  readonly residual: readonly string[];
  readonly ongoing: readonly string[];
};

export type Approval = {
  readonly hash: string;
  readonly plannedAt: string;
  readonly by: string;
  readonly at: string;
  /** Given before any rail had asked, or beforehand by --yes: it answers the plan, and no rail. */
  readonly planOnly?: true;
};

export type Watch = {
  /** When it was looked at last. */
  readonly at: string;
  /** What was told last as drifted, and what was done about it, as one text that changes with either; empty while all stands. */
  readonly told: string;
  /** How often something was told. */
  readonly news: number;
  /** When it was contained again by itself, the latest last. */
  readonly reapplied: readonly string[];
  /** What is still to be told of the last of these; empty where it was. */
  readonly owed: string;
};

/** `holding` until a release begins, `releasing` until it is verified; `ended` holds nothing but what a release keeps. */
export type Phase = 'new' | 'waiting' | 'containing' | 'holding' | 'releasing' | 'ended';

/** Once a release has begun nothing is contained any more under this id: a new finding opens a new generation. */
export const isOver = ({ phase }: Pick<Incident, 'phase'>): boolean => phase === 'releasing' || phase === 'ended';

export type Incident = {
  readonly id: string;
  readonly key: string;
  readonly generation: number;
  readonly case: string;
  readonly playbook: string;
  readonly target: Target;
  readonly options: Readonly<Record<string, string>>;
  readonly disposition: 'contain' | 'ask' | 'plan';
  /** Why it was opened, for people. */
  readonly because: string;
  readonly finding: Finding | null;
  /** All findings that it answers, the latest of each; those of earlier generations among them. */
  readonly seen: readonly Sighting[];
  readonly openedBy: string;
  readonly openedAt: string;
  /** What let it in. A record without it is carried out by nobody. */
  readonly admission: Admission | null;
  /** What the resource rails had to say before the first hold. */
  readonly rails: readonly Decision[];
  /** Nobody releases it before somebody asked for it. */
  readonly releaseRequest: ReleaseRequest | null;
  readonly phase: Phase;
  /** How often containing was tried. */
  readonly attempts: number;
  /** When its turn comes, while it stands in line for what AWS admits; null where it does not. */
  readonly turn: Turn | null;
  /** How often AWS had no room for it, since it was taken up. */
  readonly refusals: number;
  /** What people have heard of already, though something is still to come. */
  readonly told: { readonly outcome: Outcome | null; readonly reason: string; readonly gaps: string } | null;
  /** How often in a row verification found something left to do; a look that is too early to be believed does not end the row. */
  readonly openInARow: number;
  /** How often a person was asked. */
  readonly asked: number;
  /** The one that was put last; null where nobody was asked. */
  readonly question: Question | null;
  readonly approval: Approval | null;
  readonly plan: Plan | null;
  readonly changes: readonly IncidentChange[];
  readonly acts: readonly IncidentAct[];
  readonly evidence: readonly IncidentEvidence[];
  /** Containing changes that a fresh look finds missing in the plan. */
  readonly drift: readonly string[];
  /** Why the last look could not see what came since; empty where it could. */
  readonly unseen: string;
  readonly outcome: Outcome | null;
  readonly reason: string;
  readonly firstEffectAt: string | null;
  /** When it was contained last; null before the first time. */
  readonly wroteAt: string | null;
  /** What the watch over it has seen and told; null before its first look. */
  readonly watch: Watch | null;
  readonly endedAt: string | null;
};

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** `(account, Region or global, resource, playbook)`: one open incident each. */
export const incidentKey = (kind: ResourceKind, target: Target, playbook: string): string =>
  [target.account, kind.scope === 'global' ? 'global' : target.region, kind.type, target.id, playbook].join('/');

/** Short enough for `sts:SourceIdentity`, and the same for everybody who computes it. */
export const incidentId = (key: string, generation: number): string => `fb-${digest(canonical([key, generation]), 12)}`;

/** Findings of one attack share a case; a request by hand is a case of its own. */
export const caseOf = (finding: Finding | null, incident: string): string =>
  finding && finding.detector !== 'manual' ? `case-${digest(finding.id, 12)}` : incident.replace('fb-', 'case-');

export type Opening = Pick<
  Incident,
  'key' | 'playbook' | 'target' | 'options' | 'disposition' | 'because' | 'finding' | 'openedBy' | 'approval'
> & {
  /** Absent where a person at the command line opens it. */
  readonly admission?: Admission;
};

interface Tools {
  readonly ledger: Ledger;
  readonly now: () => Date;
  readonly pause: Pause;
}

export const readIncident = async ({ ledger }: Pick<Tools, 'ledger'>, id: string): Promise<Incident | undefined> =>
  (await readRecord(ledger, ['incidents', id]))?.value as Incident | undefined;

export const listIncidents = async ({ ledger }: Pick<Tools, 'ledger'>): Promise<readonly Incident[]> =>
  (await ledger.list('incidents', '')).map(({ value }) => value as Incident);

/** Only one that is under way or holds absorbs further findings, so that nobody can plant one that swallows the attack. */
const absorbs = (incident: Incident): boolean => !isOver(incident);

const generationOf = async ({ ledger }: Pick<Tools, 'ledger'>, key: string) => {
  const entry = await readForeknown(ledger, ['keys', key]);
  const generation = (entry?.value as { generation: number } | undefined)?.generation ?? 0;
  const latest = generation === 0 ? undefined : await readIncident({ ledger }, incidentId(key, generation));
  return { version: entry?.version ?? 0, generation, latest };
};

/** The id of the latest incident on this key, where there is one. */
export const latestIncident = async ({ ledger }: Pick<Tools, 'ledger'>, key: string): Promise<readonly string[]> => {
  const { generation = 0 } = ((await ledger.read('keys', key))?.value ?? {}) as { generation?: number };
  return generation === 0 ? [] : [incidentId(key, generation)];
};

/** The id that an incident on this key has or would have; writes nothing. */
export const expectedIncident = async (
  tools: Pick<Tools, 'ledger'>,
  key: string,
): Promise<{ readonly id: string; readonly open?: Incident }> => {
  const { generation, latest } = await generationOf(tools, key);
  return latest && absorbs(latest) ? { id: latest.id, open: latest } : { id: incidentId(key, generation + 1) };
};

/**
 * Opens an incident, or answers the one of the same key that takes it up: the open one, unless the caller knows better. However many call
 * at once, and wherever one of them dies, one is opened. `pointed` is over when the key points to it, or fails: whoever comes before that,
 * or after, opens no other.
 */
export const claimIncident = (
  tools: Tools,
  opening: Opening,
  takesUp: (latest: Incident) => boolean = absorbs,
): Promise<{ readonly incident: Incident; readonly opened: boolean; readonly pointed: Promise<unknown> }> =>
  persist(`Opening an incident for ${opening.key}`, tools.pause, async () => {
    const { version, generation: before, latest } = await generationOf(tools, opening.key);
    if (latest && takesUp(latest)) return { incident: latest, opened: false, pointed: Promise.resolve() };
    const generation = before + 1;
    const id = incidentId(opening.key, generation);
    const { finding, disposition } = opening;
    const openedAt = tools.now().toISOString();
    const incident: Incident = {
      ...opening,
      id,
      generation,
      case: caseOf(finding, id),
      seen: finding ? sighted(latest?.seen ?? [], finding, true) : (latest?.seen ?? []),
      openedAt,
      admission: opening.admission ?? { at: openedAt, way: 'by hand', do: disposition, rails: [] },
      rails: [],
      releaseRequest: null,
      phase: 'new',
      attempts: 0,
      turn: null,
      refusals: 0,
      told: null,
      openInARow: 0,
      asked: 0,
      question: null,
      plan: null,
      changes: [],
      acts: [],
      evidence: [],
      drift: [],
      unseen: '',
      outcome: null,
      reason: '',
      firstEffectAt: null,
      wroteAt: null,
      watch: null,
      endedAt: null,
    };
    // The incident first: should we die before the key points to it, the next to come finds the same id taken and goes on from there.
    const opened = await tools.ledger.write('incidents', id, incident, 0);
    const pointed = awaitedLater(tools.ledger.write('keys', opening.key, { generation }, version));
    if (opened) return { incident, opened, pointed };
    await pointed;
    const other = await readIncident(tools, id);
    return other && takesUp(other) ? { incident: other, opened: false, pointed } : undefined;
  });

/** Opens an incident as `claimIncident` does, and sees it through. */
export const openIncident = async (
  tools: Tools,
  opening: Opening,
  takesUp?: (latest: Incident) => boolean,
): Promise<{ readonly incident: Incident; readonly opened: boolean }> => {
  const { incident, opened, pointed } = await claimIncident(tools, opening, takesUp);
  await pointed;
  return { incident, opened };
};

/** Begins to ask whether there is an incident on this key, for whoever will open one. */
export const forereadKey = ({ ledger }: Pick<Tools, 'ledger'>, key: string): void => foreread(ledger, ['keys', key]);

/** Changes an incident's record; `change` may run several times, and answering the same incident writes nothing. */
export const updateIncident = (tools: Tools, id: string, change: (incident: Incident) => Incident): Promise<Incident> =>
  changeRecord(tools, `Recording incident ${id}`, ['incidents', id], (found) => {
    if (!found)
      throw new Error(`There is no incident ${id} in this ledger. 'firebreak incidents' lists those that there are.`);
    const before = found.value as Incident;
    const after = change(before);
    return after === before ? { answer: before } : { answer: after, value: after };
  });
