// Patterns as people write them into the configuration: `*` stands for any text, everything else for itself.

const literal = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether the pattern fits the whole text. */
export const fits = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 's').test(text);

export const fitsAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => fits(pattern, text));
