// What one AWS service of the account in memory is: a table from SDK command name to a function on plain data.
import type { State } from './state.ts';

/** What a modelled operation gets to know of the request besides its input. */
export interface Request {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** The virtual time at which AWS serves the request. */
  readonly now: Date;
  /** All accounts' data. Operations change it in place. */
  readonly state: State;
  /** A new id in AWS's form, from the seed: `newId('i')` gives `i-0123456789abcdef0`, `newId('AKIA')` gives `AKIA…`. */
  readonly newId: (prefix: string) => string;
}

/**
 * An operation answers with the command's output shape, or throws `awsError`. It never waits. Each declares the SDK's own type of its
 * input; the world, which calls them all, knows none of those.
 */
export type Operation = (input: never, request: Request) => object;
export type ServiceModel = Readonly<Record<string, Operation>>;
