// A seat at the command line, in process: the account in memory in place of AWS, a script in place of the person, captured screens.

import type { Result } from '../../cli/result.ts';
import { run } from '../../cli/run.ts';
import type { Screen } from '../../cli/screen.ts';
import type { World } from '../../cli/world.ts';
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

/** Takes a seat. `interactive: false` is a script without a terminal. */
export const takeSeat = ({ interactive = true, account = '', arn = '' } = {}): Seat => {
  const practice = createPractice({ playbooks, seed: 11, latency: 'none' });
  const { world, stage } = practice;
  const answers: Seat['answers'] = [];
  const questions: string[] = [];
  const interrupts: (() => Promise<void>)[] = [];
  let interrupting = false;
  const engine = practice.engine('by-hand');
  const type: Seat['type'] = async (...args) => {
    const [out, err] = [capture(), capture()];
    const seat: World = {
      out,
      err,
      env: {},
      interactive,
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
      ledger: async () => engine.ledger,
      caller: async () => ({
        partition: stage.partition,
        account: account || stage.account,
        arn: arn || `arn:aws:iam::${stage.account}:user/dana`,
        region: stage.region,
        aws: engine.aws,
      }),
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
    interruptNextWait: () => {
      interrupting = true;
    },
    writes: () =>
      world.calls.filter(({ write, session }) => write && session.startsWith('by-hand')).map(({ command }) => command),
    ledgerWrites: () => practice.ledgerCalls.filter(({ operation }) => operation === 'write').length,
  };
};
