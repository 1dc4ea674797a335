// What is printed: harmless, coloured only for a terminal, and never wider than it.
import { stripVTControlCharacters, styleText } from 'node:util';
import { forJson, forTerminal } from '../functions/notices/encode.ts';

export type Style = Parameters<typeof styleText>[0];

export interface Screen {
  /** Writes a line. */
  line(text?: string): void;
  /** Shows what goes on just now, on a line that the next one takes. Nothing where there is no terminal. */
  passing(text: string): void;
  /** Colours for a terminal, the bare text for anything else. */
  paint(style: Style, text: string): string;
  /** In characters; anything but a terminal has no width. */
  readonly width: number;
  readonly coloured: boolean;
}

const wipe = '\r\u001b[2K';

/** A screen on a stream; NO_COLOR and FORCE_COLOR are respected. */
export const screenOn = (stream: NodeJS.WriteStream): Screen => {
  const width = stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;
  const paint = (style: Style, text: string) => styleText(style, text, { stream });
  let shown = false;
  const cleared = (text: string) => {
    const before = shown ? wipe : '';
    shown = false;
    return `${before}${text}`;
  };
  return {
    line: (text = '') => stream.write(cleared(`${text}\n`)),
    passing: (text) => {
      if (!stream.isTTY) return;
      stream.write(cleared(text.slice(0, width - 1)));
      shown = true;
    },
    paint,
    width,
    coloured: paint('bold', 'x') !== 'x',
  };
};

/** Findings and tags are the attacker's to write: what a terminal would obey, or show otherwise than it is, goes. */
export const plain = forTerminal;

/** One JSON document, with everything that a terminal would obey written as an escape. */
export const jsonText = (value: unknown): string => forJson(value, 2);

/** Breaks at blanks, and inside a word only where it is longer than a line: ids stay whole wherever they can. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
};

/** A paragraph under a mark such as '• ', each line as far in as the first. */
export const paragraph = (screen: Screen, indent: string, text: string, mark = ''): void => {
  const markWidth = stripVTControlCharacters(mark).length;
  const room = Math.max(20, screen.width - indent.length - markWidth);
  for (const [index, line] of wrap(plain(text), room).entries())
    screen.line(`${indent}${index === 0 ? mark : ' '.repeat(markWidth)}${line}`);
};

/** A list under its title; nothing where the list is empty. */
export const bullets = (screen: Screen, title: string, items: readonly string[]): void => {
  if (items.length === 0) return;
  screen.line(`\n  ${screen.paint('bold', title)}`);
  for (const item of items) paragraph(screen, '  ', item, '• ');
};

const gap = 2;
const narrowest = 8;

/** Takes from the widest column until the row fits. */
const fitted = (widths: readonly number[], room: number): readonly number[] => {
  const fitting = [...widths];
  while (fitting.reduce((sum, width) => sum + width + gap, 0) - gap > room) {
    const widest = fitting.indexOf(Math.max(...fitting));
    const width = fitting[widest] ?? 0;
    if (width <= narrowest) break;
    fitting[widest] = width - 1;
  }
  return fitting;
};

/** A table under its heads. Cells are made harmless; `style` colours a cell by its column and text. */
export const table = (
  screen: Screen,
  indent: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  style: (column: number, text: string) => Style | undefined = () => undefined,
): void => {
  const cells = rows.map((row) => row.map(plain));
  const wanted = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => (row[column] ?? '').length)));
  const widths = fitted(wanted, screen.width - indent.length);
  const print = (row: readonly string[], colour: (column: number, text: string) => Style | undefined) => {
    const wrapped = row.map((cell, column) => wrap(cell, widths[column] ?? narrowest));
    for (let at = 0; at < Math.max(...wrapped.map((lines) => lines.length)); at++) {
      const line = wrapped.map((lines, column) => {
        const text = lines[at] ?? '';
        const padded = column === row.length - 1 ? text : text.padEnd((widths[column] ?? 0) + gap);
        const chosen = colour(column, row[column] ?? '');
        return chosen && text !== '' ? screen.paint(chosen, padded) : padded;
      });
      screen.line(`${indent}${line.join('')}`.trimEnd());
    }
  };
  print(heads, () => 'dim');
  for (const row of cells) print(row, style);
};
