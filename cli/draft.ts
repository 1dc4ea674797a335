// A draft: what would be done now, as the plan and the rails have it. Looked at and shown before a person decides; nothing is written.
import { askingRails } from '../functions/engine/answer.ts';
import { type Engine, playbookNamed } from '../functions/engine/engine.ts';
import { type Foreseen, foresee } from '../functions/engine/foresee.ts';
import { expectedIncident, type Incident, incidentKey } from '../functions/engine/incident.ts';
import type { Judged } from '../functions/engine/judge.ts';
import { makePlan } from '../functions/engine/plan.ts';
import type { Admission } from '../functions/rails/admission.ts';
import { saidDecision } from '../functions/rails/decision.ts';
import { switchRail, switchState } from '../functions/rails/switch.ts';
import type { Finding } from '../playbooks/language/finding.ts';
import type { Outcome } from '../playbooks/language/outcome.ts';
import type { Target } from '../playbooks/language/resource.ts';
import { showPlan } from './plan-view.ts';
import type { Told } from './result.ts';
import { paragraph, type Screen } from './screen.ts';

/** What is wanted, as far as the rails of the way in let it go: one playbook on one resource. */
export interface Intent {
  readonly playbook: string;
  readonly target: Target;
  readonly options: Readonly<Record<string, string>>;
  readonly finding: Finding | null;
  readonly because: string;
  readonly openedBy: string;
  readonly way: Admission['way'];
  readonly disposition: Incident['disposition'];
  readonly eventRails: Judged['rails'];
}

/** What it would come to now. Where an incident is open already, that one is gone on with. */
export interface Draft extends Foreseen {
  readonly intent: Intent;
  readonly id: string;
  readonly open: Incident | undefined;
  readonly plannedAt: string;
}

/** Whether the incident is under way: what it was asked for has been decided, so nobody is asked again. */
export const isDecided = (incident: Incident | undefined): boolean =>
  incident !== undefined && incident.phase !== 'new' && incident.phase !== 'waiting';

/** How it was let in. */
export const admissionOf = ({ way, disposition, eventRails }: Intent, at: string): Admission => ({
  at,
  way,
  do: disposition,
  rails: eventRails,
});

/**
 * Looks and plans, and asks every rail; writes nothing anywhere. `as` is how it would be carried out: what acts without asking is weighed
 * against the budgets, what a person is asked about is not.
 */
export const draftOf = async (engine: Engine, intent: Intent, as: Incident['disposition']): Promise<Draft> => {
  const { playbook, because } = intent;
  const { id, open } = await expectedIncident(
    engine,
    incidentKey(playbookNamed(engine, playbook).resource, intent.target, playbook),
  );
  const { target, options, finding } = open ?? intent;
  const at = engine.now().toISOString();
  const planned = { id, playbook, target, options, finding };
  if (isDecided(open)) {
    const plannedAt = open?.plan?.plannedAt ?? at;
    const rails = switchRail(await switchState(engine.config, engine.readSwitch));
    const planning = await makePlan(engine, planned, plannedAt);
    return { intent, id, open, plannedAt, planning, rails, far: 'contain', reason: because };
  }
  const { phase, admission } = open ?? { phase: 'new' as const, admission: admissionOf(intent, at) };
  const foreseen = await foresee(
    engine,
    { ...planned, disposition: as, because, phase, admission, approval: null },
    at,
  );
  return { ...foreseen, intent, id, open, plannedAt: at };
};

const nothing = { plan: null, changes: [], acts: [], evidence: [] };

/** A draft in the form in which incidents are told: nothing of it is on record. */
export const toldOf = (draft: Draft, outcome: Outcome, reason: string): Told => {
  const { intent, open, id, planning, rails, plannedAt } = draft;
  return {
    ...nothing,
    ...('plan' in planning && planning),
    id,
    playbook: intent.playbook,
    target: open?.target ?? intent.target,
    options: open?.options ?? intent.options,
    finding: open?.finding ?? intent.finding,
    admission: admissionOf(intent, plannedAt),
    rails,
    drift: [],
    outcome,
    reason,
  };
};

/** In the form in which an answer is weighed. */
export const answerableOf = (draft: Draft) => {
  const { intent, open, id, rails, plannedAt } = draft;
  const { playbook, finding, openedBy } = intent;
  return { id, playbook, finding, openedBy, admission: admissionOf(intent, plannedAt), ...open, rails };
};

/** The rails that want a person's word for it. */
export const askingOf = (draft: Draft): ReturnType<typeof askingRails> => {
  const { intent, plannedAt, rails } = draft;
  return askingRails({ admission: admissionOf(intent, plannedAt), rails });
};

type Dry = { readonly outcome: Outcome; readonly reason: string };

/** What a dry run has to say. */
export const dryOutcome = (draft: Draft): Dry => {
  const { planning, far, reason } = draft;
  if ('gone' in planning) return { outcome: 'failed', reason: planning.gone };
  if ('refused' in planning) return { outcome: 'refused', reason: planning.refused };
  if (far === 'tell') return { outcome: 'refused', reason };
  if (far === 'ignore') return { outcome: 'ignored', reason };
  const plain = 'This is the plan; nothing was written.';
  if (far === 'plan') return { outcome: 'planned', reason: `${plain} It would go no further: ${reason}` };
  const asking = isDecided(draft.open) ? [] : askingOf(draft).map(saidDecision);
  const once = [...new Set(asking)].join('; ');
  return { outcome: 'planned', reason: once ? `${plain} It would wait for an approval: ${once}` : plain };
};

interface Showing {
  readonly engine: Engine;
  readonly screen: Screen;
}

/** Shows what would be done, or why nothing would. */
export const showDraft = ({ engine, screen }: Showing, draft: Draft): void => {
  const { outcome, reason } = dryOutcome(draft);
  const told = toldOf(draft, outcome, reason);
  const playbook = playbookNamed(engine, told.playbook);
  if (draft.open && isDecided(draft.open)) {
    const differing = told.changes.filter(({ fromSaid, toSaid }) => fromSaid !== toSaid);
    const state = draft.open.outcome ?? draft.open.phase;
    const news = differing.length > 0 ? 'is gone on with' : 'stands as it is';
    paragraph(screen, '', `Incident ${draft.open.id} is open already (${state}) and ${news}.`);
    if (differing.length > 0) showPlan(screen, playbook, { ...told, changes: differing, evidence: [], plan: null });
  } else showPlan(screen, playbook, told);
  // What a rail says stands there already.
  if (!('plan' in draft.planning)) paragraph(screen, '  ', `${outcome}: ${reason}`);
};
