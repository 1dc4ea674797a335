// Routing: which playbooks answer a finding, how far each may go, and why the others do not. Pure.
import { answerTo, type Disposition } from '../../playbooks/language/answer.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import { type Decision, strictest } from '../rails/decision.ts';
import { sampleRail, standingRail } from '../rails/event.ts';
import { customActionId } from '../sources/custom-action.ts';

export type Routed = {
  /** Null where no playbook answers: then a person is told. */
  readonly playbook: string | null;
  readonly target: Target | null;
  readonly do: Disposition;
  readonly reason: string;
};

export interface Routing {
  readonly answers: readonly Routed[];
  /** The playbooks that do not answer, and why. */
  readonly others: readonly { readonly playbook: string; readonly reason: string }[];
}

type Playbooks = ReadonlyMap<string, Playbook>;

/** Why an answer that fits goes less far than the playbook would: what the finding says of itself. */
const restraint = (finding: Finding): Decision | undefined =>
  strictest([...standingRail(finding), ...sampleRail(finding)]);

const told = (finding: Finding, reason: string): Routing['answers'] => [
  { playbook: null, target: null, do: restraint(finding)?.do === 'ignore' ? 'ignore' : 'tell', reason },
];

/** A person chose the playbook: by name, or by the custom action that bears it. */
const requestedRouting = (finding: Finding, playbooks: Playbooks): Routing => {
  const wanted = finding.requested?.playbook ?? '';
  const [name, playbook] = [...playbooks].find(([one]) => one === wanted || customActionId(one) === wanted) ?? [];
  if (!name || !playbook)
    return {
      answers: told(
        finding,
        `a person asked for '${wanted}', and there is no such playbook: ${[...playbooks.keys()].join(', ')}`,
      ),
      others: [],
    };
  const kind = playbook.resource;
  const targets = finding.resources.flatMap(({ type, id, detail, account, region }): readonly Target[] => {
    if (type !== '' && type !== kind.type) return [];
    const named = kind.parse(id);
    if (!named) return [];
    return [{ type: kind.type, partition: finding.partition, account, region, ...named, detail }];
  });
  if (targets.length === 0)
    return {
      answers: told(finding, `${name} works on an ${kind.type} such as ${kind.example}, and none is named`),
      others: [],
    };
  const held = restraint(finding);
  const by = finding.requested?.by ? ` by ${finding.requested.by}` : '';
  return {
    answers: targets.map((target) => ({
      playbook: name,
      target,
      do: held?.do ?? (playbook.approval === 'required' ? 'ask' : 'contain'),
      reason: held?.reason ?? `asked for${by}`,
    })),
    others: [],
  };
};

/** Every answer to one finding. What no playbook answers is told, never dropped, never acted upon. */
export const route = (finding: Finding, playbooks: Playbooks): Routing => {
  if (finding.requested) return requestedRouting(finding, playbooks);
  const held = restraint(finding);
  const answers: Routed[] = [];
  const others: { playbook: string; reason: string }[] = [];
  for (const [name, playbook] of playbooks) {
    const found = answerTo(playbook.answers, playbook.resource.type, finding);
    if ('not' in found) {
      others.push({ playbook: name, reason: found.not });
      continue;
    }
    for (const { type, id, account, region, detail } of found.resources) {
      if (!playbook.resource.parse(id)) {
        answers.push({
          playbook: name,
          target: null,
          do: 'tell',
          reason: `the finding names '${id}', which is no ${playbook.resource.noun}`,
        });
        continue;
      }
      const asks = playbook.approval === 'required' || found.answer.do === 'ask';
      const own = `answers ${found.answer.type}${asks ? ', and asks a person first' : ''}`;
      const target: Target = { type, id, partition: finding.partition, account, region, detail };
      answers.push({ playbook: name, target, do: held?.do ?? (asks ? 'ask' : 'contain'), reason: held?.reason ?? own });
    }
  }
  if (answers.length === 0)
    return {
      answers: told(finding, `no playbook answers ${finding.type} for what it names; a person decides`),
      others,
    };
  return { answers, others };
};
