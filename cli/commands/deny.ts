// firebreak deny: says no to an incident that waits. Nothing is written.
import { deny as denyIncident } from '../../functions/engine/answer.ts';
import { answering, reason } from '../answering.ts';
import { command, json } from '../command.ts';
import { resultOf, showResult } from '../result.ts';
import { jsonText } from '../screen.ts';

export const deny = command({
  usage: 'deny INCIDENT',
  summary: 'ends an incident that waits, with nothing written',
  about: [
    'The denial is recorded with the user or role as which AWS knows you. Evidence that was asked for already stays. What ended, expired or was carried out already is refused: exit code 3.',
  ],
  options: { reason, json },
  examples: ['firebreak deny fb-0123456789ab --reason "a load test of ours"'],
  run: async (world, { values, words: [id = ''] }) => {
    const { undertaking } = await answering(world, id, values.json ?? false);
    const { engine, screen } = undertaking;
    const denied = await denyIncident(engine, id, { by: engine.actor, reason: values.reason?.trim() ?? '' });
    const result = resultOf(denied, engine.playbooks.get(denied.playbook));
    showResult(screen, result, 'outcome');
    if (values.json) world.out.line(jsonText(result));
    // Denied is what was wanted.
    return 0;
  },
});
