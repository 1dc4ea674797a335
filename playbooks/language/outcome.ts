// What has become of an incident. This is the one list.

export const outcomes = [
  'contained',
  'partly-contained',
  'failed',
  'planned',
  'waiting',
  'preserved',
  'refused',
  'ignored',
  'denied',
  'expired',
  'released',
  'conflict',
  'drifted',
] as const;

export type Outcome = (typeof outcomes)[number];
