// What a hold says is to be written now, and who may ask for it: for whoever writes with other hands than the holder's. Pure.
import type { Json } from '../../playbooks/language/json.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
import { combined, type HoldRecord } from './hold.ts';
import { type Incident, isOver } from './incident.ts';

/** What its holders want, or the original while it is put back. Once it is free nobody writes: a late writer finds out that it is late. */
export const standing = (setting: AnySetting, { phase, holders, original }: HoldRecord): Json | undefined => {
  if (phase === 'free') return undefined;
  return phase === 'held' ? combined(setting, holders) : original;
};

/**
 * Whoever holds; whoever has let go and writes what the others want; and while it is put back any that is released itself, as the last one helps
 * whom it finds at it.
 */
export const mayAsk = (
  incident: Pick<Incident, 'id' | 'phase' | 'releaseRequest'>,
  { phase, holders, leaving }: HoldRecord,
): boolean => {
  if (phase === 'held') return Object.hasOwn(holders, incident.id) || Object.hasOwn(leaving, incident.id);
  return phase === 'releasing' && (isOver(incident) || incident.releaseRequest !== null);
};
