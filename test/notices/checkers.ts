// One judge a sink: what would it read into this text? They know the sinks, and nothing of the encoders. Most compare with a twin: the same
// message about a harmless name, which tells how much of what is there is ours.
import { domainToASCII } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

export type Judge = (written: string, twin: string) => readonly string[];

/** By number, so that no property of a regular expression is trusted twice. Line feeds are judged by who counts lines. */
const hiddenRanges: readonly (readonly [number, number])[] = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xf8ff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
  [0xf0000, 0x10ffff],
];

/** What a terminal obeys, what turns text around, what can't be seen. */
export const hidden = (written: string): readonly string[] => {
  for (const character of written) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f) continue;
    if (hiddenRanges.some(([from, to]) => code >= from && code <= to)) return [`hidden character ${code.toString(16)}`];
  }
  return [];
};

const isDomain = (word: string): boolean => {
  const ascii = domainToASCII(word.replace(/^[.-]+|[.-]+$/g, ''));
  const [top = '', before = ''] = ascii.split('.').reverse();
  return before !== '' && /^([a-z]{2,}|xn--[a-z0-9-]+)$/.test(top);
};

/** What programs make a link of: schemes, domains, addresses of mail, shares. */
export const links = (written: string): readonly string[] => [
  ...[.../(?<=[a-z0-9+.-]):(\/\/|\\\\)/gi[Symbol.matchAll](written)].map(([found]) => `scheme ${found}`),
  ...[
    .../\b(mailto|tel|sms|javascript|data|vbscript|callto|xmpp|sip|sips|skype|facetime|magnet|blob|geo):\S/gi[
      Symbol.matchAll
    ](written),
  ].map(([found]) => `scheme ${found}`),
  ...[.../\\\\[\p{L}\p{N}]/gu[Symbol.matchAll](written)].map(() => 'share'),
  ...[.../[\p{L}\p{N}.+_%-]@[\p{L}\p{N}[]/gu[Symbol.matchAll](written)].map(([found]) => `mail ${found}`),
  ...written
    .split(/[^\p{L}\p{M}\p{N}.。．｡․﹒_-]+/u)
    .filter((word) => /[.。．｡․﹒]/u.test(word) && isDomain(word.replaceAll('_', 'x')))
    .map((word) => `domain ${word.slice(0, 60)}`),
];

/** Every end of line that any program knows. */
export const linesOf = (text: string): readonly string[] => text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);

/** How a line begins, as far as it is ours. */
const beginning = (line: string): string =>
  /^(\*?[A-Z][A-Za-z ]{2,40}:\*?|- |• | {2}firebreak [a-z]+)/.exec(line)?.[1] ?? '';
const frame = (text: string): string => linesOf(text).map(beginning).join('|');

const shortening = /(?:texts: \d+ characters of each|[a-z]+: \d+ of \d+)/.source;
const shortened = new RegExp(`\\n\\*?Shortened:\\*?(?: ${shortening}(?=\\n|$)|(?:\\n[-•] ${shortening}(?=\\n|$))+)`);

/** What is said of something left out is ours, to the letter; anything else in its place is not taken away here, and is seen. */
export const whole = (written: string): string => written.replace(shortened, '');

/** A line that is not ours: more of them, or others, than about the harmless name. */
export const forgedLines: Judge = (written, twin) => {
  const difference = linesOf(whole(written)).length - linesOf(twin).length;
  if (difference !== 0) return [`${difference} lines more than ours`];
  return frame(whole(written)) === frame(twin) ? [] : ['lines begin otherwise than ours'];
};

export const text: Judge = (written, twin) => [...hidden(written), ...links(written), ...forgedLines(written, twin)];

/** RFC 5322: a header is one line of printable ASCII; RFC 2047: `=?` begins an encoded word. */
export const subject = (written: string): readonly string[] => [
  ...(/^Firebreak: [\x20-\x7e]*$/.test(written) ? [] : ['not one line of ASCII']),
  ...(written.includes('=?') ? ['encoded word'] : []),
  ...(written.length <= 99 ? [] : ['too long']),
  ...links(written),
];

export const sms = (written: string): readonly string[] => [
  ...(/^Firebreak: [\x20-\x7e]*$/.test(written) ? [] : ['not one line of ASCII']),
  ...(written.length <= 300 ? [] : ['too long']),
  ...links(written),
];

const count = (pattern: RegExp, written: string): number => [...written.matchAll(pattern)].length;
const more = (what: string, pattern: RegExp, written: string, twin: string): readonly string[] => {
  const difference = count(pattern, written) - count(pattern, twin);
  return difference > 0 ? [`${what}, ${difference} more than ours`] : [];
};

/** https://docs.slack.dev/messaging/formatting-message-text: brackets and entities, marks around words, names, emoji, quotes, links. */
export const slack: Judge = (written, twin) => [
  ...more('<…>', /<[^>]*/g, written, twin),
  ...more('entity', /&(?:amp|lt|gt|quot|#\w+);/g, written, twin),
  ...more('name that is linked', /(?<![\p{L}\p{N}])[@#][\p{L}\p{N}]/gu, written, twin),
  ...more('bold', /(?<![\p{L}\p{N}*])\*(?!\s)[^*\n]+(?<!\s)\*(?![\p{L}\p{N}*])/gu, written, twin),
  ...more('slanted', /(?<![\p{L}\p{N}_])_(?!\s)[^_\n]+(?<!\s)_(?![\p{L}\p{N}_])/gu, written, twin),
  ...more('struck', /(?<![\p{L}\p{N}~])~(?!\s)[^~\n]+(?<!\s)~(?![\p{L}\p{N}~])/gu, written, twin),
  ...more('code', /`/g, written, twin),
  ...more('emoji', /:(?:[a-z][a-z0-9_+'-]*|\+1|-1|100|1234):/g, written, twin),
  ...more('quote', /^\s*>/gm, written, twin),
  ...links(written),
];

/** CommonMark and what Teams adds: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format */
export const teams: Judge = (written, twin) => [
  ...more('link', /\]\(|\]\s*\[|^\s*\[[^\]]+\]:/gm, written, twin),
  ...more('image', /!\[/g, written, twin),
  ...more('tag or autolink', /<[a-z!/?@#]/gi, written, twin),
  ...more('entity', /&(?:[a-z]+|#\w+);/gi, written, twin),
  ...more('star', /\*/g, written, twin),
  ...more('underscore at the edge of a word', /(?<![\p{L}\p{N}])_(?=\S)|(?<=\S)_(?![\p{L}\p{N}])/gu, written, twin),
  ...more('tilde', /~~|~(?=\S)/g, written, twin),
  ...more('code', /`/g, written, twin),
  ...more('escape', /\\[!-/:-@[-`{-~]/g, written, twin),
  ...more('heading', /^\s{0,3}(?:#{1,6}\s|=+\s*$|-+\s*$)/gm, written, twin),
  ...more('list', /^\s{0,3}(?:[-+*]|\d+[.)])\s/gm, written, twin),
  ...more('quote', /^\s{0,3}>/gm, written, twin),
  ...more('table', /\|[^|\n]*\|/g, written, twin),
];

/** The tags and attributes that a browser would see, by the states of the HTML standard as far as our page needs them. */
const tokensOf = (markup: string): readonly string[] => {
  const tokens: string[] = [];
  const tag = /<[!/?]?[a-z][a-z0-9-]*|<[!?]/gi;
  const attribute = /[\s/]*(?:([^\s/>=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?)?/y;
  for (let found = tag.exec(markup); found; found = tag.exec(markup)) {
    tokens.push(found[0]);
    let at = tag.lastIndex;
    while (at < markup.length && markup[at] !== '>') {
      attribute.lastIndex = at;
      const [all = '', name] = attribute.exec(markup) ?? [];
      if (name) tokens.push(`@${name}`);
      at += Math.max(1, all.length);
    }
    tag.lastIndex = at;
  }
  return tokens;
};

/** Other tags or attributes than ours, an entity that hides one, or what can't be seen. White space is none of a browser's commands. */
export const html: Judge = (written, twin) => [
  ...(tokensOf(written).join(' ') === tokensOf(twin).join(' ') ? [] : ['tags or attributes that are not ours']),
  ...hidden(written.replace(/[\t\n]/g, ' ')),
];

/** A document that parses to exactly what was meant, and has nothing in it that a viewer obeys. */
export const json = (written: string, meant: unknown): readonly string[] => {
  try {
    return [
      ...(isDeepStrictEqual(JSON.parse(written), meant) ? [] : ['reads back as something else']),
      ...hidden(written),
    ];
  } catch {
    return ['does not parse'];
  }
};

/** A log: whoever reads it reads line by line. */
export const log = (written: string, meant: unknown): readonly string[] => [
  ...json(written, meant),
  ...(linesOf(written).length === 1 ? [] : ['more than one line']),
];

/** A terminal obeys controls and turns bidirectional text; our own line feeds are its lines. */
export const terminal = (written: readonly string[]): readonly string[] =>
  // What reaches it is UTF-8: half a character that was cut in two arrives as a question mark.
  written
    .map((line) => line.toWellFormed())
    .flatMap((line) => [...hidden(line), ...(linesOf(line).length === 1 ? [] : ['more than one line'])]);

/** Security Hub shows plain text; what is fed from it may show HTML. */
export const note = (written: string): readonly string[] => [
  ...hidden(written),
  ...links(written),
  ...(linesOf(written).length === 1 ? [] : ['more than one line']),
  ...(/[<>&]/.test(written) ? ['HTML'] : []),
  ...(written.length <= 512 && /\S/.test(written) ? [] : ['not 1 to 512 characters']),
];
