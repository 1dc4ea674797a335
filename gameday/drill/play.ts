// Plays one scenario on a practice ground of its own: arrange, judge the harm, send the event, judge again, release, compare.
import type { Progress } from '../../functions/engine/engine.ts';
import { whatAwsSaid } from '../../functions/engine/engine.ts';
import type { ReleaseMode } from '../../functions/engine/hold.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import { brokenLink, readJournal } from '../../functions/engine/journal.ts';
import { settingOf } from '../../functions/engine/plan.ts';
import { gone } from '../../playbooks/language/aws.ts';
import type { Outcome } from '../../playbooks/language/outcome.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { compareAccounts } from '../compare.ts';
import { createPractice, type Practice, type Response } from '../practice.ts';
import { type Moment, nothingObserved, type Observed, type Piece, type Ran, type Reading } from './observed.ts';

type Report = (progress: Progress, atMilliseconds: number) => void;

/** What a person answers, so that it comes to the outcome that the scenario is about. */
const answerFor = (expected: Outcome): 'approve' | 'deny' | 'silence' =>
  expected === 'denied' ? 'deny' : expected === 'expired' ? 'silence' : 'approve';

/** Each setting of the incident, read with the stage's own hands. */
const readingsOf = async (
  { playbook }: Piece,
  { stage }: Practice,
  incident: Incident,
): Promise<readonly Reading[]> => {
  const readings: Reading[] = [];
  for (const { as, id } of incident.changes) {
    const setting = settingOf(playbook, as);
    try {
      const value = await setting.read(stage.aws, id);
      readings.push(value === gone ? { reads: null, said: 'gone' } : { reads: value, said: setting.say(value) });
    } catch (error) {
      readings.push({ reads: null, said: `unreadable: ${whatAwsSaid(error)}` });
    }
  }
  return readings;
};

/** The calls of this playbook's own functions, and of what writes for it; the stage's and other incidents' are not among them. */
const callsSince = ({ name }: Piece, { world }: Practice, index: number): Ran['calls'] => {
  const own = new RegExp(`^(${name} [a-z-]+|deny ${name})-\\d+$`);
  return world.calls.slice(index).filter(({ session }) => own.test(session));
};

const isOpen = ({ phase, changes }: Incident): boolean =>
  (phase === 'holding' && changes.length > 0) || changes.some(({ state }) => state === 'kept');

const isKept = ({ changes }: Incident): boolean => changes.some(({ state }) => state === 'kept');

const releaseOnce = async (
  piece: Piece,
  practice: Practice,
  observed: Observed,
  mode: Exclude<ReleaseMode, 'keep'>,
  before: Incident,
): Promise<Moment> => {
  const startedAt = practice.world.clock.now().getTime();
  const index = practice.world.calls.length;
  const { incident, ...execution } = await practice.release(before, mode);
  const calls = callsSince(piece, practice, index);
  observed.runs.push({ workflow: 'release', mode, execution, startedAt, calls });
  return { incident, readings: await readingsOf(piece, practice, incident) };
};

/** Others that answered the same event let go first, so that the judged incident is the last holder and puts everything back. */
const releaseOthers = async (practice: Practice, others: readonly Incident[]): Promise<readonly Incident[]> => {
  const ends: Incident[] = [];
  for (const other of others.filter(isOpen)) {
    const { incident } = await practice.release(other, 'restore');
    ends.push(isKept(incident) ? (await practice.release(incident, 'force')).incident : incident);
  }
  return ends;
};

const ownOf = ({ name }: Piece, { executions }: Response) =>
  executions.find(({ incident }) => incident.playbook === name);

const respond = async (piece: Piece, practice: Practice, observed: Observed): Promise<void> => {
  const startedAt = practice.world.clock.now().getTime();
  const index = practice.world.calls.length;
  observed.eventAt = startedAt;
  const response = await practice.respond(observed.event);
  observed.received = response.received;
  const own = ownOf(piece, response);
  observed.others = response.executions.filter((one) => one !== own).map(({ incident }) => incident);
  if (!own) return;
  const { incident, ...execution } = own;
  const calls = callsSince(piece, practice, index);
  observed.runs.push({ workflow: 'respond', mode: '', execution, startedAt, calls });
  observed.contained = { incident, readings: await readingsOf(piece, practice, incident) };
};

const releaseAll = async (piece: Piece, practice: Practice, observed: Observed): Promise<void> => {
  observed.otherEnds = await releaseOthers(practice, observed.others);
  const { contained } = observed;
  if (!contained || !isOpen(contained.incident)) return;
  observed.released = await releaseOnce(piece, practice, observed, 'restore', contained.incident);
  if (isKept(observed.released.incident))
    observed.forced = await releaseOnce(piece, practice, observed, 'force', observed.released.incident);
};

const play = async (piece: Piece, practice: Practice, observed: Observed): Promise<void> => {
  const { scenario } = piece;
  const { stage, world, ledger } = practice;
  const arranged = await scenario.arrange(stage);
  observed.event = scenario.finding(arranged, stage);
  observed.harmBefore = await scenario.harm(arranged, stage);
  const before = world.snapshot();
  await respond(piece, practice, observed);
  observed.harmAfter = await scenario.harm(arranged, stage);
  await releaseAll(piece, practice, observed);
  observed.differences = compareAccounts(before, world.snapshot());
  const id = observed.contained?.incident.id;
  if (id) {
    observed.journal = await readJournal(ledger, id);
    const broken = brokenLink(observed.journal);
    if (broken) observed.brokenChain = broken;
  }
  await scenario.cleanUp(arranged, stage);
};

/** Plays to the end, or as far as it goes: what goes wrong is part of what was observed. */
export const playScenario = async (
  piece: Piece,
  playbooks: ReadonlyMap<string, Playbook>,
  report: Report,
): Promise<Observed> => {
  const observed = nothingObserved();
  const verified = new Map<string, { readonly outcome: string; readonly at: number }[]>();
  const practice = createPractice({
    playbooks,
    seed: piece.seed,
    options: { [piece.name]: piece.scenario.options ?? {} },
    answer: answerFor(piece.scenario.outcome ?? 'contained'),
    report: (progress, at) => {
      const { incident = '', step, text } = progress;
      if (step === 'verify')
        verified.set(incident, [
          ...(verified.get(incident) ?? []),
          { outcome: text.split(':')[0] ?? '', at: at.getTime() },
        ]);
      report(progress, at.getTime() - (observed.eventAt || at.getTime()));
    },
  });
  try {
    await play(piece, practice, observed);
  } catch (error) {
    observed.broke = whatAwsSaid(error);
  }
  const incident = observed.contained?.incident;
  const agreeing = verified.get(incident?.id ?? '')?.filter(({ outcome }) => outcome === incident?.outcome) ?? [];
  // Evidence that is still pending counts as missing, so only the last look says how it ended.
  const verifiedAt = piece.playbook.containment === 'evidence' ? agreeing.at(-1) : agreeing[0];
  if (verifiedAt) observed.verifiedAt = verifiedAt.at;
  observed.defects = practice.world.defects.map(({ message }) => message);
  return observed;
};
