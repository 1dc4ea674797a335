// Lambda: contain, verify, preserve, look after and release, for the one playbook bundled with it.
import * as v from 'valibot';
import { belonging } from './engine/belongs.ts';
import { contain } from './engine/contain.ts';
import type { Engine } from './engine/engine.ts';
import { type Incident, isOver } from './engine/incident.ts';
import { lookAfter } from './engine/look-after.ts';
import { reviewEvidence } from './engine/preserve.ts';
import { type Foresight, foreseeing } from './engine/ready.ts';
import { release, verifyRelease } from './engine/release.ts';
import { secondsToSettle } from './engine/settling.ts';
import { isPatient, isRest, notYet, secondsToTurn, standInLineForRest } from './engine/turn.ts';
import { nextLook, verify } from './engine/verify.ts';
import { handler, incidentInput } from './handler.ts';
import { releaseAdmitted } from './rails/admission.ts';
import { type Summary, summaryOf } from './summary.ts';

const schema = v.intersect([
  incidentInput,
  v.variant('do', [
    v.object({ do: v.picklist(['contain', 'verify', 'preserve', 'verify-release', 'look-after']) }),
    v.object({ do: v.literal('release'), mode: v.picklist(['restore', 'force', 'keep']) }),
  ]),
]);

const grows = (incident: Incident): boolean => incident.evidence.some(({ state }) => state === 'pending');

/** Its turn to be contained comes later. */
const later = (engine: Engine, incident: Incident): Summary => ({
  ...summaryOf(engine, incident, 'later'),
  waitSeconds: secondsToTurn(incident, engine.now()),
});

/** It is looked at when AWS has settled, and in its turn. */
const settling = (engine: Engine, incident: Incident, settleSeconds: number): Summary => ({
  ...summaryOf(engine, incident, 'settle'),
  settleSeconds: Math.max(settleSeconds, secondsToTurn(incident, engine.now())),
});

const contained = (engine: Engine, incident: Incident): Summary => {
  const { phase, turn, plan } = incident;
  if (isOver(incident)) return summaryOf(engine, incident, 'ended');
  // One that waits was approved then, and is looked at once more before it is contained.
  const comesAgain = turn?.to === 'contain' && (phase !== 'waiting' || secondsToTurn(incident, engine.now()) > 0);
  if (comesAgain) return later(engine, incident);
  if (phase === 'waiting') return summaryOf(engine, incident, 'ask');
  return phase === 'holding'
    ? settling(engine, incident, plan?.settleSeconds ?? 0)
    : summaryOf(engine, incident, 'ended');
};

const containedInTurn = async (engine: Engine, incident: Incident): Promise<Summary> => {
  engine.lend?.(incident.target, incident.id);
  let foresight: Foresight | undefined;
  const standing = await notYet(engine, incident, () => {
    foresight ??= foreseeing(engine, incident);
  });
  if (standing) return later(engine, standing);
  foresight ??= foreseeing(engine, incident);
  return contained(engine, await contain(engine, incident.id, 'workflow', foresight));
};

const verified = (engine: Engine, incident: Incident): Summary => {
  if (isOver(incident)) return summaryOf(engine, incident, 'decided');
  if (incident.turn?.to === 'verify') return settling(engine, incident, 0);
  const next = nextLook(incident, engine.now());
  if (next === 'settle') return settling(engine, incident, secondsToSettle(incident, engine.now()));
  if (next === 'again') return summaryOf(engine, incident, next);
  if (isRest(incident) && isPatient(incident)) return summaryOf(engine, incident, 'rest');
  return summaryOf(engine, incident, grows(incident) ? 'evidence' : next);
};

/** What is still to come is written in its turn; people hear of the rest meanwhile. */
const verifiedInTurn = async (engine: Engine, id: string): Promise<Summary> => {
  const incident = await verify(engine, id, 'workflow');
  const summary = verified(engine, incident);
  if (summary.status !== 'rest') return summary;
  const standing = await standInLineForRest(engine, incident);
  return { ...summary, waitSeconds: secondsToTurn(standing, engine.now()) };
};

/** The outcome of a playbook that only takes evidence depends on how it ended, so it is decided once more. */
const preserved = async (engine: Engine, id: string): Promise<Summary> => {
  const incident = await reviewEvidence(engine, id);
  if (grows(incident)) return summaryOf(engine, incident, 'evidence');
  const decided = await verify(engine, id, 'workflow');
  const waitSeconds = decided.turn?.to === 'verify' ? secondsToTurn(decided, engine.now()) : 0;
  return waitSeconds > 0
    ? { ...summaryOf(engine, decided, 'evidence'), waitSeconds }
    : summaryOf(engine, decided, 'decided');
};

type Input = v.InferOutput<typeof schema>;

/** Its own incident, and where it is to be released, one of which that was asked for. */
const belongs = async (engine: Engine, input: Input): Promise<Incident> => {
  const incident = await belonging(engine, input.incident, input.playbook);
  if (input.do === 'release') releaseAdmitted(incident, input.mode, engine.now());
  if (input.do === 'verify-release') releaseAdmitted(incident, null, engine.now());
  return incident;
};

export const playbookHandler = handler(schema, async (engine, input): Promise<Summary> => {
  const incident = await belongs(engine, input);
  switch (input.do) {
    case 'contain':
      return containedInTurn(engine, incident);
    case 'verify':
      return verifiedInTurn(engine, input.incident);
    case 'preserve':
      return preserved(engine, input.incident);
    case 'look-after':
      return summaryOf(engine, await lookAfter(engine, input.incident), 'decided');
    case 'release':
      return summaryOf(engine, await release(engine, input.incident, input.mode), 'settle');
    case 'verify-release':
      return summaryOf(engine, await verifyRelease(engine, input.incident), 'decided');
  }
});
