// firebreak drill: practice. Every scenario of every playbook on an account in memory, with the code that is deployed.
import type { DrillProgress } from '../../gameday/drill.ts';
import type { DrillReport } from '../../gameday/report/drill-report.ts';
import { command, json } from '../command.ts';
import { jsonText, plain, type Screen } from '../screen.ts';
import { playbookFor } from '../target.ts';
import { trouble } from '../trouble.ts';

/** A terminal that is no terminal gets a table of this width. */
const widthWithout = 140;

const seedFrom = (text = '1'): number => {
  const seed = Number(text);
  if (/^\d{1,15}$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw trouble(`'${text}' is no seed.`, 'Give a whole number, such as --seed 7.');
};

/** One line a scenario when it is done; what happens meanwhile, on a line that goes again. */
const progressOn =
  (screen: Screen) =>
  (progress: DrillProgress): void => {
    const { number, of, playbook, scenario } = progress;
    const name = `${String(number).padStart(String(of).length)}/${of}  ${playbook} / ${scenario}`;
    if (progress.kind === 'begun') screen.passing(name);
    if (progress.kind === 'step') screen.passing(`${name}  ${plain(progress.step)}: ${plain(progress.text)}`);
    if (progress.kind === 'done') {
      const { held, outcome } = progress.result;
      const mark = held ? screen.paint('green', 'held') : screen.paint(['bold', 'red'], 'FAILED');
      screen.line(`${name}  ${mark}  ${outcome ?? 'no incident'}`);
    }
  };

const isHeld = ({ summary: { scenarios, held } }: DrillReport): boolean => scenarios > 0 && held === scenarios;

export const drill = command({
  usage: 'drill [PLAYBOOK…]',
  summary: 'practises on an account in memory: contains, verifies, releases, compares',
  about: [
    'Each scenario begins with the raw finding, and goes the whole way: routing, state machine, Lambda code, SDK. Exit code 0 only if everything held.',
  ],
  options: {
    seed: { type: 'string', value: 'N', about: 'the same seed gives the same drill; 1 if not given' },
    report: { type: 'string', value: 'DIR', about: 'write report.json and report.html there' },
    json,
  },
  examples: ['firebreak drill', 'firebreak drill isolate-instance --seed 7 --report out/drill'],
  run: async (world, { values, words }) => {
    const seed = seedFrom(values.seed);
    const known = await world.playbooks();
    for (const name of words) playbookFor(known, name);
    const { runDrill } = await import('../../gameday/drill.ts');
    const report = await runDrill({ playbooks: words, seed, onProgress: progressOn(world.err) });
    if (values.json) world.out.line(jsonText(report));
    else {
      const { drillTable } = await import('../../gameday/report/table.ts');
      const width = Number.isFinite(world.out.width) ? world.out.width : widthWithout;
      world.out.line(`\n${drillTable(report, { width, colour: world.out.coloured })}`);
    }
    if (values.report) {
      const { writeReport } = await import('../../gameday/report/write.ts');
      const written = await writeReport(values.report, report);
      const screen = values.json ? world.err : world.out;
      screen.line(`\nThe report: ${written.html} for people, ${written.json} for programs.`);
    }
    return isHeld(report) ? 0 : 1;
  },
});
