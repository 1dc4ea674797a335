// What is held still? Whoever uninstalls, or gives up an account, would leave it as it is, with nobody who knows what was there before.
import type { HoldRecord } from '../engine/hold-record.ts';
import type { Ledger } from '../engine/ledger.ts';
import { type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('holds');

/** Which ledger it is, and how one has an incident of it released. */
export interface Kept {
  readonly named: string;
  readonly ledger: Ledger;
  readonly howToRelease: (incidents: readonly string[]) => string;
}

const sayOf = (
  { named, howToRelease }: Kept,
  { setting, id, account, region, phase, holders, releaser }: HoldRecord,
): Verdict => {
  const incidents = [...new Set([...Object.keys(holders), ...(releaser ? [releaser.incident] : [])])].toSorted();
  return ill(
    `${account} ${region} ${id}`,
    `${setting} is ${phase} by ${incidents.join(', ') || 'no incident that is on record'}, says ${named}.`,
    incidents.length > 0
      ? `Put back what was: ${howToRelease(incidents)}`
      : "See the ledger's record: its original says what was there.",
  );
};

/** Every setting that is not free, by account; `account` narrows it. */
export const checkHolds = async (kept: Kept, account?: string): Promise<readonly Verdict[]> => {
  const subject = account ? `account ${account} in ${kept.named}` : kept.named;
  try {
    const all = (await kept.ledger.list('holds', account ? `${account}/` : '')).map(({ value }) => value as HoldRecord);
    const open = all
      .filter(({ phase }) => phase !== 'free')
      .toSorted((a, b) => (`${a.account} ${a.region} ${a.id}` < `${b.account} ${b.region} ${b.id}` ? -1 : 1));
    return open.length > 0 ? open.map((one) => sayOf(kept, one)) : [well(subject, 'Nothing is held.')];
  } catch (error) {
    return [unknown(subject, 'Listing what is held', error, 'Until it can be read, take nothing down.')];
  }
};
