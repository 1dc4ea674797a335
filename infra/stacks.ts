// Which stacks there are, by configuration: a responder in each Region, and the roles that accounts make for it.
import { type App, Aws } from 'aws-cdk-lib';
import type { Config } from '../functions/rails/config.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Bundle } from './bundles/bundle.ts';
import { GuardStack } from './guard/guard-stack.ts';
import { ForwardingStack } from './members/forwarding-stack.ts';
import { MemberRolesStack } from './members/member-roles-stack.ts';
import { ResponderStack } from './responder/responder-stack.ts';

export interface Parts {
  readonly playbooks: ReadonlyMap<string, Playbook>;
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly config: Config;
}

/** The Regions in which responders stand; none where that is whichever Region it is deployed into. */
const regionsOf = ({ regions }: Config): readonly string[] => (typeof regions === 'string' ? [] : regions);

/**
 * One Region without further ado: a single stack, which makes the account's own roles as well. Several: a stack each, of which the home
 * Region's makes them, as roles have one name space for all. With accounts beside the responder's, templates for theirs; and the guard where it is wanted.
 */
export const createStacks = (app: App, { playbooks, bundles, config }: Parts): void => {
  const { responder, organization, homeRegion } = config;
  const regions = regionsOf(config);
  const trusted = regions.length > 0 ? regions : [Aws.REGION];
  const roles = { playbooks, responderRegions: trusted, organization };
  const ownRoles = { ...roles, responder: responder ?? Aws.ACCOUNT_ID };
  const env = responder ? { account: responder } : {};
  if (regions.length === 0) new ResponderStack(app, 'firebreak', { playbooks, bundles, config, roles: ownRoles, env });
  for (const region of regions)
    new ResponderStack(app, `firebreak-${region}`, {
      playbooks,
      bundles,
      config,
      env: { ...env, region },
      ...(region === homeRegion || regions.length === 1 ? { roles: ownRoles } : {}),
    });
  const [first] = regions;
  if (responder && first !== undefined) {
    new MemberRolesStack(app, 'firebreak-member-roles', { ...roles, responder });
    const home = homeRegion === 'own' ? first : homeRegion;
    new ForwardingStack(app, 'firebreak-member-forwarding', {
      playbooks,
      responder,
      responderRegions: regions,
      homeRegion: home,
    });
  }
  if (config.guard) new GuardStack(app, 'firebreak-guard', config, config.guard);
};
