// Carrying something out by hand: the workflow run on this machine with real waits, a person asked where it asks.
import { runWorkflow, type Surroundings } from '../functions/adapters/workflow.ts';
import { askHandler } from '../functions/ask.ts';
import { closeHandler } from '../functions/close.ts';
import { approve, askingRails, notBy } from '../functions/engine/answer.ts';
import { type Engine, playbookNamed } from '../functions/engine/engine.ts';
import type { ReleaseMode } from '../functions/engine/hold.ts';
import {
  type Approval,
  type Incident,
  incidentKey,
  type Opening,
  openIncident,
  readIncident,
  updateIncident,
} from '../functions/engine/incident.ts';
import { append } from '../functions/engine/journal.ts';
import { end, planChanged } from '../functions/engine/ready.ts';
import { takenUp } from '../functions/engine/recurrence.ts';
import { playbookHandler } from '../functions/playbook.ts';
import { admitRelease, railEntries } from '../functions/rails/admission.ts';
import { recordedAs } from '../functions/rails/four-eyes.ts';
import type { Summary } from '../functions/summary.ts';
import { asked, type Decision } from './deciding.ts';
import { admissionOf, type Draft, isDecided } from './draft.ts';
import { showPlan } from './plan-view.ts';
import type { ProgressLines } from './progress.ts';
import { jsonText, paragraph, type Screen } from './screen.ts';
import { sentence } from './trouble.ts';
import type { World } from './world.ts';

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

/** Why the workflow asks in the middle; what the rails say stands under the plan. */
const whyAsked = ({ reason, because }: Incident): string =>
  reason.endsWith(planChanged)
    ? 'The plan is not the one that was shown any more.'
    : sentence(`Waiting for approval: ${because}`);

/** Thrown where nobody can be asked: nobody has denied it either, so it goes on waiting for whoever answers it. */
const stillWaits = 'StillWaits';

const askAgain = async (undertaking: Undertaking, id: string): Promise<unknown> => {
  const { world, engine, screen } = undertaking;
  const waits = (words: string) => Object.assign(new Error(words), { name: stillWaits });
  const incident = await readIncident(engine, id);
  if (!incident) throw new Error(`Incident ${id} is missing from the ledger.`);
  const why = whyAsked(incident);
  const shown = { by: engine.actor, ...(incident.plan && { hash: incident.plan.hash }) };
  const show = () => {
    screen.line();
    paragraph(screen, '', why);
    showPlan(screen, playbookNamed(engine, incident.playbook), incident);
  };
  const objection = notBy(engine, incident, engine.actor);
  if (objection !== undefined) {
    screen.line();
    paragraph(screen, '', objection);
    throw waits(objection);
  }
  // What was answered beforehand is the plan, not what a rail wants a person to look at.
  if (undertaking.yes && askingRails(incident).length === 0) {
    engine.report({ incident: id, step: 'approved', text: `${why} Approved by --yes.` });
    return approve(engine, id, shown);
  }
  if (!world.interactive) {
    show();
    throw waits(`${why} There is no terminal to ask at.`);
  }
  if (await asked(undertaking, 'Contain it by this plan?', show)) return approve(engine, id, shown);
  // On record first: whoever closes it believes the ledger alone.
  await end(engine, id, 'denied', 'Denied at the terminal; nothing was written.');
  throw Object.assign(new Error('Denied at the terminal.'), { name: 'Denied' });
};

/** Says what would else look like standing still. */
const sayWait = (engine: Engine, { incident, playbook, status, settleSeconds, waitSeconds }: Summary): void => {
  const say = (text: string) => engine.report({ incident, step: 'waiting', text });
  if (status === 'settle' && settleSeconds > 0)
    say(`${settleSeconds} s for AWS to settle, then everything is read again`);
  if (status === 'later') say(`${waitSeconds} s until AWS has room for it; what is done stands`);
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
        const answer = await askHandler(engine)(payload);
        return payload.do === 'no-answer' ? answer : askAgain(undertaking, String(payload.incident));
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

/** Runs the workflow of an incident that is on record to its outcome. */
export const goOn = async (undertaking: Undertaking, { id, playbook }: Incident): Promise<Incident> => {
  const { error } = await runWorkflow('respond', { incident: id, playbook }, surroundings(undertaking));
  return ended(undertaking, id, error);
};

/** The incident as an answer finds it that still waits: what a finding says weighs as it does on any way, what a person says counts. */
const answered = (before: Incident, opening: Opening, at: Date): Incident => {
  if (isDecided(before)) return before;
  const { finding, approval, disposition } = opening;
  const taken = finding ? takenUp(before, { ...opening, finding }, at) : { ...before, disposition };
  return { ...taken, approval: approval ?? taken.approval };
};

/** Opens the incident, or goes on with the open one, and runs it to its outcome. */
export const carryOut = async (
  undertaking: Undertaking,
  { intent, plannedAt, planning }: Draft,
  { disposition, approval: given }: Decision,
): Promise<Incident> => {
  const { engine } = undertaking;
  const { playbook, target, options, finding, because, openedBy } = intent;
  const now = engine.now();
  const at = now.toISOString();
  const approval: Approval | null =
    given !== 'none' && 'plan' in planning
      ? {
          hash: planning.plan.hash,
          plannedAt,
          by: recordedAs(engine.actor),
          at,
          ...(given === 'plan only' && { planOnly: true }),
        }
      : null;
  const opening: Opening = {
    key: incidentKey(playbookNamed(engine, playbook).resource, target, playbook),
    playbook,
    target,
    options,
    disposition,
    because,
    finding,
    openedBy,
    approval,
    admission: admissionOf(intent, at),
  };
  const { incident, opened } = await openIncident(engine, opening);
  const subject = finding ? `${finding.id} ${finding.updatedAt}` : at;
  const step = opened ? 'opened' : 'seen again';
  await append(engine, incident.id, [
    { step, subject, attempt: 0, result: finding ? `${finding.type}: ${because}` : because },
    ...(opened ? railEntries(opening.admission) : []),
  ]);
  // One that waits for an answer gets this one.
  if (!opened) await updateIncident(engine, incident.id, (before) => answered(before, opening, now));
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
