// How the report and the table speak: durations, counts, names. Pure.
import type { DrillReport, DrillResult } from './drill-report.ts';

/** A figure and its unit stay on one line. */
const space = '\u00A0';

/** '0.6 s', '11 s', '4 min 12 s'. */
export const duration = (milliseconds: number | null): string => {
  if (milliseconds === null) return '–';
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)}${space}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}${space}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)}${space}h ${minutes % 60}${space}min`;
  return `${minutes}${space}min${seconds % 60 === 0 ? '' : ` ${seconds % 60}${space}s`}`;
};

/** To the millisecond, for those who compare. */
export const offset = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(3)} s`;

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** 'ec2/network-interface-isolation' → 'network interface isolation'. */
export const plainName = (name: string): string => name.slice(name.indexOf('/') + 1).replaceAll('-', ' ');

export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** The first clause of a longer remark: what stands before the first colon or full stop. */
export const headline = (remark: string): string => /^.*?(?=[:;.](?:\s|$)|$)/s.exec(remark)?.[0] ?? remark;

export const sentence = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);

export const jsonLine = (value: unknown, most: number): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};

/** In the order in which a reader wants to hear of them. */
const spoken: readonly (readonly [NonNullable<DrillResult['outcome']> | 'none', string])[] = [
  ['contained', 'contained and verified'],
  ['partly-contained', 'contained in part'],
  ['preserved', 'with all evidence preserved'],
  ['refused', 'refused with a reason'],
  ['ignored', 'ignored with a reason'],
  ['planned', 'planned only'],
  ['waiting', 'waiting for a person'],
  ['denied', 'denied by a person'],
  ['expired', 'expired without an answer'],
  ['failed', 'reported as failed'],
  ['drifted', 'drifted'],
  ['conflict', 'in conflict'],
  ['released', 'released'],
  ['none', 'without an incident'],
];

export const outcomesSaid = ({ summary }: DrillReport): string =>
  listed(
    spoken.flatMap(([outcome, words]) => (summary.outcomes[outcome] ? [`${summary.outcomes[outcome]} ${words}`] : [])),
  );

/** One sentence for who reads no further. */
export const verdict = ({ summary, results }: DrillReport): string => {
  const { scenarios, held, accountsRestored } = summary;
  if (scenarios === 0) return 'Nothing was drilled: no playbook has a scenario.';
  const compared = results.filter(({ account }) => account.restored !== null).length;
  const accounts =
    accountsRestored === scenarios
      ? 'every account is as it was before'
      : `${scenarios - accountsRestored} of ${scenarios} accounts ${compared === scenarios ? 'are not' : 'are not known to be'} as before`;
  const ended = held === scenarios ? 'ended as they should' : `ended as they should, ${scenarios - held} did not`;
  return `${held} of ${scenarios} incidents ${ended}, and ${accounts}.`;
};
