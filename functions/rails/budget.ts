// Budgets: how much may be done without asking, refilling with time. One conditional write on a set of incident ids, so that no race
// spends more than there is, and no incident spends twice.
import type { Severity } from '../../playbooks/language/finding.ts';
import type { Ledger, Pause } from '../engine/ledger.ts';
import { type Change, changeRecord } from '../engine/record.ts';
import type { Band, Config } from './config.ts';

export type Spent = { readonly incident: string; readonly at: string };
/** What was spent of each band, the oldest first. One record for all bands: who draws on a lower one does it in the same write. */
export type Bands = { readonly [band in Band]?: readonly Spent[] };

/** So many within any so many seconds. */
export type Allowance = { readonly most: number; readonly perSeconds: number };
export type Budget = Readonly<Record<Band, Allowance>>;

export type Draw =
  | { readonly state: 'drawn'; readonly bands: Bands; readonly from: Band }
  /** It is in the set already. */
  | { readonly state: 'had'; readonly from: Band }
  | { readonly state: 'exhausted'; readonly refillsAt: string | null };

export const bandOf = (severity: Severity): Band => (severity === 'INFORMATIONAL' ? 'LOW' : severity);

/** What is severe may use what cheaper ones leave, never the other way round: so cheap findings can't use up what severe ones need. */
const drawsOn: Readonly<Record<Band, readonly Band[]>> = {
  LOW: ['LOW'],
  MEDIUM: ['MEDIUM'],
  HIGH: ['HIGH', 'MEDIUM', 'LOW'],
  CRITICAL: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'],
};

const stillCounts = ({ at }: Spent, { perSeconds }: Allowance, now: Date): boolean =>
  now.getTime() - Date.parse(at) < perSeconds * 1000;

const standing = (bands: Bands, band: Band, budget: Budget, now: Date): readonly Spent[] =>
  (bands[band] ?? []).filter((spent) => stillCounts(spent, budget[band], now));

/** Pure: what drawing for this incident would make of the set. */
export const draw = (bands: Bands, incident: string, severity: Severity, budget: Budget, now: Date): Draw => {
  const all = Object.keys(drawsOn) as Band[];
  const had = all.find((band) => (bands[band] ?? []).some((spent) => spent.incident === incident));
  if (had) return { state: 'had', from: had };
  const from = drawsOn[bandOf(severity)].find((band) => standing(bands, band, budget, now).length < budget[band].most);
  if (!from) return { state: 'exhausted', refillsAt: refillsAt(bands, severity, budget, now) };
  const next = all.map((band) => {
    const left = standing(bands, band, budget, now);
    return [band, band === from ? [...left, { incident, at: now.toISOString() }] : left] as const;
  });
  return { state: 'drawn', from, bands: Object.fromEntries(next) };
};

/** When the first of what this severity may draw on is free again; null where there is nothing to be free. */
const refillsAt = (bands: Bands, severity: Severity, budget: Budget, now: Date): string | null => {
  const times = drawsOn[bandOf(severity)].flatMap((band) => {
    const [oldest] = standing(bands, band, budget, now).slice(-budget[band].most);
    return oldest && budget[band].most > 0 ? [Date.parse(oldest.at) + budget[band].perSeconds * 1000] : [];
  });
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
};

interface Tools {
  readonly ledger: Ledger;
  readonly now: () => Date;
  readonly pause: Pause;
}

/** What came of it, without what else is in the set. */
type Drawn = Exclude<Draw, { readonly state: 'drawn' }> | { readonly state: 'drawn'; readonly from: Band };

/**
 * Draws on the budget of this name. However many draw at once, wherever one of them dies and calls again: never more than there is.
 * @throws when the ledger can't be read or written.
 */
export const drawOn = (
  { ledger, now, pause }: Tools,
  name: string,
  incident: string,
  severity: Severity,
  budget: Budget,
): Promise<Drawn> =>
  changeRecord({ ledger, pause }, `Drawing on the budget of ${name}`, ['budgets', name], (found): Change<Drawn> => {
    const drawn = draw((found?.value ?? {}) as Bands, incident, severity, budget, now());
    if (drawn.state !== 'drawn') return { answer: drawn };
    const { from, bands } = drawn;
    return { answer: { state: 'drawn', from }, value: bands as Readonly<Record<Band, Spent[]>> };
  });

/** Of a playbook, as the deployment has it. */
export const containmentBudget = ({ budgets, playbooks }: Config, playbook: string): Budget => {
  const own = playbooks[playbook]?.budget ?? {};
  const of = (band: Band): Allowance => {
    const { containments, perSeconds } = own[band] ?? budgets.containments[band];
    return { most: containments, perSeconds };
  };
  return { LOW: of('LOW'), MEDIUM: of('MEDIUM'), HIGH: of('HIGH'), CRITICAL: of('CRITICAL') };
};

export const evidenceBudget = ({ budgets: { evidence } }: Config): Budget => {
  const of = (band: Band): Allowance => ({ most: evidence[band].requests, perSeconds: evidence[band].perSeconds });
  return { LOW: of('LOW'), MEDIUM: of('MEDIUM'), HIGH: of('HIGH'), CRITICAL: of('CRITICAL') };
};
