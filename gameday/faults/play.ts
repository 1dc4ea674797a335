// Plays one trial from its checkpoint to the last release, and says how it ended: as wanted, told, waiting, alarmed, or broken.
import { createHash } from 'node:crypto';
import { whatAwsSaid } from '../../functions/engine/engine.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import { isOwn } from '../compare.ts';
import { storedIn } from '../evidence-bucket.ts';
import type { Practice } from '../practice.ts';
import { type Ground, practiceFrom } from './ground.ts';
import { happen } from './happen.ts';
import { begin, eventuallyConsistent, type Operation } from './inject.ts';
import { isLostToItsGroup, judgeEnd, judgeRecovered, judgeRelease, judgeResponse } from './judge.ts';
import { judgeMeddled } from './meddle.ts';
import { hasStopped, incidentsOf, isHeld, letGoAgain, letGoOfAll, redriveAll } from './recover.ts';
import { type Injection, spell, type Trial } from './trial.ts';

/**
 * `wanted`: it ended as the undisturbed run does. `told`: otherwise, and people were told so with the true reason. `waiting`: a person was
 * asked. `alarmed`: an execution or a delivery stopped, which an alarm tells; sent again, it ended well. `broken`: a promise was not kept.
 */
export const ends = ['wanted', 'told', 'waiting', 'alarmed', 'broken'] as const;
export type End = (typeof ends)[number];

export interface Story {
  readonly trial: string;
  readonly end: End;
  readonly outcome: Outcome | 'none';
  readonly reason: string;
  /** What the injections met, in words. */
  readonly met: readonly string[];
  /** Injections that met nothing: an earlier one ended the run before that call. */
  readonly unmet: readonly Injection[];
  /** Promises that were not kept. */
  readonly wrong: readonly string[];
}

/** A part of a trial that ends in a state that was released from before needs no second release: what follows depends on the state alone. */
export type Released = Set<string>;

const mustSayFor = (injections: readonly Injection[]): RegExp | null => {
  const [only, ...others] = injections;
  if (!only || others.length > 0 || only.phase !== 'respond') return null;
  if (only.fault === 'denied') return /not authorized|denied|unauthorized|could not be read|can't be read/i;
  if (only.fault === 'throttled')
    return /rate exceeded|throttl|limitexceeded|slow ?down|could not be read|can't be read/i;
  return null;
};

const withoutTimes = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');

/** All that a release depends on: the account, the holds, what was kept of them, and of each incident what it holds. */
const standOf = async (practice: Practice): Promise<string> => {
  const incidents = (await incidentsOf(practice)).map(({ id, phase, changes, evidence }) => ({
    id,
    phase,
    changes: changes.map(({ as, id: of, from, to, release, state }) => [as, of, from, to, release, state]),
    evidence: evidence.map(({ kind, subject, state }) => [kind, subject, state]),
  }));
  const holds = (await practice.ledger.list('holds', '')).map(({ value }) => value);
  const { accounts } = practice.world.snapshot();
  const state = JSON.stringify(accounts, (name, value) => (isOwn(name) ? '' : value));
  return createHash('sha256')
    .update(withoutTimes(`${state}${JSON.stringify([incidents, holds, storedIn(practice.world.state)])}`))
    .digest('base64');
};

const operationOf = (operations: readonly Operation[], { phase, where, index }: Injection): Operation | undefined =>
  operations.find((one) => one.phase === phase && one.where === where && one.index === index);

const metBy = (operations: readonly Operation[], injections: readonly Injection[]): readonly string[] =>
  injections.map((injection) => {
    const { phase, where, index, fault } = injection;
    const operation = operationOf(operations, injection);
    return operation
      ? `${operation.by}: ${operation.name} met ${fault}`
      : `nothing met ${phase}.${where}.${index}=${fault}`;
  });

const isGone = ({ injections }: Trial): boolean => injections.some(({ fault }) => fault === 'gone');

const ownOf = (incidents: readonly Incident[], { piece }: Ground): Incident | undefined =>
  incidents.find(({ playbook }) => playbook === piece.name);

type Played = {
  readonly wrong: readonly string[];
  readonly alarmed: boolean;
  readonly operations: readonly Operation[];
  readonly isGone: boolean;
};

const respond = async (ground: Ground, practice: Practice, trial: Trial): Promise<Played> => {
  const injecting = begin(practice, 'respond', trial.injections, ground.target);
  const surprises = await happen(practice, ground.event, trial.happening);
  const executions = await practice.settled();
  injecting.stop();
  const judged = await judgeResponse(ground, practice, executions, isGone(trial));
  const alarmed = practice.deadEvents.length > 0 || executions.some(hasStopped);
  await redriveAll(practice);
  const lost = isGone(trial) || isLostToItsGroup(ground, practice, await incidentsOf(practice));
  const recovered = await judgeRecovered(ground, practice, { mustSay: mustSayFor(trial.injections), isGone: lost });
  const wrong = [...surprises, ...judged, ...recovered];
  return { wrong, alarmed, operations: injecting.operations, isGone: lost };
};

const release = async (ground: Ground, practice: Practice, trial: Trial, lost: boolean): Promise<Played> => {
  const incidents = await incidentsOf(practice);
  const injecting = begin(practice, 'release', trial.injections, ground.target);
  const first = await letGoOfAll(practice, incidents);
  injecting.stop();
  // A release takes its time as well.
  const gone = lost || isGone(trial) || isLostToItsGroup(ground, practice, incidents);
  const judged = judgeRelease(ground, practice, first, { held: incidents.filter(isHeld).length, isGone: gone });
  const again = await letGoAgain(practice);
  const goneSince = gone || isLostToItsGroup(ground, practice, incidents);
  const wrong = [...judged, ...(await judgeEnd(ground, practice, goneSince))];
  const alarmed = first.some(hasStopped) && again.length > 0;
  return { wrong, alarmed, operations: injecting.operations, isGone: gone };
};

const endOf = (
  ground: Ground,
  own: Incident | undefined,
  wrong: readonly string[],
  alarmed: boolean,
  asWanted: boolean,
): End => {
  if (wrong.length > 0) return 'broken';
  if (alarmed) return 'alarmed';
  if (own?.outcome === 'waiting') return 'waiting';
  return asWanted && (own?.outcome === ground.expected || own?.outcome === 'released') ? 'wanted' : 'told';
};

/** Never throws: what is thrown is a promise that was not kept. */
export const play = async (ground: Ground, trial: Trial, released: Released): Promise<Story> => {
  const touchesResponse = trial.happening !== null || trial.injections.some(({ phase }) => phase === 'respond');
  const touchesRelease = trial.injections.some(({ phase }) => phase === 'release');
  const stale = trial.injections.some(({ fault }) => fault === 'stale');
  const practice = practiceFrom(ground, {
    from: touchesResponse ? ground.arrangedAt : ground.heldAt,
    asks: trial.happening?.startsWith('approval') ?? false,
    answer: trial.happening === 'approval-lost' || trial.happening === 'approval-late' ? 'silence' : 'approve',
    ...(stale && { staleReads: eventuallyConsistent }),
  });
  const parts: Played[] = [];
  let own: Incident | undefined;
  try {
    if (touchesResponse) parts.push(await respond(ground, practice, trial));
    own = ownOf(await incidentsOf(practice), ground);
    // Nobody turns a setting of what is not there any more.
    const meddled = trial.happening === 'meddled' && !isGone(trial);
    const stand = touchesRelease || meddled ? '' : await standOf(practice);
    if (meddled)
      parts.push({ wrong: await judgeMeddled(ground, practice), alarmed: false, operations: [], isGone: false });
    else if (touchesRelease || !released.has(stand)) {
      const part = await release(
        ground,
        practice,
        trial,
        parts.some((one) => one.isGone),
      );
      parts.push(part);
      if (part.wrong.length === 0 && !touchesRelease) released.add(stand);
    }
    if (touchesRelease) own = ownOf(await incidentsOf(practice), ground);
  } catch (error) {
    parts.push({ wrong: [`it broke off: ${whatAwsSaid(error)}`], alarmed: false, operations: [], isGone: false });
  }
  const operations = parts.flatMap((part) => part.operations);
  const wrong = parts.flatMap((part) => part.wrong);
  const alarmed = parts.some((part) => part.alarmed);
  return {
    trial: spell(trial),
    end: endOf(ground, own, wrong, alarmed, true),
    outcome: own?.outcome ?? 'none',
    reason: own?.reason ?? '',
    met: metBy(operations, trial.injections),
    unmet: trial.injections.filter((injection) => !operationOf(operations, injection)),
    wrong,
  };
};
