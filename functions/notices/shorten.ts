// Making a notice fit: every place takes only so much, and what is left out is said.
import { cut } from './encode.ts';
import type { Notice } from './notice.ts';

/** How many items of a list, and how many characters of a text. */
type Room = { readonly items: number; readonly characters: number };

/** From everything that anybody would read to the least that is still a notice. */
const rooms: readonly Room[] = [
  { items: 200, characters: 2000 },
  { items: 60, characters: 600 },
  { items: 20, characters: 300 },
  { items: 8, characters: 160 },
  { items: 3, characters: 80 },
  { items: 1, characters: 40 },
];

const lists = ['changes', 'acts', 'evidence', 'residual', 'ongoing', 'drift'] as const;

/** What a person misses least is left out first: a change that stands open is told before ten that are verified. */
const closedStates = new Set(['verified', 'released', 'complete', 'done', 'planned', 'watching', 'gone']);
const urgentFirst = <T>(items: readonly T[]): readonly T[] => {
  const isClosed = (item: T): boolean =>
    typeof item === 'object' && item !== null && 'state' in item && closedStates.has(String(item.state));
  return [...items.filter((item) => !isClosed(item)), ...items.filter(isClosed)];
};

/** Each text of a value cut, in its place. */
const cutIn = <T>(value: T, characters: number): T => {
  if (typeof value === 'string') return cut(value, characters) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => cutIn(item, characters)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutIn(item, characters)])) as T;
};

const inRoom = (notice: Notice, { items, characters }: Room): Notice => {
  const left = lists.flatMap((name) => {
    const count = notice[name].length;
    return count > items ? [`${name}: ${items} of ${count}`] : [];
  });
  const fewer = Object.fromEntries(
    lists.map((name) => {
      const all: readonly unknown[] = notice[name];
      return [name, all.length > items ? urgentFirst(all).slice(0, items) : all];
    }),
  );
  const { commands, plan, ...rest } = { ...notice, ...fewer };
  // A command that is cut is none, and an approval binds to the whole hash.
  const shorter = { ...cutIn(rest, characters), plan: cutIn(plan, Math.max(characters, 64)), commands };
  const cutSome = JSON.stringify(shorter) !== JSON.stringify({ ...rest, plan, commands });
  return { ...shorter, shortened: [...left, ...(cutSome ? [`texts: ${characters} characters of each`] : [])] };
};

/**
 * The notice as full as it fits: `write` makes of it what the place takes, and `fits` says whether that is small enough. Encoding makes
 * nothing shorter, so what has more than `roomMax` characters of its own isn't even tried: a flood of hostile text costs little.
 */
export const fitted = <T>(
  notice: Notice,
  roomMax: number,
  write: (notice: Notice) => T,
  fits: (written: T) => boolean,
): T => {
  for (const room of rooms) {
    const shown = inRoom(notice, room);
    if (JSON.stringify(shown).length > roomMax) continue;
    const written = write(shown);
    if (fits(written)) return written;
  }
  return write(inRoom(notice, { items: 0, characters: 24 }));
};
