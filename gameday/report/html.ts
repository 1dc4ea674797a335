// HTML that escapes by default: attackers choose names, tags and messages, and this page is opened by those who hunt them.
import { forHtml } from '../../functions/notices/encode.ts';

const markup: unique symbol = Symbol('markup');
/** Text that is safe to put into a page. Only this file makes it: no JSON can carry the symbol. */
export type Html = { readonly [markup]: true; readonly text: string };

type Part = Html | string | number | null | undefined | false | readonly Part[];

const isHtml = (part: object): part is Html => markup in part;

const rendered = (part: Part): string => {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return forHtml(String(part));
  return isHtml(part) ? part.text : part.map(rendered).join('');
};

const made = (text: string): Html => ({ [markup]: true, text });

/** The indentation of our own source says nothing to a browser. */
const outdented = (text: string): string => text.replace(/\n\s*/g, '\n');

/** What is put in is escaped, but for what `html` itself has made. Attribute values stand in double quotes, always. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  made(strings.reduce((text, next, index) => `${text}${rendered(parts[index - 1])}${outdented(next)}`, ''));

/** For what stands in our own source files and must not be escaped: style sheet and script. */
export const verbatim = (strings: TemplateStringsArray, ...parts: readonly string[]): Html =>
  made(String.raw(strings, ...parts));
