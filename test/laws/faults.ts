// Law 5: whatever single call fails, in whatever way, the end is contained and told, or not contained and told why; no original is lost.
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../functions/engine/incident.ts';
import type { Call, Fault } from '../../gameday/account/world.ts';
import type { LedgerCall } from '../../gameday/faulty-ledger.ts';
import { type Case, cases, differences, expectedOutcome, type Staged, stage, title } from './staged.ts';

/** What a call that changes something meets. Before it, after it, or not at all: three ways to die or to be told nothing. */
const toWrites: readonly Fault[] = ['denied', 'timeout-after', 'crash-before', 'crash-after'];
/** A read has no effect to be before or after of: it fails, or it doesn't. */
const toReads: readonly Fault[] = ['denied'];
/** What the SDK's own retries hide, or what is the same as a fault of the call before: a sample of all calls meets these. */
const sampled: readonly Fault[] = [
  'throttled',
  'server-error',
  'timeout-before',
  'timeout-after',
  'crash-before',
  'crash-after',
];
const sampleEvery = 11;

type Trial = { readonly where: 'AWS' | 'ledger'; readonly index: number; readonly fault: Fault };

const said = ({ where, index, fault }: Trial, call: string): string => `${where} call ${index} (${call}) ${fault}`;

/** Firebreak's own calls are counted from 0, so that the stage's are left in peace. */
const injectInto = (staged: Staged, trial: Trial): (() => string) => {
  let seen = -1;
  let hit = '';
  const decide = (name: string): boolean => {
    seen += 1;
    if (seen !== trial.index) return false;
    hit = name;
    return true;
  };
  if (trial.where === 'AWS')
    staged.practice.world.inject((call: Call) =>
      !call.session.startsWith('stage') && decide(`${call.service} ${call.command}`) ? trial.fault : undefined,
    );
  else
    staged.practice.injectIntoLedger(({ operation, key }) =>
      decide(`${operation} ${key}`) ? (trial.fault === 'crash-before' ? 'crash-before' : 'crash-after') : undefined,
    );
  return () => hit;
};

const calm = ({ practice }: Staged): void => {
  practice.world.inject(undefined);
  practice.injectIntoLedger(undefined);
};

/** What may be claimed at the end, judged on the account. */
const isTruthful = async (one: Case, staged: Staged, incident: Incident): Promise<string[]> => {
  const wrong: string[] = [];
  const harm = await staged.harm();
  if (incident.outcome === null) wrong.push('the incident has no outcome');
  if (incident.reason === '') wrong.push('the outcome has no reason in words');
  if ((incident.outcome === 'contained' || incident.outcome === 'preserved') && harm)
    wrong.push(`it says ${incident.outcome}, and the harm goes on`);
  if (
    incident.outcome === 'partly-contained' &&
    expectedOutcome(one) === 'contained' &&
    !/open|can go on/i.test(incident.reason)
  )
    wrong.push(`partly-contained, and the reason names nothing open: ${incident.reason}`);
  return wrong;
};

/** Each volume once, or the surplus is named. */
const surplusIsNamed = (staged: Staged, incident: Incident): string[] => {
  const sets = staged
    .calls()
    .filter(({ command, outcome, write }) => write && command === 'CreateSnapshots' && outcome === 'ok').length;
  const notes = incident.evidence.map(({ note }) => note).join(' ');
  return sets > 1 &&
    !/surplus|also|more than one/i.test(notes) &&
    incident.evidence.some(({ state }) => state !== 'failed')
    ? [`${sets} sets of snapshots were made, and no note says so: ${notes}`]
    : [];
};

/** After the trouble: contain once more, let go of everything; the account is as it was. */
const nothingIsLost = async (staged: Staged, incidents: readonly Incident[]): Promise<string[]> => {
  for (const { id } of incidents) {
    const now = await staged.practice.read(id);
    if (now.phase === 'new' || now.phase === 'containing') await staged.practice.contain(now);
    const { incident: released } = await staged.practice.release(await staged.practice.read(id), 'force');
    if (released.phase === 'holding') return [`release --force left it ${released.outcome}: ${released.reason}`];
  }
  return [...differences(staged.before, staged.practice.world.snapshot())];
};

const attempt = async (one: Case, trial: Trial): Promise<string[]> => {
  const staged = await stage(one);
  const hit = injectInto(staged, trial);
  let response: Awaited<ReturnType<Staged['practice']['respond']>>;
  try {
    response = await staged.practice.respond(staged.event);
  } catch (error) {
    return [`${said(trial, hit())}: the event was lost: ${String(error)}`];
  }
  calm(staged);
  const incidents = response.executions.map(({ incident }) => incident);
  const own = incidents.find(({ playbook }) => playbook === one.playbook);
  if (!own) return [`${said(trial, hit())}: no incident was opened`];
  const wrong = [
    ...(await isTruthful(one, staged, own)),
    ...surplusIsNamed(staged, own),
    ...(await nothingIsLost(staged, incidents)),
  ];
  wrong.push(...staged.practice.world.defects.map(String));
  return wrong.map((words) => `${said(trial, hit())}: ${words}`);
};

/** A read that is the same as one before it, in one process, fails the same thing. */
const isFirst = (calls: readonly Call[], index: number): boolean => {
  const same = ({ session, command, input }: Call) => JSON.stringify([session, command, input]);
  const call = calls[index];
  return call !== undefined && calls.findIndex((one) => same(one) === same(call)) === index;
};

const trials = (calls: readonly Call[], ledgerCalls: readonly LedgerCall[]): readonly Trial[] => [
  ...calls.flatMap(({ write }, index) => {
    const own = write ? toWrites : isFirst(calls, index) ? toReads : [];
    const faults = new Set([...own, ...(index % sampleEvery === 0 ? sampled : [])]);
    return [...faults].map((fault): Trial => ({ where: 'AWS', index, fault }));
  }),
  // To die after reading the ledger is to die before the next call.
  ...ledgerCalls.flatMap(({ operation }, index): Trial[] =>
    operation === 'write' ? [{ where: 'ledger', index, fault: 'crash-after' }] : [],
  ),
];

/** Plays one half of all cases, so that two processes share the work. */
export const playFaults = (half: 0 | 1): void => {
  const mine = cases.filter((_, index) => index % 2 === half);
  describe.each(mine.map((one) => [title(one), one] as const))('%s', (_title, one) => {
    it('5. a single fault anywhere ends contained and told, or not contained and told why', {
      timeout: 900_000,
    }, async () => {
      const rehearsal = await stage(one);
      const ledgerBefore = rehearsal.practice.ledgerCalls.length;
      await rehearsal.respond();
      const every = trials(rehearsal.calls(), rehearsal.practice.ledgerCalls.slice(ledgerBefore));
      const wrong: string[] = [];
      for (const trial of every) wrong.push(...(await attempt(one, trial)));
      expect(wrong, `${every.length} trials`).toEqual([]);
    });
  });
};
