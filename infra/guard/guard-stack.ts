// The guard as a stack, for the management account or the delegated administrator of policies: made only where the configuration says of whom.
import { DefaultStackSynthesizer, type IStackSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import type { Construct } from 'constructs';
import type { Config } from '../../functions/rails/config.ts';
import { type Guarded, guardPolicies } from './guard-policy.ts';

/** Keys of the tags that the configuration goes by. Those that only make it ask are not guarded: that a person is asked harms nobody. */
const exemptionTags = ({ protected: entries }: Config): readonly string[] => [
  ...new Set(entries.flatMap(({ tag }) => (tag === undefined ? [] : [tag.split('=', 1)[0] ?? tag]))),
];

/** What the configuration says of it. */
export const guardedBy = (config: Config, { breakGlass, deployers }: NonNullable<Config['guard']>): Guarded => ({
  ownRoles: config.ownRoles,
  deployers,
  breakGlass,
  exemptionTags: exemptionTags(config),
});

export class GuardStack extends Stack {
  constructor(scope: Construct, id: string, config: Config, guard: NonNullable<Config['guard']>) {
    super(scope, id, {
      description: 'Firebreak: keeps others from tampering with it',
      terminationProtection: true,
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    for (const [index, content] of guardPolicies(guardedBy(config, guard)).entries())
      new CfnPolicy(this, `Guard${index + 1}`, {
        name: `firebreak-guard-${index + 1}`,
        description: 'Nobody but Firebreak, its deployers and break-glass may change what is its own, or what it holds',
        type: 'SERVICE_CONTROL_POLICY',
        targetIds: guard.targets,
        content,
      });
  }
}
