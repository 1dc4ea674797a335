// An incident in which every text is there, and every text that an attacker may have had a hand in can be replaced.
import type { Incident, IncidentAct, IncidentChange, IncidentEvidence } from '../../functions/engine/incident.ts';
import type { Finding, FoundResource } from '../../playbooks/language/finding.ts';
import type { Target } from '../../playbooks/language/resource.ts';

const place = { partition: 'aws', account: '111122223333', region: 'eu-central-1' };
const target: Target = { ...place, type: 'AWS::EC2::Instance', id: 'i-0123456789abcdef0', detail: {} };
const resource: FoundResource = {
  type: 'AWS::EC2::Instance',
  id: target.id,
  account: '111122223333',
  region: 'eu-central-1',
  detail: {},
};

export const finding: Finding = {
  detector: 'guardduty',
  channel: 'securityhub-imported',
  id: 'arn:aws:guardduty:eu-central-1:111122223333:detector/abc/finding/def',
  type: 'Backdoor:EC2/DenialOfService',
  title: 'The instance behaves as if it were used for an attack',
  severity: 'HIGH',
  ...place,
  resources: [resource],
  sample: false,
  standing: 'active',
  updatedAt: '2026-11-02T03:04:05.000Z',
  count: 3,
  hub: { productArn: 'arn:aws:securityhub:eu-central-1::product/aws/guardduty' },
};

const change: IncidentChange = {
  as: 'isolation',
  setting: 'ec2/network-interface-isolation',
  id: 'eni-0123456789abcdef0',
  from: ['sg-1'],
  to: 'isolated',
  fromSaid: 'sg-1',
  toSaid: 'isolated',
  effect: 'containing',
  release: 'restore',
  dated: false,
  state: 'planned',
  note: 'a note on the change',
  failure: '',
};
const evidence: IncidentEvidence = {
  as: 'volumes',
  kind: 'ec2/volume-snapshots',
  subject: 'i-0123456789abcdef0',
  detail: null,
  reference: 'snap-1',
  state: 'pending',
  note: 'a note on the evidence',
};
const act: IncidentAct = {
  as: 'terminate',
  act: 'ec2/terminate',
  id: 'i-0123456789abcdef0',
  detail: null,
  irreversible: 'a terminated instance is gone',
  state: 'planned',
  note: 'a note on the act',
};

export const incident: Incident = {
  id: 'fb-0123456789ab',
  key: '111122223333/eu-central-1/AWS::EC2::Instance/i-0123456789abcdef0/isolate-instance',
  generation: 1,
  case: 'case-0123456789ab',
  playbook: 'isolate-instance',
  target,
  options: {},
  disposition: 'ask',
  because: 'the playbook asks for this type',
  finding,
  openedBy: 'arn:aws:sts::111122223333:assumed-role/firebreak-receive/x',
  openedAt: '2026-11-02T03:04:06.000Z',
  seen: [],
  admission: null,
  rails: [],
  releaseRequest: null,
  phase: 'waiting',
  turn: null,
  refusals: 0,
  told: null,
  attempts: 1,
  openInARow: 0,
  asked: 1,
  question: {
    askedAt: '2026-11-02T03:04:06.000Z',
    answerBy: '2026-11-02T07:04:06.000Z',
    pageAgainAt: null,
    otherwise: 'deny',
    returns: 0,
    token: 'AQCsecret',
  },
  approval: {
    hash: 'a'.repeat(64),
    plannedAt: '2026-11-02T03:04:06.000Z',
    by: 'arn:aws:iam::111122223333:user/oncall',
    at: '2026-11-02T03:05:00.000Z',
  },
  plan: {
    plannedAt: '2026-11-02T03:04:06.000Z',
    hash: 'a'.repeat(64),
    settleSeconds: 10,
    residual: ['names in the DNS can still be asked for'],
    ongoing: ['a connection that is open goes on'],
  },
  changes: [change, { ...change, id: 'eni-2', state: 'open' }],
  acts: [act],
  evidence: [evidence, { ...evidence, kind: 'ec2/instance-description', state: 'complete' }],
  drift: ['eni-3 was attached since'],
  unseen: '',
  outcome: 'waiting',
  reason: 'Waiting for a person',
  firstEffectAt: null,
  wroteAt: null,
  watch: null,
  endedAt: null,
};

export type Field<T> = readonly [name: string, put: (text: string) => T];

const inFinding = (part: Partial<Finding>): Incident => ({ ...incident, finding: { ...finding, ...part } });
const inTarget = (part: Partial<Target>): Incident => ({ ...incident, target: { ...target, ...part } });
const inChange = (part: Partial<IncidentChange>): Incident => ({
  ...incident,
  changes: [{ ...change, ...part }, ...incident.changes.slice(1)],
});
const inEvidence = (part: Partial<IncidentEvidence>): Incident => ({
  ...incident,
  evidence: [{ ...evidence, ...part }, ...incident.evidence.slice(1)],
});
const inAct = (part: Partial<IncidentAct>): Incident => ({ ...incident, acts: [{ ...act, ...part }] });
const inPlan = (part: Partial<NonNullable<Incident['plan']>>): Incident => ({
  ...incident,
  plan: incident.plan && { ...incident.plan, ...part },
});

/** Every text of an incident that is shown anywhere: also those that only a forged record could have. */
export const fields: readonly Field<Incident>[] = [
  ['finding.id', (id) => inFinding({ id })],
  ['finding.type', (type) => inFinding({ type })],
  ['finding.title', (title) => inFinding({ title })],
  ['finding.updatedAt', (updatedAt) => inFinding({ updatedAt })],
  ['target.id', (id) => inTarget({ id })],
  ['target.type', (type) => inTarget({ type })],
  ['target.account', (account) => inTarget({ account })],
  ['target.region', (region) => inTarget({ region })],
  ['target.partition', (partition) => inTarget({ partition })],
  ['change.setting', (setting) => inChange({ setting })],
  ['change.id', (id) => inChange({ id })],
  ['change.from and fromSaid', (from) => inChange({ from, fromSaid: from })],
  ['change.to and toSaid', (to) => inChange({ to, toSaid: to })],
  ['change.note', (note) => inChange({ note })],
  ['evidence.kind', (kind) => inEvidence({ kind })],
  ['evidence.subject', (subject) => inEvidence({ subject })],
  ['evidence.reference', (reference) => inEvidence({ reference })],
  ['evidence.note', (note) => inEvidence({ note })],
  ['act.act', (text) => inAct({ act: text })],
  ['act.id', (id) => inAct({ id })],
  ['act.irreversible', (irreversible) => inAct({ irreversible })],
  ['act.note', (note) => inAct({ note })],
  ['plan.residual', (text) => inPlan({ residual: [text] })],
  ['plan.ongoing', (text) => inPlan({ ongoing: [text] })],
  ['plan.hash', (hash) => inPlan({ hash })],
  ['plan.plannedAt', (plannedAt) => inPlan({ plannedAt })],
  ['drift', (text) => ({ ...incident, drift: [text] })],
  ['reason', (reason) => ({ ...incident, reason })],
  ['because', (because) => ({ ...incident, because })],
  ['openedBy', (openedBy) => ({ ...incident, openedBy })],
  ['approval.by', (by) => ({ ...incident, approval: incident.approval && { ...incident.approval, by } })],
  ['incident.id', (id) => ({ ...incident, id })],
  ['incident.case', (text) => ({ ...incident, case: text })],
  ['incident.playbook', (playbook) => ({ ...incident, playbook })],
];

/** The same of a finding that no playbook acts on, with the reason. */
export const toldFields: readonly Field<{ readonly finding: Finding; readonly reason: string }>[] = [
  ['told finding.id', (id) => ({ finding: { ...finding, id }, reason: 'none' })],
  ['told finding.type', (type) => ({ finding: { ...finding, type }, reason: 'none' })],
  ['told finding.title', (title) => ({ finding: { ...finding, title }, reason: 'none' })],
  ['told finding.account', (account) => ({ finding: { ...finding, account, resources: [] }, reason: 'none' })],
  ['told finding.region', (region) => ({ finding: { ...finding, region }, reason: 'none' })],
  ['told resource.id', (id) => ({ finding: { ...finding, resources: [{ ...resource, id }] }, reason: 'none' })],
  ['told resource.type', (type) => ({ finding: { ...finding, resources: [{ ...resource, type }] }, reason: 'none' })],
  ['told reason', (reason) => ({ finding, reason })],
];
