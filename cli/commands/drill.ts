// firebreak drill: practice. Every scenario of every playbook on an account in memory, with the code that is deployed.
import type { BurstProgress } from '../../gameday/burst.ts';
import type { DrillProgress } from '../../gameday/drill.ts';
import type { Story } from '../../gameday/faults/play.ts';
import type { FaultKind, Order, Progress } from '../../gameday/faults/share.ts';
import type { BurstReport } from '../../gameday/report/burst-report.ts';
import type { DrillReport, FaultReport } from '../../gameday/report/drill-report.ts';
import { command, json } from '../command.ts';
import { jsonText, plain, type Screen } from '../screen.ts';
import { playbookFor } from '../target.ts';
import { trouble } from '../trouble.ts';
import type { World } from '../world.ts';

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

const isHeld = ({ summary: { scenarios, held }, faults, burst }: DrillReport): boolean =>
  scenarios > 0 &&
  held === scenarios &&
  (faults === undefined || (faults.trials > 0 && faults.counts.broken === 0)) &&
  burst?.held !== false;

const kinds: readonly (FaultKind | 'none')[] = ['none', 'single', 'pairs', 'all-pairs', 'random'];

const kindFrom = (text = 'none'): FaultKind | 'none' => {
  const kind = kinds.find((one) => one === text);
  if (kind) return kind;
  throw trouble(`'${text}' is no kind of faults.`, `Give one of ${kinds.join(', ')}.`);
};

const runsFrom = (text = '2000'): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw trouble(`'${text}' is no number of trials.`, 'Give a whole number, such as --runs 2000.');
};

/** 'pairs' finds while it plays which of its trials are still wanted: it is no list that could be parted. */
const partFrom = (text: string | undefined, kind: FaultKind | 'none'): Order['part'] => {
  if (text === undefined) return undefined;
  const [, part, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (!part || !of || Number(part) > Number(of))
    throw trouble(`'${text}' is no part.`, 'Give which one of how many, such as --part 2/4.');
  if (kind === 'none' || kind === 'pairs')
    throw trouble(`--faults ${kind} is not played in parts.`, 'Leave --part out, or give single, all-pairs or random.');
  return { index: Number(part) - 1, of: Number(of) };
};

/** Many to a second: one line that goes again. */
const trialsOn = (screen: Screen): ((progress: Progress) => void) => {
  const begun = Date.now();
  return ({ done, trials, title, broken }) => {
    const seconds = (Date.now() - begun) / 1000;
    const left = done > 0 ? `, ${Math.round((seconds / done) * (trials - done))} s left` : '';
    screen.passing(`${done}/${trials} trials${left}${broken > 0 ? `, ${broken} BROKEN` : ''}  ${title}`);
  };
};

/** Plays one trial that somebody saw fail, and says all of it. */
const playAgain = async (world: World, text: string, seed: number, asJson: boolean): Promise<number> => {
  const [{ replay }, { storySaid }] = await Promise.all([
    import('../../gameday/faults/replay.ts'),
    import('../../gameday/report/fault-text.ts'),
  ]);
  const story = await replay(text, seed).catch((error: unknown) => {
    throw trouble(
      error instanceof Error ? error.message : String(error),
      'The report of a drill names its trials as they are written here.',
    );
  });
  if (asJson) world.out.line(jsonText(story));
  else for (const line of storySaid(story)) world.out.line(line);
  return story.end === 'broken' ? 1 : 0;
};

const tryFaults = async (order: Order, world: World): Promise<FaultReport> => {
  const [{ playAll }, { brokenSaid }] = await Promise.all([
    import('../../gameday/faults/crew.ts'),
    import('../../gameday/report/fault-text.ts'),
  ]);
  // At once, and not only at the end: a deep drill takes an hour.
  const onBroken = (story: Story): void => {
    for (const line of brokenSaid(story, order.seed)) world.err.line(line);
  };
  const tally = await playAll(order, trialsOn(world.err), onBroken);
  world.err.line(`${tally.trials} trials with faults are played.`);
  const { pairs, ...counted } = tally;
  const met = { together: pairs.together.length, apart: pairs.apart.length };
  const { kind, seed, part } = order;
  return { ...counted, kind, seed, ...(part && { part }), ...(kind === 'pairs' && { pairs: met }) };
};

const playBurst = async (screen: Screen, seed: number): Promise<BurstReport> => {
  const { runBurst } = await import('../../gameday/burst.ts');
  const onProgress = ({ contained, of, atSeconds }: BurstProgress): void =>
    screen.passing(`burst  ${contained} of ${of} contained and told after ${Math.round(atSeconds)} s`);
  return runBurst({ seed, onProgress });
};

export const drill = command({
  usage: 'drill [PLAYBOOK…]',
  summary: 'practises on an account in memory: contains, verifies, releases, compares',
  about: [
    'Each scenario begins with the raw finding, and goes the whole way: routing, state machine, Lambda code, SDK. Exit code 0 only if everything held.',
  ],
  options: {
    seed: { type: 'string', value: 'N', about: 'the same seed gives the same drill; 1 if not given' },
    burst: {
      type: 'boolean',
      about: 'also 10,000 findings within a minute, on an AWS that throttles; takes a minute or two',
    },
    report: { type: 'string', value: 'DIR', about: 'write report.json and report.html there' },
    faults: {
      type: 'string',
      value: 'KIND',
      about: 'also let things go wrong: single (each call, each fault), pairs, all-pairs, random; none if not given',
    },
    runs: { type: 'string', value: 'N', about: 'how many random trials; 2000 if not given' },
    part: {
      type: 'string',
      value: 'K/N',
      about: 'play the Kth of N parts of the trials with faults: all-pairs takes hours',
    },
    replay: { type: 'string', value: 'TRIAL', about: 'play one trial again, as a report spells it' },
    json,
  },
  examples: [
    'firebreak drill',
    'firebreak drill isolate-instance --seed 7 --report out/drill',
    'firebreak drill --faults single --report out/faults',
    "firebreak drill --replay 'disable-access-key/leaked-key respond.aws.23=timeout-after'",
  ],
  run: async (world, { values, words }) => {
    const seed = seedFrom(values.seed);
    if (values.replay) return playAgain(world, values.replay, seed, values.json ?? false);
    const kind = kindFrom(values.faults);
    const runs = runsFrom(values.runs);
    const part = partFrom(values.part, kind);
    const known = await world.playbooks();
    for (const name of words) playbookFor(known, name);
    const { runDrill } = await import('../../gameday/drill.ts');
    const calm = await runDrill({ playbooks: words, seed, onProgress: progressOn(world.err) });
    const order = { playbooks: words, seed, runs, ...(part && { part }) };
    const faults = kind === 'none' ? undefined : await tryFaults({ ...order, kind }, world);
    const burst = values.burst ? await playBurst(world.err, seed) : undefined;
    const report: DrillReport = { ...calm, ...(faults && { faults }), ...(burst && { burst }) };
    if (values.json) world.out.line(jsonText(report));
    else {
      const { drillTable } = await import('../../gameday/report/table.ts');
      const width = Number.isFinite(world.out.width) ? world.out.width : widthWithout;
      world.out.line(`\n${drillTable(report, { width, colour: world.out.coloured })}`);
      if (faults) {
        const { faultsSaid } = await import('../../gameday/report/fault-text.ts');
        for (const line of faultsSaid(faults)) world.out.line(line);
      }
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
