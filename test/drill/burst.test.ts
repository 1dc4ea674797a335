// A small burst, of the kind that firebreak drill --burst plays large: nothing is lost or doubled, and the budgets hold.
import { describe, expect, it } from 'vitest';
import { burstReportOf } from '../../gameday/burst/measure.ts';
import { playBurst } from '../../gameday/burst.ts';

const detections = 60;
const small = { seed: 3, detections, withinSeconds: 10 };

describe('a burst', () => {
  it('loses nothing, doubles nothing, and tells people of each', async () => {
    const report = burstReportOf(await playBurst(small));
    expect(report.outcomes).toEqual({ contained: detections });
    expect(report.lost).toBe(0);
    expect(report.doubled).toEqual({ incidents: 0, writes: 0, notices: 0 });
    expect(report.events).toMatchObject({ total: detections * 5, duplicates: detections * 4 });
    expect(report.notes.findings).toBe(detections);
    // So few are let through at once, and then five a second, that none has to be contained late.
    expect(report.seconds.contained).toBeLessThan(15);
    const unmet = report.checks.filter(({ held, what }) => !held && !what.startsWith('Containment is as fast'));
    expect(unmet).toEqual([]);
  });

  it('of findings that nobody has prepared for is contained as far as the budget goes; the others ask, and nothing of theirs is touched', async () => {
    const observed = await playBurst({ ...small, config: { budgets: {} } });
    const { followed } = observed;
    const contained = followed.filter(({ outcome }) => outcome === 'contained');
    // By default HIGH findings may use 10 an hour, and what LOW (3) and MEDIUM (5) ones have left.
    expect(contained).toHaveLength(18);
    expect(followed.filter(({ cutOff }) => cutOff)).toHaveLength(18);
    const others = followed.filter((one) => !contained.includes(one));
    expect(others.map(({ outcome }) => outcome)).toEqual(others.map(() => 'expired'));
    expect(others.filter(({ writes, incidents }) => writes > 0 || incidents !== 1)).toEqual([]);
  });
});
