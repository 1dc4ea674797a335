// What a payload is, and how a group of them is made.

export type Payload = { readonly name: string; readonly text: string };

/** Stands in every payload, so that a test can see that it arrived. */
export const mark = 'kanary';

export const named = (group: string, texts: Readonly<Record<string, string>>): readonly Payload[] =>
  Object.entries(texts).map(([name, text]) => ({ name: `${group}: ${name}`, text: `${mark}${text}` }));

export const each = (group: string, texts: readonly string[]): readonly Payload[] =>
  texts.map((text) => ({ name: `${group}: ${JSON.stringify(text).slice(0, 60)}`, text: `${mark} ${text}` }));

export const at = (...codes: readonly number[]): string => String.fromCodePoint(...codes);
