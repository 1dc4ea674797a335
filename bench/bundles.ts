// How big each function's bundle is and what makes it so, and how long a fresh process takes to import it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Bundle, bundleAll } from '../infra/bundles/bundle.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import { type Judged, judged, limits, saidOf } from './limits.ts';
import { section, table } from './table.ts';

/** The Node that Lambda runs, whichever this is started with. */
const node24 = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const processes = 21;
const named = 6;

/** What functions/deployed/environment.ts wants to be told. Nothing is called: the clients are made, and that is all. */
const environment = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  FIREBREAK_ROLE: 'firebreak-bench',
  FIREBREAK_LEDGER: 'firebreak-ledger',
  FIREBREAK_SWITCH: '/firebreak/switch',
  FIREBREAK_TOPIC: 'arn:aws:sns:eu-central-1:111122223333:firebreak-notices',
  FIREBREAK_CHAT_TOPIC: 'arn:aws:sns:eu-central-1:111122223333:firebreak-chat',
  FIREBREAK_UNSENT: 'https://sqs.eu-central-1.amazonaws.com/111122223333/firebreak-unsent-notices',
  FIREBREAK_NOTES: 'https://sqs.eu-central-1.amazonaws.com/111122223333/firebreak-notes',
  FIREBREAK_MEMBER_ROLE: 'firebreak-bench',
  FIREBREAK_EXTERNAL_ID: 'firebreak',
  FIREBREAK_EVIDENCE: 'firebreak-evidence-111122223333-eu-central-1',
  FIREBREAK_RESPOND: 'arn:aws:states:eu-central-1:111122223333:stateMachine:firebreak-respond',
  FIREBREAK_RELEASE: 'arn:aws:states:eu-central-1:111122223333:stateMachine:firebreak-release',
  FIREBREAK_ANSWER: 'firebreak-answer:live',
  FIREBREAK_WATCH: 'firebreak-watch:live',
};

export type Part = { readonly from: string; readonly kilobytes: number };

export type BundleFigures = {
  readonly name: string;
  readonly ec2: boolean;
  readonly kilobytes: Judged;
  /** The median of 21 fresh processes. */
  readonly importMilliseconds: Judged;
  readonly fastestMilliseconds: number;
  readonly slowestMilliseconds: number;
  /** The biggest first, each a package, or a folder of ours. */
  readonly parts: readonly Part[];
};

export type BundlesFigures = {
  readonly processes: number;
  /** How busy the machine was: with more than there are cores, times are too long. */
  readonly load: { readonly before: number; readonly after: number; readonly cores: number };
  readonly bundles: readonly BundleFigures[];
};

const rounded = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** A package's name, or the folder of ours in which the file lies. */
const originOf = (file: string): string => {
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file) ?? [];
  return dependency ?? `${file.split('/')[0] ?? file}${file.includes('/') ? '/' : ''}`;
};

const partsOf = ({ inputs }: Bundle): readonly Part[] => {
  const bytes = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(inputs))
    bytes.set(originOf(file), (bytes.get(originOf(file)) ?? 0) + bytesInOutput);
  return [...bytes]
    .map(([from, size]) => ({ from, kilobytes: rounded(size / 1000, 1) }))
    .filter(({ kilobytes }) => kilobytes > 0)
    .toSorted((a, b) => b.kilobytes - a.kilobytes);
};

/** From within the process, so that the start of Node, which is Lambda's affair, is not in it. */
const importOnce = async (folder: string): Promise<number> => {
  const url = pathToFileURL(join(folder, 'index.mjs')).href;
  const code = `const begun = performance.now(); await import(${JSON.stringify(url)}); console.log(performance.now() - begun); process.exit();`;
  const { stdout } = await promisify(execFile)(node24, ['--input-type=module', '--eval', code], { env: environment });
  return Number(stdout);
};

/** One after the other: side by side they would wait for each other. */
const importTimes = async (folder: string): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let count = 0; count < processes; count++) times.push(await importOnce(folder));
  return times.toSorted((a, b) => a - b);
};

const figuresOf = async (bundle: Bundle): Promise<BundleFigures> => {
  const times = await importTimes(bundle.folder);
  const isEc2 = Object.keys(bundle.inputs).some((file) => file.includes('@aws-sdk/client-ec2/'));
  const kind = isEc2 ? 'ec2' : 'other';
  return {
    name: bundle.name,
    ec2: isEc2,
    kilobytes: judged(rounded(bundle.bytes / 1000), limits.bundle.kilobytes[kind]),
    importMilliseconds: judged(
      rounded(times[Math.floor(times.length / 2)] ?? Number.NaN),
      limits.bundle.importMilliseconds[kind],
    ),
    fastestMilliseconds: rounded(times[0] ?? Number.NaN),
    slowestMilliseconds: rounded(times.at(-1) ?? Number.NaN),
    parts: partsOf(bundle),
  };
};

const loadNow = (): number => rounded(loadavg()[0] ?? 0, 2);

export const measureBundles = async (playbooks: ReadonlyMap<string, Playbook>): Promise<BundlesFigures> => {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-bench-'));
  try {
    const made = await bundleAll(playbooks, folder);
    const before = loadNow();
    const bundles: BundleFigures[] = [];
    for (const bundle of made.values()) bundles.push(await figuresOf(bundle));
    return { processes, load: { before, after: loadNow(), cores: availableParallelism() }, bundles };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const bundlesText = ({ bundles, load }: BundlesFigures): string =>
  section(
    'Bundles',
    `Measured here. Import: the median of ${processes} fresh processes of Node 24, from within, with the clients made; the load of this machine went from ` +
      `${load.before} to ${load.after} on ${load.cores} cores. Lambda has another processor: it is told by the Init Duration in its logs.`,
    table(
      ['function', 'kB', 'import ms', 'fastest', 'slowest', 'the biggest parts, kB'],
      bundles.map(({ name, kilobytes, importMilliseconds, fastestMilliseconds, slowestMilliseconds, parts }) => [
        name,
        saidOf(kilobytes),
        saidOf(importMilliseconds),
        `${fastestMilliseconds}`,
        `${slowestMilliseconds}`,
        parts
          .slice(0, named)
          .map(({ from, kilobytes: size }) => `${from.replace('@aws-sdk/', '')} ${Math.round(size)}`)
          .join(', '),
      ]),
    ),
  );
