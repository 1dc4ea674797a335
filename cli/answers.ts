// From the findings of one event to what is to be carried out, and to what is only told.

import { ownPlace } from '../functions/engine/engine.ts';
import { incidentKey } from '../functions/engine/incident.ts';
import { arriving, type Judged, judgeFinding } from '../functions/engine/judge.ts';
import { route } from '../functions/engine/route.ts';
import type { Reading } from '../functions/sources/read-event.ts';
import type { Disposition } from '../playbooks/language/answer.ts';
import type { Finding } from '../playbooks/language/finding.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Target } from '../playbooks/language/resource.ts';
import { dispositionByYes } from './deciding.ts';
import { type Draft, draftOf, type Intent } from './draft.ts';
import { placeOf, type Result, resultWithout } from './result.ts';
import { foreignPlace, located, optionsFrom, playbookFor } from './target.ts';
import { inWords, trouble } from './trouble.ts';
import type { Undertaking } from './undertaking.ts';
import type { Caller } from './world.ts';

type Playbooks = ReadonlyMap<string, Playbook>;
type Options = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** One answer that acts: which playbook on what, how far, for which finding. `routed` is how far the playbook goes by itself. */
export interface Acting {
  readonly playbook: string;
  readonly target: Target;
  readonly do: 'contain' | 'ask' | 'plan';
  readonly routed: Disposition;
  readonly reason: string;
  readonly rails: Judged['rails'];
  readonly finding: Finding;
}

export interface Answers {
  readonly acting: readonly Acting[];
  /** What is told, and what could not be read or reached: a finding that could not be read is a failure. */
  readonly told: readonly Result[];
}

const sorted = (finding: Finding, answers: readonly Judged[]): Answers => {
  const acting: Acting[] = [];
  const told: Result[] = [];
  for (const { playbook, target, do: how, routed, reason, rails } of answers) {
    if (playbook && target && how !== 'tell' && how !== 'ignore')
      acting.push({ playbook, target, do: how, routed, reason, rails, finding });
    else {
      const said = how === 'ignore' ? reason : `To be told, not acted upon: ${reason}`;
      told.push(resultWithout(finding, 'ignored', said, { playbook, rails }));
    }
  }
  return { acting, told };
};

const gathered = (parts: readonly Answers[], gaps: readonly string[]): Answers => ({
  acting: parts.flatMap(({ acting }) => acting),
  told: [...parts.flatMap(({ told }) => told), ...gaps.map((gap) => resultWithout(null, 'failed', gap))],
});

/** How far the playbooks themselves would go: what can be said before AWS is asked who is calling. */
export const routedAnswers = ({ findings, gaps }: Reading, playbooks: Playbooks): Answers =>
  gathered(
    findings.map((finding) => {
      const { answers } = route(finding, playbooks);
      return sorted(
        finding,
        answers.map((answer) => ({ ...answer, routed: answer.do, rails: [] })),
      );
    }),
    gaps,
  );

/** What is chosen, by playbook: an option is for every answering one that has it, and one that none has is a mistake. */
export const optionsOf = (
  chosen: Readonly<Record<string, string>>,
  names: readonly string[],
  playbooks: Playbooks,
): Options => {
  const having = names.map((name) => [name, playbookFor(playbooks, name)] as const);
  for (const given of Object.keys(chosen))
    if (!having.some(([, { options }]) => given in options))
      throw trouble(`No playbook that answers has an option '${given}'.`, "'firebreak playbooks' lists them.");
  return new Map(
    having.map(([name, playbook]) => {
      const own = Object.entries(chosen).filter(([given]) => given in playbook.options);
      const given = Object.fromEntries(own);
      optionsFrom(name, playbook, given);
      return [name, given];
    }),
  );
};

/**
 * A request by hand may leave open where it is; a bucket is where AWS says that it is.
 * @throws in words, where these credentials don't reach it.
 */
const settled = async (caller: Caller, playbook: Playbook, target: Target): Promise<Target> => {
  const foreign = foreignPlace(caller, target);
  if (foreign) throw trouble(foreign, 'Nothing was attempted. Use credentials of that account: set AWS_PROFILE.', 1);
  const region = target.region || caller.region;
  if (!region) throw trouble(`In which Region is ${target.id}?`, 'Set AWS_REGION, or name a Region in the request.');
  const place = { partition: caller.partition, account: caller.account, region };
  return { ...target, ...place, region: await located(caller, playbook, target.id, place) };
};

const strength = ['contain', 'ask', 'plan'];

/** One a playbook and resource, the strongest that any finding of the event asks for. */
const distinct = (acting: readonly Acting[], playbooks: Playbooks): readonly Acting[] => {
  const keyOf = ({ playbook, target }: Acting) =>
    incidentKey(playbookFor(playbooks, playbook).resource, target, playbook);
  const sorted = acting.toSorted((a, b) => strength.indexOf(a.do) - strength.indexOf(b.do));
  return sorted.filter((one, index) => sorted.findIndex((other) => keyOf(other) === keyOf(one)) === index);
};

export interface Drafted {
  readonly acting: Acting;
  readonly draft: Draft;
}

type Failing = Pick<Acting, 'finding' | 'playbook' | 'target'>;

/** What went wrong with one answer, beside the others that go on. */
export const failure = (playbooks: Playbooks, { finding, playbook, target }: Failing, error: unknown): Result => {
  const { error: said, remedy } = inWords(error);
  return resultWithout(finding, 'failed', `${said} ${remedy}`, {
    playbook,
    ...placeOf(playbooks.get(playbook), target),
  });
};

/** How far the rails let each answer go. What these credentials don't reach is told as failed, and stops no other. */
export const judgedAnswers = async (
  { engine }: Undertaking,
  caller: Caller,
  { findings, gaps, event }: Reading,
): Promise<Answers> => {
  const arrived = await arriving(engine, event, ownPlace(engine));
  const parts = findings.map(async (finding): Promise<readonly Answers[]> => {
    const failed: Result[] = [];
    const judged = await judgeFinding(engine, arrived, finding, async ({ playbook, target }) => {
      try {
        return await settled(caller, playbookFor(engine.playbooks, playbook), target);
      } catch (error) {
        failed.push(failure(engine.playbooks, { finding, playbook, target }, error));
        return undefined;
      }
    });
    return [sorted(finding, judged), { acting: [], told: failed }];
  });
  return gathered((await Promise.all(parts)).flat(), gaps);
};

const intentOf = ({ actor, config, playbooks }: Undertaking['engine'], item: Acting, options: Options): Intent => {
  const { playbook, target, finding, reason, rails, do: disposition } = item;
  const chosen = { ...config.playbooks[playbook]?.options, ...options.get(playbook) };
  const asked = finding.requested?.reason;
  return {
    playbook,
    target,
    finding,
    // Who types it asks for it, whatever name stands in the request.
    openedBy: actor,
    because: asked ? `${asked} (${reason})` : reason,
    options: optionsFrom(playbook, playbookFor(playbooks, playbook), chosen),
    way: finding.channel,
    disposition,
    eventRails: rails,
  };
};

/** Drafts all of them, each resource once; what can't be drafted is told as failed. Writes nothing. */
export const draftAll = async (
  { engine, yes }: Undertaking,
  acting: readonly Acting[],
  options: Options,
): Promise<{ readonly drafted: readonly Drafted[]; readonly failed: readonly Result[] }> => {
  const failed: Result[] = [];
  const drafts = distinct(acting, engine.playbooks).map(async (item): Promise<readonly Drafted[]> => {
    try {
      const intent = intentOf(engine, item, options);
      const as = yes ? dispositionByYes(intent) : intent.disposition;
      return [{ acting: item, draft: await draftOf(engine, intent, as) }];
    } catch (error) {
      failed.push(failure(engine.playbooks, item, error));
      return [];
    }
  });
  return { drafted: (await Promise.all(drafts)).flat(), failed };
};
