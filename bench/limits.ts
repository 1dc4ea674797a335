// What was promised of speed and cost. A figure over its limit is said to be over; it fails nothing.

export const limits = {
  path: {
    states: 3,
    invocations: 2,
    depth: 9,
    /** Where the isolation group has to be made first. */
    depthWithGroup: 12,
    transitions: 12,
    calls: 15,
    callsPerChange: 8,
  },
  bundle: {
    kilobytes: { ec2: 1200, other: 700 },
    importMilliseconds: { ec2: 180, other: 120 },
  },
  model: {
    warmP50Milliseconds: 1200,
    coldP99Milliseconds: 3000,
    dollarsPerIncident: 0.0004,
    idleDollarsPerMonth: 5,
  },
} as const;

/** A figure beside what was promised of it. */
export type Judged = { readonly figure: number; readonly limit: number; readonly verdict: 'ok' | 'over' };

export const judged = (figure: number, limit: number): Judged => ({
  figure,
  limit,
  verdict: figure <= limit ? 'ok' : 'over',
});

/** "7 of 9", with a word where it is too much. */
export const saidOf = ({ figure, limit, verdict }: Judged): string =>
  `${figure} of ${limit}${verdict === 'over' ? ' OVER' : ''}`;
