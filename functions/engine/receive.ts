// Receiving: from a raw event to opened incidents. Nothing is dropped: what can't be answered is told.
import type { Disposition } from '../../playbooks/language/answer.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import type { Config } from '../rails/config.ts';
import { type Decision, saidDecision, stricter, strictest } from '../rails/decision.ts';
import { type Envelope, eventRails } from '../rails/event.ts';
import { claimedIncidents, ownDoingRail, ownRecords } from '../rails/own-doing.ts';
import { type SwitchState, switchState } from '../rails/switch.ts';
import { partitionOf } from '../sources/boundary.ts';
import { readEvent } from '../sources/read-event.ts';
import { tell } from './close.ts';
import { configOf, type Engine, ownPlace, playbookNamed, whatAwsSaid } from './engine.ts';
import { type Incident, incidentKey, openIncident, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { optionsFor } from './plan.ts';
import { type Answering, type Next, nextFor, takenUp, takesUp } from './recurrence.ts';
import { type Routed, route } from './route.ts';

export interface Received {
  readonly incidents: readonly { readonly incident: Incident; readonly opened: boolean; readonly next: Next }[];
  /** What a person must hear of, because no playbook acts on it. */
  readonly told: readonly { readonly finding: Finding; readonly do: 'tell' | 'ignore'; readonly reason: string }[];
  /** Findings of the event that could not be read, a sentence each: a person must hear of them as well. */
  readonly gaps: readonly string[];
}

/** All that one event has in common. */
interface Arriving {
  readonly config: Config;
  readonly event: Envelope;
  readonly position: SwitchState;
}

/** What a request by hand leaves open is where Firebreak itself is. */
const placed = (engine: Engine, target: Target): Target => {
  const own = ownPlace(engine);
  const region = target.region || own.region || '';
  const partition = target.partition || (region && partitionOf(region));
  return { ...target, account: target.account || own.account || '', region, partition };
};

type Judged = { readonly do: Disposition; readonly reason: string; readonly rails: readonly Decision[] };

/** How far the answer may go: as far as its playbook goes, or less by what the strictest rail says. */
const judge = (
  engine: Engine,
  { config, event, position }: Arriving,
  finding: Finding,
  answer: Routed & { readonly playbook: string; readonly target: Target },
  ownDoing: readonly Decision[],
): Judged => {
  const { playbook, target } = answer;
  const { scope } = playbookNamed(engine, playbook).resource;
  const own = ownPlace(engine);
  const arrival = { finding, target, playbook, scope, event, own, position, now: engine.now() };
  const rails = [...eventRails(arrival, config), ...ownDoing];
  const verdict = strictest(rails);
  if (!verdict || stricter(verdict.do, answer.do) <= 0) return { do: answer.do, reason: answer.reason, rails };
  const goesOn = verdict.do === 'ask' || verdict.do === 'plan';
  return {
    do: verdict.do,
    reason: goesOn ? `${answer.reason}; ${saidDecision(verdict)}` : saidDecision(verdict),
    rails,
  };
};

const take = async (engine: Engine, answering: Answering): Promise<Received['incidents'][number]> => {
  const now = engine.now();
  const { incident: found, opened } = await openIncident(engine, answering, (latest) =>
    takesUp(latest, answering, now),
  );
  const incident = opened ? found : await updateIncident(engine, found.id, (before) => takenUp(before, answering, now));
  const { finding, playbook, target, because } = answering;
  const step = opened ? 'opened' : 'seen again';
  const subject = `${finding.id} ${finding.updatedAt}`;
  await append(engine, incident.id, [
    { step, subject, attempt: 0, result: `${finding.type}: ${because}` },
    ...(opened ? (answering.admission?.rails ?? []) : []).map((one) => ({
      step: 'event rail',
      subject: one.rule,
      attempt: 0,
      to: one.do,
      result: one.reason,
    })),
  ]);
  engine.report({ incident: incident.id, step, text: `${playbook} on ${target.id}: ${because}` });
  const next = opened ? 'start' : nextFor(found, incident);
  if (next === 'ask again') await tell(engine, incident);
  return { incident, opened, next };
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

type Answered = Received['incidents'][number] | Received['told'][number];

const answerOne = async (
  engine: Engine,
  arriving: Arriving,
  finding: Finding,
  answer: Routed,
  ownDoing: readonly Decision[],
): Promise<Answered> => {
  const { playbook: name, target: found, do: how, reason } = answer;
  if (!name || !found || how === 'tell' || how === 'ignore')
    return { finding, do: how === 'ignore' ? 'ignore' : 'tell', reason };
  const target = placed(engine, found);
  if (!target.account || !target.region)
    return { finding, do: 'tell', reason: `it is not said where ${target.id} is: name account and region` };
  const judged = judge(engine, arriving, finding, { ...answer, playbook: name, target }, ownDoing);
  if (judged.do === 'tell' || judged.do === 'ignore') return { finding, do: judged.do, reason: judged.reason };
  const playbook = playbookNamed(engine, name);
  const chosen = { ...arriving.config.playbooks[name]?.options, ...engine.options[name] };
  return take(engine, {
    key: incidentKey(playbook.resource, target, name),
    playbook: name,
    target,
    options: optionsFor(playbook, chosen),
    disposition: judged.do,
    because: judged.reason,
    finding,
    openedBy: finding.requested?.by || engine.actor,
    approval: null,
    admission: { at: engine.now().toISOString(), way: finding.channel, do: judged.do, rails: judged.rails },
  });
};

/**
 * Opens, or finds open, the incidents that answer the event, as far as the rails let each. The same event twice opens nothing new.
 * @throws when the ledger can't be read or written: then the event has to come again.
 */
export const receive = async (engine: Engine, event: unknown): Promise<Received | { readonly unreadable: string }> => {
  const reading = readEvent(event, engine.now());
  if ('unreadable' in reading) return reading;
  const config = configOf(engine);
  const position = await switchState(config, engine.readSwitch);
  const arriving: Arriving = { config, event: reading.event, position };
  const answered: Answered[] = [];
  for (const finding of reading.findings) {
    const known = await ownRecords(engine.ledger, engine.playbooks, claimedIncidents(finding, config));
    const ownDoing = ownDoingRail(finding, config, known);
    for (const answer of route(finding, engine.playbooks).answers)
      answered.push(await answerOne(engine, arriving, finding, answer, ownDoing));
  }
  const told = answered.filter((one) => 'finding' in one);
  for (const one of told) await tellOf(engine, one);
  return { incidents: answered.filter((one) => 'incident' in one), told, gaps: reading.gaps };
};
