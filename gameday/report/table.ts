// The drill as a table for a terminal. Names come from whoever made the resource: no control character of theirs gets through.
import { styleText } from 'node:util';
import { burstVerdict } from './burst-section.ts';
import type { DrillReport, DrillResult } from './drill-report.ts';
import { lastStanding, wasSoAlready, whatStaysOpen } from './story.ts';
import { duration, headline, outcomesSaid, plainName, sentence, verdict } from './words.ts';

type Style = Parameters<typeof styleText>[0];

type Column = {
  readonly head: string;
  /** How much of the room it gets. A column without a share is as wide as its longest word. */
  readonly share?: number;
  readonly right?: boolean;
  readonly style?: (result: DrillResult) => Style | undefined;
  /** One paragraph an element; of a list as many as `most`. */
  readonly cell: (result: DrillResult, most: number) => readonly string[];
};

const gap = 2;
const narrowest = 80;
const roomy = 130;

const clean = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');

/** One paragraph each, told apart by a dash, and only as many as there is room for. */
const some = (items: readonly string[], most: number): readonly string[] => {
  if (items.length < 2) return items;
  const shown = items.slice(0, most).map((item) => `- ${item}`);
  return items.length > most ? [...shown, `- and ${items.length - most} more`] : shown;
};

const changesSaid = ({ changes: all, outcome, evidence }: DrillResult, most: number): readonly string[] => {
  const changes = all.filter((change) => !wasSoAlready(change));
  if (changes.length === 0)
    return [outcome === 'preserved' ? `nothing; ${evidence.length} pieces of evidence` : 'nothing'];
  const containing = changes.filter(({ effect }) => effect === 'containing');
  const lines = [...containing, ...changes.filter(({ effect }) => effect !== 'containing')].map(
    ({ setting, fromSaid, toSaid }) => `${plainName(setting)}: ${fromSaid} → ${toSaid}`,
  );
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return some(
    [...counts].map(([line, count]) => (count > 1 ? `${line} (${count}×)` : line)),
    most + 1,
  );
};

const residualSaid = (result: DrillResult, most: number): readonly string[] => {
  const all = whatStaysOpen(result).map(headline);
  return all.length === 0 ? ['none known'] : some(all, most);
};

const isPutBack = (changes: DrillResult['changes']): boolean => {
  const written = changes.filter((change) => !wasSoAlready(change));
  return written.length > 0 && written.every((change) => lastStanding(change).state === 'released');
};

const outcomeStyle = ({ held, outcome }: DrillResult): Style =>
  !held ? ['red', 'bold'] : outcome === 'contained' || outcome === 'preserved' ? 'green' : 'yellow';

const columns: readonly Column[] = [
  { head: 'Incident', share: 15, style: () => 'bold', cell: ({ title }) => [title] },
  { head: 'Playbook', share: 11, cell: ({ playbook }) => [playbook] },
  { head: 'Resource', share: 14, cell: ({ resource }) => [resource?.id ?? '–'] },
  { head: 'What changed', share: 26, cell: changesSaid },
  {
    head: 'Outcome',
    share: 11,
    style: outcomeStyle,
    cell: ({ outcome, held, changes }) => [
      outcome ?? 'no incident',
      ...(held ? [] : ['DRILL FAILED']),
      ...(isPutBack(changes) ? ['all put back'] : []),
    ],
  },
  { head: 'Residual risk', share: 20, style: () => 'dim', cell: residualSaid },
  { head: 'AWS calls', right: true, cell: ({ calls }) => [String(calls.total)] },
  { head: 'First effect', right: true, cell: ({ times }) => [duration(times.firstEffect)] },
];

/** An AWS id (i-0a1b…) stays in one piece as long as it fits. */
const breakable = /[ \t\n]+|[a-z]+-[0-9a-f]{8,}|[^ \t\n\-/]+[-/]*|[-/]+/g;

/** Breaks at spaces, after hyphens and slashes, and within a word only where it is longer than a line. */
const wrap = (paragraph: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const piece of clean(paragraph).match(breakable) ?? []) {
    if (line.length + piece.trimEnd().length > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = '';
    }
    line += line === '' ? piece.trimStart() : piece;
    while (line.trimEnd().length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines.length > 0 ? lines : [''];
};

const fixedWidth = ({ head, cell }: Column, results: readonly DrillResult[]): number =>
  Math.max(
    ...head.split(' ').map((word) => word.length),
    ...results.flatMap((result) => cell(result, 1).map((text) => text.length)),
  );

/** Every column its share of what the narrow ones leave. */
const widthsFor = (results: readonly DrillResult[], width: number): readonly number[] => {
  const fixed = columns.map((column) => (column.share === undefined ? fixedWidth(column, results) : 0));
  const room = width - fixed.reduce((sum, one) => sum + one, 0) - gap * (columns.length - 1);
  const shares = columns.reduce((sum, { share = 0 }) => sum + share, 0);
  return columns.map(({ share }, index) =>
    share === undefined ? (fixed[index] ?? 0) : Math.max(6, Math.floor((room * share) / shares)),
  );
};

type Paint = (style: Style | undefined, text: string) => string;

const row = (
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  styles: readonly (Style | undefined)[],
  paint: Paint,
): readonly string[] => {
  const wrapped = cells.map((paragraphs, index) => paragraphs.flatMap((text) => wrap(text, widths[index] ?? 0)));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, index) => {
        const width = widths[index] ?? 0;
        const text = lines[line] ?? '';
        return paint(styles[index], columns[index]?.right ? text.padStart(width) : text.padEnd(width));
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
};

const failuresSaid = ({ results }: DrillReport, width: number, paint: Paint): readonly string[] =>
  results
    .filter(({ held }) => !held)
    .flatMap(({ playbook, scenario, checks }) => [
      '',
      paint(['red', 'bold'], `FAILED  ${playbook} / ${scenario}`),
      ...checks
        .filter(({ held }) => !held)
        .flatMap(({ what, expected, found }) =>
          wrap(`${what}: expected ${expected}, found ${found || 'nothing'}`, width - 8).map(
            (line) => `        ${line}`,
          ),
        ),
    ]);

const burstSaid = (burst: DrillReport['burst'], width: number, paint: Paint): readonly string[] => {
  if (!burst) return [];
  const failed = burst.checks.filter(({ held }) => !held);
  return [
    '',
    ...wrap(burstVerdict(burst), width).map((line) => paint(burst.held ? 'bold' : ['red', 'bold'], line)),
    ...failed.flatMap(({ what, expected, found }) => wrap(`${what}: expected ${expected}, found ${found}`, width)),
  ];
};

/** The drill for a terminal of this width. Escape sequences only where colour is asked for. */
export const drillTable = (
  report: DrillReport,
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string => {
  const { results, summary } = report;
  const { firstEffect, calls, evidence, settings } = summary;
  const wide = Math.max(narrowest, width);
  const most = wide >= roomy ? 2 : 1;
  const paint: Paint = (style, text) => (colour && style ? styleText(style, text, { validateStream: false }) : text);
  const widths = widthsFor(results, wide);
  const rule = '─'.repeat(widths.reduce((sum, one) => sum + one, gap * (columns.length - 1)));
  const heads = row(
    columns.map(({ head }) => [head]),
    widths,
    columns.map(() => 'bold' as const),
    paint,
  );
  const rows = results.flatMap((result) => [
    ...row(
      columns.map(({ cell }) => cell(result, most)),
      widths,
      columns.map(({ style }) => style?.(result)),
      paint,
    ),
    paint('dim', rule),
  ]);
  return [
    ...heads,
    paint('dim', rule),
    ...rows,
    ...failuresSaid(report, wide, paint),
    '',
    paint('bold', verdict(report)),
    ...wrap(
      sentence(
        `${outcomesSaid(report)}. First effect after ${duration(firstEffect.median)} (median), ${duration(firstEffect.worst)} at worst; ` +
          `${settings.changed} settings changed, ${settings.putBack} put back; ${evidence.complete} of ${evidence.taken} pieces of evidence complete; ` +
          `${calls.total} AWS calls, ${calls.writes} of them writes`,
      ),
      wide,
    ),
    ...burstSaid(report.burst, wide, paint),
  ]
    .join('\n')
    .replaceAll('\u00A0', ' ');
};
