// One encoder a place where text is shown. Attackers choose names, tags, titles and user agents: each place gets them as data.
// What a place would interpret is written down in docs/encoding.md; test/notices judges it by checkers that know nothing of this file.
/** Makes one value harmless for one place. The answer never begins a new line. */
export type Encoder = (value: string) => string;

const byNumber = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

// Controls, formatting and bidirectional characters, private use, lone surrogates, line separators, and what renderers leave out.
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Writes by its number what can't be seen or turns the text around it: ⟨U+202E⟩. Real brackets of that kind are written so as well,
 * or a name could pretend to be such a mark. `except` lets white space stand where a place keeps it.
 */
export const visible = (text: string, except = ''): string =>
  text
    .replace(/[⟨⟩]/g, byNumber)
    .replace(unseen, (character) => (except.includes(character) ? character : byNumber(character)))
    // A tower of accents covers the lines above it; no script needs more than three on a letter.
    .replace(/(\p{M}{3})(\p{M}+)/gu, (_, kept: string, rest: string) => `${kept}⟨${Array.from(rest).length} accents⟩`);

const letter = '\\p{L}\\p{N}\\p{M}';
/** A dot between a name and what can be a top-level domain; IDNA takes five other characters for dots. */
const domainDot = new RegExp(`(?<=[${letter}_-])[.．。｡․﹒](?=[\\p{L}_][${letter}_-])`, 'gu');
const mailAt = new RegExp(`(?<=[${letter}._%+'-])@(?=[${letter}[])`, 'gu');
/** Schemes that programs link though no slashes follow. */
const slashless =
  /\b(mailto|tel|sms|javascript|data|vbscript|file|callto|skype|facetime|magnet|xmpp|sips?|geo|blob)(:)(?=\S)/giu;

/** As responders write addresses: https[:]//evil[.]example, ops[@]evil[.]example. Nobody's program makes a link of these. */
const unlinked = (text: string): string =>
  text
    .replace(/:(?=\/\/|\\\\)/g, '[:]')
    .replace(slashless, '$1[:]')
    // Outlook links \\server\share, and a click sends the reader's password hash there.
    .replace(/\\\\/g, '\\[\\]')
    .replace(domainDot, (dot) => `[${dot}]`)
    .replace(mailAt, '[@]');

/** SNS text: e-mail, SMS, push. One line, nothing hidden, nothing to tap on. */
export const forText: Encoder = (value) => unlinked(visible(value));

/**
 * The subject of an e-mail: a header of printable ASCII. `=?` begins an encoded word (RFC 2047), which mail programs decode.
 * Cut to what SNS takes by whoever knows the whole subject.
 */
export const forSubject: Encoder = (value) =>
  unlinked(visible(value))
    .replace(/[^\x20-\x7e]/gu, '?')
    .replace(/=(?=\?)/g, '= ')
    .replace(/ {2,}/g, ' ')
    .trim();

/** What Slack's or Teams' markdown reads, and what looks like it and means nothing. Slack knows no escape, Teams another one. */
const lookalikes: Readonly<Record<string, string>> = {
  '<': '‹',
  '>': '›',
  '&': '＆',
  '`': 'ˋ',
  '*': '∗',
  '~': '∼',
  '[': '［',
  ']': '］',
  '\\': '＼',
  '|': '¦',
  '@': '＠',
  '#': '＃',
};

/** Within a word an underscore is one; at its edge it slants the text. */
const slanting = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** :emoji: have names in lower case, but for these four. Times and resource types are none. */
const shortcode = /:(?=(?:[\p{N}_+'-]*[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_+'-]*|[+-]1|100|1234):)/gu;

/** Chat by Amazon Q Developer, for Slack and Teams at once. */
export const forChat: Encoder = (value) =>
  unlinked(
    visible(value)
      .replace(/[<>&`*~[\]\\|@#]/g, (character) => lookalikes[character] ?? '')
      .replace(slanting, '＿')
      .replace(shortcode, '∶'),
  );

/** A Security Hub note: plain text there, HTML or markdown in the tools that are fed from it. */
export const forNote: Encoder = (value) =>
  unlinked(visible(value)).replace(/[<>&`]/g, (character) => lookalikes[character] ?? '');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** HTML: between tags, and in attribute values, which stand in double quotes. Line breaks and tabs are white space there. */
export const forHtml: Encoder = (value) =>
  visible(value, '\n\t').replace(/[&<>"'`]/g, (character) => entities[character] ?? '');

/** JSON in which whatever a terminal or a log viewer would obey is an escape. It reads back as exactly what it was. */
export const forJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f]|[\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    (character) =>
      Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
        .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
        .join(''),
  );

/** A line of a log: one JSON document that nothing in it can end. */
export const forLog = (record: { readonly [key: string]: unknown }): string => forJson(record);

const counted = (count: number): string => count.toLocaleString('en-US');

/** At most `limit` characters, saying how many there were more. Cuts between characters, never within one. */
export const cut = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const characters = Array.from(text.slice(0, 2 * limit));
  if (text.length <= 2 * limit && characters.length <= limit) return text;
  const kept = characters.slice(0, limit).join('');
  return `${kept}… (${counted(text.length - kept.length)} more characters)`;
};

/** Nobody reads on in a terminal, and nobody should have to scroll back past it. */
const terminalMax = 8_192;

/** A terminal: one line, in which what it would obey and what hides text is written by number. Our own line breaks become blanks. */
export const forTerminal: Encoder = (value) => visible(cut(value, terminalMax).replace(/[\t\n\r]+/g, ' '));
