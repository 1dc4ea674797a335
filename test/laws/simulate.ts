// Asks an IAM evaluator that none of us wrote whether a policy allows what a call asks for.
import { isWildcardOnlyAction, runSimulation } from '@cloud-copilot/iam-simulate';
import type { PolicyDocument } from '../../functions/engine/permissions.ts';
import type { Call } from '../../gameday/account/world.ts';
import type { AskedAction } from './actions.ts';

const anything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** 'Allowed', or why not. */
export const simulate = async (
  policy: PolicyDocument,
  { action, resource, context }: AskedAction,
  { account }: Call,
): Promise<string> => {
  const [service = '', name = ''] = action.split(':');
  // Some actions know no resources at all: IAM then asks for `*`, and a policy that names one allows nothing.
  const asked = (await isWildcardOnlyAction(service, name)) ? '*' : resource;
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/firebreak`,
        action,
        resource: { resource: asked, accountId: account },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
        ),
      },
      identityPolicies: [{ name: 'derived', policy }],
      serviceControlPolicies: [{ orgIdentifier: 'o-1', policies: [{ name: 'FullAWSAccess', policy: anything }] }],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error') return JSON.stringify(answer.errors);
  return answer.overallResult;
};
