// What the command line needs from where it runs. The machine gives the real things; tests give their own.
import type { Engine } from '../functions/engine/engine.ts';
import type { Ledger } from '../functions/engine/ledger.ts';
import type { Config } from '../functions/rails/config.ts';
import type { SwitchKeeper } from '../functions/rails/turning.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Screen } from './screen.ts';

/** Whose credentials these are, and the clients that use them. */
export interface Caller {
  readonly partition: string;
  readonly account: string;
  /** As AWS names the caller. */
  readonly arn: string;
  /** The Region that is configured, if any is. */
  readonly region: string | undefined;
  readonly aws: Engine['aws'];
}

export interface World {
  /** stdout: what was asked for, and nothing else. */
  readonly out: Screen;
  /** stderr: progress, questions, errors. */
  readonly err: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether somebody sits there who can be asked. */
  readonly interactive: boolean;
  /** Asks for a line of text. */
  ask(question: string): Promise<string>;
  /** All of stdin. */
  stdin(): Promise<string>;
  now(): Date;
  pause(milliseconds: number): Promise<void>;
  /** Puts other time in place of the workflow's waits. */
  readonly wait?: (seconds: number) => Promise<void>;
  playbooks(): Promise<ReadonlyMap<string, Playbook>>;
  /** The rails that count here. Throws in words where they can't be used. */
  config(): Promise<Config>;
  /** The kill switch of this machine. */
  readonly killSwitch: SwitchKeeper;
  /** To read only, a ledger that does not exist yet is an empty one, and none is made. */
  ledger(access: 'read' | 'write'): Promise<Ledger>;
  /** Asks AWS who is calling. */
  caller(): Promise<Caller>;
  /** Runs `work` when somebody stops us; answers how to stand down. */
  onInterrupt(work: () => Promise<void>): () => void;
}
