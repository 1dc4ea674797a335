// What the engine needs from the place where it runs: a Lambda, the command line, or a drill.
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { type Place, parseArn } from '../../playbooks/language/resource.ts';
import type { Config } from '../rails/config.ts';
import type { Own } from '../rails/event.ts';
import type { ReadSwitch } from '../rails/switch.ts';
import type { SwitchKeeper } from '../rails/turning.ts';
import type { Deny } from './hands.ts';
import type { ReleaseMode } from './hold.ts';
import type { Incident } from './incident.ts';
import type { Ledger, Pause } from './ledger.ts';
import type { Measure } from './measure.ts';
import type { Originals } from './originals.ts';
import type { Answerer } from './undecided.ts';

/** One line of progress for whoever watches. `incident` is absent before there is one. */
export type Progress = { readonly incident?: string; readonly step: string; readonly text: string };

/** Choices among a playbook's options, by playbook. */
export type Options = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a task of the workflow that waits for a person is told: to go on, or who denied it. */
export type TaskAnswer = { readonly go: 'on' } | { readonly denied: string };

/** `over`: no task waits with that token any more, and why, in words. */
export type TaskEnd = 'taken' | { readonly over: string };

/** A release as it stands on record: asked for at `at`. */
export interface ReleaseOrder {
  readonly incident: string;
  readonly playbook: string;
  readonly mode: ReleaseMode;
  readonly at: string;
}

export interface Engine {
  readonly ledger: Ledger;
  /** Where originals are kept beside the ledger, and what a release compares with. Absent where nothing is deployed. */
  readonly originals?: Originals;
  readonly now: () => Date;
  readonly pause: Pause;
  /** With whose hands: 'read' clients refuse every call that could change anything. */
  readonly aws: (place: Place, incident: string, access: 'read' | 'write') => Aws;
  /** Has the hands lent that will be needed soon: what is asked for with them then waits the less. Absent where they are there already. */
  readonly lend?: (place: Place, incident: string) => void;
  /** By folder name. */
  readonly playbooks: ReadonlyMap<string, Playbook>;
  /** What the deployment chose where a playbook leaves a choice, by playbook. */
  readonly options: Options;
  /** Who acts, as AWS names the caller. */
  readonly actor: string;
  readonly report: (progress: Progress) => void;
  /** Writes down a metric, where somebody collects them. Called by `measure`, for which it may throw. */
  readonly measure?: (what: Measure) => void;
  /** Tells people, where somebody is to be told. May throw: a notice never fails containment. */
  readonly notify?: (incident: Incident) => Promise<void>;
  /** Tells people of a finding that nobody acts on. May throw, as `notify` may. */
  readonly tell?: (finding: Finding, reason: string) => Promise<void>;
  /** Tells people of a finding that nothing could be decided about, and what would have answered it. May throw, as `notify` may. */
  readonly tellUndecided?: (finding: Finding, answerers: readonly Answerer[], said: string) => Promise<void>;
  /** Puts the note on its finding into the queue for Security Hub, where the finding came there after people had been told. */
  readonly note?: (incident: Incident) => Promise<void>;
  /** Starts the workflow of an incident; a second start of the same one does nothing. Absent where whoever calls runs it. */
  readonly start?: (execution: { readonly incident: string; readonly playbook: string }) => Promise<void>;
  /** Answers the task that waits with this token, once. Only whoever brings a person's answer has it. @throws what AWS said. */
  readonly answerTask?: (token: string, answer: TaskAnswer) => Promise<TaskEnd>;
  /** Starts the workflow of a release that is on record; `over` says that the one of this order has run already. */
  readonly startRelease?: (order: ReleaseOrder) => Promise<'running' | 'over'>;
  /** Has the workflow of an incident that needs no person any more go on. What the ledger says then counts, not this call. */
  readonly resume?: (incident: string) => Promise<void>;
  /** Has an incident looked after whose finding came again, without waiting for what is found. */
  readonly check?: (incident: string) => Promise<void>;
  /** Has an incident looked after by whoever has the hands for it. Absent where whoever watches has them. @throws what went wrong there. */
  readonly lookAfter?: (incident: {
    readonly incident: string;
    readonly playbook: string;
  }) => Promise<{ readonly outcome: string }>;
  /** Has `deny` write what the playbook's own role must not. Absent where whoever calls has hands for everything: then those write. */
  readonly deny?: Deny;
  /** Clients with the function's own role, in the place where it runs: for whoever examines the deployment itself. */
  readonly own?: Aws;
  /** The rails, wherever it runs. */
  readonly config: Config;
  /** The kill switch, where there is one that can be turned; without it the configuration's position counts. */
  readonly readSwitch?: ReadSwitch;
  /** Where the switch is kept, for whoever may turn it. */
  readonly switchKeeper?: SwitchKeeper;
  /** The ids of the organizational units above an account, up to the root. */
  readonly unitsOf?: (account: string) => Promise<readonly string[]>;
  /** The Region that Firebreak itself runs in. */
  readonly region?: string;
}

/** Where Firebreak itself runs, as far as it is known: the account stands in the ARN of whoever acts. */
export const ownPlace = ({ actor, region }: Pick<Engine, 'actor' | 'region'>): Own => ({
  account: parseArn(actor)?.account || null,
  region: region ?? null,
});

/** Names what is missing and what there is. */
export const playbookNamed = (engine: Pick<Engine, 'playbooks'>, name: string): Playbook => {
  const found = engine.playbooks.get(name);
  if (found) return found;
  throw new Error(`There is no playbook '${name}'. There are: ${[...engine.playbooks.keys()].join(', ')}.`);
};

/** What AWS said, in one line: the error's name and its message, free of control characters. */
export const whatAwsSaid = (error: unknown): string => {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const text = name === 'Error' || message.startsWith(name) ? message : `${name}: ${message}`;
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
};
