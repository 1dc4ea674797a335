// firebreak incidents: everything that is on record, newest first.
import { listIncidents } from '../../functions/engine/incident.ts';
import { command, json } from '../command.ts';
import { exitOf, placeOf, stateStyle } from '../result.ts';
import { jsonText, table } from '../screen.ts';

export const incidents = command({
  usage: 'incidents',
  summary: 'lists the incidents on record, newest first',
  options: { json },
  examples: ['firebreak incidents', 'firebreak incidents --json'],
  run: async (world, { values }) => {
    const playbooks = await world.playbooks();
    const found = await listIncidents({ ledger: await world.ledger('read') });
    const list = found
      .toSorted((a, b) => (a.openedAt < b.openedAt ? 1 : -1))
      .map((incident) => {
        const { id, playbook, outcome, reason, phase, openedAt, endedAt, because } = incident;
        const place = placeOf(playbooks.get(playbook), incident.target);
        return { incident: id, playbook, ...place, outcome, phase, reason, because, openedAt, endedAt };
      });
    if (values.json) world.out.line(jsonText(list));
    else if (list.length === 0) world.out.line('No incident is on record.');
    else
      table(
        world.out,
        '',
        ['incident', 'outcome', 'playbook', 'resource', 'opened'],
        list.map(({ incident, outcome, phase, playbook, resource, openedAt }) => [
          incident,
          outcome ?? phase,
          playbook,
          resource,
          openedAt.slice(0, 16).replace('T', ' '),
        ]),
        (column, text) => (column === 1 ? (exitOf(text as never) === 0 ? 'green' : stateStyle(text)) : undefined),
      );
    return 0;
  },
});
