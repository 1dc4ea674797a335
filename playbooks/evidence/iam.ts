// What is kept of a user or role: what it could do and by which credentials, before anything was changed.
import { recorded } from '../language/evidence.ts';

/** Policies, groups, boundary, keys and every other credential, as `observe` read them. Secrets can't be read and aren't in it. */
export const principalDescription = recorded('iam/principal-description');
