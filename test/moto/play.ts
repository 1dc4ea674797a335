// One scenario, played through the command line against an account of moto's: contained, checked, contained again, released, compared.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../playbooks/language/json.ts';
import type { Scenario } from '../../playbooks/language/scenario.ts';
import { firebreak, type Ran } from '../cli/command-line.ts';
import type { Account } from './account.ts';
import { differences, inventoryOf, saidDifference } from './inventory.ts';
import { forgottenSettings, staysAfterwards } from './lacks.ts';

export type Check = { readonly what: string; readonly held: boolean; readonly found: string };

/** Ends a scenario at its first check that leaves nothing to go on with. */
const stopped = Symbol('stopped');

type Result = {
  readonly incident: string;
  readonly playbook: string;
  readonly outcome: string;
  readonly reason: string;
  readonly changes: readonly {
    readonly setting: string;
    readonly id: string;
    readonly state: string;
    readonly note: string;
  }[];
  readonly evidence: readonly { readonly kind: string; readonly state: string; readonly note: string }[];
};
type Explained = {
  readonly findings: readonly {
    readonly answers: readonly {
      readonly playbook: string | null;
      readonly resource: string | null;
      readonly do: string;
    }[];
  }[];
};

const said = ({ outcome, reason, changes, evidence }: Result): string =>
  [
    `${outcome}: ${reason}`,
    ...changes.filter(({ note }) => note).map(({ setting, id, state, note }) => `${setting} ${id} ${state} (${note})`),
    ...evidence.filter(({ note }) => note).map(({ kind, state, note }) => `${kind} ${state} (${note})`),
  ].join(' | ');

const parsed = <T>({ stdout, stderr, exit }: Ran): T => {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`stdout is not one JSON document (exit ${exit}): ${stdout.slice(0, 300)} ${stderr.slice(-600)}`);
  }
};

/** What the command line ends with when the outcome is this. */
const exitOf: Readonly<Record<string, number>> = {
  failed: 1,
  refused: 3,
  'partly-contained': 4,
  conflict: 4,
  drifted: 4,
};

export interface Piece {
  readonly playbook: string;
  readonly scenarioName: string;
  readonly scenario: Scenario<Json>;
  readonly evidenceOnly: boolean;
  /** Whether to take the way of the raw event as well, at the end. */
  readonly respondToo: boolean;
}

/** Plays it to its end, or to where it can't go on. Never throws: what breaks is a check that does not hold. */
export const play = async (piece: Piece, account: Account, tell: (check: Check) => void): Promise<void> => {
  const check = (what: string, held: boolean, found = '') => tell({ what, held, found });
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-moto-'));
  try {
    await playIn(folder, piece, account, check);
  } catch (error) {
    if (error !== stopped) check('is played to its end', false, error instanceof Error ? error.message : String(error));
  } finally {
    await rm(folder, { recursive: true });
  }
};

type Tell = (what: string, held: boolean, found?: string) => void;

/** The commands of one scenario, each with what it wrote. */
const commandsFor = (folder: string, account: Account) => {
  const ledger = join(folder, 'state', 'ledger.sqlite');
  const run = async (...args: readonly string[]) => {
    const from = account.recorder.calls.length;
    const ran = await firebreak(args, { ...account.env, FIREBREAK_LEDGER: ledger });
    const calls = account.recorder.calls.slice(from);
    return { ...ran, wrote: calls.filter(({ writes }) => writes).map(({ name }) => name) };
  };
  return { ledger, run };
};

const playIn = async (folder: string, piece: Piece, account: Account, check: Tell): Promise<void> => {
  const { playbook, scenario, evidenceOnly } = piece;
  const { stage } = account;
  const { ledger, run } = commandsFor(folder, account);
  const file = join(folder, 'event.json');
  const options = Object.entries(scenario.options ?? {}).flatMap(([name, value]) => ['--option', `${name}=${value}`]);

  let arranged: Json;
  try {
    arranged = await scenario.arrange(stage);
    check('is arranged', true);
  } catch (error) {
    check('is arranged', false, String(error));
    throw stopped;
  }
  await writeFile(file, JSON.stringify(scenario.finding(arranged, stage)));
  const before = await inventoryOf(stage);
  const unchanged = async (what: string) => {
    const found = differences(before, await inventoryOf(stage));
    const left = found.filter((one) => !staysAfterwards.some((may) => may.what.test(one.what)));
    check(what, left.length === 0, left.map(saidDifference).join('; '));
  };
  if (!evidenceOnly) check('harm is there before', await scenario.harm(arranged, stage));

  const explained = await run('explain', file, '--json');
  const answer = parsed<Explained>(explained)
    .findings.flatMap(({ answers }) => answers)
    .find((one) => one.playbook === playbook);
  check('the raw event is routed to it', Boolean(answer?.resource) && explained.wrote.length === 0, explained.stderr);
  if (!answer?.resource) throw stopped;

  const expected = scenario.outcome ?? (evidenceOnly ? 'preserved' : 'contained');
  // Whose a session's key is, and what goes on, stands in the event alone.
  const byEvent = answer.resource.startsWith('ASIA') || expected === 'partly-contained';
  const way = byEvent ? ['respond', file] : ['contain', playbook, answer.resource, '--reason', 'npm run test:moto'];
  const answered = async (...args: readonly string[]) => {
    const ran = await run(...args, '--json');
    const document = parsed<Result | Result[]>(ran);
    const all = Array.isArray(document) ? document : [document];
    const result = all.find((one) => one.playbook === playbook);
    if (!result) throw new Error(`firebreak ${args[0]} answered nothing of ${playbook}: ${ran.stdout} ${ran.stderr}`);
    return { ...ran, result, all };
  };
  const contain = async (...more: readonly string[]) => {
    const first = await answered(...way, ...options, ...more);
    if (first.result.outcome !== 'waiting') return first;
    // --yes is no answer to a rail: whoever asked for it approves it by name.
    check('a rail that asks is told, and nothing is contained', /: .*: /.test(first.result.reason) && first.exit === 4);
    const approved = await answered('approve', first.result.incident, '--yes');
    const others = first.all.filter((one) => one.playbook !== playbook);
    return { ...approved, all: [...others, ...approved.all], wrote: [...first.wrote, ...approved.wrote] };
  };

  const dry = await contain('--dry-run');
  check(
    'a dry run plans and writes nothing',
    dry.result.outcome === (expected === 'refused' ? 'refused' : 'planned') &&
      dry.wrote.length === 0 &&
      !existsSync(ledger),
    `${said(dry.result)} ${dry.wrote.join(', ')}`,
  );

  const contained = await contain('--yes');
  check(`is ${expected}`, contained.result.outcome === expected, said(contained.result));
  check('the exit code says so', contained.exit === (exitOf[contained.result.outcome] ?? 0), String(contained.exit));
  if (expected === 'refused') {
    check('nothing was written', contained.wrote.length === 0, contained.wrote.join(', '));
    await unchanged('the account is as before');
    return;
  }
  const failed = contained.result.changes.filter(
    ({ state, setting }) => state !== 'verified' && !forgottenSettings[setting],
  );
  check('every change is verified', failed.length === 0, said({ ...contained.result, changes: failed }));
  const forgotten = contained.result.changes.filter(({ setting }) => forgottenSettings[setting]);
  check(
    'what moto forgets is told as open',
    forgotten.every(({ state }) => state === 'open'),
    `test/moto/lacks.ts may be out of date: ${said({ ...contained.result, changes: forgotten })}`,
  );
  const gaps = contained.result.evidence.filter(({ state }) => state !== 'complete');
  check('the evidence is whole', gaps.length === 0, said({ ...contained.result, evidence: gaps }));
  if (!evidenceOnly && expected === 'contained') check('harm is gone', !(await scenario.harm(arranged, stage)));

  const id = contained.result.incident;
  const checked = await run('check', id, '--json');
  check(
    'a check agrees',
    checked.exit === contained.exit && checked.wrote.length === 0,
    `${checked.exit} ${checked.stdout}`,
  );

  const again = await contain('--yes');
  const repeated = new Set(forgotten.map(({ setting }) => forgottenSettings[setting]?.write));
  const anew = again.wrote.filter((name) => !repeated.has(name));
  check('contained again, nothing is written', anew.length === 0, anew.join(', '));
  check('contained again, it is the same incident', again.result.incident === id, again.result.incident);

  const ids = [...new Set([...contained.all, ...again.all].map(({ incident }) => incident).filter(Boolean))];
  const plain = await Promise.all(ids.map((one) => run('release', one, '--yes', '--json')));
  const kept = new Set(['released', 'untouched', 'kept', 'let-go', 'gone', 'shared']);
  const released = plain.map((ran) => parsed<Result>(ran));
  check(
    'a release puts back all but what is to be kept',
    released.every(({ outcome, changes }) => outcome === 'released' && changes.every(({ state }) => kept.has(state))),
    released.map(said).join(' | '),
  );
  const forced = await Promise.all(ids.map((one) => run('release', one, '--force', '--yes', '--json')));
  check(
    'a forced release puts back everything',
    forced.every(({ exit }) => exit === 0),
    forced.map(({ stdout }) => said(JSON.parse(stdout) as Result)).join(' | '),
  );
  await unchanged('the account is as before');
  if (piece.respondToo && !byEvent) await respondTo(file, options, { run, check, expected, playbook, unchanged });
};

interface Responding {
  readonly run: ReturnType<typeof commandsFor>['run'];
  readonly check: Tell;
  readonly expected: string;
  readonly playbook: string;
  readonly unchanged: (what: string) => Promise<void>;
}

/** The whole path from the raw event, and everything that it opened released again. */
const respondTo = async (
  file: string,
  options: readonly string[],
  { run, check, expected, playbook, unchanged }: Responding,
): Promise<void> => {
  const responded = await run('respond', file, ...options, '--yes', '--json');
  const results = parsed<Result[]>(responded);
  const own = results.find((one) => one.playbook === playbook);
  check('the raw event leads to the same end', own?.outcome === expected, results.map(said).join(' | '));
  const ids = results.map(({ incident }) => incident).filter(Boolean);
  const released = await Promise.all(ids.map((one) => run('release', one, '--force', '--yes', '--json')));
  check(
    'and is released as well',
    released.every(({ exit }) => exit === 0),
    released.map(({ stdout }) => stdout).join(' '),
  );
  await unchanged('and the account is as before');
};
