// From what was seen of a burst to what the report says of it. Pure.
import type { Outcome } from '../../playbooks/language/outcome.ts';
import { modifyNetworkInterface } from '../account/limits.ts';
import type { BurstReport } from '../report/burst-report.ts';
import type { Check } from '../report/drill-report.ts';
import { copiesEach } from './findings.ts';

/** One detection, and what became of it. Times are virtual milliseconds since the burst began; null where it never came to that. */
export type Followed = {
  readonly instance: string;
  readonly arrivedAt: number;
  /** Judged on the account: no group of any interface has a rule. */
  readonly cutOff: boolean;
  readonly incidents: number;
  readonly outcome: Outcome | null;
  /** Why, in the incident's own words. */
  readonly reason: string;
  /** Writes that gave one of its interfaces other groups. */
  readonly writes: number;
  /** Notices that it is contained. */
  readonly notices: number;
  readonly containedAt: number | null;
  readonly toldAt: number | null;
  readonly endedAt: number | null;
};

export interface BurstObserved {
  readonly seed: number;
  readonly withinSeconds: number;
  readonly events: readonly number[];
  readonly followed: readonly Followed[];
  readonly notes: BurstReport['notes'];
  readonly echoes: { readonly sent: number; readonly ignored: number };
  readonly calls: BurstReport['calls'];
  /** Calls that no real AWS could have got, and events that no delivery got through. */
  readonly defects: readonly string[];
}

const isLost = ({ cutOff, outcome }: Followed): boolean => !cutOff || outcome !== 'contained';

export const callsMax = 100;
export const ofFloorMax = 1.1;

/** When a bucket, full at first, can have admitted one call for each of those that come at these times. */
const admittedAt = (times: readonly number[]): readonly number[] => {
  const { capacity, perSecond } = modifyNetworkInterface;
  let tokens = capacity;
  let at = 0;
  return times
    .toSorted((a, b) => a - b)
    .map((time) => {
      const now = Math.max(at, time);
      tokens = Math.min(capacity, tokens + ((now - at) / 1000) * perSecond);
      const wait = tokens >= 1 ? 0 : ((1 - tokens) / perSecond) * 1000;
      tokens = Math.max(0, tokens - 1 + (wait / 1000) * perSecond);
      at = now + wait;
      return at;
    });
};

const present = (times: readonly (number | null)[]): readonly number[] => times.filter((time) => time !== null);
const lastOf = (times: readonly number[]): number => Math.max(0, ...times) / 1000;
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const stepsOf = (times: readonly number[], step: number, end: number): readonly number[] => {
  const sorted = times.toSorted((a, b) => a - b);
  let count = 0;
  return Array.from({ length: Math.ceil(end / step) + 1 }, (_, index) => {
    while (count < sorted.length && (sorted[count] ?? 0) <= index * step * 1000) count += 1;
    return count;
  });
};

const curveOf = ({ events, followed }: BurstObserved, floor: readonly number[]): BurstReport['curve'] => {
  const times = {
    events,
    arrived: followed.map(({ arrivedAt }) => arrivedAt),
    floor,
    contained: present(followed.map(({ containedAt }) => containedAt)),
    told: present(followed.map(({ toldAt }) => toldAt)),
    ended: present(followed.map(({ endedAt }) => endedAt)),
  };
  const end = Math.max(...Object.values(times).map(lastOf));
  const stepSeconds = Math.max(1, Math.ceil(end / 240));
  const steps = (of: readonly number[]) => stepsOf(of, stepSeconds, end);
  return {
    stepSeconds,
    events: steps(times.events),
    arrived: steps(times.arrived),
    floor: steps(times.floor),
    contained: steps(times.contained),
    told: steps(times.told),
    ended: steps(times.ended),
  };
};

const said = (count: number): string => count.toLocaleString('en');

const check = (what: string, expected: string, found: string, held: boolean): Check => ({
  what,
  expected,
  found,
  held,
});

type Figures = Pick<BurstReport, 'lost' | 'doubled' | 'notes' | 'ofFloor' | 'bucket' | 'seconds'>;

const checksOf = (
  { followed, echoes, defects }: BurstObserved,
  { lost, doubled, notes, ofFloor, bucket, seconds }: Figures,
): readonly Check[] => {
  const twice = doubled.incidents + doubled.writes + doubled.notices;
  const untold = followed.filter(({ notices }) => notices === 0).length;
  const why = followed.filter(isLost).map(({ instance, outcome, reason }) => `${instance} ${outcome}: ${reason}`);
  const floor = `${bucket.floorSeconds} s`;
  return [
    check('Every detection ends contained', 'none lost', [`${lost} lost`, ...why.slice(0, 3)].join('; '), lost === 0),
    check(
      'Nothing happens twice',
      'no incident, write or notice',
      `${doubled.incidents} incidents, ${doubled.writes} writes, ${doubled.notices} notices`,
      twice === 0,
    ),
    check('People hear of each', 'none untold', `${untold} untold`, untold === 0),
    check(
      'Notes in Security Hub are batched',
      `${said(followed.length)} findings noted in at most ${callsMax} calls`,
      `${said(notes.findings)} in ${notes.calls}`,
      notes.calls <= callsMax && notes.findings === followed.length,
    ),
    check(
      'The echo of our own notes leads to nothing',
      `${said(echoes.sent)} ignored`,
      `${said(echoes.ignored)} ignored`,
      echoes.ignored === echoes.sent,
    ),
    check(
      'Containment is as fast as AWS admits it',
      `within ${Math.round((ofFloorMax - 1) * 100)} % of ${floor}`,
      `${seconds.contained} s, ${ofFloor} of the floor`,
      ofFloor <= ofFloorMax,
    ),
    check('Every call is one that AWS could get', 'yes', defects.slice(0, 3).join('; ') || 'yes', defects.length === 0),
  ];
};

const outcomesOf = (followed: readonly Followed[]): BurstReport['outcomes'] => {
  const counted: Partial<Record<Outcome | 'none', number>> = {};
  for (const { outcome } of followed) counted[outcome ?? 'none'] = (counted[outcome ?? 'none'] ?? 0) + 1;
  return counted;
};

const surplus = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0);

export const burstReportOf = (observed: BurstObserved): BurstReport => {
  const { seed, withinSeconds, events, followed, notes, echoes, calls } = observed;
  const floor = admittedAt(followed.map(({ arrivedAt }) => arrivedAt));
  const contained = lastOf(present(followed.map(({ containedAt }) => containedAt)));
  const floorSeconds = lastOf(floor);
  const figures: Figures = {
    lost: followed.filter(isLost).length,
    doubled: {
      incidents: surplus(followed.map(({ incidents }) => incidents)),
      writes: surplus(followed.map(({ writes }) => writes)),
      notices: surplus(followed.map(({ notices }) => notices)),
    },
    notes,
    bucket: {
      call: 'ModifyNetworkInterfaceAttribute',
      ...modifyNetworkInterface,
      needed: followed.length,
      floorSeconds: rounded(floorSeconds, 1),
    },
    seconds: {
      contained: rounded(contained, 1),
      told: rounded(lastOf(present(followed.map(({ toldAt }) => toldAt))), 1),
      ended: rounded(lastOf(present(followed.map(({ endedAt }) => endedAt))), 1),
    },
    ofFloor: rounded(floorSeconds > 0 ? contained / floorSeconds : 1, 3),
  };
  const checks = checksOf(observed, figures);
  return {
    seed,
    held: checks.every(({ held }) => held),
    checks,
    events: {
      total: events.length,
      detections: followed.length,
      duplicates: followed.length * (copiesEach - 1),
      withinSeconds,
      echoes: echoes.sent,
    },
    outcomes: outcomesOf(followed),
    ...figures,
    calls,
    curve: curveOf(observed, floor),
  };
};
