// A trial: one scenario, and what goes wrong in it. It has a spelling, so that whoever sees one fail can play it again.
import type { Fault } from '../account/world.ts';
import type { LedgerFault } from '../faulty-ledger.ts';

/**
 * What a call to AWS can meet. Where one of the account's own faults meets a single attempt, `throttled` and `denied` meet this call and
 * every equal one until the trouble is over, and `throttled-once` the first attempt alone. `gone`: somebody deletes the resource just before.
 */
export const awsFaults = [
  'throttled-once',
  'throttled',
  'denied',
  'timeout-before',
  'timeout-after',
  'crash-before',
  'crash-after',
  'hangs',
  'stale',
  'gone',
] as const satisfies readonly (Fault | 'throttled-once' | 'gone')[];
export type AwsFault = (typeof awsFaults)[number];

/** What a call to the ledger can meet. `outage`: from this call on no call is answered until the trouble is over. */
export const ledgerFaults = [
  'unavailable',
  'outage',
  'timeout-after',
  'lost-reply',
  'crash-before',
  'crash-after',
] as const satisfies readonly (LedgerFault | 'outage')[];
export type LedgerTrouble = (typeof ledgerFaults)[number];

/** What happens to the event, to the execution, or to a person's answer. */
export const happenings = [
  'duplicated-2',
  'duplicated-3',
  'duplicated-4',
  'duplicated-5',
  'reordered',
  'late',
  'redriven',
  'meddled',
  'approval-lost',
  'approval-late',
  'approval-twice',
] as const;
export type Happening = (typeof happenings)[number];

export const phases = ['respond', 'release'] as const;
export type Phase = (typeof phases)[number];

/** Firebreak's own calls are counted from 0 in each phase, those to AWS and those to the ledger apart. */
export type Injection =
  | { readonly phase: Phase; readonly where: 'aws'; readonly index: number; readonly fault: AwsFault }
  | { readonly phase: Phase; readonly where: 'ledger'; readonly index: number; readonly fault: LedgerTrouble };

export interface Trial {
  readonly playbook: string;
  readonly scenario: string;
  readonly injections: readonly Injection[];
  readonly happening: Happening | null;
}

const said = ({ phase, where, index, fault }: Injection): string => `${phase}.${where}.${index}=${fault}`;

/** `isolate-instance/crypto-miner respond.aws.17=denied duplicated-2` */
export const spell = ({ playbook, scenario, injections, happening }: Trial): string =>
  [`${playbook}/${scenario}`, ...injections.map(said), ...(happening ? [happening] : [])].join(' ');

const injectionForm = /^(respond|release)\.(aws|ledger)\.(\d{1,5})=([a-z-]+)$/;

const named = <T extends string>(names: readonly T[], text: string | undefined): T | undefined =>
  names.find((name) => name === text);

const readInjection = (word: string): Injection | undefined => {
  const [, phaseName, where, number, fault] = injectionForm.exec(word) ?? [];
  const phase = named(phases, phaseName);
  const index = Number(number);
  const aws = where === 'aws' ? named(awsFaults, fault) : undefined;
  const ledger = where === 'ledger' ? named(ledgerFaults, fault) : undefined;
  if (phase && aws) return { phase, where: 'aws', index, fault: aws };
  return phase && ledger ? { phase, where: 'ledger', index, fault: ledger } : undefined;
};

/** What `spell` wrote. @throws in words, where it is none. */
export const readTrial = (text: string): Trial => {
  const [place = '', ...words] = text.trim().split(/\s+/);
  const [playbook = '', scenario = '', ...rest] = place.split('/');
  if (playbook === '' || scenario === '' || rest.length > 0)
    throw new Error(`'${place}' names no scenario: write PLAYBOOK/SCENARIO, such as isolate-instance/crypto-miner.`);
  const injections: Injection[] = [];
  let happening: Happening | null = null;
  for (const word of words) {
    const injection = readInjection(word);
    const happens = named(happenings, word);
    if (!injection && !happens)
      throw new Error(
        `'${word}' is nothing that can go wrong: write such as respond.aws.17=denied, release.ledger.3=crash-after or duplicated-2. ` +
          `Calls to AWS meet ${awsFaults.join(', ')}; calls to the ledger ${ledgerFaults.join(', ')}; else ${happenings.join(', ')}.`,
      );
    if (injection) injections.push(injection);
    happening = happens ?? happening;
  }
  return { playbook, scenario, injections, happening };
};
