// Somebody else turns a setting while it is held: a plain release must leave that as it is, and say so.
import { compareAccounts, saidDifference } from '../compare.ts';
import type { Practice } from '../practice.ts';
import type { Ground } from './ground.ts';
import { incidentsOf } from './recover.ts';

/** What a plain release did to what somebody else had changed; it should be nothing, and told. */
export const judgeMeddled = async ({ piece, arranged }: Ground, practice: Practice): Promise<readonly string[]> => {
  const { meddle } = piece.scenario;
  if (!meddle) return [];
  const id = await meddle(arranged, practice.stage);
  const meddled = practice.world.snapshot();
  const wrong: string[] = [];
  for (const incident of (await incidentsOf(practice)).filter(({ phase }) => phase === 'holding')) {
    // What never stood was never ours: then there is nothing that somebody else's change could be at odds with.
    const before = incident.changes.find((one) => one.id === id);
    const { incident: released } = await practice.release(incident, 'restore');
    if (before?.state !== 'verified') continue;
    const change = released.changes.find((one) => one.id === id && one.as === before.as);
    if (change && change.state !== 'conflict' && change.state !== 'kept')
      wrong.push(`somebody else changed ${change.setting} ${id}, and the release says ${change.state}`);
    const undone = compareAccounts(meddled, practice.world.snapshot()).filter(({ path }) => path.includes(id));
    wrong.push(...undone.map((one) => `somebody else's change was undone: ${saidDifference(one)}`));
  }
  return wrong;
};
