// The ledger as one process sees it, and what can go wrong with it. Once the process has died, nothing is read or written any more.
import type { Ledger } from '../functions/engine/ledger.ts';
import { Crash } from './account/errors.ts';
import type { Session, World } from './account/world.ts';

/**
 * `unavailable`: no answer, and nothing was done. `timeout-after`: no answer, and it was done. `lost-reply`: the client tried again by
 * itself, and met its own write: a `false` that hides a write. The others as with AWS's calls.
 */
export type LedgerFault = 'unavailable' | 'timeout-after' | 'lost-reply' | 'crash-before' | 'crash-after' | 'hangs';

export type LedgerCall = {
  readonly index: number;
  readonly operation: 'read' | 'write' | 'list';
  readonly key: string;
  readonly session: string;
  /** Virtual milliseconds. */
  readonly at: number;
};

export type DecideLedger = (call: LedgerCall) => LedgerFault | undefined;

export const ledgerMilliseconds = 8;

const noAnswer = (operation: string, key: string): Error =>
  Object.assign(new Error(`The ledger gave no answer: ${operation} ${key}`), { name: 'LedgerUnavailable' });

/** `calls` notes each call, of whatever process; `decide` is asked for each what goes wrong with it. */
export const ledgerOf = (
  shared: Ledger,
  world: World,
  session: Session,
  calls: LedgerCall[],
  decide: () => DecideLedger | undefined,
): Ledger => {
  const passing = async <T>(
    operation: LedgerCall['operation'],
    key: string,
    work: () => Promise<T>,
    lost?: T,
  ): Promise<T> => {
    const at = world.clock.now().getTime();
    const call = { index: calls.length, operation, key, session: session.name, at };
    const dying = () => new Crash(`${session.name} died at the ledger: ${operation} ${key}`);
    if (session.dead) throw dying();
    calls.push(call);
    const fault = decide()?.(call);
    if (fault === 'hangs') await world.clock.sleep(session.milliseconds);
    if (fault === 'crash-before' || fault === 'hangs') session.die();
    if (session.dead) throw dying();
    await world.clock.sleep(ledgerMilliseconds);
    if (fault === 'unavailable') throw noAnswer(operation, key);
    if (session.dead) throw dying();
    const result = await work();
    if (fault === 'crash-after') session.die();
    if (session.dead) throw dying();
    if (fault === 'timeout-after') throw noAnswer(operation, key);
    return fault === 'lost-reply' && lost !== undefined ? lost : result;
  };
  return {
    read: (collection, key) => passing('read', `${collection}/${key}`, () => shared.read(collection, key)),
    write: (collection, key, value, version) =>
      passing('write', `${collection}/${key}`, () => shared.write(collection, key, value, version), false),
    list: (collection, prefix) => passing('list', `${collection}/${prefix}`, () => shared.list(collection, prefix)),
  };
};
