// firebreak contain: one playbook on one resource, by hand.
import { ownPlace } from '../../functions/engine/engine.ts';
import { arriving, judgeRequest } from '../../functions/engine/judge.ts';
import { chosenOptions, command, dryRun, json, option, yes } from '../command.ts';
import { decide, dispositionByYes } from '../deciding.ts';
import { draftOf, dryOutcome, type Intent, isDecided, showDraft, toldOf } from '../draft.ts';
import { undertakingOn } from '../engine.ts';
import { exitOf, exitOfContaining, placeOf, type Result, resultOf, resultWithout, showResult } from '../result.ts';
import { jsonText } from '../screen.ts';
import { namedBy, optionsFrom, playbookFor, targetFrom } from '../target.ts';
import { trouble } from '../trouble.ts';
import { carryOut, interruptible, type Undertaking } from '../undertaking.ts';

interface Wanted extends Pick<Intent, 'playbook' | 'target' | 'options'> {
  readonly reason: string;
}

/** A request by hand passes the rails that one through the console passes. What they stop is not even looked at. */
const intentFrom = async (
  { engine }: Undertaking,
  { reason, ...wanted }: Wanted,
): Promise<Intent | { readonly refused: Result }> => {
  const { playbook: name, target } = wanted;
  const event = await arriving(engine, target, ownPlace(engine));
  const judged = judgeRequest(engine, event, { ...wanted, by: engine.actor, reason });
  const { do: how, reason: because, rails } = judged;
  if (how === 'tell' || how === 'ignore') {
    const place = placeOf(engine.playbooks.get(name), target);
    return { refused: resultWithout(null, 'refused', because, { playbook: name, ...place, rails }) };
  }
  const base = { ...wanted, finding: null, openedBy: engine.actor, way: 'by hand' as const };
  return { ...base, because, disposition: how, eventRails: rails };
};

export const contain = command({
  usage: 'contain PLAYBOOK RESOURCE',
  summary: 'shows the plan, asks, contains, verifies, records',
  about: [
    'RESOURCE is an ARN or the plain id: i-…, AKIA…, the name of a bucket. Credentials, Region and endpoint come from where the AWS SDK finds them.',
    'Run again, it goes on where it stopped, and writes nothing that stands already.',
    "The rails of firebreak.config.ts and the kill switch count here as well. What they refuse is refused (exit code 3). Where one wants a person to look, its sentence stands under the plan, and --yes is no answer to it: you are asked at the terminal; without one it waits for 'firebreak approve' (exit code 4).",
  ],
  options: {
    region: { type: 'string', value: 'REGION', about: 'where the resource is, if its ARN does not say it' },
    reason: { type: 'string', value: 'TEXT', about: 'why, for the record' },
    option,
    'break-glass': {
      type: 'boolean',
      about: 'with your own credentials and the ledger of this machine, whatever is deployed in the account',
    },
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
    const config = await world.config();
    const chosen = { ...config.playbooks[name]?.options, ...chosenOptions(values.option) };
    const options = optionsFrom(name, playbook, chosen);
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
    const tell = (result: Result, exit: number): number => {
      const brief = ['planned', 'refused', 'denied', 'waiting'].includes(result.outcome ?? '');
      showResult(undertaking.screen, result, brief ? 'outcome' : 'all');
      if (values.json) world.out.line(jsonText(result));
      return exit;
    };
    const reason = values.reason?.trim() || 'asked for by hand';
    const intent = await intentFrom(undertaking, { playbook: name, target, options, reason });
    if ('refused' in intent) return tell(intent.refused, exitOf('refused'));
    const asking = intent.disposition === 'contain' ? 'ask' : intent.disposition;
    const draft = await draftOf(undertaking.engine, intent, values.yes ? dispositionByYes(intent) : asking);
    const { planning, open } = draft;
    if ('gone' in planning && !isDecided(open))
      throw trouble(planning.gone, 'Check the id, and the Region: --region says in which one to look.', 1);
    showDraft(undertaking, draft);
    const seen = dryOutcome(draft);
    if (dry) return tell(resultOf(toldOf(draft, seen.outcome, seen.reason), playbook), exitOf(seen.outcome));
    const decision = await decide(undertaking, draft, 'Contain it?', { always: true });
    if (!decision) {
      const denied = toldOf(draft, 'denied', 'Denied at the terminal; nothing was written.');
      return tell(resultOf(denied, playbook), exitOf('denied'));
    }
    // A refusal goes on record as well.
    const incident = await interruptible(
      undertaking,
      () => [draft.id],
      () => carryOut(undertaking, draft, decision),
    );
    return tell(resultOf(incident, playbook), exitOfContaining(incident.outcome));
  },
});
