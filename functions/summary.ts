// What a function answers the workflow: what to do next, and how long to wait for it. Summaries only, never findings or secrets.
import type { Engine } from './engine/engine.ts';
import type { Incident } from './engine/incident.ts';
import { secondsLeft } from './engine/question.ts';

export type Summary = {
  readonly incident: string;
  readonly playbook: string;
  readonly status: 'ask' | 'contain' | 'later' | 'settle' | 'ended' | 'again' | 'rest' | 'evidence' | 'decided';
  /** How long a person has, or until people are paged once more. */
  readonly answerSeconds: number;
  readonly settleSeconds: number;
  readonly waitSeconds: number;
  readonly outcome: string;
};

/** How long to let pending evidence grow: often at first, when small volumes finish, seldom later. */
const evidenceWaitSeconds = (engine: Engine, { openedAt }: Incident): number => {
  const seconds = (engine.now().getTime() - Date.parse(openedAt)) / 1000;
  return Math.min(1800, Math.max(5, Math.round(seconds / 4)));
};

export const summaryOf = (engine: Engine, incident: Incident, status: Summary['status']): Summary => ({
  incident: incident.id,
  playbook: incident.playbook,
  status,
  answerSeconds: incident.question ? secondsLeft(incident.question, engine.now()) : 0,
  settleSeconds: incident.plan?.settleSeconds ?? 0,
  waitSeconds: evidenceWaitSeconds(engine, incident),
  outcome: incident.outcome ?? '',
});
