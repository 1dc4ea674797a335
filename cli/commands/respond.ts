// firebreak respond: the whole path from a raw event, as the deployed responder would take it.
import { answersTo, type Drafted, draftAll, failure, optionsOf } from '../answers.ts';
import { chosenOptions, command, dryRun, json, option, yes } from '../command.ts';
import { undertakingOn } from '../engine.ts';
import { readEventFile } from '../event.ts';
import { exitOf, type Result, resultOf, showResult, worstExit } from '../result.ts';
import { jsonText } from '../screen.ts';
import { trouble } from '../trouble.ts';
import {
  asked,
  carryOut,
  type Decision,
  dryOutcome,
  interruptible,
  isDecided,
  showDraft,
  toldOf,
  type Undertaking,
} from '../undertaking.ts';

const respondTo = async (undertaking: Undertaking, { acting, draft }: Drafted): Promise<Result> => {
  const { yes } = undertaking;
  const playbook = undertaking.engine.playbooks.get(acting.playbook);
  const asks = acting.do === 'ask' && !yes && 'plan' in draft.planning && !isDecided(draft.open);
  if (asks && !(await asked(undertaking, `Contain ${acting.target.id} by ${acting.playbook}?`)))
    return resultOf(toldOf(draft, 'denied', 'Denied at the terminal; nothing was written.'), playbook);
  const decision: Decision =
    acting.do === 'ask'
      ? { disposition: yes ? 'contain' : 'ask', approved: true }
      : { disposition: acting.do, approved: false };
  return resultOf(await carryOut(undertaking, draft, decision), playbook);
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
    const { findings, gaps } = await readEventFile(world, file);
    const { acting, told } = answersTo(findings, gaps, playbooks);
    const names = [...new Set(acting.map(({ playbook }) => playbook))];
    const options = optionsOf(chosenOptions(values.option), names, playbooks);
    const asking = new Set(acting.filter(({ do: how }) => how === 'ask').map(({ playbook }) => playbook));
    if (asking.size > 0 && !dry && !values.yes && !world.interactive)
      throw trouble(
        `${[...asking].join(', ')} would ask a person first, and there is no terminal to ask at.`,
        'Nothing was done. Add --yes to contain without asking, or --dry-run to look.',
      );
    const results: Result[] = [];
    if (acting.length > 0) {
      const caller = await world.caller();
      const undertaking = await undertakingOn(world, caller, {
        access: dry ? 'read' : 'write',
        json: values.json ?? false,
        yes: values.yes ?? false,
        severalIncidents: () => acting.length > 1,
      });
      const { drafted, failed } = await draftAll(undertaking, caller, acting, options);
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
