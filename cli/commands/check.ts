// firebreak check: does everything that is held still stand?
import { check as checkIncident, isOpen } from '../../functions/engine/check.ts';
import { close } from '../../functions/engine/close.ts';
import type { Engine } from '../../functions/engine/engine.ts';
import { type Incident, listIncidents } from '../../functions/engine/incident.ts';
import { command, json } from '../command.ts';
import { undertakingOn } from '../engine.ts';
import { exitOf, howToAnswer, resultOf, showResult } from '../result.ts';
import { jsonText } from '../screen.ts';
import { foreignPlace } from '../target.ts';
import { inWords } from '../trouble.ts';
import type { Caller } from '../world.ts';
import { incidentNamed } from './show.ts';

const isUnfinished = ({ phase }: Incident): boolean => phase === 'new' || phase === 'waiting' || phase === 'containing';
const isPending = ({ evidence }: Incident): boolean => evidence.some(({ state }) => state === 'pending');

/** What holds nothing any more can only have drifted. */
const stands = ({ outcome, phase }: Incident): boolean =>
  phase === 'ended' ? outcome !== 'drifted' : exitOf(outcome) === 0;

/** A look that can't be taken leaves the incident as it was, undecided whether it still holds. */
const look = async (engine: Engine, caller: Caller, incident: Incident): Promise<Incident> => {
  const unseen = (why: string): Incident => ({ ...incident, outcome: 'drifted', reason: `Not looked at: ${why}` });
  const foreign = foreignPlace(caller, incident.target);
  if (foreign) return unseen(foreign);
  const again = `'firebreak contain ${incident.playbook} ${incident.target.id}' goes on with it.`;
  if (incident.phase === 'waiting') {
    const reason = `Nothing has been changed yet. ${howToAnswer(incident.id)}`;
    return { ...incident, outcome: 'waiting', reason };
  }
  if (incident.phase === 'new')
    return { ...incident, outcome: 'waiting', reason: `Nothing has been changed yet. ${again}` };
  try {
    if (incident.phase !== 'containing') return await checkIncident(engine, incident.id);
    // Whoever was containing was stopped: what stands is read and decided from.
    const cause = `whoever was containing was stopped. ${again}`;
    return await close(engine, incident.id, { name: 'Interrupted', cause });
  } catch (error) {
    return unseen(inWords(error).error);
  }
};

export const check = command({
  usage: 'check [INCIDENT]',
  summary: 'looks whether everything that is held still stands, and after pending evidence',
  about: ['Without INCIDENT, every incident that holds something. Exit code 4 says that something has drifted.'],
  options: { json },
  examples: ['firebreak check', 'firebreak check fb-0123456789ab --json'],
  run: async (world, { values, words: [id] }) => {
    await world.config();
    const reading = await world.ledger('read');
    const chosen = id
      ? [await incidentNamed(reading, id)]
      : (await listIncidents({ ledger: reading })).filter((one) => isOpen(one) || isUnfinished(one) || isPending(one));
    const screen = values.json ? world.err : world.out;
    if (chosen.length === 0) {
      screen.line('Nothing is held.');
      if (values.json) world.out.line(jsonText([]));
      return 0;
    }
    const caller = await world.caller();
    const { engine } = await undertakingOn(world, caller, {
      access: 'write',
      json: values.json ?? false,
      severalIncidents: () => chosen.length > 1,
    });
    const looked = await Promise.all(chosen.map((incident) => look(engine, caller, incident)));
    const results = looked.map((incident) => resultOf(incident, engine.playbooks.get(incident.playbook)));
    for (const result of results) showResult(screen, result, 'changes');
    if (values.json) world.out.line(jsonText(results));
    return looked.every(stands) ? 0 : 4;
  },
});
