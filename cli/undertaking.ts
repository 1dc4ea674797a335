// Carrying something out by hand: the plan drafted, a person asked, the workflow run on this machine with real waits.
import { runWorkflow, type Surroundings } from '../functions/adapters/workflow.ts';
import { askHandler } from '../functions/ask.ts';
import { closeHandler } from '../functions/close.ts';
import { approve, approverOf } from '../functions/engine/answer.ts';
import { type Engine, playbookNamed } from '../functions/engine/engine.ts';
import type { ReleaseMode } from '../functions/engine/hold.ts';
import {
  type Approval,
  expectedIncident,
  type Incident,
  incidentKey,
  openIncident,
  readIncident,
  updateIncident,
} from '../functions/engine/incident.ts';
import { append } from '../functions/engine/journal.ts';
import { makePlan, type Planning } from '../functions/engine/plan.ts';
import { playbookHandler, type Summary } from '../functions/playbook.ts';
import { admitRelease } from '../functions/rails/admission.ts';
import type { Finding } from '../playbooks/language/finding.ts';
import type { Outcome } from '../playbooks/language/outcome.ts';
import type { Target } from '../playbooks/language/resource.ts';
import { showPlan } from './plan-view.ts';
import type { ProgressLines } from './progress.ts';
import type { Told } from './result.ts';
import { jsonText, paragraph, type Screen } from './screen.ts';
import { sentence } from './trouble.ts';
import type { World } from './world.ts';

/** What is wanted: one playbook on one resource. */
export interface Intent {
  readonly playbook: string;
  readonly target: Target;
  readonly options: Readonly<Record<string, string>>;
  readonly finding: Finding | null;
  readonly because: string;
  readonly openedBy: string;
}

/** The plan as it would be now. Where an incident is open already, that one is gone on with. */
export interface Draft {
  readonly intent: Intent;
  readonly id: string;
  readonly open: Incident | undefined;
  readonly plannedAt: string;
  readonly planning: Planning;
}

export interface Undertaking {
  readonly world: World;
  readonly engine: Engine;
  /** Where plans and results go: stdout, or stderr where that is for JSON alone. */
  readonly screen: Screen;
  readonly progress: ProgressLines;
  readonly json: boolean;
  /** Every question is answered with yes beforehand. */
  readonly yes: boolean;
}

/** Looks and plans; writes nothing anywhere. */
export const draftOf = async (engine: Engine, intent: Intent): Promise<Draft> => {
  const { resource } = playbookNamed(engine, intent.playbook);
  const { id, open } = await expectedIncident(engine, incidentKey(resource, intent.target, intent.playbook));
  const { target, options, finding } = open ?? intent;
  const plannedAt = (isDecided(open) ? open?.plan?.plannedAt : undefined) ?? engine.now().toISOString();
  const planned = { id, playbook: intent.playbook, target, options, finding };
  return { intent, id, open, plannedAt, planning: await makePlan(engine, planned, plannedAt) };
};

const nothing = { plan: null, changes: [], acts: [], evidence: [] };

/** A draft in the form in which incidents are told: nothing of it is on record. */
export const toldOf = ({ intent, open, id, planning }: Draft, outcome: Outcome, reason: string): Told => ({
  ...nothing,
  ...('plan' in planning && planning),
  id,
  playbook: intent.playbook,
  target: open?.target ?? intent.target,
  options: open?.options ?? intent.options,
  finding: open?.finding ?? intent.finding,
  drift: [],
  outcome,
  reason,
});

/** What a dry run has to say. */
export const dryOutcome = ({ planning }: Draft): Pick<Told, 'outcome' | 'reason'> & { outcome: Outcome } => {
  if ('gone' in planning) return { outcome: 'failed', reason: planning.gone };
  if ('refused' in planning) return { outcome: 'refused', reason: planning.refused };
  return { outcome: 'planned', reason: 'This is the plan; nothing was written.' };
};

/** Shows what would be done, or why nothing would. */
export const showDraft = ({ engine, screen }: Undertaking, draft: Draft): void => {
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
  if (outcome !== 'planned') paragraph(screen, '  ', `${outcome}: ${reason}`);
};

/** Whether the incident is under way: what it was asked for has been decided, so nobody is asked again. */
export const isDecided = (incident: Incident | undefined): boolean =>
  incident !== undefined && incident.phase !== 'new' && incident.phase !== 'waiting';

const says = (answer: string): boolean => /^y(es)?$/i.test(answer.trim());

/** One question at a time, however many incidents wait for an answer. */
let questions: Promise<unknown> = Promise.resolve();
export const asked = ({ world, progress }: Undertaking, question: string, before = () => {}): Promise<boolean> => {
  const answer = questions.then(() =>
    progress.quietly(async () => {
      before();
      return says(await world.ask(`\n${question} [y/N] `));
    }),
  );
  questions = answer.catch(() => false);
  return answer;
};

/** Why the workflow asks in the middle: the plan is not the one that was shown, or something else wants a person to look. */
const whyAsked = ({ reason, because, asked: times }: Incident): string =>
  times > 1 || reason === `Waiting for approval: ${because}`
    ? 'The plan is not the one that was shown any more.'
    : sentence(reason);

/** Thrown where nobody can be asked: nobody has denied it either, so it goes on waiting for whoever answers it. */
const stillWaits = 'StillWaits';

const askAgain = async (undertaking: Undertaking, id: string): Promise<unknown> => {
  const { world, engine, screen } = undertaking;
  const denied = (cause: string) => Object.assign(new Error(cause), { name: 'Denied' });
  const incident = await readIncident(engine, id);
  if (!incident) throw denied(`Incident ${id} is missing from the ledger.`);
  const why = whyAsked(incident);
  const shown = { by: engine.actor, ...(incident.plan && { hash: incident.plan.hash }) };
  if (undertaking.yes) {
    engine.report({ incident: id, step: 'approved', text: `${why} Approved by --yes.` });
    return approve(engine, id, shown);
  }
  const show = () => {
    screen.line();
    paragraph(screen, '', why);
    showPlan(screen, playbookNamed(engine, incident.playbook), incident);
  };
  if (!world.interactive) {
    show();
    throw Object.assign(new Error(`${why} There is no terminal to ask at.`), { name: stillWaits });
  }
  if (await asked(undertaking, 'Contain it by this plan?', show)) return approve(engine, id, shown);
  throw denied('Denied at the terminal; nothing was written.');
};

/** Says what would else look like standing still. */
const sayWait = (engine: Engine, { incident, playbook, status, settleSeconds, waitSeconds }: Summary): void => {
  const say = (text: string) => engine.report({ incident, step: 'waiting', text });
  if (status === 'settle' && settleSeconds > 0)
    say(`${settleSeconds} s for AWS to settle, then everything is read again`);
  if (status === 'evidence')
    say(
      `${waitSeconds} s for evidence; ${playbook} is done with the rest. Ctrl-C is safe: 'firebreak check ${incident}' goes on`,
    );
};

const surroundings = (undertaking: Undertaking): Surroundings => {
  const { world, engine } = undertaking;
  return {
    now: engine.now,
    ...(world.wait && { wait: world.wait }),
    invoke: async (functionName, payload) => {
      if (functionName === 'firebreak-close') {
        const { Error: caught } = (payload.error ?? {}) as { readonly Error?: string };
        return caught === stillWaits
          ? { incident: payload.incident, outcome: 'waiting' }
          : closeHandler(engine)(payload);
      }
      if (functionName === 'firebreak-ask') {
        await askHandler(engine)(payload);
        return askAgain(undertaking, String(payload.incident));
      }
      const summary = await playbookHandler(engine)(payload);
      sayWait(engine, summary);
      return summary;
    },
  };
};

const ended = async ({ engine }: Undertaking, id: string, error: string): Promise<Incident> => {
  const incident = await readIncident(engine, id);
  if (!incident) throw new Error(`Incident ${id} is missing from the ledger.`);
  return incident.outcome ? incident : { ...incident, outcome: 'failed', reason: error };
};

/**
 * How a person has decided: by the plan that was shown, whatever it is by the time ('contain'), or by that plan alone ('ask').
 * Nobody has decided what a finding does by itself.
 */
export interface Decision {
  readonly disposition: Incident['disposition'];
  readonly approved: boolean;
}

/** Runs the workflow of an incident that is on record to its outcome. */
export const goOn = async (undertaking: Undertaking, { id, playbook }: Incident): Promise<Incident> => {
  const { error } = await runWorkflow('respond', { incident: id, playbook }, surroundings(undertaking));
  return ended(undertaking, id, error);
};

/** Opens the incident, or goes on with the open one, and runs it to its outcome. */
export const carryOut = async (
  undertaking: Undertaking,
  { intent, plannedAt, planning }: Draft,
  { disposition, approved }: Decision,
): Promise<Incident> => {
  const { engine } = undertaking;
  const { playbook, target, options, finding, because, openedBy } = intent;
  const at = engine.now().toISOString();
  const approval: Approval | null =
    approved && 'plan' in planning
      ? { hash: planning.plan.hash, plannedAt, by: approverOf(engine.actor) ?? engine.actor, at }
      : null;
  const { incident, opened } = await openIncident(engine, {
    key: incidentKey(playbookNamed(engine, playbook).resource, target, playbook),
    playbook,
    target,
    options,
    disposition,
    because,
    finding,
    openedBy,
    approval,
  });
  const subject = finding ? `${finding.id} ${finding.updatedAt}` : at;
  const step = opened ? 'opened' : 'seen again';
  await append(engine, incident.id, [
    { step, subject, attempt: 0, result: finding ? `${finding.type}: ${because}` : because },
  ]);
  // One that waits for an answer gets this one.
  if (!opened)
    await updateIncident(engine, incident.id, (before) =>
      isDecided(before) ? before : { ...before, disposition, approval },
    );
  engine.report({ incident: incident.id, step, text: `${playbook} on ${target.id}` });
  return goOn(undertaking, incident);
};

/** Asks for the release, on record, and runs its workflow. */
export const letGo = async (undertaking: Undertaking, incident: Incident, mode: ReleaseMode): Promise<Incident> => {
  const { engine } = undertaking;
  const { id, playbook } = incident;
  const input = { incident: id, playbook, mode };
  await admitRelease(engine, id, mode, engine.actor);
  const { error } = await runWorkflow('release', input, surroundings(undertaking));
  return ended(undertaking, id, error);
};

const goesOn = ({ id, phase, playbook, target }: Incident): string => {
  if (phase === 'releasing') return `'firebreak release ${id}' goes on with it`;
  if (phase === 'holding' || phase === 'ended') return `'firebreak check ${id}' goes on with ${id}`;
  if (phase === 'waiting') return `'firebreak approve ${id}' or 'firebreak deny ${id}' answers it`;
  return `'firebreak contain ${playbook} ${target.id}' goes on with ${id}`;
};

/** Whoever stops us hears that nothing is lost and how to go on. */
export const interruptible = async <T>(
  { world, engine, json }: Undertaking,
  ids: () => readonly string[],
  work: () => Promise<T>,
): Promise<T> => {
  const standDown = world.onInterrupt(async () => {
    const found = await Promise.all(ids().map((id) => readIncident(engine, id)));
    const open = found.filter((incident) => incident !== undefined);
    const error = 'Stopped. Nothing is lost: each original was on record before it was changed.';
    const remedy = open.length > 0 ? `${open.map(goesOn).join('; ')}.` : 'Nothing was changed.';
    if (json) world.out.line(jsonText({ error, remedy }));
    else world.err.line(`\n${error} ${remedy}`);
  });
  try {
    return await work();
  } finally {
    standDown();
  }
};
