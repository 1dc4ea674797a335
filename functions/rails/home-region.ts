// Which Region's responder answers. Each has a ledger of its own, so no resource may be held in two of them. Pure.
//
// What is global has one home Region, and every other Region's bus hands it on there. What is regional is answered where it is: a copy that came
// with something global, or that Security Hub gathered from other Regions, is left to the responder there.
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import type { Config } from './config.ts';
import type { Decision } from './decision.ts';

/** Where an event arose, and where Firebreak itself runs. */
type Place = { readonly region: string | null };

type Regions = Pick<Config, 'homeRegion' | 'regions'>;

/** What the rail looks at. */
interface Answer {
  readonly finding: Pick<Finding, 'channel' | 'region'>;
  readonly target: Pick<Target, 'partition' | 'region'>;
  readonly scope: 'regional' | 'global';
  readonly event: Place;
  readonly own: Place;
}

/**
 * Whether a rule of this partition may have a bus of another Region as its target: in GovCloud and China it may not.
 * https://aws.amazon.com/blogs/compute/expanding-cross-region-event-routing-with-amazon-eventbridge/
 */
export const crossesRegions = (partition: string): boolean => partition === 'aws';

/** A responder stands in each Region that is listed; where none is, there is one responder, wherever it was deployed. */
export const hasResponder = ({ regions }: Pick<Config, 'regions'>, region: string | null): boolean =>
  region !== null && Array.isArray(regions) && regions.includes(region);

const said = (how: Decision['do'], reason: string): readonly Decision[] => [{ rule: 'home Region', do: how, reason }];

/** A rule hands on what came onto this Region's own bus; what a person asks for here, or what came from elsewhere, none does. */
const handedOn = ({ finding, target, event, own }: Answer, config: Regions): boolean =>
  finding.channel !== 'manual' &&
  event.region === own.region &&
  hasResponder(config, own.region) &&
  hasResponder(config, config.homeRegion) &&
  crossesRegions(target.partition);

const ofGlobal = (answer: Answer, config: Regions): readonly Decision[] => {
  const { homeRegion } = config;
  const { region } = answer.own;
  if (homeRegion === 'own' || region === homeRegion) return [];
  if (handedOn(answer, config))
    return said('ignore', `forwarded to ${homeRegion}, where global resources are answered for, not in ${region}`);
  return said(
    'tell',
    `global resources are answered for in ${homeRegion}, not in ${region}: ask for it there (at the command line, AWS_REGION says where), or change homeRegion`,
  );
};

const ofRegional = ({ finding, target, own }: Answer, config: Regions): readonly Decision[] => {
  if (target.region === own.region || !hasResponder(config, own.region) || !hasResponder(config, target.region))
    return [];
  const { channel } = finding;
  // Whoever asked for it here is told where to ask; a finding of that Region came onto its own bus as well.
  const cameThereToo =
    channel !== 'manual' && channel !== 'securityhub-custom-action' && finding.region === target.region;
  if (cameThereToo) return said('ignore', `the responder in ${target.region} answers it, where the finding arose`);
  return said(
    'tell',
    `${target.region} has a responder of its own, and ${own.region} must not hold what that one may hold: ask for it there (at the command line, AWS_REGION says where)`,
  );
};

/** What another Region's responder answers is never held here as well, whatever way it came in. */
export const homeRegionRail = (answer: Answer, config: Regions): readonly Decision[] => {
  if (!answer.own.region) return [];
  return answer.scope === 'global' ? ofGlobal(answer, config) : ofRegional(answer, config);
};

/** Where the event comes from another responder's Region: which tells people of all that nobody acts on, so that they hear of it once. */
export const toldIn = (event: Place, own: Place, config: Pick<Config, 'regions'>): string | undefined =>
  event.region && event.region !== own.region && hasResponder(config, own.region) && hasResponder(config, event.region)
    ? event.region
    : undefined;
