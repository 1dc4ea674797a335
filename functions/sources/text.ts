// Text from an event is the attacker's to choose: a bucket's name, a user agent, a tag. What people get to see is made harmless here.
import { stripVTControlCharacters } from 'node:util';

const TITLE_LENGTH_MAX = 512;
/** Longer text is cut before it is looked at, so that a huge one costs nothing. */
const LOOKED_AT_MAX = 16 * TITLE_LENGTH_MAX;

/** One line without terminal sequences, control and formatting characters, at most `limit` characters long. */
export const clean = (text: string, limit = TITLE_LENGTH_MAX): string => {
  const line = stripVTControlCharacters(text.slice(0, LOOKED_AT_MAX).toWellFormed())
    // Formatting characters (Cf) turn text around or hide it on a screen, as control characters (Cc) do in a terminal.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
};

/** The first text that says something. */
export const firstOf = (...texts: readonly (string | null | undefined)[]): string | undefined =>
  texts.find((text): text is string => text !== undefined && text !== null && text !== '');

/** The pairs that say something, made harmless. */
export const details = (pairs: Readonly<Record<string, string | null | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(pairs).flatMap(([key, text]) => (text ? [[key, clean(text)]] : [])));

/** JSON inside a string; undefined where it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
