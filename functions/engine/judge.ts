// Judging: how far each answer to a finding may go by what the event alone says. The same for every way in; nothing is written.
import type { Disposition } from '../../playbooks/language/answer.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import type { Config } from '../rails/config.ts';
import { type Decision, saidDecision, stricter, strictest } from '../rails/decision.ts';
import { type Envelope, eventRails, type Own } from '../rails/event.ts';
import { toldIn } from '../rails/home-region.ts';
import { claimedIncidents, notedIncidents, ownDoingRail, ownRecords } from '../rails/own-doing.ts';
import { type SwitchState, switchState } from '../rails/switch.ts';
import { requestFinding } from '../sources/manual.ts';
import { type Engine, playbookNamed, whatAwsSaid } from './engine.ts';
import { incidentKey, latestIncident } from './incident.ts';
import { type Routed, route } from './route.ts';

/** All that one event has in common. */
export interface Arriving {
  readonly config: Config;
  readonly event: Envelope;
  readonly own: Own;
  readonly position: SwitchState;
}

type Tools = Pick<Engine, 'ledger' | 'playbooks' | 'now'>;

/** One answer: how far its playbook goes by itself, and how far the rails let it. */
export type Judged = Routed & {
  readonly routed: Disposition;
  readonly rails: readonly Decision[];
};

export const arriving = async (
  engine: Pick<Engine, 'config' | 'readSwitch'>,
  event: Envelope,
  own: Own,
): Promise<Arriving> => {
  const { config, readSwitch } = engine;
  return { config, event, own, position: await switchState(config, readSwitch) };
};

/** An answer that would act, on a resource that is known. */
type Acting = Routed & { readonly playbook: string; readonly target: Target };

export const acts = (answer: Routed): answer is Acting =>
  answer.playbook !== null && answer.target !== null && answer.do !== 'tell' && answer.do !== 'ignore';

/** As far as its playbook goes, or less by what the strictest rail says. */
const judge = (
  tools: Tools,
  { config, event, own, position }: Arriving,
  finding: Finding,
  answer: Acting,
  ownDoing: readonly Decision[],
): Judged => {
  const { playbook, target, do: routed } = answer;
  const { scope } = playbookNamed(tools, playbook).resource;
  const arrival = { finding, target, playbook, scope, event, own, position, now: tools.now() };
  const rails = [...eventRails(arrival, config), ...ownDoing];
  const verdict = strictest(rails);
  if (!verdict || stricter(verdict.do, routed) <= 0) return { ...answer, routed, rails };
  const goesOn = verdict.do === 'ask' || verdict.do === 'plan';
  const reason = goesOn ? `${answer.reason}; ${saidDecision(verdict)}` : saidDecision(verdict);
  return { ...answer, do: verdict.do, reason, routed, rails };
};

/** What the ledger knows of the incidents that the finding points to as ours. What can't be read asks a person. */
const ownDoingIn = async (
  tools: Tools,
  finding: Finding,
  answers: readonly Routed[],
  config: Config,
): Promise<readonly Decision[]> => {
  const records = (claimed: readonly string[]) => ownRecords(tools.ledger, tools.playbooks, claimed);
  if (notedIncidents(finding).length < 2)
    return ownDoingRail(finding, config, await records(claimedIncidents(finding, config)));
  try {
    // A note names the incidents of every finding that it stands on; this finding's are the latest of its own resources.
    const known = await Promise.all(
      answers.filter(acts).map(({ playbook: name, target }) => {
        const { resource } = playbookNamed(tools, name);
        return latestIncident(tools, incidentKey(resource, target, name));
      }),
    );
    return ownDoingRail(finding, config, await records(claimedIncidents(finding, config, known.flat())));
  } catch (error) {
    return ownDoingRail(finding, config, { unread: whatAwsSaid(error) });
  }
};

/** Nobody acts on it; where it came from another responder's Region, that one tells people. */
const judgeTold = ({ config, event, own }: Arriving, { channel }: Finding, answer: Routed): Judged => {
  const elsewhere = channel === 'manual' ? undefined : toldIn(event, own, config);
  if (!elsewhere) return { ...answer, routed: answer.do, rails: [] };
  return { ...answer, do: 'ignore', routed: answer.do, reason: `told in ${elsewhere}, where it came in`, rails: [] };
};

/**
 * Every answer to the finding. `place` says where a target is, as far as the finding leaves that open; what it can't place is left out, and
 * for it to tell.
 */
export const judgeFinding = async (
  tools: Tools,
  event: Arriving,
  finding: Finding,
  place: (answer: Acting) => Promise<Target | undefined>,
): Promise<readonly Judged[]> => {
  const placed = route(finding, tools.playbooks).answers.map(async (answer): Promise<readonly Routed[]> => {
    if (!acts(answer)) return [answer];
    const target = await place(answer);
    return target ? [{ ...answer, target }] : [];
  });
  const answers = (await Promise.all(placed)).flat();
  const ownDoing = await ownDoingIn(tools, finding, answers, event.config);
  return answers.map((answer) =>
    acts(answer) ? judge(tools, event, finding, answer, ownDoing) : judgeTold(event, finding, answer),
  );
};

/** What a person asks for by name, on a resource that is known already. It passes the rails that every request by hand passes. */
export const judgeRequest = (
  tools: Tools,
  event: Arriving,
  { playbook, target, by, reason }: { playbook: string; target: Target; by: string; reason: string },
): Judged => {
  const finding = requestFinding({ playbook, resource: target.id, by, reason, place: target }, tools.now());
  const how = playbookNamed(tools, playbook).approval === 'required' ? 'ask' : 'contain';
  return judge(tools, event, finding, { playbook, target, do: how, reason }, []);
};
