// Ids of the other kind that AWS gives: of events, messages and subscriptions.
import type { Request } from './model.ts';

/** A UUID of the world's seed, out of the ids that a request can have. */
export const newUuid = (newId: Request['newId']): string => {
  const digits = `${newId('u').slice(2)}${newId('u').slice(2)}`;
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
};
