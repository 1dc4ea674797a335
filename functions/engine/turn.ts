// Whose turn it is. AWS admits only so many calls a second; incidents that come all at once stand in line for them, and each knows when it
// is due. Nobody sleeps meanwhile: the workflow waits. See docs/decisions/0008-incidents-that-come-all-at-once.md.
import type { Severity } from '../../playbooks/language/finding.ts';
import { type Engine, playbookNamed, whatAwsSaid } from './engine.ts';
import { type Incident, type IncidentChange, isOver, updateIncident } from './incident.ts';
import { persist } from './ledger.ts';
import type { Asked } from './requests.ts';

/**
 * What an incident stands in line for: to contain, to look whether it holds, or for the rest, which contains nothing by itself. Cheap findings
 * have a line of their own, so that no flood of them holds up what is severe.
 */
type Line = 'contain' | 'contain cheap' | 'verify' | 'rest';

/**
 * What each line moves at, as a part of the deployment's pace: AWS answers four times as many reads of a kind as it takes writes, of which to
 * contain takes three and to verify one; and the rest is up to five writes of a kind.
 */
const share: Readonly<Record<Line, number>> = { contain: 1, 'contain cheap': 1, verify: 0.5, rest: 0.2 };

/** Which lines go first: nobody's turn comes while one of those stands. */
const yieldsTo: Readonly<Record<Line, readonly Line[]>> = {
  contain: [],
  'contain cheap': ['contain'],
  verify: [],
  rest: ['contain', 'contain cheap'],
};

/** From here on, of those who are let go at once, the line counts as crowded: who contains leaves everything else for later. */
const crowdedAt = 1 / 3;

/** What is done when it comes, and when that is. `crowded`: so many come at once that nothing but what contains is to be done first. */
export type Turn = { readonly to: 'contain' | 'verify'; readonly at: string; readonly crowded: boolean };

/** When the next in line would be due if there were no room for several at once. */
type LineRecord = { readonly next: string };

const keyOf = (engine: Engine, { playbook, target }: Incident, line: Line): string => {
  const { scope } = playbookNamed(engine, playbook).resource;
  return `${line}/${playbook}/${target.account}/${scope === 'global' ? 'global' : target.region}`;
};

const nextIn = (record: unknown): number =>
  record ? Date.parse((record as LineRecord).next) : Number.NEGATIVE_INFINITY;

const purposeOf = (line: Line): Turn['to'] => (line === 'verify' ? 'verify' : 'contain');

/** So many are due at once, the others one after the other: the generic cell rate algorithm, which needs nothing but one time. */
const draw = (engine: Engine, incident: Incident, line: Line, onLikely: (turn: Turn) => void): Promise<Turn> => {
  const to = purposeOf(line);
  const { incidentsAtOnce, incidentsPerSecond } = engine.config.pace;
  const atOnce = Math.max(1, incidentsAtOnce * share[line]);
  const interval = 1000 / (incidentsPerSecond * share[line]);
  const read = (of: Line) => engine.ledger.read('lines', keyOf(engine, incident, of));
  return persist(`Standing in line to ${line}: ${incident.target.id}`, engine.pause, async () => {
    const [entry, ...others] = await Promise.all([line, ...yieldsTo[line]].map(read));
    const now = engine.now().getTime();
    const passed = Math.max(now, ...others.map((other) => nextIn(other?.value)));
    const next = Math.max(passed, nextIn(entry?.value));
    const record: LineRecord = { next: new Date(next + interval).toISOString() };
    const at = new Date(Math.max(passed, next - (atOnce - 1) * interval)).toISOString();
    const turn = { to, at, crowded: (next - now) / interval > atOnce * crowdedAt };
    onLikely(turn);
    const drawn = await engine.ledger.write('lines', keyOf(engine, incident, line), record, entry?.version ?? 0);
    return drawn ? turn : undefined;
  });
};

/**
 * Draws a place in the line. One that is drawn and not used is lost; the line is that much slower. Where the line can't be read or written nobody
 * waits: AWS says by itself when it has no room. `onLikely` hears of each place before it is taken, which seldom fails.
 */
const takeTurn = async (
  engine: Engine,
  incident: Incident,
  line: Line,
  onLikely: (turn: Turn) => void = () => undefined,
): Promise<Turn> => {
  try {
    return await draw(engine, incident, line, onLikely);
  } catch (error) {
    const text = `not: the line can't be read: ${whatAwsSaid(error)}`;
    engine.report({ incident: incident.id, step: 'waits', text });
    return { to: purposeOf(line), at: engine.now().toISOString(), crowded: false };
  }
};

/** A wait that is over before a workflow could begin it. */
const worthMilliseconds = 1000;

const isDue = ({ at }: Turn, now: Date): boolean => Date.parse(at) - now.getTime() < worthMilliseconds;

/** Whole seconds until its turn comes; 0 where it has. */
export const secondsToTurn = ({ turn }: Pick<Incident, 'turn'>, now: Date): number =>
  turn && !isDue(turn, now) ? Math.ceil((Date.parse(turn.at) - now.getTime()) / 1000) : 0;

const isCheap = (severity: Severity | undefined): boolean => severity === 'MEDIUM' || severity === 'LOW';

const containLine = ({ finding }: Incident): Line => (isCheap(finding?.severity) ? 'contain cheap' : 'contain');

/** What a person asks for by name goes first; who goes on with what was begun has had his turn, and who waits for an answer needs none. */
const drawsFirst = ({ phase, finding, disposition, approval, turn }: Incident): boolean =>
  turn === null &&
  finding !== null &&
  finding.detector !== 'manual' &&
  (phase === 'new' || (phase === 'waiting' && (approval !== null || disposition !== 'ask')));

const standsAt = (engine: Engine, id: string, turn: Turn): Promise<Incident> =>
  updateIncident(engine, id, (before) => (isOver(before) ? before : { ...before, turn }));

/**
 * Before anything is done for an incident, as it was read just now: the incident where it has to wait first, with its turn on record. `onLikely` is
 * called as soon as it seems that it need not.
 * @throws when the ledger can't be read or written: call it again.
 */
export const notYet = async (engine: Engine, found: Incident, onLikely: () => void): Promise<Incident | undefined> => {
  const { id } = found;
  if (isOver(found)) return undefined;
  if (found.turn?.to === 'contain') return isDue(found.turn, engine.now()) ? undefined : found;
  if (!drawsFirst(found)) return undefined;
  const turn = await takeTurn(engine, found, containLine(found), (likely) => {
    if (isDue(likely, engine.now())) onLikely();
  });
  const due = isDue(turn, engine.now());
  if (due && !turn.crowded) return undefined;
  const standing = await standsAt(engine, id, turn);
  if (due || isOver(standing)) return undefined;
  engine.report({ incident: id, step: 'waits', text: `its turn to be contained comes at ${turn.at}` });
  return standing;
};

/**
 * The place of an incident that is to be looked at, where it is one of many: it takes no reads from those who are still to be contained, and so
 * it is looked at once, when that is to be believed.
 */
export const turnToVerify = async (engine: Engine, incident: Incident, believableInSeconds: number): Promise<Turn> => {
  const turn = await takeTurn(engine, incident, 'verify');
  const earliest = engine.now().getTime() + believableInSeconds * 1000;
  return { ...turn, at: new Date(Math.max(Date.parse(turn.at), earliest)).toISOString() };
};

/** What is still to come gets a turn of its own. Each counts: whatever keeps it from being done, a workflow comes back for it so often and no more. */
export const standInLineForRest = async (engine: Engine, incident: Incident): Promise<Incident> => {
  const { at } = await takeTurn(engine, incident, 'rest');
  engine.report({ incident: incident.id, step: 'waits', text: `its turn to be protected comes at ${at}` });
  return updateIncident(engine, incident.id, (before) =>
    isOver(before) ? before : { ...before, turn: { to: 'contain', at, crowded: false }, refusals: before.refusals + 1 },
  );
};

/** After so many waits, some ten minutes in all, what AWS has no room for is told as failed. */
const refusalsMax = 8;
const shortestSeconds = 5;
const longestSeconds = 120;

/** Whether what AWS had no room for is tried again. */
export const isPatient = ({ refusals }: Pick<Incident, 'refusals'>): boolean => refusals < refusalsMax;

/** The incident as whoever has no workflow behind him carries it out: all at once, and what AWS has no room for has failed until he comes again. */
export const atOnce = (incident: Incident): Incident => ({ ...incident, turn: null, refusals: refusalsMax });

/** A look that left something out, such as which group it serves in, is repeated for half a minute: no more, since the attack goes on meanwhile. */
const wholeLooksMax = 3;

/** Whether a look is to be repeated for what AWS had no room for. */
export const looksAgain = (
  incident: Pick<Incident, 'refusals'>,
  look: Asked & ({ readonly value: unknown } | { readonly error: unknown }),
): boolean => look.refused.length > 0 && ('error' in look ? isPatient(incident) : incident.refusals < wholeLooksMax);

/** AWS had no room: the incident comes again in its turn, and later each time. Whoever came at once instead would fill the same room again. */
export const comeAgain = async (
  engine: Engine,
  incident: Incident,
  purpose: Turn['to'],
  refused: readonly string[],
): Promise<Incident> => {
  const line = purpose === 'verify' ? 'verify' : isRest(incident) ? 'rest' : containLine(incident);
  const place = await takeTurn(engine, incident, line);
  const seconds = Math.min(longestSeconds, shortestSeconds * 2 ** incident.refusals);
  const at = new Date(Math.max(Date.parse(place.at), engine.now().getTime() + seconds * 1000)).toISOString();
  const text = `AWS has no room for ${[...new Set(refused)].join(', ')}; it comes again at ${at}`;
  engine.report({ incident: incident.id, step: 'waits', text });
  return updateIncident(engine, incident.id, (before) =>
    isOver(before)
      ? before
      : {
          ...before,
          turn: { to: purpose, at, crowded: place.crowded },
          refusals: before.refusals + 1,
        },
  );
};

export const isDeferred = ({ state }: Pick<IncidentChange, 'state'>): boolean => state === 'deferred';

/** There is nothing more to be done for it. */
export const isDone = ({ state }: Pick<IncidentChange, 'state'>): boolean =>
  state === 'written' || state === 'watching' || state === 'verified' || state === 'gone';

/** Whether something is still to come. Evidence is, where AWS had no room for it either. */
const isLeft = ({ changes, evidence }: Pick<Incident, 'changes' | 'evidence'>): boolean =>
  changes.some(isDeferred) || evidence.some(({ state }) => state === 'planned');

/** Whether all that contains is done, and only what protects, marks or preserves is left. */
export const isRest = ({ changes, evidence }: Pick<Incident, 'changes' | 'evidence'>): boolean =>
  isLeft({ changes, evidence }) && changes.every((change) => change.effect !== 'containing' || isDone(change));
