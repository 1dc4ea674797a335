// Data that survives a ledger: what can be written down, read back, and compared.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The one spelling of a value: keys sorted, no white space. Equal values have equal spellings, so it serves comparison and hashing. */
export const canonical = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value as { readonly [key: string]: Json });
  const sorted = entries.filter(([, item]) => item !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
};

export const same = (a: Json, b: Json): boolean => canonical(a) === canonical(b);
