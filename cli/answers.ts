// From the findings of one event to what is to be carried out, and to what is only told.
import { incidentKey } from '../functions/engine/incident.ts';
import { route } from '../functions/engine/route.ts';
import type { Finding } from '../playbooks/language/finding.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Target } from '../playbooks/language/resource.ts';
import { placeOf, type Result, resultWithout } from './result.ts';
import { foreignPlace, located, optionsFrom, playbookFor } from './target.ts';
import { inWords, trouble } from './trouble.ts';
import { type Draft, draftOf, type Intent, type Undertaking } from './undertaking.ts';
import type { Caller } from './world.ts';

type Playbooks = ReadonlyMap<string, Playbook>;
type Options = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** One answer that acts: which playbook on what, how far, for which finding. */
export interface Acting {
  readonly playbook: string;
  readonly target: Target;
  readonly do: 'contain' | 'ask' | 'plan';
  readonly reason: string;
  readonly finding: Finding;
}

/** What no playbook acts upon is told; a finding that could not be read is a failure. */
export const answersTo = (
  findings: readonly Finding[],
  gaps: readonly string[],
  playbooks: Playbooks,
): { readonly acting: readonly Acting[]; readonly told: readonly Result[] } => {
  const acting: Acting[] = [];
  const told: Result[] = [];
  for (const finding of findings)
    for (const { playbook, target, do: how, reason } of route(finding, playbooks).answers) {
      if (playbook && target && how !== 'tell' && how !== 'ignore')
        acting.push({ playbook, target, do: how, reason, finding });
      else {
        const said = how === 'ignore' ? reason : `To be told, not acted upon: ${reason}`;
        told.push(resultWithout(finding, 'ignored', said, { playbook }));
      }
    }
  return { acting, told: [...told, ...gaps.map((gap) => resultWithout(null, 'failed', gap))] };
};

/** An option is for every answering playbook that has it; one that none has is a mistake. */
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
      return [name, optionsFrom(name, playbook, Object.fromEntries(own))];
    }),
  );
};

/** A request by hand may leave open where it is; a bucket is where AWS says that it is. */
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

/** What went wrong with one answer, beside the others that go on. */
export const failure = (playbooks: Playbooks, { finding, playbook, target }: Acting, error: unknown): Result => {
  const { error: said, remedy } = inWords(error);
  return resultWithout(finding, 'failed', `${said} ${remedy}`, {
    playbook,
    ...placeOf(playbooks.get(playbook), target),
  });
};

/** Drafts everything that these credentials reach; the rest are results that say why not. Writes nothing. */
export const draftAll = async (
  { engine }: Undertaking,
  caller: Caller,
  acting: readonly Acting[],
  options: Options,
): Promise<{ readonly drafted: readonly Drafted[]; readonly failed: readonly Result[] }> => {
  const failed: Result[] = [];
  const each = async <T>(items: readonly Acting[], work: (item: Acting) => Promise<T>): Promise<readonly T[]> => {
    const attempts = items.map(async (item) => {
      try {
        return [await work(item)];
      } catch (error) {
        failed.push(failure(engine.playbooks, item, error));
        return [];
      }
    });
    return (await Promise.all(attempts)).flat();
  };
  const placed = await each(acting, async (item) => ({
    ...item,
    target: await settled(caller, playbookFor(engine.playbooks, item.playbook), item.target),
  }));
  const drafted = await each(distinct(placed, engine.playbooks), async (item) => {
    const { playbook, target, finding, reason } = item;
    const openedBy = finding.requested?.by || caller.arn;
    const intent: Intent = {
      playbook,
      target,
      finding,
      openedBy,
      because: finding.requested?.reason || reason,
      options: options.get(playbook) ?? {},
    };
    return { acting: item, draft: await draftOf(engine, intent) };
  });
  return { drafted, failed };
};
