// All rails before the first hold: what the switch says, what the plan would bear upon, and what is left of the budgets.
import type { Severity } from '../../playbooks/language/finding.ts';
import type { Bearing, Playbook } from '../../playbooks/language/playbook.ts';
import { type Engine, playbookNamed, whatAwsSaid } from '../engine/engine.ts';
import type { Incident } from '../engine/incident.ts';
import type { DraftPlan } from '../engine/plan.ts';
import { insisting, isBySilence } from '../engine/question.ts';
import { foreread } from '../engine/record.ts';
import { type Budget, containmentBudget, drawOn, evidenceBudget } from './budget.ts';
import type { Config } from './config.ts';
import { type Decision, type Rule, strictest } from './decision.ts';
import { playbookMode } from './event.ts';
import { resourceRails, type Weighed } from './resource.ts';
import { claimShare } from './share.ts';
import { type SwitchState, switchRail } from './switch.ts';

/** What is planned, and what it would bear upon. */
export interface Proposed {
  readonly draft: DraftPlan;
  readonly bearing: Bearing;
}

/** What the rails look at of an incident; one that is only thought of has as much. */
export type Railable = Pick<
  Incident,
  'id' | 'playbook' | 'target' | 'finding' | 'disposition' | 'because' | 'phase' | 'admission' | 'approval'
>;

export interface Railed {
  readonly decisions: readonly Decision[];
  /** Why evidence that makes something is not to be asked for; null where it is. */
  readonly withheld: string | null;
}

const decision = (rule: Rule, how: Decision['do'], reason: string): Decision => ({ rule, do: how, reason });

/** Admitted long ago and never begun: whatever starts it now, it is not the finding. */
const admissionAge = (engine: Engine, { phase, admission }: Railable, config: Config): readonly Decision[] => {
  if (phase !== 'new' || !admission) return [];
  const minutes = Math.round((engine.now().getTime() - Date.parse(admission.at)) / 60_000);
  if (minutes <= config.staleAfterMinutes) return [];
  return [decision('age', 'ask', `it was admitted ${minutes} minutes ago and never begun, so a person decides`)];
};

const unitsOf = async (engine: Engine, account: string, config: Config): Promise<Weighed['units']> => {
  if (![...config.protected, ...config.crownJewels].some(({ ou }) => ou !== undefined)) return [];
  if (!engine.unitsOf) return { unread: 'nothing here can read them' };
  try {
    return await engine.unitsOf(account);
  } catch (error) {
    return { unread: whatAwsSaid(error) };
  }
};

const severityOf = ({ finding }: Railable): Severity => finding?.severity ?? 'HIGH';

/** What is left can't be told: then a person decides. */
const orAsk = async (rule: Rule, read: () => Promise<readonly Decision[]>): Promise<readonly Decision[]> => {
  try {
    return await read();
  } catch (error) {
    return [decision(rule, 'ask', `it can't be read (${whatAwsSaid(error)}), so a person decides`)];
  }
};

const draws = async (
  engine: Engine,
  incident: Railable,
  name: string,
  budget: Budget,
  decide: (words: string) => Decision,
): Promise<readonly Decision[]> => {
  const severity = severityOf(incident);
  const drawn = await drawOn(engine, name, incident.id, severity, budget);
  if (drawn.state !== 'exhausted') return [];
  return [
    decide(
      `what ${severity} findings may use is used up${drawn.refillsAt ? ` until ${drawn.refillsAt}` : ''}; budgets in firebreak.config.ts says how much there is`,
    ),
  ];
};

const reads = /^[a-z0-9-]+:(Get|List|Describe|Head|Lookup|Search|BatchGet)/;

/** Whether asking for it makes something on AWS, which costs and stays. */
const makesSomething = ({ evidence }: Playbook, as: string): boolean =>
  (evidence[as]?.permissions ?? []).some(({ actions }) => actions.some((action) => !reads.test(action)));

const evidenceDecision = async (
  engine: Engine,
  incident: Railable,
  evidence: DraftPlan['evidence'],
  config: Config,
): Promise<readonly Decision[]> => {
  const playbook = playbookNamed(engine, incident.playbook);
  if (!evidence.some(({ as }) => makesSomething(playbook, as))) return [];
  // Where evidence is all there is, a person is asked for it; elsewhere it must not hold containment up.
  const how = playbook.containment === 'evidence' ? 'ask' : 'contain';
  const name = evidenceOf(incident);
  const decide = (words: string) => decision('evidence budget', how, words);
  const found = await orAsk('evidence budget', () => draws(engine, incident, name, evidenceBudget(config), decide));
  return found.map((one) => ({ ...one, do: how }));
};

const containmentsOf = ({ playbook, target }: Pick<Railable, 'playbook' | 'target'>): string =>
  `containments/${playbook}/${target.account}`;
const evidenceOf = ({ target }: Pick<Railable, 'target'>): string => `evidence/${target.account}`;

/** Begins to read what the rails will draw on, for whoever comes to them soon. */
export const forereadBudgets = ({ ledger }: Engine, incident: Pick<Railable, 'playbook' | 'target'>): void => {
  for (const name of [containmentsOf(incident), evidenceOf(incident)]) foreread(ledger, ['budgets', name]);
};

/** Only what acts without asking spends. */
const spending = async (
  engine: Engine,
  incident: Railable,
  { bearing }: Proposed,
  config: Config,
): Promise<readonly Decision[]> => {
  const { playbook, target } = incident;
  const name = containmentsOf(incident);
  const budget = containmentBudget(config, playbook);
  const found = await Promise.all([
    ...bearing.shares.map((share) => orAsk('share of a group', () => claimShare(engine, target, share, config))),
    orAsk('budget', () => draws(engine, incident, name, budget, (words) => decision('budget', 'ask', words))),
  ]);
  return found.flat();
};

/** All decisions but those of the event, which are on record already. Never throws: what can't be read asks a person. */
export const railsBeforeHold = async (
  engine: Engine,
  incident: Railable,
  proposed: Proposed,
  position: SwitchState,
): Promise<Railed> => {
  const config = engine.config;
  const { target, finding, playbook: name, disposition, because } = incident;
  const playbook = playbookNamed(engine, name);
  const weighed: Weighed = {
    target,
    arn: playbook.resource.arn(target.id, target),
    bearing: proposed.bearing,
    changes: proposed.draft.changes,
    finding,
    units: await unitsOf(engine, target.account, config),
    now: engine.now(),
  };
  const first = [
    ...switchRail(position),
    ...playbookMode(name, config),
    ...resourceRails(weighed, config),
    ...admissionAge(engine, incident, config),
  ];
  // What nobody answered goes on without having been asked for, so it spends like everything that does.
  const silent = isBySilence(incident);
  const standing = { rule: 'standing' as const, do: silent ? ('contain' as const) : disposition, reason: because };
  const far = strictest([standing, ...(silent ? insisting(first) : first)])?.do ?? disposition;
  if (far !== 'contain' && far !== 'ask') return { decisions: first, withheld: null };
  const evidenceOnly = playbook.containment === 'evidence';
  const [evidence, spent] = await Promise.all([
    // Asked for evidence only, a person decides on that itself.
    evidenceOnly && far === 'ask' ? [] : evidenceDecision(engine, incident, proposed.draft.evidence, config),
    evidenceOnly || far === 'ask' ? [] : spending(engine, incident, proposed, config),
  ]);
  const [withheld] = evidenceOnly ? [] : evidence;
  return { decisions: [...first, ...spent, ...evidence], withheld: withheld?.reason ?? null };
};

/** The evidence that makes something told as missing, where it is withheld; all else as it is. */
export const withheldIn = (
  engine: Engine,
  incident: Railable,
  draft: DraftPlan,
  withheld: string | null,
): DraftPlan => {
  if (withheld === null) return draft;
  const playbook = playbookNamed(engine, incident.playbook);
  const note = `Not asked for: ${withheld}. Take it by hand if it is wanted.`;
  const evidence = draft.evidence.map((item) =>
    makesSomething(playbook, item.as) ? { ...item, state: 'failed' as const, note } : item,
  );
  return { ...draft, evidence };
};
