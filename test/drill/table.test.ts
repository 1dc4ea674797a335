// The table for the terminal: it fits, it says what matters, and no name can send the terminal anything.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runDrill } from '../../gameday/drill.ts';
import type { DrillReport } from '../../gameday/report/drill-report.ts';
import { drillTable } from '../../gameday/report/table.ts';
import { catalogueOf, disable, leak, untidy } from './catalogue.ts';

const other = 'UnauthorizedAccess:IAMUser/Untidy';
const playbooks = { 'disable-key': disable(), untidy: disable({ setting: untidy, finding: other }) };
const scenarios = { 'disable-key': { leaked: leak() }, untidy: { leaked: leak({}, other) } };
const report = await runDrill({ seed: 5, catalogue: catalogueOf(playbooks, scenarios) });

const hostile: DrillReport = {
  ...report,
  results: report.results.map((result) => ({
    ...result,
    title: '\u001B]0;owned\u0007\u001B[2Jfine\u009B31m\u202E',
    residual: ['one\nlayer\rof\u0008 text'],
  })),
};

describe('the table', () => {
  it.each([100, 120, 160])('fits %i columns', (width) => {
    for (const line of drillTable(report, { width, colour: false }).split('\n'))
      expect(line.length, line).toBeLessThanOrEqual(width);
  });

  it('says what was changed, the outcome, what stays open, the calls and the time', () => {
    const text = drillTable(report, { width: 160, colour: false });
    for (const words of [
      'A key that leaked',
      'access key status: Active → Inactive',
      'contained',
      'all put back',
      'live on',
    ])
      expect(text).toContain(words);
    expect(text).toMatch(/0\.\d s/);
  });

  it('says why a drill failed, and the verdict last', () => {
    const text = drillTable(report, { width: 120, colour: false });
    expect(text).toContain('FAILED  untidy / leaked');
    expect(text).toContain('left-behind');
    expect(text).toContain('1 of 2 incidents ended as they should, 1 did not, and 1 of 2 accounts are not as before.');
  });

  it('is coloured only where colour is asked for', () => {
    const plain = drillTable(report, { width: 120, colour: false });
    const coloured = drillTable(report, { width: 120, colour: true });
    expect(stripVTControlCharacters(plain)).toBe(plain);
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured).replace(/ +$/gm, '')).toBe(plain);
  });

  it('lets no control character of a name through', () => {
    const text = drillTable(hostile, { width: 120, colour: false });
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(text).toContain('fine');
  });
});
