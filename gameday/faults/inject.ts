// Brings a trial's faults into the practice ground: counts Firebreak's own calls, and says for each what goes wrong with it.
import type { Target } from '../../playbooks/language/resource.ts';
import { vanish } from '../account/vanish.ts';
import type { Call, Fault } from '../account/world.ts';
import type { LedgerCall, LedgerFault } from '../faulty-ledger.ts';
import type { Practice } from '../practice.ts';
import type { Injection, Phase } from './trial.ts';

/** One of Firebreak's own calls, as a trial names it, and what a person calls it. */
export interface Operation {
  readonly phase: Phase;
  readonly where: 'aws' | 'ledger';
  readonly index: number;
  /** The function that made it: 'isolate-instance contain'. */
  readonly by: string;
  readonly process: string;
  /** 'EC2 ModifyNetworkInterfaceAttribute', 'write holds'. */
  readonly name: string;
  readonly write: boolean;
  /** Whether an answer could be older than what was written last. */
  readonly mayBeStale: boolean;
}

/** S3's objects are read as they were written, its configurations are not: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html */
export const eventuallyConsistent = {
  probability: 0,
  seconds: 10,
  services: ['EC2', 'IAM', 'S3', 'S3 Control', 'Auto Scaling', 'Elastic Load Balancing', 'Elastic Load Balancing v2'],
};

/** Of S3, what is no configuration. */
const ofObjects = ['ListObjectVersions', 'GetObject'];

const functionOf = (session: string): string => session.replace(/-\d+$/, '');
const isOurs = (session: string): boolean => !session.startsWith('stage');

/** Times differ from run to run, and an equal call is equal all the same. */
const withoutTimes = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
const identity = ({ service, command, input }: Call): string =>
  withoutTimes(`${service} ${command} ${JSON.stringify(input)}`);

const once: Readonly<Record<string, Fault>> = {
  'throttled-once': 'throttled',
  'timeout-before': 'timeout-before',
  'timeout-after': 'timeout-after',
  'crash-before': 'crash-before',
  'crash-after': 'crash-after',
  hangs: 'hangs',
  stale: 'stale',
};

export interface Injecting {
  /** The calls of this phase, in their order. */
  readonly operations: readonly Operation[];
  /** The trouble is over. */
  readonly stop: () => void;
}

/** From now on the calls of this phase meet what the trial says. `target` is what somebody deletes. */
export const begin = (
  { world, injectIntoLedger }: Practice,
  phase: Phase,
  injections: readonly Injection[],
  target: Target | undefined,
): Injecting => {
  const operations: Operation[] = [];
  const counts = { aws: 0, ledger: 0 };
  const lasting = new Map<string, Fault>();
  let lastWrite = Number.NEGATIVE_INFINITY;
  let outage = false;
  const meeting = (where: Operation['where'], index: number) =>
    injections.find((one) => one.phase === phase && one.where === where && one.index === index)?.fault;

  const decideAws = (call: Call): Fault | undefined => {
    if (!isOurs(call.session)) return undefined;
    const index = counts.aws++;
    const { service, command, session, write, at } = call;
    const mayBeStale =
      !write &&
      !ofObjects.includes(command) &&
      eventuallyConsistent.services.includes(service) &&
      at - lastWrite < eventuallyConsistent.seconds * 1000;
    const name = `${service} ${command}`;
    operations.push({ phase, where: 'aws', index, by: functionOf(session), process: session, name, write, mayBeStale });
    if (write) lastWrite = at;
    const fault = meeting('aws', index);
    if (fault === 'gone') {
      if (target) vanish(world, target.type, target);
      return undefined;
    }
    if (fault === 'throttled' || fault === 'denied') lasting.set(identity(call), fault);
    return lasting.get(identity(call)) ?? (fault === undefined ? undefined : once[fault]);
  };

  const decideLedger = ({ session, operation, key }: LedgerCall): LedgerFault | undefined => {
    if (!isOurs(session)) return undefined;
    const index = counts.ledger++;
    const [collection = ''] = key.split('/');
    operations.push({
      phase,
      where: 'ledger',
      index,
      by: functionOf(session),
      process: session,
      name: `${operation} ${collection}`,
      write: operation === 'write',
      mayBeStale: false,
    });
    const fault = meeting('ledger', index);
    outage ||= fault === 'outage';
    if (outage) return 'unavailable';
    return fault as LedgerFault | undefined;
  };

  world.inject(decideAws);
  injectIntoLedger(decideLedger);
  return {
    operations,
    stop: () => {
      world.inject(undefined);
      injectIntoLedger(undefined);
    },
  };
};
