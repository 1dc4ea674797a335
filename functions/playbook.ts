// Lambda: contain, verify, preserve and release, for the one playbook bundled with it.
import * as v from 'valibot';
import { contain } from './engine/contain.ts';
import type { Engine } from './engine/engine.ts';
import { type Incident, readIncident } from './engine/incident.ts';
import { reviewEvidence } from './engine/preserve.ts';
import { release, verifyRelease } from './engine/release.ts';
import { nextLook, secondsToSettle, verify } from './engine/verify.ts';
import { handler, incidentInput } from './handler.ts';
import { releaseAdmitted } from './rails/admission.ts';
import { type Summary, summaryOf } from './summary.ts';

const schema = v.intersect([
  incidentInput,
  v.variant('do', [
    v.object({ do: v.picklist(['contain', 'verify', 'preserve', 'verify-release']) }),
    v.object({ do: v.literal('release'), mode: v.picklist(['restore', 'force', 'keep']) }),
  ]),
]);

const grows = (incident: Incident): boolean => incident.evidence.some(({ state }) => state === 'pending');

const contained = (engine: Engine, incident: Incident): Summary => {
  const status = incident.phase === 'waiting' ? 'ask' : incident.phase === 'holding' ? 'settle' : 'ended';
  return summaryOf(engine, incident, status);
};

const verified = (engine: Engine, incident: Incident): Summary => {
  const next = nextLook(incident, engine.now());
  if (next === 'settle')
    return { ...summaryOf(engine, incident, next), settleSeconds: secondsToSettle(incident, engine.now()) };
  return summaryOf(engine, incident, next === 'decided' && grows(incident) ? 'evidence' : next);
};

/** The outcome of a playbook that only takes evidence depends on how it ended, so it is decided once more. */
const preserved = async (engine: Engine, id: string): Promise<Summary> => {
  const incident = await reviewEvidence(engine, id);
  return grows(incident)
    ? summaryOf(engine, incident, 'evidence')
    : summaryOf(engine, await verify(engine, id), 'decided');
};

type Input = v.InferOutput<typeof schema>;

/** The state machine names the playbook only to find the function: what the ledger says of the incident counts. */
const belongs = async (engine: Engine, input: Input): Promise<void> => {
  const { incident: id, playbook } = input;
  const incident = await readIncident(engine, id);
  if (incident?.playbook !== playbook) {
    const found = incident ? `the ledger says that it is ${incident.playbook}'s` : 'the ledger has no such incident';
    throw Object.assign(new Error(`Incident ${id} was handed to ${playbook}, but ${found}.`), { name: 'NotAdmitted' });
  }
  if (input.do === 'release') releaseAdmitted(incident, input.mode, engine.now());
  if (input.do === 'verify-release') releaseAdmitted(incident, null, engine.now());
};

export const playbookHandler = handler(schema, async (engine, input): Promise<Summary> => {
  await belongs(engine, input);
  switch (input.do) {
    case 'contain':
      return contained(engine, await contain(engine, input.incident));
    case 'verify':
      return verified(engine, await verify(engine, input.incident));
    case 'preserve':
      return preserved(engine, input.incident);
    case 'release':
      return summaryOf(engine, await release(engine, input.incident, input.mode), 'settle');
    case 'verify-release':
      return summaryOf(engine, await verifyRelease(engine, input.incident), 'decided');
  }
});
