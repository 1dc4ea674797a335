// The responder's side of what is handed on to it: whom its bus trusts; and what its own bus hands on to the home Region.
import { Stack } from 'aws-cdk-lib';
import { CfnEventBusPolicy } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Config } from '../../functions/rails/config.ts';
import { crossesRegions } from '../../functions/rails/home-region.ts';
import { partitionOf } from '../../functions/sources/boundary.ts';
import { createForwarding, defaultBus } from '../members/forwarding.ts';
import { forwardingRoleName } from './names.ts';
import type { People } from './people.ts';
import { forwardedSources, type Placed, rulesToHome } from './rules.ts';

/** Accounts by their ids, where neither an organization nor a list says whose: none but our own. */
const accountsOf = ({ accounts }: Config, own: string): readonly string[] => [
  ...new Set([own, ...(typeof accounts === 'string' ? [] : accounts)]),
];

/**
 * Lets the forwarding roles of the organization's accounts, or of the accounts that are listed, put events of AWS on the default bus: the only one on
 * which AWS's own come, so that all go one way. Whoever has such a role himself can put none of AWS's, and nothing else is let in.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
 */
export const trustForwarding = (scope: Construct, config: Config): void => {
  const { partition, region, account } = Stack.of(scope);
  const { organization } = config;
  new CfnEventBusPolicy(scope, 'ForwardingTrust', {
    eventBusName: 'default',
    statementId: 'firebreak-forwarding',
    statement: {
      Effect: 'Allow',
      Principal: {
        AWS: organization ? '*' : accountsOf(config, account).map((one) => `arn:${partition}:iam::${one}:root`),
      },
      Action: 'events:PutEvents',
      Resource: defaultBus(account, region),
      Condition: {
        ...(organization && { StringEquals: { 'aws:PrincipalOrgID': organization } }),
        ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::*:role/${forwardingRoleName('*')}` },
        'ForAllValues:StringEquals': { 'events:source': forwardedSources },
      },
    },
  });
};

/** In a Region that is not home: findings about what is global go to the home Region's bus, where the partition has such a way. */
export const forwardToHome = (scope: Construct, playbooks: Placed, { homeRegion }: Config, { topic }: People): void => {
  const { account, region } = Stack.of(scope);
  if (homeRegion === 'own' || homeRegion === region || !crossesRegions(partitionOf(homeRegion))) return;
  const bus = defaultBus(account, homeRegion);
  createForwarding(scope, {
    ways: [{ rules: rulesToHome(playbooks), bus }],
    buses: [bus],
    alarmActions: [topic.topicArn],
  });
};
