// firebreak release: puts back what an incident holds; what somebody changed since stays, and is told.
import { end } from '../../functions/engine/contain.ts';
import { holdsNothing } from '../../functions/engine/releasable.ts';
import { againstRelease, expectNone } from '../../functions/rails/four-eyes.ts';
import { command, json, yes } from '../command.ts';
import { asked } from '../deciding.ts';
import { isDecided } from '../draft.ts';
import { undertakingOn } from '../engine.ts';
import { releaseSteps, showSteps } from '../release-view.ts';
import { exitOf, type Result, resultOf, showResult } from '../result.ts';
import { jsonText, paragraph } from '../screen.ts';
import { foreignPlace } from '../target.ts';
import { trouble } from '../trouble.ts';
import { interruptible, letGo } from '../undertaking.ts';
import { incidentNamed } from './show.ts';

export const release = command({
  usage: 'release INCIDENT',
  summary: 'shows what would be put back, asks, puts it back, verifies',
  about: [
    'What somebody changed since is left as it is and told: exit code 4. What is to stay, such as a leaked key that was switched off, stays.',
    'The kill switch stops no release. Whoever asked for the containment by hand is refused where releaserMustDiffer in firebreak.config.ts says so: exit code 3.',
  ],
  options: {
    force: { type: 'boolean', about: 'put back everything, also what is to stay and what somebody changed since' },
    keep: { type: 'boolean', about: 'let go of everything without writing' },
    yes,
    json,
  },
  examples: ['firebreak release fb-0123456789ab', 'firebreak release fb-0123456789ab --force --yes --json'],
  run: async (world, { values, words: [id = ''] }) => {
    if (values.force && values.keep)
      throw trouble('--force puts back and --keep writes nothing.', 'Choose one of them, or neither.');
    const mode = values.force ? 'force' : values.keep ? 'keep' : 'restore';
    const playbooks = await world.playbooks();
    await world.config();
    const incident = await incidentNamed(await world.ledger('read'), id);
    const screen = values.json ? world.err : world.out;
    const tell = (result: Result, exit = exitOf(result.outcome)): number => {
      showResult(screen, result, result.outcome === 'denied' ? 'outcome' : 'changes');
      if (values.json) world.out.line(jsonText(result));
      return exit;
    };
    if (holdsNothing(incident)) {
      paragraph(screen, '', `${id} holds nothing: there is nothing to release.`);
      return tell(resultOf(incident, playbooks.get(incident.playbook)), 0);
    }
    if (!values.yes && !world.interactive)
      throw trouble('There is no terminal to ask at.', 'Add --yes to release without asking.');
    const caller = await world.caller();
    const foreign = foreignPlace(caller, incident.target);
    if (foreign) throw trouble(foreign, 'Nothing was attempted. Use credentials of that account: set AWS_PROFILE.', 1);
    const undertaking = await undertakingOn(world, caller, { access: 'write', json: values.json ?? false });
    const { engine } = undertaking;
    // Before anybody reads and decides in vain; it is asked once more when the release goes on record.
    if (isDecided(incident)) expectNone(againstRelease(engine.config, incident, mode, engine.actor));
    paragraph(screen, '', `${incident.id}: ${incident.playbook} on ${incident.target.id}, ${incident.reason}`);
    showSteps(screen, await releaseSteps(engine, incident, mode));
    if (!values.yes && !(await asked(undertaking, 'Release it?'))) {
      const reason = 'Denied at the terminal; nothing was written.';
      return tell(resultOf({ ...incident, outcome: 'denied', reason }, playbooks.get(incident.playbook)));
    }
    const released = isDecided(incident)
      ? await interruptible(
          undertaking,
          () => [id],
          () => letGo(undertaking, incident, mode),
        )
      : await end(engine, id, 'denied', 'Let go before anything was changed.');
    return tell(resultOf(released, playbooks.get(incident.playbook)));
  },
});
