// Taking all holds of an incident at once: first every original on record, then the first write.
import type { Json } from '../../playbooks/language/json.ts';
import { awaitedLater } from './awaited-later.ts';
import { type Engine, playbookNamed } from './engine.ts';
import { handsFor } from './hands.ts';
import { type Held, type Look, readHold, type Standing, type Take, take } from './hold.ts';
import type { Incident, IncidentChange } from './incident.ts';
import { type Foreseen, settingOf } from './plan.ts';
import { sharingReads } from './requests.ts';

/** The setting of a change, with the hands that turn it for this incident. */
export const heldOf = (engine: Engine, incident: Incident, change: Pick<IncidentChange, 'as' | 'id'>): Held => {
  const setting = settingOf(playbookNamed(engine, incident.playbook), change.as);
  const aws = engine.aws(incident.target, incident.id, 'write');
  return { setting, id: change.id, aws, ...handsFor(engine, setting, incident, change) };
};

/** A change on its way: its hold, and what its write needs. */
export interface Step {
  readonly change: IncidentChange;
  readonly held: Held;
  readonly taken: Take | { readonly state: 'failed'; readonly error: unknown };
  readonly prepared: Promise<Json | undefined>;
  /** The record after all holds were taken. */
  readonly standing: Promise<Standing>;
}

type Ready = Pick<Step, 'change' | 'held' | 'prepared'> & { readonly first: Promise<Look> };

/** A change, its setting, and the record of that; a record that could not be read is told by whoever awaits it. */
export interface Recorded {
  readonly change: IncidentChange;
  readonly held: Held;
  readonly hold: ReturnType<typeof readHold>;
}

/** All records are read first, and then the work begins that reads the settings: so each read is after its record, and yet one call serves several. */
export const afterRecords = async <T>(
  engine: Engine,
  incident: Incident,
  changes: readonly IncidentChange[],
  work: (recorded: readonly Recorded[]) => Promise<T>,
): Promise<T> => {
  const recorded = changes.map((change) => {
    const held = heldOf(engine, incident, change);
    return { change, held, hold: awaitedLater(readHold(engine, held)) };
  });
  await Promise.allSettled(recorded.map(({ hold }) => hold));
  return sharingReads(() => work(recorded));
};

/** Makes what its write will need. */
const prepare = ({ setting, aws, id }: Held, { to }: IncidentChange): Ready['prepared'] =>
  awaitedLater((async () => setting.prepare?.(aws, id, to))());

/** Looks at all settings and, side by side, makes what the writes will need. Nothing of it changes a setting. */
const lookAtAll = (engine: Engine, incident: Incident, changes: readonly IncidentChange[]): Promise<readonly Ready[]> =>
  afterRecords(engine, incident, changes, async (recorded) => {
    const asked = engine.now();
    return recorded.map(({ change, held, hold }) => {
      const look = async (): Promise<Look> => ({
        ...(await hold),
        asked,
        value: await held.setting.read(held.aws, held.id),
      });
      return { change, held, prepared: prepare(held, change), first: awaitedLater(look()) };
    });
  });

const takeHold = async (
  engine: Engine,
  incident: Incident,
  { first, ...rest }: Ready,
): Promise<Omit<Step, 'standing'>> => {
  try {
    return { ...rest, taken: await take(engine, rest.held, incident.id, rest.change.to, await first) };
  } catch (error) {
    return { ...rest, taken: { state: 'failed', error } };
  }
};

/**
 * Takes every hold side by side. Nothing of it changes a setting; what fails is told by its step. What was foreseen just now is not looked at once
 * more: if that was too early, the hold can't be written so, and it is.
 */
export const takeAll = async (
  engine: Engine,
  incident: Incident,
  changes: readonly IncidentChange[],
  foreseen: readonly Foreseen[] = [],
): Promise<readonly Step[]> => {
  const lookOf = ({ as, id }: IncidentChange): Look | undefined =>
    foreseen.find(({ change }) => change.as === as && change.id === id)?.look;
  const known = changes.flatMap((change): readonly Ready[] => {
    const look = lookOf(change);
    if (!look) return [];
    const held = heldOf(engine, incident, change);
    return [{ change, held, prepared: prepare(held, change), first: Promise.resolve(look) }];
  });
  const unknown = changes.filter((change) => !lookOf(change));
  const looks = unknown.length > 0 ? await lookAtAll(engine, incident, unknown) : [];
  const steps = await Promise.all([...known, ...looks].map((ready) => takeHold(engine, incident, ready)));
  // In the plan's order, as they are written.
  return steps
    .toSorted((a, b) => changes.indexOf(a.change) - changes.indexOf(b.change))
    .map((step) => ({ ...step, standing: awaitedLater(readHold(engine, step.held)) }));
};
