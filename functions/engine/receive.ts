// Receiving: from a raw event to opened incidents. Nothing is dropped: what can't be answered is told.
import type { Finding } from '../../playbooks/language/finding.ts';
import { readEvent } from '../sources/read-event.ts';
import { type Engine, playbookNamed } from './engine.ts';
import { type Incident, incidentKey, openIncident } from './incident.ts';
import { append } from './journal.ts';
import { optionsFor } from './plan.ts';
import { type Routed, route } from './route.ts';

export interface Received {
  readonly incidents: readonly { readonly incident: Incident; readonly opened: boolean }[];
  /** What a person must hear of, because no playbook acts on it. */
  readonly told: readonly { readonly finding: Finding; readonly do: 'tell' | 'ignore'; readonly reason: string }[];
  /** Findings of the event that could not be read, a sentence each: a person must hear of them as well. */
  readonly gaps: readonly string[];
}

const open = async (engine: Engine, finding: Finding, { playbook: name, target, do: how, reason }: Routed) => {
  if (!name || !target || how === 'tell' || how === 'ignore') return undefined;
  const playbook = playbookNamed(engine, name);
  const result = await openIncident(engine, {
    key: incidentKey(playbook.resource, target, name),
    playbook: name,
    target,
    options: optionsFor(playbook, engine.options[name] ?? {}),
    disposition: how,
    because: reason,
    finding,
    openedBy: finding.requested?.by || engine.actor,
    approval: null,
  });
  const step = result.opened ? 'opened' : 'seen again';
  const subject = `${finding.id} ${finding.updatedAt}`;
  await append(engine, result.incident.id, [{ step, subject, attempt: 0, result: `${finding.type}: ${reason}` }]);
  engine.report({ incident: result.incident.id, step, text: `${name} on ${target.id}: ${reason}` });
  return result;
};

/** Opens, or finds open, the incidents that answer the event. The same event twice opens nothing new. */
export const receive = async (engine: Engine, event: unknown): Promise<Received | { readonly unreadable: string }> => {
  const reading = readEvent(event);
  if ('unreadable' in reading) return reading;
  const incidents: { incident: Incident; opened: boolean }[] = [];
  const told: Received['told'][number][] = [];
  for (const finding of reading.findings) {
    for (const answer of route(finding, engine.playbooks).answers) {
      const opened = await open(engine, finding, answer);
      if (opened) incidents.push(opened);
      else told.push({ finding, do: answer.do === 'ignore' ? 'ignore' : 'tell', reason: answer.reason });
    }
  }
  return { incidents, told, gaps: reading.gaps };
};
