// Whom nothing is ever denied, whoever asks for it: Firebreak itself, what only AWS can change, and what the configuration exempts. Pure.
import type { Target } from '../../playbooks/language/resource.ts';
import type { Config } from './config.ts';
import { fitsAny } from './pattern.ts';
import { exemptionOf } from './resource.ts';

/** Roles under these paths can't be changed in the account that has them, and others rely on them. */
const ofAws = [
  { path: '/aws-service-role/', whose: 'a service-linked role of AWS' },
  { path: '/aws-reserved/', whose: 'a role of IAM Identity Center' },
];

/** Why this user or role is not denied anything, with what to do instead; undefined where it may be. */
export const protectedBy = (
  arn: string,
  target: Target,
  config: Pick<Config, 'ownRoles' | 'protected'>,
  now: Date,
): string | undefined => {
  if (fitsAny(config.ownRoles, arn))
    return `it is one of Firebreak's own roles by ownRoles, which has to put things back. If it is compromised, turn the kill switch off and change its trust policy by hand.`;
  const reserved = ofAws.find(({ path }) => arn.includes(`:role${path}`));
  if (reserved)
    return `it is ${reserved.whose}, which only AWS changes. Deny its sessions with a service control policy, or stop what uses it.`;
  const exempt = exemptionOf(arn, target, config, now);
  return exempt && `it is exempt by ${exempt}. To have it denied, take that entry out.`;
};
