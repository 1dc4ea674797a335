// A seat at the command line, in process: the account in memory in place of AWS, a script in place of the person, captured screens.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../cli/result.ts';
import { run } from '../../cli/run.ts';
import type { Screen } from '../../cli/screen.ts';
import type { Caller, World } from '../../cli/world.ts';
import { switchFile } from '../../functions/adapters/switch-file.ts';
import { type ConfigInput, defineConfig } from '../../functions/rails/config.ts';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import { playbooks } from '../laws/staged.ts';

export interface Seat {
  readonly practice: Practice;
  /** What is answered to each question in turn; a function is done first, and its answer taken. */
  readonly answers: (string | (() => Promise<string>))[];
  readonly questions: string[];
  /** One command, typed. */
  type(...args: readonly string[]): Promise<Typed>;
  /** Writes that the command line made on AWS so far. */
  writes(): readonly string[];
  /** Writes to the ledger so far. */
  ledgerWrites(): number;
  /** Presses Ctrl-C while the next wait goes on. */
  interruptNextWait(): void;
  /** The file in which the kill switch is kept. */
  readonly switchAt: string;
  /** Somebody else takes the seat, or the configuration is changed. */
  sit(change: Pick<Sitting, 'arn' | 'config' | 'interactive' | 'caller'>): void;
}

export interface Typed {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** stdout as the one JSON document that it is with --json. */
  readonly json: Result;
}

/** A screen that keeps what it is given. */
export const capture = (): Screen & { text(): string } => {
  const lines: string[] = [];
  return {
    line: (text = '') => lines.push(text),
    passing: () => undefined,
    paint: (_style, text) => text,
    width: 120,
    coloured: false,
    text: () => lines.join('\n'),
  };
};

export interface Sitting {
  /** false is a script without a terminal. */
  readonly interactive?: boolean;
  readonly account?: string;
  /** As AWS names whoever sits there. */
  readonly arn?: string;
  readonly config?: ConfigInput;
  /** In place of AWS's answer to who is calling. */
  readonly caller?: () => Promise<Caller>;
  /** An account that stands already; without it an empty one. */
  readonly practice?: Practice;
}

/** Takes a seat. */
export const takeSeat = (given: Sitting = {}): Seat => {
  const sitting = { interactive: true, arn: '', config: {} as ConfigInput, ...given };
  const practice = given.practice ?? createPractice({ playbooks, seed: 11, latency: 'none' });
  const { world, stage } = practice;
  const answers: Seat['answers'] = [];
  const questions: string[] = [];
  const interrupts: (() => Promise<void>)[] = [];
  let interrupting = false;
  const engine = practice.engine('by-hand');
  const switchAt = join(mkdtempSync(join(tmpdir(), 'firebreak-seat-')), 'ledger.sqlite.switch');
  const type: Seat['type'] = async (...args) => {
    const [out, err] = [capture(), capture()];
    const seat: World = {
      out,
      err,
      env: {},
      interactive: sitting.interactive,
      ask: async (question) => {
        questions.push(question.trim());
        const answer = answers.shift() ?? '';
        return typeof answer === 'string' ? answer : answer();
      },
      stdin: async () => '',
      now: world.clock.now,
      pause: engine.pause,
      wait: async (seconds) => {
        if (interrupting) await interrupts[0]?.();
        interrupting = false;
        await world.clock.sleep(seconds * 1000);
      },
      playbooks: async () => playbooks,
      config: async () => defineConfig(sitting.config),
      killSwitch: switchFile(switchAt),
      ledger: async () => engine.ledger,
      caller:
        sitting.caller ??
        (async () => ({
          partition: stage.partition,
          account: given.account || stage.account,
          arn: sitting.arn || `arn:aws:iam::${stage.account}:user/dana`,
          region: stage.region,
          aws: engine.aws,
        })),
      onInterrupt: (work) => {
        interrupts.push(work);
        return () => interrupts.splice(interrupts.indexOf(work), 1);
      },
    };
    const exit = await run(args, seat);
    const text = out.text();
    return {
      exit,
      out: text,
      err: err.text(),
      get json() {
        return JSON.parse(text) as Result;
      },
    };
  };
  return {
    practice,
    answers,
    questions,
    type,
    switchAt,
    sit: (change) => Object.assign(sitting, change),
    interruptNextWait: () => {
      interrupting = true;
    },
    writes: () =>
      world.calls.filter(({ write, session }) => write && session.startsWith('by-hand')).map(({ command }) => command),
    ledgerWrites: () => practice.ledgerCalls.filter(({ operation }) => operation === 'write').length,
  };
};
