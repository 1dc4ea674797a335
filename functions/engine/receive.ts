// Receiving: from a raw event to opened incidents. Nothing is dropped: what can't be answered is told.
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import { railEntries } from '../rails/admission.ts';
import type { Config } from '../rails/config.ts';
import { partitionOf } from '../sources/boundary.ts';
import { readEvent } from '../sources/read-event.ts';
import { awaitedLater } from './awaited-later.ts';
import { tell } from './close.ts';
import { type Engine, ownPlace, playbookNamed, whatAwsSaid } from './engine.ts';
import { claimIncident, forereadKey, type Incident, incidentKey, updateIncident } from './incident.ts';
import { append, beginJournal } from './journal.ts';
import { acts, arriving, type Judged, judgeFinding } from './judge.ts';
import { optionsFor } from './plan.ts';
import { type Answering, type Next, nextFor, takenUp, takesUp } from './recurrence.ts';
import { route } from './route.ts';

export interface Received {
  readonly incidents: readonly { readonly incident: Incident; readonly opened: boolean; readonly next: Next }[];
  /** What a person must hear of, because no playbook acts on it. */
  readonly told: readonly { readonly finding: Finding; readonly do: 'tell' | 'ignore'; readonly reason: string }[];
  /** Findings of the event that could not be read, a sentence each: a person must hear of them as well. */
  readonly gaps: readonly string[];
  /** What is still being written down, and what came of it: whatever begins now need not wait for it, but nothing is answered before. */
  readonly recorded: Promise<unknown>;
}

/** What a request by hand leaves open is where Firebreak itself is. */
const placed = (engine: Engine, target: Target): Target => {
  const own = ownPlace(engine);
  const region = target.region || own.region || '';
  const partition = target.partition || (region && partitionOf(region));
  return { ...target, account: target.account || own.account || '', region, partition };
};

/** The same detection comes through Security Hub as well, often minutes later: from then on its record there can be noted. */
const withHub = (incident: Incident, { id, hub }: Finding): Incident =>
  incident.finding && !incident.finding.hub && hub && incident.finding.id === id
    ? { ...incident, finding: { ...incident.finding, hub } }
    : incident;

/** Whoever has been told is not told again; but the finding in Security Hub is as it was. */
const noteLate = async (engine: Engine, before: Incident, incident: Incident): Promise<void> => {
  if (before.finding?.hub || !incident.finding?.hub || incident.outcome === null) return;
  try {
    await engine.note?.(incident);
  } catch (error) {
    engine.report({ incident: incident.id, step: 'notice', text: `could not be sent: ${whatAwsSaid(error)}` });
  }
};

type Taken = Received['incidents'][number] & Pick<Received, 'recorded'>;

const take = async (engine: Engine, answering: Answering): Promise<Taken> => {
  const now = engine.now();
  const claimed = await claimIncident(engine, answering, (latest) => takesUp(latest, answering, now));
  const { incident: found, opened, pointed } = claimed;
  const { finding, playbook, target, because } = answering;
  const incident = opened
    ? found
    : await updateIncident(engine, found.id, (before) => withHub(takenUp(before, answering, now), finding));
  const step = opened ? 'opened' : 'seen again';
  const subject = `${finding.id} ${finding.updatedAt}`;
  if (opened) beginJournal(engine.ledger, incident.id);
  const noted = append(engine, incident.id, [
    { step, subject, attempt: 0, result: `${finding.type}: ${because}` },
    ...(opened ? railEntries(answering.admission) : []),
  ]);
  const recorded = awaitedLater(Promise.all([pointed, noted]));
  engine.report({ incident: incident.id, step, text: `${playbook} on ${target.id}: ${because}` });
  const next = opened ? 'start' : nextFor(found, incident);
  if (next === 'ask again') await tell(engine, incident);
  await noteLate(engine, found, incident);
  return { incident, opened, next, recorded };
};

/** A finding that nobody acts on is told, never dropped. That it could not be told is reported; the event is answered all the same. */
const tellOf = async (engine: Engine, { finding, do: how, reason }: Received['told'][number]): Promise<void> => {
  if (how === 'ignore') return;
  engine.report({ step: 'told', text: `${finding.type}: ${reason}` });
  try {
    await engine.tell?.(finding, reason);
  } catch (error) {
    engine.report({ step: 'notice', text: `could not be sent: ${whatAwsSaid(error)}` });
  }
};

type Answered = Taken | Received['told'][number];

const answerOne = async (engine: Engine, config: Config, finding: Finding, judged: Judged): Promise<Answered> => {
  const { playbook: name, target, do: how, routed, reason } = judged;
  const told = (words: string) => ({ finding, do: how === 'ignore' ? how : ('tell' as const), reason: words });
  if (!name || !target || routed === 'tell' || routed === 'ignore') return told(reason);
  if (!target.account || !target.region)
    return { finding, do: 'tell', reason: `it is not said where ${target.id} is: name account and region` };
  if (how === 'tell' || how === 'ignore') return told(reason);
  const playbook = playbookNamed(engine, name);
  const chosen = { ...config.playbooks[name]?.options, ...engine.options[name] };
  return take(engine, {
    key: incidentKey(playbook.resource, target, name),
    playbook: name,
    target,
    options: optionsFor(playbook, chosen),
    disposition: how,
    because: reason,
    finding,
    openedBy: finding.requested?.by || engine.actor,
    approval: null,
    admission: { at: engine.now().toISOString(), way: finding.channel, do: how, rails: judged.rails },
  });
};

/** Whether there are incidents already is asked for while the switch is read and the rails are weighed. */
const foreknow = (engine: Engine, findings: readonly Finding[]): void => {
  for (const finding of findings)
    for (const { playbook, target } of route(finding, engine.playbooks).answers.filter(acts))
      forereadKey(engine, incidentKey(playbookNamed(engine, playbook).resource, placed(engine, target), playbook));
};

/**
 * Opens, or finds open, the incidents that answer the event, as far as the rails let each. The same event twice opens nothing new.
 * @throws when the ledger can't be read or written: then the event has to come again.
 */
export const receive = async (engine: Engine, event: unknown): Promise<Received | { readonly unreadable: string }> => {
  const reading = readEvent(event, engine.now());
  if ('unreadable' in reading) return reading;
  foreknow(engine, reading.findings);
  const arrived = await arriving(engine, reading.event, ownPlace(engine));
  const answered: Answered[] = [];
  for (const finding of reading.findings)
    for (const judged of await judgeFinding(engine, arrived, finding, async ({ target }) => placed(engine, target)))
      answered.push(await answerOne(engine, arrived.config, finding, judged));
  const told = answered.filter((one) => 'finding' in one);
  for (const one of told) await tellOf(engine, one);
  const taken = answered.filter((one) => 'incident' in one);
  const recorded = awaitedLater(Promise.all(taken.map((one) => one.recorded)));
  return { incidents: taken, told, gaps: reading.gaps, recorded };
};
