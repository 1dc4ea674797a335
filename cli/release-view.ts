// What a release would do, read afresh: shown before a person is asked. Reads only.

import type { Engine } from '../functions/engine/engine.ts';
import { combined, type ReleaseMode, readHold } from '../functions/engine/hold.ts';
import type { Incident, IncidentChange } from '../functions/engine/incident.ts';
import { mayGoBack, modeFor, unreleased } from '../functions/engine/release.ts';
import { heldOf } from '../functions/engine/take-all.ts';
import { gone } from '../playbooks/language/aws.ts';
import { same } from '../playbooks/language/json.ts';
import { type Screen, table } from './screen.ts';
import { inWords } from './trouble.ts';

/** `becomes` is empty where nothing would be written. */
export type Step = {
  readonly setting: string;
  readonly id: string;
  readonly now: string;
  readonly becomes: string;
  readonly note: string;
};

const stepOf = async (
  engine: Engine,
  incident: Incident,
  change: IncidentChange,
  mode: ReleaseMode,
  goesBack: boolean,
): Promise<Step> => {
  const { setting: name, id } = change;
  const held = { ...heldOf(engine, incident, change), aws: engine.aws(incident.target, incident.id, 'read') };
  const { setting } = held;
  try {
    const value = await setting.read(held.aws, id);
    const { record } = await readHold(engine, held);
    const now = value === gone ? 'gone' : setting.say(value);
    const stays = (note: string): Step => ({ setting: name, id, now, becomes: '', note });
    if (value === gone) return stays('it is not there any more');
    if (incident.id in record.watching) return stays('it was so before; nothing was written');
    if (!(incident.id in record.holders)) return stays('this incident no longer holds it');
    if (mode === 'keep') return stays('let go as it stands');
    if (!goesBack && same(value, record.original)) return stays('it reads as it was before already');
    if (!goesBack) return stays(`stays; only --force puts back ${setting.say(record.original)}`);
    const others = Object.fromEntries(Object.entries(record.holders).filter(([holder]) => holder !== incident.id));
    const theirs = combined(setting, others);
    if (theirs !== undefined)
      return {
        setting: name,
        id,
        now,
        becomes: setting.say(theirs),
        note: `still held by ${Object.keys(others).join(', ')}`,
      };
    const ours = [...record.wrote, record.original].some((one) => same(one, value));
    if (!ours && mode !== 'force')
      return stays(`changed by somebody since; it was ${setting.say(record.original)}. It will be left as it is`);
    return {
      setting: name,
      id,
      now,
      becomes: setting.say(record.original),
      note: ours ? '' : 'changed by somebody since',
    };
  } catch (error) {
    return { setting: name, id, now: 'unreadable', becomes: change.fromSaid, note: inWords(error).error };
  }
};

/** One step for each change that is not released yet. */
export const releaseSteps = async (engine: Engine, incident: Incident, mode: ReleaseMode): Promise<readonly Step[]> => {
  const goesBack = await mayGoBack(engine, incident, mode);
  const open = incident.changes.filter(unreleased);
  return Promise.all(open.map((change) => stepOf(engine, incident, change, modeFor(change, mode), goesBack(change))));
};

export const showSteps = (screen: Screen, steps: readonly Step[]): void => {
  if (steps.length === 0) return;
  table(
    screen,
    '  ',
    ['setting', 'id', 'now', 'becomes', ''],
    steps.map(({ setting, id, now, becomes, note }) => [setting, id, now, becomes || '(as it is)', note]),
    (column) => (column === 3 ? 'bold' : undefined),
  );
};
