// Are the rules enabled by which events come in, and are those still there whom they call?
import { DescribeRuleCommand, EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { isAwsError } from '../../playbooks/language/aws.ts';
import { ruleNames } from './installed.ts';
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('rules');

const deployAgain = 'Deploy the responder again: npx cdk deploy. CloudTrail says who took it away.';

type Looking = Pick<Tools, 'aws'>;

/** What is wrong with whom a rule calls; nothing where that can run. */
const faultOfTarget = async ({ aws }: Looking, arn: string): Promise<string | undefined> => {
  try {
    const { State, StateReason } = await aws(LambdaClient).send(
      new GetFunctionConfigurationCommand({ FunctionName: arn }),
    );
    // Inactive is one that was not called for long; the next call wakes it.
    return State === 'Failed' ? `its target ${arn} can't run: ${StateReason}` : undefined;
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return `its target ${arn} is gone`;
    throw error;
  }
};

const checkRule = async (tools: Looking, name: string): Promise<Verdict> => {
  const bus = tools.aws(EventBridgeClient);
  try {
    const { State } = await bus.send(new DescribeRuleCommand({ Name: name }));
    if (State === 'DISABLED')
      return ill(
        name,
        'It is disabled: what it lets in does not come.',
        `Enable it: aws events enable-rule --name ${name} --region ${tools.aws.region}. CloudTrail says who called DisableRule.`,
      );
    const { Targets = [] } = await bus.send(new ListTargetsByRuleCommand({ Rule: name }));
    if (Targets.length === 0) return ill(name, 'It has no target: what it lets in goes nowhere.', deployAgain);
    const faults = (await Promise.all(Targets.map(({ Arn = '' }) => faultOfTarget(tools, Arn)))).filter(Boolean);
    if (faults.length > 0) return ill(name, `It is enabled, but ${faults.join('; ')}.`, deployAgain);
    return well(name, 'It is enabled, and whom it calls is there.');
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException'))
      return ill(name, 'It is gone: what it lets in does not come.', deployAgain);
    return unknown(
      name,
      'Reading the rule and its targets',
      error,
      'Let the caller do events:DescribeRule, events:ListTargetsByRule and lambda:GetFunctionConfiguration.',
    );
  }
};

export const checkRules = (tools: Pick<Tools, 'aws' | 'playbooks'>): Promise<readonly Verdict[]> =>
  Promise.all(ruleNames(tools.playbooks).map((name) => checkRule(tools, name)));
