// firebreak contain: one playbook on one resource, by hand.
import { chosenOptions, command, dryRun, json, option, yes } from '../command.ts';
import { undertakingOn } from '../engine.ts';
import { exitOf, type Result, resultOf, showResult } from '../result.ts';
import { jsonText } from '../screen.ts';
import { namedBy, optionsFrom, playbookFor, targetFrom } from '../target.ts';
import { trouble } from '../trouble.ts';
import { asked, carryOut, draftOf, dryOutcome, interruptible, isDecided, showDraft, toldOf } from '../undertaking.ts';

export const contain = command({
  usage: 'contain PLAYBOOK RESOURCE',
  summary: 'shows the plan, asks, contains, verifies, records',
  about: [
    'RESOURCE is an ARN or the plain id: i-…, AKIA…, the name of a bucket. Credentials, Region and endpoint come from where the AWS SDK finds them.',
    'Run again, it goes on where it stopped, and writes nothing that stands already.',
  ],
  options: {
    region: { type: 'string', value: 'REGION', about: 'where the resource is, if its ARN does not say it' },
    reason: { type: 'string', value: 'TEXT', about: 'why, for the record' },
    option,
    'dry-run': dryRun,
    yes,
    json,
  },
  examples: [
    'firebreak contain isolate-instance i-0123456789abcdef0 --dry-run',
    'firebreak contain isolate-instance i-0123456789abcdef0 --option variant=forensic --reason "beacons to 198.51.100.7"',
    'firebreak contain disable-access-key AKIAIOSFODNN7EXAMPLE --yes --json',
    'firebreak contain block-public-bucket arn:aws:s3:::example-invoices',
  ],
  run: async (world, { values, words: [name = '', text = ''] }) => {
    const playbook = playbookFor(await world.playbooks(), name);
    const options = optionsFrom(name, playbook, chosenOptions(values.option));
    const named = namedBy(name, playbook, text, values.region);
    const dry = values['dry-run'] ?? false;
    if (!dry && !values.yes && !world.interactive)
      throw trouble('There is no terminal to ask at.', 'Add --yes to contain without asking, or --dry-run to look.');
    const caller = await world.caller();
    const target = await targetFrom(caller, playbook, named, values.region);
    const undertaking = await undertakingOn(world, caller, {
      access: dry ? 'read' : 'write',
      json: values.json ?? false,
      yes: values.yes ?? false,
    });
    const because = values.reason?.trim() || 'asked for by hand';
    const intent = { playbook: name, target, options, finding: null, because, openedBy: caller.arn };
    const draft = await draftOf(undertaking.engine, intent);
    const { planning, open } = draft;
    if ('gone' in planning && !isDecided(open))
      throw trouble(planning.gone, 'Check the id, and the Region: --region says in which one to look.', 1);
    const tell = (result: Result): number => {
      showResult(
        undertaking.screen,
        result,
        result.outcome === 'planned' || result.outcome === 'denied' ? 'outcome' : 'all',
      );
      if (values.json) world.out.line(jsonText(result));
      return exitOf(result.outcome);
    };
    showDraft(undertaking, draft);
    const { outcome, reason } = dryOutcome(draft);
    if (dry) return tell(resultOf(toldOf(draft, outcome, reason), playbook));
    const refused = outcome === 'refused' && !isDecided(open);
    if (!refused && !values.yes && !(await asked(undertaking, 'Contain it?')))
      return tell(resultOf(toldOf(draft, 'denied', 'Denied at the terminal; nothing was written.'), playbook));
    // A refusal goes on record as well.
    const incident = await interruptible(
      undertaking,
      () => [draft.id],
      () => carryOut(undertaking, draft, { disposition: values.yes ? 'contain' : 'ask', approved: true }),
    );
    return tell(resultOf(incident, playbook));
  },
});
