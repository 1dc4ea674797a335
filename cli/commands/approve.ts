// firebreak approve: says yes to an incident that waits, and carries it out.
import { approve as approvePlan, notBy, unanswerable } from '../../functions/engine/answer.ts';
import { playbookNamed } from '../../functions/engine/engine.ts';
import { expectNone } from '../../functions/rails/four-eyes.ts';
import { answering, reason } from '../answering.ts';
import { command, json, yes } from '../command.ts';
import { asked } from '../deciding.ts';
import { showPlan } from '../plan-view.ts';
import { exitOfContaining, resultOf, showResult } from '../result.ts';
import { jsonText, paragraph } from '../screen.ts';
import { trouble } from '../trouble.ts';
import { goOn, interruptible } from '../undertaking.ts';

export const approve = command({
  usage: 'approve INCIDENT',
  summary: 'shows the plan of an incident that waits, asks, contains by it',
  about: [
    'The approval counts for the plan that is shown, and is recorded with the user or role as which AWS knows you. A plan that has changed since is shown and asked anew; without a terminal it goes on waiting.',
    'What ended, expired or was answered already is refused: exit code 3. So is whoever asked for it, where approverMustDiffer in firebreak.config.ts says so.',
  ],
  options: { reason, yes, json },
  examples: [
    'firebreak approve fb-0123456789ab',
    'firebreak approve fb-0123456789ab --reason "seen with the owner" --yes --json',
  ],
  run: async (world, { values, words: [id = ''] }) => {
    const { undertaking, incident } = await answering(world, id, values.json ?? false);
    const { engine, screen } = undertaking;
    const playbook = playbookNamed(engine, incident.playbook);
    const late = unanswerable(incident, world.now()) !== undefined;
    if (!late) expectNone(notBy(engine, incident, engine.actor));
    const asks = !values.yes && !late;
    if (asks && !world.interactive)
      throw trouble(
        'There is no terminal to ask at.',
        `Add --yes to approve the plan that 'firebreak show ${id}' shows.`,
      );
    if (!late) {
      paragraph(screen, '', `Waiting for approval: ${incident.because}`);
      showPlan(screen, playbook, incident);
    }
    const tell = (told: typeof incident): number => {
      const result = resultOf(told, playbook);
      showResult(screen, result, told.outcome === 'waiting' || told.outcome === 'denied' ? 'outcome' : 'all');
      if (values.json) world.out.line(jsonText(result));
      return exitOfContaining(told.outcome);
    };
    if (asks && !(await asked(undertaking, 'Contain it by this plan?')))
      return tell({ ...incident, reason: `Not approved; it goes on waiting. 'firebreak deny ${id}' ends it.` });
    const shown = { by: engine.actor, ...(incident.plan && { hash: incident.plan.hash }) };
    const approved = await approvePlan(engine, id, { ...shown, reason: values.reason?.trim() ?? '' });
    engine.report({ incident: id, step: 'approved', text: `by ${approved.approval?.by ?? engine.actor}` });
    const contained = await interruptible(
      undertaking,
      () => [id],
      () => goOn(undertaking, approved),
    );
    return tell(contained);
  },
});
