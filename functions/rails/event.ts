// Event rails: what a finding may lead to, judged by the event alone and by what the ledger knows of our own doing. Pure.
import type { Finding } from '../../playbooks/language/finding.ts';
import { parseArn, type Target } from '../../playbooks/language/resource.ts';
import type { Config } from './config.ts';
import type { Decision, Rule } from './decision.ts';
import { homeRegionRail } from './home-region.ts';
import { fitsAny } from './pattern.ts';
import { type SwitchState, switchRail } from './switch.ts';

/** Where the event came in. `replay` is the name of the archive replay that sent it, which EventBridge writes on it. */
export type Envelope = { readonly account: string; readonly region: string; readonly replay?: string };

/** Where Firebreak itself runs; null, or an empty Region, where nobody said. */
export type Own = { readonly account: string | null; readonly region: string | null };

/** One answer to a finding, with all that the rails look at. */
export interface Arrival {
  readonly finding: Finding;
  readonly target: Target;
  readonly playbook: string;
  /** Of the playbook's resources. */
  readonly scope: 'regional' | 'global';
  readonly event: Envelope;
  readonly own: Own;
  readonly position: SwitchState;
  readonly now: Date;
}

type Rail = (arrival: Arrival, config: Config) => readonly Decision[];

const decision = (rule: Rule, how: Decision['do'], reason: string): readonly Decision[] => [{ rule, do: how, reason }];
const nothing: readonly Decision[] = [];

/** Only an active finding is responded to. */
export const standingRail = ({ standing }: Pick<Finding, 'standing'>): readonly Decision[] =>
  standing === 'active'
    ? nothing
    : decision('standing', 'ignore', `the finding is ${standing}, so there is nothing to respond to`);

/** Whoever may make sample findings makes them about anything. */
export const sampleRail = ({ sample }: Pick<Finding, 'sample'>): readonly Decision[] =>
  sample ? decision('sample', 'plan', 'a sample finding is planned and told, never acted upon') : nothing;

/** A person's request is no event of a detector: there is nothing in it that could disagree. */
const isByHand = ({ channel }: Finding): boolean => channel === 'manual';

/** GuardDuty's and Config's ARNs name the account and Region that the finding speaks of. */
const idDisagrees = ({ id, detector, account, region }: Finding, event: Envelope): string | undefined => {
  if (detector !== 'guardduty' && detector !== 'config') return undefined;
  const arn = parseArn(id);
  if (!arn || arn.service !== detector) return `its id ${id} is no ARN of ${detector}`;
  if (arn.region !== region) return `its id is of Region ${arn.region}, while it speaks of ${region}`;
  if (arn.account !== account && arn.account !== event.account)
    return `its id is of account ${arn.account}, while it speaks of ${account}`;
  return undefined;
};

/** What in the event contradicts itself; undefined where source, account and Region agree. */
const disagreement = (
  { finding, target, event, own }: Arrival,
  { administrators }: Pick<Config, 'administrators'>,
): string | undefined => {
  const mayBeAnybodys = event.account === own.account || administrators.includes(event.account);
  if (event.account !== finding.account && !mayBeAnybodys)
    return `it came from account ${event.account} and speaks of ${finding.account}; list ${event.account} in administrators if it may`;
  if (target.account !== finding.account && !mayBeAnybodys)
    return `it is account ${finding.account}'s and names a resource of ${target.account}; list ${event.account} in administrators if it may`;
  const native = finding.channel === 'guardduty' || finding.channel === 'config';
  if (native && event.region !== finding.region)
    return `it came from Region ${event.region} and speaks of ${finding.region}, which ${finding.channel} never does`;
  return idDisagrees(finding, event);
};

const authentic: Rail = (arrival, config) => {
  if (isByHand(arrival.finding)) return nothing;
  const wrong = disagreement(arrival, config);
  if (wrong) return decision('authentic', 'tell', `the event does not agree with itself: ${wrong}`);
  const { replay } = arrival.event;
  if (replay)
    return decision('authentic', 'ask', `somebody replayed it from an archive (${replay}), so a person decides`);
  return nothing;
};

const among = (list: 'any' | 'own' | readonly string[], value: string, own: string | null): boolean =>
  list === 'any' || (list === 'own' ? value === own : list.includes(value));

const answeredFor: Rail = ({ target, scope, own }, { accounts, regions }) => {
  if (!among(accounts, target.account, own.account))
    return decision(
      'answered for',
      'tell',
      `account ${target.account} is none that this deployment answers for; list it under accounts if it is`,
    );
  if (scope === 'regional' && !among(regions, target.region, own.region))
    return decision(
      'answered for',
      'tell',
      `Region ${target.region} is none that this deployment answers for; list it under regions if it is`,
    );
  return nothing;
};

const ofAws = /^arn:aws[a-z-]*:securityhub:[a-z0-9-]+::product\/aws\//;

/** Whoever may import findings writes product/<account>/default; only AWS's own products have no account in their ARN. */
const product: Rail = ({ finding: { channel, hub } }) => {
  if (channel !== 'securityhub-imported' && channel !== 'securityhub-custom-action') return nothing;
  if (hub && ofAws.test(hub.productArn)) return nothing;
  const whose = hub?.productArn ?? 'no product';
  return channel === 'securityhub-imported'
    ? decision('Security Hub product', 'tell', `the finding is of ${whose}, and only AWS's own products are acted upon`)
    : decision(
        'Security Hub product',
        'ask',
        `the chosen finding is of ${whose}, which anybody can write, so the plan is shown first`,
      );
};

const configRule: Rail = ({ finding: { detector, type, id } }, { trustedConfigRules }) => {
  if (detector !== 'config') return nothing;
  // The id is the rule's ARN and the resource.
  const arn = id.split('/').slice(0, 2).join('/');
  if (fitsAny(trustedConfigRules, type) || fitsAny(trustedConfigRules, arn)) return nothing;
  return decision(
    'Config rule',
    'ask',
    `the rule ${type} is none that is trusted, and whoever writes rules makes them say anything; list it under trustedConfigRules to have it acted upon`,
  );
};

/** Clocks differ; what lies further ahead than this was made up. */
const aheadMinutesMax = 15;

const age: Rail = ({ finding, now }, { staleAfterMinutes }) => {
  const minutes = Math.round((now.getTime() - Date.parse(finding.updatedAt)) / 60_000);
  if (minutes < -aheadMinutesMax)
    return decision('age', 'ask', `the finding says that it is of ${finding.updatedAt}, which is still to come`);
  if (!(minutes > staleAfterMinutes)) return nothing;
  return decision(
    'age',
    'ask',
    `the finding is of ${finding.updatedAt}, ${minutes} minutes ago; staleAfterMinutes is ${staleAfterMinutes}`,
  );
};

/** How far the deployment lets a playbook go. Never further than the playbook itself. */
export const playbookMode = (playbook: string, config: Config): readonly Decision[] => {
  const mode = config.playbooks[playbook]?.mode ?? 'act';
  const where = `playbooks.${playbook}.mode`;
  if (mode === 'ask') return decision('playbook mode', 'ask', `${where} is 'ask'`);
  if (mode === 'plan')
    return decision('playbook mode', 'plan', `${where} is 'plan': planned and told, nothing is written`);
  if (mode === 'off') return decision('playbook mode', 'tell', `${where} is 'off'; a person decides`);
  return nothing;
};

const rails: readonly Rail[] = [
  ({ finding }) => standingRail(finding),
  ({ finding }) => sampleRail(finding),
  authentic,
  answeredFor,
  product,
  configRule,
  age,
  homeRegionRail,
  ({ position }) => switchRail(position),
  ({ playbook }, config) => playbookMode(playbook, config),
];

/** What each rail has to say, in the order in which a person should read it. Nothing lets the answer go as far as its playbook goes. */
export const eventRails = (arrival: Arrival, config: Config): readonly Decision[] =>
  rails.flatMap((rail) => rail(arrival, config));
