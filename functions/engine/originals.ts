// Originals, kept a second time where nobody can change them: what the ledger says is put back only where these say the same. See docs/decisions/0012-originals.md.
import { type Json, same } from '../../playbooks/language/json.ts';
import { whatAwsSaid } from './engine.ts';
import { type Held, type HoldTools, holdKey } from './hold-record.ts';

/** What a setting was when an incident took hold of it. */
export type Original = {
  /** The key of the hold's record. */
  readonly hold: string;
  /** That of the record which says so: a later hold has a higher one. */
  readonly version: number;
  readonly setting: string;
  readonly settingVersion: number;
  readonly id: string;
  readonly original: Json;
  /** Read from AWS just then, or taken over from the hold before, as AWS still answered what was being put back. */
  readonly from: 'aws' | 'before';
  readonly incident: string;
  readonly at: string;
};

/** `where`: how a person finds it. */
export type Kept = Original & { readonly where: string };

export interface Originals {
  /** Keeps it. The same again changes nothing. @throws what AWS said, and soon: containment waits for it. */
  keep(original: Original): Promise<void>;
  /** What was kept for the latest versions of a hold's record, in any order. */
  kept(hold: string): Promise<readonly Kept[]>;
}

/**
 * Keeps an original, side by side with the ledger's own write. Answers why it could not be, empty where it was; containment goes on all the same, and
 * people are told. Undefined where originals are kept nowhere.
 */
export const keepOriginal = async (
  { originals, now }: HoldTools,
  held: Held,
  what: Pick<Original, 'incident' | 'original' | 'version' | 'from'>,
): Promise<string | undefined> => {
  if (!originals) return undefined;
  const { setting, id } = held;
  try {
    await originals.keep({
      hold: holdKey(held),
      setting: setting.name,
      settingVersion: setting.version,
      id,
      at: now().toISOString(),
      ...what,
    });
    return '';
  } catch (error) {
    return whatAwsSaid(error);
  }
};

/**
 * What speaks against this original; nothing where none was ever read. Undefined where it is confirmed: AWS answered it when the latest of these holds
 * was taken. What a hold took over from the one before has to be confirmed by that. Several may have taken the same version at once, and read
 * different values: the ledger says whose it became.
 */
const against = (original: Json, kept: readonly Kept[]): readonly Kept[] | undefined => {
  if (kept.length === 0) return [];
  const latest = Math.max(...kept.map(({ version }) => version));
  const latestOnes = kept.filter(({ version }) => version === latest);
  const saying = latestOnes.filter((one) => same(one.original, original));
  if (saying.some(({ from }) => from === 'aws')) return undefined;
  return saying.length === 0
    ? latestOnes
    : against(
        original,
        kept.filter(({ version }) => version < latest),
      );
};

/**
 * What was kept and speaks against putting this back, or that nothing was. Undefined where it may be put back. Whoever forces it has looked, and may put
 * back what nothing confirms; never what is contradicted.
 * @throws what AWS said, where nobody can look.
 */
export const contradiction = async (
  { originals }: HoldTools,
  held: Held,
  original: Json,
  forced: boolean,
): Promise<readonly Kept[] | undefined> => {
  if (!originals) return undefined;
  const kept = against(original, await originals.kept(holdKey(held)));
  return kept?.length === 0 && forced ? undefined : kept;
};
