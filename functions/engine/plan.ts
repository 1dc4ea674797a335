// The plan: what a playbook proposes, with what each setting reads now. Reads only; nothing here changes anything on AWS.
import { createHash } from 'node:crypto';
import { type Aws, type Gone, gone } from '../../playbooks/language/aws.ts';
import { canonical, type Json } from '../../playbooks/language/json.ts';
import {
  type Bearing,
  type Change,
  isRefusal,
  type Playbook,
  type Proposal,
} from '../../playbooks/language/playbook.ts';
import { forereadShare } from '../rails/share.ts';
import { type Engine, playbookNamed, whatAwsSaid } from './engine.ts';
import { foreseen, type Held, type Look, readHold } from './hold.ts';
import type { Incident, IncidentAct, IncidentChange, IncidentEvidence, Plan } from './incident.ts';
import { sharingReads } from './requests.ts';

export interface DraftPlan {
  readonly plan: Plan;
  readonly changes: readonly IncidentChange[];
  readonly acts: readonly IncidentAct[];
  readonly evidence: readonly IncidentEvidence[];
}

type NoPlan = { readonly refused: string } | { readonly gone: string };
export type Planning = DraftPlan | NoPlan;

/** What planning needs to know of an incident; a dry run has no more than this. */
export type Planned = Pick<Incident, 'id' | 'playbook' | 'target' | 'options' | 'finding'>;

export const settingOf = (playbook: Playbook, as: string) => {
  const found = playbook.settings[as];
  if (!found)
    throw new Error(`The playbook '${playbook.title}' declares no setting '${as}'. A newer version made this plan.`);
  return found;
};

/** The options with the playbook's defaults; every choice is checked. */
export const optionsFor = (playbook: Playbook, chosen: Readonly<Record<string, string>>): Record<string, string> => {
  for (const [name, value] of Object.entries(chosen)) {
    const choices = playbook.options[name];
    if (!choices)
      throw new Error(
        `There is no option '${name}'. There are: ${Object.keys(playbook.options).join(', ') || 'none'}.`,
      );
    if (!choices.includes(value))
      throw new Error(`Option '${name}' can't be '${value}'. It can be: ${choices.join(', ')}.`);
  }
  return Object.fromEntries(
    Object.entries(playbook.options).map(([name, choices]) => [name, chosen[name] ?? choices[0]]),
  );
};

/** What was seen of a setting when its change was planned. */
export interface Foreseen {
  readonly change: Pick<IncidentChange, 'as' | 'id'>;
  readonly look: Look;
}

type Seen = { readonly change: IncidentChange; readonly look?: Look | undefined };

/** Reads a setting, and side by side what is on record of it. */
const lookAt = async (
  engine: Engine,
  held: Held,
  read: () => Promise<Json | Gone>,
): Promise<{ readonly from: Json | Gone; readonly look: Look | undefined }> => {
  const asked = engine.now();
  const [from, hold] = await Promise.all([read(), readHold(engine, held).catch(() => undefined)]);
  return { from, look: hold && foreseen(hold, { asked, value: from }) };
};

const planChange = async (engine: Engine, playbook: Playbook, aws: Aws, change: Change): Promise<Seen> => {
  const setting = settingOf(playbook, change.setting);
  const { id, to, effect, release, dated } = change;
  const toSaid = setting.say(to);
  const base = { as: change.setting, setting: setting.name, id, to, toSaid, effect, release, dated, failure: '' };
  try {
    const { from, ...seen } = await lookAt(engine, { setting, id, aws }, () => setting.read(aws, id));
    const read: IncidentChange =
      from === gone
        ? { ...base, from: null, fromSaid: 'gone', state: 'gone', note: 'It is not there any more.' }
        : { ...base, from, fromSaid: setting.say(from), state: 'planned', note: '' };
    return { ...seen, change: read };
  } catch (error) {
    const note = `Could not be read: ${whatAwsSaid(error)}`;
    return { change: { ...base, from: null, fromSaid: 'unreadable', state: 'planned', note } };
  }
};

const hashOf = (
  { playbook, target }: Planned,
  changes: readonly IncidentChange[],
  acts: readonly IncidentAct[],
): string =>
  createHash('sha256')
    .update(
      canonical([
        playbook,
        { type: target.type, id: target.id, account: target.account, region: target.region },
        changes.map(({ setting, id, from, to, dated }) => ({
          setting,
          id,
          from,
          to: dated ? 'as of the writing' : to,
        })),
        acts.map(({ act, id, detail }) => ({ act, id, detail })),
      ]),
    )
    .digest('hex');

/** What the playbook proposes, from a fresh look at the resource. */
export const propose = async (
  engine: Engine,
  incident: Planned,
  plannedAt: string,
): Promise<Proposal | { readonly refused: string } | { readonly gone: string }> => {
  const playbook = playbookNamed(engine, incident.playbook);
  const { target, options, finding } = incident;
  const seen = await playbook.observe(target, engine.aws(target, incident.id, 'read'), options);
  if (seen === gone) {
    const where = playbook.resource.scope === 'global' ? '' : ` in ${target.region}`;
    return { gone: `There is no ${playbook.resource.noun} ${target.id} in account ${target.account}${where}.` };
  }
  if (isRefusal(seen)) return seen;
  return playbook.propose(seen, { incident: incident.id, plannedAt, options, target, ...(finding && { finding }) });
};

/** A plan, what it would bear upon, and what was seen of its settings so that their holds can be taken without looking again. */
export interface PlannedLook {
  readonly draft: DraftPlan;
  readonly bearing: Bearing;
  readonly foreseen: readonly Foreseen[];
}

/** Looks, proposes, and reads every setting that would change: the plan as a person is shown it, and what it would bear upon. */
export const lookAndPlan = async (
  engine: Engine,
  incident: Planned,
  plannedAt: string,
): Promise<PlannedLook | NoPlan> => {
  const playbook = playbookNamed(engine, incident.playbook);
  const proposal = await propose(engine, incident, plannedAt);
  if ('refused' in proposal || 'gone' in proposal) return proposal;
  const reader = engine.aws(incident.target, incident.id, 'read');
  for (const share of proposal.bearing.shares) forereadShare(engine.ledger, incident.target, share);
  const seen = await sharingReads(() =>
    Promise.all(proposal.changes.map((change) => planChange(engine, playbook, reader, change))),
  );
  const changes = seen.map(({ change }) => change);
  const acts = proposal.acts.map(
    ({ act, id, detail }): IncidentAct => ({
      as: act,
      act: playbook.acts[act]?.name ?? act,
      id,
      detail,
      irreversible: playbook.acts[act]?.irreversible ?? '',
      state: 'planned',
      note: '',
    }),
  );
  if (
    playbook.containment !== 'evidence' &&
    acts.length === 0 &&
    !changes.some(({ effect }) => effect === 'containing')
  )
    return { refused: `There is nothing to contain on ${incident.target.id}: the playbook found no setting to turn.` };
  const evidence = proposal.evidence.map(
    ({ kind, subject, detail }): IncidentEvidence => ({
      as: kind,
      kind: playbook.evidence[kind]?.name ?? kind,
      subject,
      detail,
      reference: '',
      state: 'planned',
      note: '',
    }),
  );
  const settleSeconds = Math.max(0, ...changes.map(({ as }) => settingOf(playbook, as).settleSeconds));
  const { residual, ongoing, bearing } = proposal;
  const plan: Plan = { plannedAt, hash: hashOf(incident, changes, acts), settleSeconds, residual, ongoing };
  const looks = seen.flatMap(({ change, look }) => (look ? [{ change, look }] : []));
  return { draft: { plan, changes, acts, evidence }, bearing, foreseen: looks };
};

/** The plan alone, for whoever only shows it. */
export const makePlan = async (engine: Engine, incident: Planned, plannedAt: string): Promise<Planning> => {
  const planned = await lookAndPlan(engine, incident, plannedAt);
  return 'draft' in planned ? planned.draft : planned;
};
