// firebreak respond: the whole path from a raw event, as the deployed responder would take it.
import { type Answers, type Drafted, draftAll, failure, judgedAnswers, optionsOf, routedAnswers } from '../answers.ts';
import { chosenOptions, command, dryRun, json, option, yes } from '../command.ts';
import { decide } from '../deciding.ts';
import { dryOutcome, showDraft, toldOf } from '../draft.ts';
import { undertakingOn } from '../engine.ts';
import { readEventFile } from '../event.ts';
import { exitOf, type Result, resultOf, showResult, worstExit } from '../result.ts';
import { jsonText } from '../screen.ts';
import { trouble } from '../trouble.ts';
import { carryOut, interruptible, type Undertaking } from '../undertaking.ts';

const respondTo = async (undertaking: Undertaking, { acting, draft }: Drafted): Promise<Result> => {
  const { playbook: name, target } = acting;
  const playbook = undertaking.engine.playbooks.get(name);
  const decision = await decide(undertaking, draft, `Contain ${target.id} by ${name}?`, { always: false });
  if (decision) return resultOf(await carryOut(undertaking, draft, decision), playbook);
  return resultOf(toldOf(draft, 'denied', 'Denied at the terminal; nothing was written.'), playbook);
};

/** What may be contained is contained at once; meanwhile a person is asked about the rest. One that fails stops no other. */
const respondToAll = (undertaking: Undertaking, drafted: readonly Drafted[]): Promise<Result[]> =>
  Promise.all(
    drafted.map(async (one) => {
      try {
        return await respondTo(undertaking, one);
      } catch (error) {
        return failure(undertaking.engine.playbooks, one.acting, error);
      }
    }),
  );

const planned = ({ engine }: Undertaking, { acting, draft }: Drafted): Result => {
  const { outcome, reason } = dryOutcome(draft);
  return resultOf(toldOf(draft, outcome, reason), engine.playbooks.get(acting.playbook));
};

export const respond = command({
  usage: 'respond EVENT.json',
  summary: 'takes a raw event the whole way: routes it, contains, verifies, records',
  about: [
    'What a playbook answers by itself is contained at once. Where it asks a person first, the plan is shown and you are asked.',
    "'firebreak explain EVENT.json' shows beforehand which is which. '-' reads stdin.",
    "The rails of firebreak.config.ts and the kill switch count as they do where Firebreak is deployed. --yes answers the playbook's own question, and no rail's: where one asks you are asked at the terminal, and without one it waits for 'firebreak approve' (exit code 4).",
  ],
  options: { option, 'dry-run': dryRun, yes, json },
  examples: [
    'firebreak respond finding.json --dry-run',
    'firebreak respond finding.json --yes --json',
    'cat finding.json | firebreak respond -',
  ],
  run: async (world, { values, words: [file = ''] }) => {
    const dry = values['dry-run'] ?? false;
    const playbooks = await world.playbooks();
    await world.config();
    const reading = await readEventFile(world, file);
    const routed = routedAnswers(reading, playbooks);
    const names = [...new Set(routed.acting.map(({ playbook }) => playbook))];
    const options = optionsOf(chosenOptions(values.option), names, playbooks);
    const asking = new Set(routed.acting.filter(({ do: how }) => how === 'ask').map(({ playbook }) => playbook));
    if (asking.size > 0 && !dry && !values.yes && !world.interactive)
      throw trouble(
        `${[...asking].join(', ')} would ask a person first, and there is no terminal to ask at.`,
        'Nothing was done. Add --yes to contain without asking, or --dry-run to look.',
      );
    const results: Result[] = [];
    let { told }: Answers = routed;
    if (routed.acting.length > 0) {
      const caller = await world.caller();
      const undertaking = await undertakingOn(world, caller, {
        access: dry ? 'read' : 'write',
        json: values.json ?? false,
        yes: values.yes ?? false,
        severalIncidents: () => routed.acting.length > 1,
      });
      const answers = await judgedAnswers(undertaking, caller, reading);
      told = answers.told;
      const { drafted, failed } = await draftAll(undertaking, answers.acting, options);
      for (const { draft } of drafted) showDraft(undertaking, draft);
      const ids = () => drafted.map(({ draft }) => draft.id);
      const done = dry
        ? drafted.map((one) => planned(undertaking, one))
        : await interruptible(undertaking, ids, () => respondToAll(undertaking, drafted));
      results.push(...done, ...failed);
    }
    results.push(...told);
    const screen = values.json ? world.err : world.out;
    for (const result of results) showResult(screen, result, dry ? 'outcome' : 'all');
    if (values.json) world.out.line(jsonText(results));
    return worstExit(results.map(({ outcome }) => exitOf(outcome)));
  },
});
