// Tables for a terminal: columns as wide as what stands in them, figures to the right.

const isFigure = (cell: string): boolean => /^[\d.,$]/.test(cell);

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[], toRight: (column: number) => boolean): string =>
    row
      .map((cell, column) => (toRight(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const figures = head.map((_, column) => column > 0 && rows.every((row) => isFigure(row[column] ?? '')));
  const toRight = (column: number): boolean => figures[column] ?? false;
  return [
    line(head, toRight),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map((row) => line(row, toRight)),
  ].join('\n');
};

export const section = (title: string, ...paragraphs: readonly string[]): string =>
  [`${title}\n${'═'.repeat(title.length)}`, ...paragraphs].join('\n\n');
