// A person looks at what is on record. Summaries of bounded size: a function URL answers with 6 MB at most, and what events say is cut.
import type { Json } from '../../playbooks/language/json.ts';
import type { Engine } from '../engine/engine.ts';
import { type Incident, listIncidents, readIncident } from '../engine/incident.ts';
import { brokenLink, readJournal } from '../engine/journal.ts';
import { saidQuestion } from '../engine/question.ts';
import { clean } from '../sources/text.ts';
import { noSuchIncident } from './reply.ts';

type Said = { readonly [key: string]: Json };

/** Of each list so many items, of each text so many characters: a fraction of what a function URL can answer, whatever is in them. */
const itemsMax = 100;
const textMax = 400;

const brief = (text: string): string => clean(text, textMax);

/** @throws in a sentence, where the ledger has no such incident. */
export const incidentNamed = async (engine: Pick<Engine, 'ledger'>, id: string): Promise<Incident> => {
  const found = await readIncident(engine, id);
  if (found) return found;
  throw noSuchIncident(id);
};

const lineOf = ({ playbooks }: Engine, incident: Incident): Said => {
  const { id, playbook, target, phase, outcome, reason, because, openedAt, endedAt } = incident;
  const { resource } = playbooks.get(playbook) ?? {};
  return {
    incident: id,
    playbook,
    resource: brief(resource?.arn(target.id, target) ?? target.id),
    account: target.account,
    region: resource?.scope === 'global' ? 'global' : target.region,
    phase,
    outcome,
    reason: brief(reason),
    because: brief(because),
    openedAt,
    endedAt,
  };
};

/** Those that wait for a person first, then the newest. */
const byUrgency = (a: Incident, b: Incident): number =>
  Number(b.phase === 'waiting') - Number(a.phase === 'waiting') ||
  b.openedAt.localeCompare(a.openedAt) ||
  a.id.localeCompare(b.id);

export const listed = async (engine: Engine, limit: number): Promise<Said> => {
  const all = (await listIncidents(engine)).toSorted(byUrgency);
  return { incidents: all.slice(0, limit).map((one) => lineOf(engine, one)), total: all.length };
};

const some = <T>(items: readonly T[], say: (item: T) => Said): Said[] => items.slice(0, itemsMax).map(say);

/** What an answer needs to know; the workflow's token is told to nobody. */
const saidWaiting = (engine: Engine, { phase, question, plan }: Incident): Json =>
  phase === 'waiting' && question && plan
    ? {
        hash: plan.hash,
        answerBy: question.answerBy,
        otherwise: question.otherwise,
        said: saidQuestion(question, engine.now()),
      }
    : null;

/** One incident: what stands, what was decided by whom, and the end of its journal. */
export const shown = async (engine: Engine, id: string): Promise<Said> => {
  const incident = await incidentNamed(engine, id);
  const blocks = await readJournal(engine.ledger, id);
  const entries = blocks.flatMap((block) => block.entries);
  const { changes, evidence, acts, approval, releaseRequest, plan, rails, admission, drift } = incident;
  const shortened = [
    ['changes', changes],
    ['drift', drift],
    ['evidence', evidence],
    ['acts', acts],
    ['journal', entries],
  ] as const;
  return {
    ...lineOf(engine, incident),
    case: incident.case,
    openedBy: brief(incident.openedBy),
    waiting: saidWaiting(engine, incident),
    approval: approval && { by: approval.by, at: approval.at, hash: approval.hash },
    releaseRequest,
    plan: plan && { hash: plan.hash, plannedAt: plan.plannedAt },
    residual: (plan?.residual ?? []).slice(0, itemsMax).map(brief),
    drift: drift.slice(0, itemsMax).map(brief),
    rails: some([...(admission?.rails ?? []), ...rails], ({ rule, do: how, reason }) => ({
      rule,
      do: how,
      reason: brief(reason),
    })),
    changes: some(changes, ({ setting, id: of, fromSaid, toSaid, effect, release, state, note }) => ({
      setting,
      id: brief(of),
      from: brief(fromSaid),
      to: brief(toSaid),
      effect,
      release,
      state,
      note: brief(note),
    })),
    evidence: some(evidence, ({ kind, subject, reference, state, note }) => ({
      kind,
      subject: brief(subject),
      reference: brief(reference),
      state,
      note: brief(note),
    })),
    acts: some(acts, ({ act, id: of, irreversible, state, note }) => ({
      act,
      id: brief(of),
      irreversible: brief(irreversible),
      state,
      note: brief(note),
    })),
    journal: entries.slice(-itemsMax).map(({ at, by, step, subject, result }) => ({
      at,
      by: brief(by),
      step,
      subject: brief(subject),
      result: brief(result),
    })),
    /** What was too much to be told here. */
    left: Object.fromEntries(
      shortened.flatMap(([name, all]) => (all.length > itemsMax ? [[name, all.length - itemsMax]] : [])),
    ),
    broken: brokenLink(blocks) ?? (await engine.ledger.witness?.(id, blocks)) ?? null,
  };
};
