// The hold protocol. AWS settings know no compare-and-set, so the order of these steps is what keeps an original from being lost:
// each condition here was left out in turn, and each time an original or a containment was lost (test/holds).
import { type Gone, gone } from '../../playbooks/language/aws.ts';
import { type Json, same } from '../../playbooks/language/json.ts';
import { inVain, mayHaveTakenEffect } from './hands.ts';
import {
  combined,
  type Held,
  type HoldRecord,
  type HoldTools,
  holdKey,
  including,
  type Release,
  readHold,
  without,
} from './hold-record.ts';
import { persist } from './ledger.ts';
import { contradiction, keepOriginal } from './originals.ts';

export type { Held, HoldRecord, HoldTools, Release } from './hold-record.ts';
export { combined, holdKey, readHold } from './hold-record.ts';

const put = (tools: HoldTools, held: Held, record: HoldRecord, version: number): Promise<boolean> =>
  tools.ledger.write('holds', holdKey(held), record, version);

/**
 * What may be read though it was put back: AWS answers it for a while, and who is leaving may write it late.
 * `asked` is the time before the read: afterwards it may be just too late to tell.
 */
const echoes = ({ last, leaving }: HoldRecord, held: Held, asked: Date): readonly Json[] =>
  last &&
  (Object.keys(leaving).length > 0 || asked.getTime() - Date.parse(last.releasedAt) < held.setting.settleSeconds * 1000)
    ? last.wrote
    : [];

/** One of those is not the original: that is what was put back. */
const isStale = (record: HoldRecord, value: Json, echoed: readonly Json[]): boolean =>
  !same(value, record.last?.original ?? null) && echoed.some((wrote) => same(wrote, value));

export type Take =
  /**
   * `read` is undefined where it may be an older value of ours that only looks like what is wanted. `unkept` says why the original could not be kept
   * beside the ledger; empty where it was, absent where an earlier call had done that.
   */
  | {
      readonly state: 'held';
      readonly version: number;
      readonly read: Json | undefined;
      readonly original: Json;
      readonly unkept?: string;
    }
  | { readonly state: 'watching'; readonly original: Json }
  | { readonly state: 'gone' }
  | { readonly state: 'incompatible'; readonly holders: readonly string[] };

/** A record as it stands. */
export type Standing = { readonly record: HoldRecord; readonly version: number };

/** A record, and what its setting read after that: never before, or somebody may have written in between. */
export type Look = Standing & { readonly asked: Date; readonly value: Json | Gone };

/**
 * A look whose record may have been read after the setting. It serves only where there is no record: none is ever deleted, and a hold that is written
 * as the first one proves that nobody of ours can have written what was read.
 */
export const foreseen = (
  { record, version }: Standing,
  { asked, value }: Omit<Look, keyof Standing>,
): Look | undefined => (version === 0 ? { record, version, asked, value } : undefined);

const look = async (tools: HoldTools, held: Held): Promise<Look> => {
  const found = await readHold(tools, held);
  const asked = tools.now();
  return { ...found, asked, value: await held.setting.read(held.aws, held.id) };
};

/** Puts the original on record and the incident among the holders. Writes nothing on AWS. `first` spares it the first look. */
export const take = (tools: HoldTools, held: Held, incident: string, wanted: Json, first?: Look): Promise<Take> => {
  let given = first;
  return persist(
    `Taking a hold on ${held.setting.name} ${held.id}`,
    tools.pause,
    async (): Promise<Take | undefined> => {
      const { record, version, asked, value } = given ?? (await look(tools, held));
      given = undefined;
      const echoed = echoes(record, held, asked);
      if (value === gone) return { state: 'gone' };
      const free = record.phase === 'free';
      const stale = free && isStale(record, value, echoed);
      if (free && !stale && same(value, wanted)) {
        const watching = { ...record.watching, [incident]: wanted };
        const seen = record.watching[incident];
        if ((seen !== undefined && same(seen, wanted)) || (await put(tools, held, { ...record, watching }, version)))
          return { state: 'watching', original: value };
        return undefined;
      }
      // The original may be null itself: a setting that is not there.
      const original = stale && record.last ? record.last.original : free ? value : record.original;
      const holders = { ...record.holders, [incident]: wanted };
      const stands = combined(held.setting, holders);
      if (stands === undefined) return { state: 'incompatible', holders: Object.keys(record.holders) };
      // What was written before can still be read in this hold too: it is ours, never somebody else's.
      const wrote = including(free ? echoed : record.wrote, stands);
      const read = echoed.length > 0 || wrote.length > 1 ? undefined : value;
      const known = record.holders[incident];
      const isKnown = known !== undefined && same(known, wanted);
      const next: HoldRecord = {
        ...record,
        settingVersion: held.setting.version,
        phase: 'held',
        original,
        holders,
        watching: without(record.watching, incident),
        wrote,
        releaser: null,
      };
      const now = isKnown ? version : version + 1;
      // What the ledger says is no second witness; and what is as wanted may be ours.
      const from = stale ? 'before' : same(value, original) && !same(value, wanted) ? 'aws' : undefined;
      const [stays, unkept] = await Promise.all([
        isKnown || put(tools, held, next, version),
        from && keepOriginal(tools, held, { incident, original, version: now, from }),
      ]);
      if (!stays) return undefined;
      return { state: 'held', version: now, read, original, ...(unkept !== undefined && { unkept }) };
    },
  );
};

/** Remembers that a write may take effect later than its answer said. */
const markUncertain = (tools: HoldTools, held: Held): Promise<boolean> =>
  persist(`Marking ${held.setting.name} ${held.id} as uncertain`, tools.pause, async () => {
    const { record, version } = await readHold(tools, held);
    const until = new Date(tools.now().getTime() + held.setting.settleSeconds * 1000).toISOString();
    return (await put(tools, held, { ...record, uncertainUntil: until }, version)) || undefined;
  });

const withSomeHands = async (held: Held, value: Json, prepared?: Json): Promise<'written' | { outdated: string }> => {
  if (held.through) return held.through(value);
  await held.setting.write(held.aws, held.id, value, prepared);
  return 'written';
};

/** `version` is that of the record which says so. Answers false where others moved it, and nothing was written: then it is to be read anew. */
const writeValue = async (
  tools: HoldTools,
  held: Held,
  value: Json,
  version: number,
  prepared?: Json,
): Promise<boolean> => {
  const ready = prepared ?? (await held.setting.prepare?.(held.aws, held.id, value));
  let end: Awaited<ReturnType<typeof withSomeHands>>;
  try {
    end = await withSomeHands(held, value, ready);
  } catch (error) {
    if (mayHaveTakenEffect(error)) await markUncertain(tools, held);
    throw error;
  }
  if (end === 'written') return true;
  if ((await readHold(tools, held)).version === version) throw inVain(new Error(end.outdated));
  return false;
};

export interface Writing {
  readonly prepared?: Json | undefined;
  readonly standing?: Promise<Standing> | undefined;
  readonly onTried?: (() => void) | undefined;
}

/**
 * Writes what the holders want, after `take`. `prepared` belongs to the incident's own value. `standing` was begun to be read
 * after `take`; without it that is done first. `onTried` is called when AWS has answered, before it
 * is looked whether the record still says so: the next setting may be written meanwhile.
 * Answers whether a write was made; none is needed where the value read by `take` already stands.
 * @throws what AWS said. The hold stays; call it again.
 */
export const write = async (
  tools: HoldTools,
  held: Held,
  incident: string,
  taken: Pick<Take & { readonly state: 'held' }, 'version' | 'read'>,
  { prepared, standing, onTried }: Writing = {},
): Promise<'written' | 'stood'> => {
  let late: Json | undefined;
  let given = standing;
  return persist(`Writing ${held.setting.name} ${held.id}`, tools.pause, async () => {
    const { record, version } = await (given ?? readHold(tools, held));
    given = undefined;
    const wanted = record.holders[incident];
    const stands = combined(held.setting, record.holders);
    if (wanted === undefined || stands === undefined) {
      // What was written came after the release: it mustn't stay.
      if (late !== undefined) await leave(tools, held, incident, late);
      throw new Error(`${incident} no longer holds ${held.setting.name} ${held.id}: it was released meanwhile.`);
    }
    const stood = version === taken.version && taken.read !== undefined && same(taken.read, stands);
    const ready = same(stands, wanted) ? prepared : undefined;
    if (!stood && !(await writeValue(tools, held, stands, version, ready))) return undefined;
    if (!stood) late = stands;
    onTried?.();
    if ((await readHold(tools, held)).version !== version) return undefined;
    return late === undefined ? 'stood' : 'written';
  });
};

const freed = (record: HoldRecord, incident: string, now: Date): HoldRecord => ({
  ...record,
  leaving: without(record.leaving, incident),
  phase: 'free',
  original: null,
  holders: {},
  wrote: [],
  last: {
    original: record.original,
    wrote: record.wrote,
    releasedAt: now.toISOString(),
    by: record.releaser?.incident ?? incident,
  },
  releaser: null,
  conflict: null,
});

type Begun =
  | { readonly end: Release }
  | { readonly restore: HoldRecord; readonly version: number }
  | { readonly reapply: true };

const leavingToo = (record: HoldRecord, incident: string, value: Json): HoldRecord => ({
  ...record,
  leaving: { ...record.leaving, [incident]: value },
});

/** Step 1: drops the own hold. The last holder's goes with the mark that the original is being put back. */
const drop = (
  tools: HoldTools,
  held: Held,
  incident: string,
  mode: ReleaseMode,
  stillStands: Json | undefined,
): Promise<Begun> =>
  persist(`Releasing ${held.setting.name} ${held.id}`, tools.pause, async (): Promise<Begun | undefined> => {
    const { record, version } = await readHold(tools, held);
    const late = record.leaving[incident] ?? (record.last?.by === incident ? stillStands : undefined);
    if (incident in record.watching) {
      const next = { ...record, watching: without(record.watching, incident) };
      return (await put(tools, held, next, version)) && late === undefined
        ? { end: { state: 'untouched' } }
        : undefined;
    }
    if (record.phase === 'free' && late !== undefined) {
      // It may have written for others who have put back since: that is done once more, but for what they let go as it stood.
      const next: HoldRecord = record.last
        ? {
            ...record,
            phase: 'releasing',
            original: record.last.original,
            wrote: record.last.wrote,
            releaser: { incident, value: late },
          }
        : { ...record, leaving: without(record.leaving, incident) };
      const again = { incident, original: next.original, version: version + 1, from: 'before' } as const;
      await Promise.all([put(tools, held, next, version), record.last && keepOriginal(tools, held, again)]);
      return undefined;
    }
    if (record.phase === 'free')
      return { end: record.last ? { state: 'released', original: record.last.original } : { state: 'untouched' } };
    if (record.phase === 'releasing') return { restore: record, version };
    const value = record.holders[incident];
    if (value === undefined) return { reapply: true };
    const others = without(record.holders, incident);
    const stands = combined(held.setting, others);
    if (stands !== undefined) {
      const wrote = including(record.wrote, stands);
      const next = { ...leavingToo(record, incident, value), holders: others, wrote, conflict: null };
      return (await put(tools, held, next, version)) ? { reapply: true } : undefined;
    }
    if (mode === 'keep') {
      // Nothing is put back, so what stands is no echo.
      const next = { ...freed(record, incident, tools.now()), last: null };
      return (await put(tools, held, next, version)) ? { end: { state: 'let-go' } } : undefined;
    }
    const next: HoldRecord = {
      ...record,
      phase: 'releasing',
      holders: {},
      releaser: { incident, value },
      conflict: null,
    };
    return (await put(tools, held, next, version)) ? { restore: next, version: version + 1 } : undefined;
  });

/** Whoever was putting back holds again, and nothing is written. */
const holdAgain = async (
  tools: HoldTools,
  held: Held,
  record: HoldRecord,
  version: number,
  as: Extract<Release, { readonly state: 'conflict' | 'doubted' }>,
): Promise<Release | undefined> => {
  if (!record.releaser)
    throw new Error(`The hold on ${held.setting.name} ${held.id} is being released by nobody: the ledger is damaged.`);
  const { incident, value } = record.releaser;
  const next: HoldRecord = {
    ...record,
    phase: 'held',
    holders: { [incident]: value },
    releaser: null,
    conflict: as.state === 'conflict' ? { incident, found: as.found } : null,
  };
  return (await put(tools, held, next, version)) ? as : undefined;
};

/** Step 2: puts the original back. Undefined when somebody came or went meanwhile, so that what was written may be wrong. */
const restore = async (
  tools: HoldTools,
  held: Held,
  incident: string,
  mode: ReleaseMode,
  { restore: record, version }: Extract<Begun, { readonly restore: HoldRecord }>,
): Promise<Release | undefined> => {
  const end = async (free: HoldRecord, as: Release) => ((await put(tools, held, free, version)) ? as : undefined);
  // Only what the incident itself was putting back, never what it helps another to put back.
  if (mode === 'keep' && record.releaser?.incident === incident && !(incident in record.leaving))
    return end({ ...freed(record, incident, tools.now()), last: null }, { state: 'let-go' });
  const value = await held.setting.read(held.aws, held.id);
  if (value === gone) return end(freed(record, incident, tools.now()), { state: 'gone' });
  const ours = [...record.wrote, record.original].some((one) => same(one, value));
  const { original } = record;
  if (!ours && mode !== 'force')
    return holdAgain(tools, held, record, version, { state: 'conflict', found: value, original });
  const kept = await contradiction(tools, held, original, mode === 'force');
  if (kept) return holdAgain(tools, held, record, version, { state: 'doubted', original, kept });
  if (!(await writeValue(tools, held, original, version))) return undefined;
  return end(freed(record, incident, tools.now()), { state: 'released', original });
};

/**
 * Writes what the others want until none of them came or went meanwhile. Answers what stands; undefined when nobody else holds.
 * The incident is among the leaving from before the first write to after the last, so dying in between doesn't hide a late one.
 */
const reapply = async (tools: HoldTools, held: Held, incident: string): Promise<Json | undefined> => {
  let wrote: Json | undefined;
  const end = await persist(`Writing ${held.setting.name} ${held.id}`, tools.pause, async () => {
    const { record, version } = await readHold(tools, held);
    const stands = incident in record.holders ? undefined : combined(held.setting, record.holders);
    if (stands === undefined) {
      if (wrote === undefined) return { stands };
      // The version moves even if the mark is there already: who is putting back meanwhile has to look again.
      return (await put(tools, held, leavingToo(record, incident, wrote), version)) ? { stands } : undefined;
    }
    if (!(incident in record.leaving)) {
      await put(tools, held, leavingToo(record, incident, stands), version);
      return undefined;
    }
    wrote = stands;
    if (!(await writeValue(tools, held, stands, version))) return undefined;
    const next = { ...record, leaving: without(record.leaving, incident) };
    return (await put(tools, held, next, version)) ? { stands } : undefined;
  });
  return end.stands;
};

export type ReleaseMode = 'restore' | 'force' | 'keep';

/**
 * Lets go of the incident's hold; the last one puts the original back. A value that nobody of ours wrote is a conflict and stays,
 * unless `force` puts the original over it or `keep` lets go without writing. `stillStands` is what this incident wanted, where that was
 * put back before and was found not to be: then it is put back once more.
 * @throws what AWS said. The record stays `releasing`; call it again and it goes on.
 */
export const release = (
  tools: HoldTools,
  held: Held,
  incident: string,
  mode: ReleaseMode,
  stillStands?: Json,
): Promise<Release> =>
  persist(`Releasing ${held.setting.name} ${held.id}`, tools.pause, async (): Promise<Release | undefined> => {
    const begun = await drop(tools, held, incident, mode, stillStands);
    if ('end' in begun) return begun.end;
    const end = 'restore' in begun && (await restore(tools, held, incident, mode, begun));
    if (end) return end;
    const stands = await reapply(tools, held, incident);
    if (stands === undefined) return undefined;
    return { state: 'shared', holders: Object.keys((await readHold(tools, held)).record.holders), stands };
  });

/** For a write that came after the incident's release: puts it on record, and releases once more. */
const leave = async (tools: HoldTools, held: Held, incident: string, value: Json): Promise<void> => {
  await persist(`Releasing ${held.setting.name} ${held.id}`, tools.pause, async () => {
    const { record, version } = await readHold(tools, held);
    return (await put(tools, held, leavingToo(record, incident, value), version)) || undefined;
  });
  await release(tools, held, incident, 'restore');
};
