// Whether there is anything to release, and whether it can be now. Pure.
import { isFresh } from '../rails/admission.ts';
import type { ReleaseMode } from './hold.ts';
import type { Incident } from './incident.ts';
import { unreleased } from './release.ts';

export const holdsNothing = ({ phase, changes }: Pick<Incident, 'phase' | 'changes'>): boolean =>
  phase === 'ended' && !changes.some(unreleased);

/** Why the incident can't be released so now, in a sentence; undefined where nothing stands against it. Who asks is another question. */
export const unreleasable = (incident: Incident, mode: ReleaseMode, now: Date): string | undefined => {
  const { id, phase, releaseRequest: request } = incident;
  if (holdsNothing(incident)) return `Incident ${id} holds nothing: there is nothing to release.`;
  if (phase === 'waiting')
    return `Incident ${id} waits for an approval, and nothing has been changed: deny it, and nothing will be.`;
  if (phase === 'new') return `Incident ${id} has changed nothing yet: there is nothing to release.`;
  // Two releases at once would each take the other's permission away.
  if (phase === 'releasing' && request && request.mode !== mode && isFresh(request, now))
    return `Incident ${id} is being released by '${request.mode}', as ${request.by} asked at ${request.at}: ask for '${mode}' when that has ended, within the hour.`;
  return undefined;
};
