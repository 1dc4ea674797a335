// What is measured of an incident, from what is on record: how long each part took, and how it ended. Never a word of a finding.
import { type Engine, whatAwsSaid } from './engine.ts';
import type { Incident } from './incident.ts';

/** Times in milliseconds, everything else counts. */
export type MetricName =
  | 'TimeToReceive'
  | 'TimeToFirstEffect'
  | 'TimeToContain'
  | 'Incidents'
  | 'Drifted'
  | 'SwitchNotOn'
  | 'Heartbeat'
  | 'NotWell';

export interface Measure {
  readonly values: Partial<Readonly<Record<MetricName, number>>>;
  /** What one may ask by; few, since each combination is a metric of its own, and is paid for. */
  readonly by: { readonly Playbook?: string; readonly Outcome?: string };
}

/** Clocks differ: what was seen before it happened took no time. What is no time is not measured. */
const between = (from: string | undefined, to: string | Date | null): number | undefined => {
  if (from === undefined || to === null) return undefined;
  const milliseconds = new Date(to).getTime() - Date.parse(from);
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
};

/**
 * How long it took from the finding until it was received, from there to the first effect, and until people hear that it stands. Only of what contained
 * by itself: how long a person thought says nothing about us.
 */
export const timesOf = (incident: Incident, now: Date): Measure | undefined => {
  const { outcome, asked, finding, admission, openedAt, firstEffectAt, releaseRequest, playbook } = incident;
  if (releaseRequest || asked > 0 || (outcome !== 'contained' && outcome !== 'partly-contained')) return undefined;
  const received = admission?.at ?? openedAt;
  const values = {
    TimeToReceive: finding?.detector === 'manual' ? undefined : between(finding?.updatedAt, received),
    TimeToFirstEffect: between(received, firstEffectAt),
    TimeToContain: between(received, now),
  };
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return { values: Object.fromEntries(known) as Measure['values'], by: { Playbook: playbook } };
};

/** Metrics are for people who look at all of it: one that can't be written fails nothing. */
export const measure = (engine: Pick<Engine, 'measure' | 'report'>, what: Measure | undefined): void => {
  if (!what) return;
  try {
    engine.measure?.(what);
  } catch (error) {
    engine.report({ step: 'metric', text: `could not be written: ${whatAwsSaid(error)}` });
  }
};
