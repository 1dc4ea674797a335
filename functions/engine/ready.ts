// Everything before the first hold: admission, plan, rails, approval. Nothing here changes anything on AWS but to ask for evidence.
import type { Disposition } from '../../playbooks/language/answer.ts';
import { same } from '../../playbooks/language/json.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import { admitted } from '../rails/admission.ts';
import { forereadBudgets, type Proposed, type Railable, railsBeforeHold, withheldIn } from '../rails/before-hold.ts';
import { type Decision, saidDecision, stricter, strictest } from '../rails/decision.ts';
import { type SwitchState, switchRail, switchState } from '../rails/switch.ts';
import { isApproved } from './answer.ts';
import { type Engine, playbookNamed } from './engine.ts';
import { type Incident, type IncidentChange, isOver, updateIncident } from './incident.ts';
import { append, forereadJournal } from './journal.ts';
import { type DraftPlan, type Foreseen, lookAndPlan } from './plan.ts';
import { recordEvidence, requestEvidence } from './preserve.ts';
import { insisting, isBySilence, questionFor } from './question.ts';
import { withRequests } from './requests.ts';
import { comeAgain, isDeferred, looksAgain } from './turn.ts';

/** After this many differing plans a person has something better to do than approve a moving target. */
const askedMax = 2;

export const isEvidenceOnly = (engine: Engine, incident: Incident): boolean =>
  playbookNamed(engine, incident.playbook).containment === 'evidence';

/** Ends an incident that holds nothing, in words. */
export const end = async (engine: Engine, id: string, outcome: Outcome, reason: string): Promise<Incident> => {
  const endedAt = engine.now().toISOString();
  const ended = await updateIncident(engine, id, (incident) =>
    incident.phase === 'ended' ? incident : { ...incident, phase: 'ended', outcome, reason, endedAt },
  );
  await append(engine, id, [{ step: 'ended', attempt: ended.attempts, result: `${outcome}: ${reason}` }]);
  engine.report({ incident: id, step: 'ended', text: `${outcome}: ${reason}` });
  return ended;
};

export const sameChange = (a: Pick<IncidentChange, 'as' | 'id'>, b: Pick<IncidentChange, 'as' | 'id'>): boolean =>
  a.as === b.as && a.id === b.id;

/** A plan once recorded stays; what came since (an interface attached later) is added to it, never anything taken away. */
const recordAdded = (engine: Engine, id: string, { changes }: DraftPlan): Promise<Incident> =>
  updateIncident(engine, id, (incident) => {
    const added = changes.filter((change) => !incident.changes.some((known) => sameChange(known, change)));
    return added.length === 0 ? incident : { ...incident, changes: [...incident.changes, ...added] };
  });

/** From its plan on record to its first hold there is nothing more to decide. */
export const begun = (incident: Incident, now: Date): Incident => ({
  ...incident,
  phase: 'containing',
  wroteAt: now.toISOString(),
});

const planSaid = ({ changes, acts }: DraftPlan): string =>
  [
    ...changes.map(({ setting, id, fromSaid, toSaid }) => `${setting} ${id}: ${fromSaid} → ${toSaid}`),
    ...acts.map(({ act, id }) => `${act} ${id}, irreversible`),
  ].join('; ') || 'evidence only';

/** `foreseen`: what was seen of its settings just now. */
type Ready = { readonly go: Incident; readonly foreseen?: readonly Foreseen[] } | { readonly stop: Incident };

/** A look that began before the incident's turn was on record: it reads only. */
export type Foresight = {
  readonly incident: Incident;
  readonly look: ReturnType<typeof lookAtNow>;
  readonly position: Promise<SwitchState>;
};

const lookAtNow = (engine: Engine, incident: Incident) =>
  withRequests(() => lookAndPlan(engine, incident, engine.now().toISOString()));

/** Nobody has answered, and nothing rose: whoever calls again changes nothing. */
const waits = ({ phase, disposition, approval }: Incident): boolean =>
  phase === 'waiting' && disposition === 'ask' && !approval;

/**
 * Begins to look, and to read what the rails will ask for, where the incident is still to be begun.
 * @throws where nothing has admitted it.
 */
export const foreseeing = (engine: Engine, incident: Incident): Foresight | undefined => {
  const begins = incident.phase === 'new' || (incident.phase === 'waiting' && !waits(incident));
  if (!begins) return undefined;
  admitted(incident, playbookNamed(engine, incident.playbook).resource);
  forereadJournal(engine.ledger, incident.id);
  forereadBudgets(engine, incident);
  return { incident, look: lookAtNow(engine, incident), position: switchState(engine.config, engine.readSwitch) };
};

/** Evidence is asked for before a person is; where it is all that is asked about, that would be the answer. */
const whileWaiting = async (engine: Engine, incident: Incident): Promise<Ready> => ({
  stop: isEvidenceOnly(engine, incident)
    ? incident
    : await recordEvidence(engine, incident.id, await requestEvidence(engine, incident)),
});

/** Said of a question that somebody had answered already. */
export const planChanged = 'the plan is not the one that was shown any more';

/** Approval binds to what would be changed, from which value. A plan that differs asks anew; the same one goes on waiting as it did. */
const approved = async (engine: Engine, incident: Incident, before: Incident): Promise<Ready> => {
  if (incident.disposition !== 'ask' || isApproved(engine, incident)) return { go: incident };
  const { approval, plan, because, rails } = incident;
  const anew = before.phase !== 'waiting' || before.plan?.hash !== plan?.hash;
  // What the event rails said stands in `because`.
  const asking = rails.filter((one) => one.do === 'ask').map(saidDecision);
  const changed = approval !== null && approval.hash !== plan?.hash ? [planChanged] : [];
  const why = [because, ...asking.filter((words) => !because.includes(words)), ...changed].join('; ');
  if (anew && incident.asked >= askedMax) {
    const words = `The plan changed ${askedMax} times while a person was asked: ${why}. Contain it by hand.`;
    return { stop: await end(engine, incident.id, 'refused', words) };
  }
  const isRequired = playbookNamed(engine, incident.playbook).approval === 'required';
  const waiting = await updateIncident(engine, incident.id, (latest) =>
    // A finding that need not ask may have come while this was weighed.
    latest.disposition !== 'ask' || isOver(latest)
      ? latest
      : {
          ...latest,
          phase: 'waiting',
          outcome: 'waiting',
          reason: `Waiting for approval: ${why}`,
          approval: null,
          turn: null,
          asked: latest.asked + (anew ? 1 : 0),
          question: anew ? questionFor(latest, engine.config, isRequired, engine.now()) : latest.question,
        },
  );
  return waiting.phase === 'waiting' ? whileWaiting(engine, waiting) : ready(engine, waiting.id);
};

/** How an incident ends that a rail does not let through. */
const endOf: Readonly<Record<Exclude<Disposition, 'contain' | 'ask'>, Outcome>> = {
  plan: 'planned',
  tell: 'refused',
  ignore: 'ignored',
};

/** What is under way goes no further while the switch is not on. What stands is verified and told as it is. */
const halted = async (engine: Engine, incident: Incident, position: SwitchState): Promise<Ready> => {
  const result = switchRail(position).map(saidDecision).join('; ');
  await append(engine, incident.id, [{ step: 'halted', attempt: incident.attempts, result }]);
  engine.report({ incident: incident.id, step: 'halted', text: result });
  return {
    stop: await updateIncident(engine, incident.id, (before) => ({
      ...before,
      phase: isOver(before) ? before.phase : 'holding',
      turn: null,
      // Nothing is still to come: a workflow that waited for it would never end.
      changes: before.changes.map((change) =>
        isDeferred(change) ? { ...change, state: 'failed', note: result, failure: result } : change,
      ),
      evidence: before.evidence.map((item) =>
        item.state === 'planned' ? { ...item, state: 'failed', note: `Not asked for: ${result}` } : item,
      ),
    })),
  };
};

/** What is under way or holds goes on by the plan on record, and by what came since. */
const goOn = async (engine: Engine, incident: Incident, position: SwitchState): Promise<Ready> => {
  if (position !== 'on') return halted(engine, incident, position);
  // It comes for what there was no room for; verification looks for what came since.
  if (incident.changes.some(isDeferred)) return { go: incident };
  const plannedAt = incident.plan?.plannedAt ?? engine.now().toISOString();
  try {
    const planned = await lookAndPlan(engine, incident, plannedAt);
    if (!('draft' in planned)) return { go: incident };
    const { draft } = planned;
    const news = draft.changes.filter((change) => !incident.changes.some((known) => sameChange(known, change)));
    if (news.length === 0) return { go: incident };
    const extended = await recordAdded(engine, incident.id, draft);
    await notePlan(engine, extended, { ...draft, changes: news }, []);
    return { go: extended };
  } catch (error) {
    // What is on record is enough to go on; without a record there is nothing to go by.
    if (incident.plan) return { go: incident };
    throw error;
  }
};

const notePlan = async (
  engine: Engine,
  { id, attempts, plan }: Pick<Incident, 'id' | 'attempts' | 'plan'>,
  draft: DraftPlan,
  rails: readonly Decision[],
): Promise<void> => {
  const text = planSaid(draft);
  await append(engine, id, [
    { step: 'planned', attempt: attempts, to: plan?.hash ?? '', result: text },
    ...rails.map((one) => ({ step: 'rail', subject: one.rule, attempt: attempts, to: one.do, result: one.reason })),
  ]);
  engine.report({ incident: id, step: 'plan', text });
};

/** Nothing is decided yet: plans, asks every rail, and records both before anything else. */
const begin = async (
  engine: Engine,
  incident: Incident,
  reading: Promise<SwitchState>,
  foresight: Foresight | undefined,
): Promise<Ready> => {
  const { id } = incident;
  // A person may have taken hours to answer: what is dated has to meet what came meanwhile. So it does where the finding became another.
  const isForeseen = foresight && same(foresight.incident.finding, incident.finding);
  const look = await (isForeseen ? foresight.look : lookAtNow(engine, incident));
  // Also where it only left something out for want of room: a gap in the look may make all the difference.
  if (looksAgain(incident, look)) return { stop: await comeAgain(engine, incident, 'contain', look.refused) };
  if ('error' in look) throw look.error;
  const planned = look.value;
  if (!('draft' in planned)) {
    const words = 'gone' in planned ? planned.gone : planned.refused;
    const outcome = 'gone' in planned ? 'failed' : 'refused';
    return { stop: await end(engine, id, incident.disposition === 'plan' ? 'planned' : outcome, words) };
  }
  const { far, reason, decisions, draft, insists } = await judged(engine, incident, planned, await reading);
  const recording = updateIncident(engine, id, (before) => {
    if (before.phase !== 'new' && before.phase !== 'waiting') return before;
    const disposition = far === 'contain' || far === 'ask' || far === 'plan' ? far : before.disposition;
    const approval = insists && isBySilence(before) ? null : before.approval;
    const next = { ...before, ...draft, rails: decisions, disposition, approval };
    return far === 'contain' && !insists ? begun(next, engine.now()) : next;
  });
  const [recorded] = await Promise.all([
    recording,
    notePlan(engine, { id, attempts: incident.attempts, plan: draft.plan }, draft, decisions),
  ]);
  if (isOver(recorded)) return { stop: recorded };
  if (insists && !recorded.approval)
    return {
      stop: await end(engine, id, 'expired', `Nobody answered, and nothing was changed. ${saidDecision(insists)}`),
    };
  const letThrough = far === 'contain' || far === 'ask';
  const foreseen = recorded.plan === draft.plan ? planned.foreseen : [];
  // It is begun; or another execution was faster, and what that does isn't undone by a word.
  if (recorded.phase !== 'new' && recorded.phase !== 'waiting')
    return letThrough ? { go: recorded, foreseen } : { stop: recorded };
  if (letThrough) {
    const decided = await approved(engine, recorded, incident);
    return 'go' in decided && decided.go === recorded ? { go: recorded, foreseen } : decided;
  }
  return { stop: await end(engine, id, endOf[far], reason) };
};

/**
 * How far the strictest of all rails lets it go, those of the event included. What can't be undone is approved, whoever asks for it.
 * `insists` says which of them wants a person's word where nobody answered.
 */
export const judged = async (engine: Engine, incident: Railable, proposed: Proposed, position: SwitchState) => {
  const { approval } = playbookNamed(engine, incident.playbook);
  const disposition = approval === 'required' && incident.disposition === 'contain' ? 'ask' : incident.disposition;
  const { decisions, withheld } = await railsBeforeHold(engine, { ...incident, disposition }, proposed, position);
  const verdict = strictest(decisions);
  const stops = verdict && stricter(verdict.do, disposition) > 0 ? verdict : undefined;
  const wants = strictest(insisting([...(incident.admission?.rails ?? []), ...decisions]));
  return {
    far: stops?.do ?? disposition,
    reason: stops ? saidDecision(stops) : incident.because,
    decisions,
    draft: withheldIn(engine, incident, proposed.draft, withheld),
    insists: !stops && isBySilence(incident) && wants?.do === 'ask' ? wants : undefined,
  };
};

/** Everything before the first hold: what is to be done, whether it may be done. */
export const ready = async (engine: Engine, id: string, foresight?: Foresight): Promise<Ready> => {
  const incident = await updateIncident(engine, id, (before) => {
    const { resource } = playbookNamed(engine, before.playbook);
    return isOver(before) ? before : { ...admitted(before, resource), attempts: before.attempts + 1 };
  });
  if (isOver(incident)) return { stop: incident };
  const reading = foresight?.position ?? switchState(engine.config, engine.readSwitch);
  if (incident.phase === 'containing' || incident.phase === 'holding') return goOn(engine, incident, await reading);
  if (!waits(incident)) return begin(engine, incident, reading, foresight);
  // Evidence makes something as well; where nobody can tell how the switch stands, a person is asked, and evidence goes before the question.
  const position = await reading;
  return position === 'off' || position === 'observe' ? { stop: incident } : whileWaiting(engine, incident);
};
