// A notice: what people are told, before it is written for any one place. Its values are as they were found: data, never markup.
import { createHash } from 'node:crypto';
import type { Finding, Severity } from '../../playbooks/language/finding.ts';
import { canonical } from '../../playbooks/language/json.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Effect } from '../../playbooks/language/playbook.ts';
import type { ChangeState, Incident, IncidentEvidence } from '../engine/incident.ts';
import type { Answerer } from '../engine/undecided.ts';
import { type Command, commandsFor, commandsInstead } from './commands.ts';
import { type Happened, happenedBy, heads } from './happened.ts';

export type NoticeChange = {
  readonly setting: string;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly effect: string;
  readonly state: ChangeState;
  readonly note: string;
};

export type NoticeEvidence = {
  readonly kind: string;
  readonly subject: string;
  readonly state: IncidentEvidence['state'];
  readonly reference: string;
  readonly note: string;
};

export type NoticeAct = {
  readonly act: string;
  readonly id: string;
  readonly irreversible: string;
  readonly state: string;
  readonly note: string;
};

export const noticeSchema = 'firebreak-notice/1';

/** The JSON form. Fields are added within a version, never taken away or given another meaning. */
export type Notice = {
  readonly schema: typeof noticeSchema;
  /** The same for the same news, however often it is sent. */
  readonly id: string;
  readonly happened: Happened;
  readonly outcome: Outcome | null;
  /** Nothing goes on until a person decides. */
  readonly needsAnswer: boolean;
  readonly severity: Severity | 'UNKNOWN';
  readonly headline: string;
  readonly reason: string;
  readonly because: string;
  readonly where: {
    readonly partition: string;
    readonly account: string;
    readonly region: string;
    readonly type: string;
    readonly id: string;
  };
  readonly incident: {
    readonly id: string;
    readonly case: string;
    readonly playbook: string;
    readonly openedBy: string;
    readonly openedAt: string;
    readonly firstEffectAt: string | null;
    readonly endedAt: string | null;
    readonly approvedBy: string | null;
  } | null;
  readonly finding: {
    readonly id: string;
    readonly detector: string;
    readonly type: string;
    readonly title: string;
    readonly updatedAt: string;
    readonly count: number;
  } | null;
  readonly plan: { readonly hash: string; readonly plannedAt: string } | null;
  readonly changes: readonly NoticeChange[];
  readonly acts: readonly NoticeAct[];
  readonly evidence: readonly NoticeEvidence[];
  /** What is not closed, and what the finding describes and can go on. */
  readonly residual: readonly string[];
  readonly ongoing: readonly string[];
  readonly drift: readonly string[];
  readonly commands: readonly Command[];
  /** What was left out for want of room, in words; empty where it is whole. */
  readonly shortened: readonly string[];
};

const idOf = (...parts: readonly (string | number)[]): string =>
  `notice-${createHash('sha256').update(canonical(parts)).digest('hex').slice(0, 16)}`;

const findingOf = ({ id, detector, type, title, updatedAt, count }: Finding): Notice['finding'] => ({
  id,
  detector,
  type,
  title,
  updatedAt,
  count,
});

const effects: readonly Effect[] = ['containing', 'protecting', 'marking'];

/** What decides the outcome is read first, and left out last. */
const containingFirst = (changes: Incident['changes']): Incident['changes'] =>
  effects.flatMap((effect) => changes.filter((change) => change.effect === effect));

/** What an incident, as it stands, is to people. */
export const noticeOf = (incident: Incident): Notice => {
  const { id, playbook, target, finding, plan, approval, reason, attempts, asked, watch } = incident;
  const happened = happenedBy(incident.outcome);
  return {
    schema: noticeSchema,
    // What drifts again in the same words is news all the same.
    id: idOf(id, happened, attempts, asked, reason, ...(watch ? [watch.news] : [])),
    happened,
    outcome: incident.outcome,
    needsAnswer: happened === 'asked' || happened === 'conflict',
    severity: finding?.severity ?? 'UNKNOWN',
    headline: `${heads[happened]}: ${playbook} on ${target.id}`,
    reason: reason || `It stands at '${incident.phase}' and says no more.`,
    because: incident.because,
    where: {
      partition: target.partition,
      account: target.account,
      region: target.region,
      type: target.type,
      id: target.id,
    },
    incident: {
      id,
      case: incident.case,
      playbook,
      openedBy: incident.openedBy,
      openedAt: incident.openedAt,
      firstEffectAt: incident.firstEffectAt,
      endedAt: incident.endedAt,
      approvedBy: approval?.by ?? null,
    },
    finding: finding && findingOf(finding),
    plan: plan && { hash: plan.hash, plannedAt: plan.plannedAt },
    changes: containingFirst(incident.changes).map((change) => ({
      setting: change.setting,
      id: change.id,
      from: change.fromSaid,
      to: change.toSaid,
      effect: change.effect,
      state: change.state,
      note: change.note,
    })),
    acts: incident.acts.map(({ act, id: on, irreversible, state, note }) => ({
      act,
      id: on,
      irreversible,
      state,
      note,
    })),
    evidence: incident.evidence.map(({ kind, subject, state, reference, note }) => ({
      kind,
      subject,
      state,
      reference,
      note,
    })),
    residual: plan?.residual ?? [],
    ongoing: plan?.ongoing ?? [],
    drift: incident.drift,
    commands: commandsFor(incident, happened),
    shortened: [],
  };
};

/** What is known of a finding for which there is no incident. */
const withoutIncident = (
  finding: Finding,
  happened: 'told' | 'undecided',
  reason: string,
): Omit<Notice, 'needsAnswer' | 'commands'> => {
  const [resource] = finding.resources;
  const on = resource?.id ?? `account ${finding.account}`;
  return {
    schema: noticeSchema,
    id: idOf(finding.id, finding.updatedAt, happened, reason),
    happened,
    outcome: null,
    severity: finding.severity,
    headline: `${heads[happened]}: ${finding.type} on ${on}`,
    reason,
    because: '',
    where: {
      partition: finding.partition,
      account: finding.account,
      region: finding.region,
      type: resource?.type ?? 'AWS::::Account',
      id: resource?.id ?? finding.account,
    },
    incident: null,
    finding: findingOf(finding),
    plan: null,
    changes: [],
    acts: [],
    evidence: [],
    residual: [],
    ongoing: [],
    drift: [],
    shortened: [],
  };
};

/** A finding that no playbook acted on, with the reason: nothing is dropped. */
export const noticeOfFinding = (finding: Finding, reason: string): Notice => ({
  ...withoutIncident(finding, 'told', reason),
  needsAnswer: false,
  commands: [{ does: 'see which playbooks there are', command: 'firebreak playbooks' }],
});

/** Of so many resources the commands are named; a notice is read on a phone. */
const commandsMax = 10;

/**
 * A finding about which nothing could be decided. Its id says nothing of what went wrong, so that the same is recognised when it is told again with the next try.
 */
export const noticeOfUndecided = (finding: Finding, answerers: readonly Answerer[], said: string): Notice => ({
  ...withoutIncident(
    finding,
    'undecided',
    `Nothing is decided about this finding, and nothing is contained. ${/[.!?]$/.test(said) ? said : `${said}.`} ` +
      'Firebreak tries again by itself twice within minutes; then the event waits in the dead-letter queue. ' +
      `What would answer it: ${answerers.map(({ playbook, target }) => `${playbook} on ${target.id}`).join('; ')}.`,
  ),
  id: idOf(finding.id, finding.updatedAt, 'undecided'),
  needsAnswer: true,
  commands: commandsInstead(answerers).slice(0, commandsMax),
});
