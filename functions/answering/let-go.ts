// A person has an incident released: the request goes on record as the rails let it, then its workflow is started.
import type { Json } from '../../playbooks/language/json.ts';
import { unanswered } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import type { ReleaseMode } from '../engine/hold.ts';
import type { Incident } from '../engine/incident.ts';
import { unreleasable } from '../engine/releasable.ts';
import { admitRelease, isFresh, type ReleaseRequest } from '../rails/admission.ts';
import { againstRelease, expectNone } from '../rails/four-eyes.ts';
import { incidentNamed } from './look.ts';
import type { AskedTo } from './request.ts';

const start = async (engine: Engine, { id, playbook }: Incident, { mode, at }: ReleaseRequest) => {
  if (!engine.startRelease) throw new Error('There is no state machine here that releases.');
  return engine.startRelease({ incident: id, playbook, mode, at });
};

/** The same was asked for a moment ago: it runs, or it was never started. */
const standing = ({ releaseRequest: request }: Incident, mode: ReleaseMode, now: Date): ReleaseRequest | undefined =>
  request && request.mode === mode && isFresh(request, now) ? request : undefined;

const said = (id: string, { mode, by, at }: ReleaseRequest): { readonly [key: string]: Json } => ({
  incident: id,
  release: { mode, by, at },
  workflow: 'It runs; people hear of its end.',
});

/** @throws in a sentence, where there is nothing to release, or somebody else has to ask for it. */
export const release = async (engine: Engine, asked: AskedTo<'release'>, arn: string) => {
  const { incident: id, mode, reason } = asked;
  const incident = await incidentNamed(engine, id);
  expectNone(againstRelease(engine.config, incident, mode, arn));
  const words = unreleasable(incident, mode, engine.now());
  if (words !== undefined) throw unanswered(words);
  const before = standing(incident, mode, engine.now());
  if (before && (await start(engine, incident, before)) === 'running') return said(id, before);
  const { releaseRequest } = await admitRelease(engine, id, mode, arn, reason);
  if (!releaseRequest) throw new Error(`The release of incident ${id} did not go on record.`);
  await start(engine, incident, releaseRequest);
  return said(id, releaseRequest);
};
