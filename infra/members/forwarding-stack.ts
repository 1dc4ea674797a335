// The template that a StackSet carries into every account and Region but the responder's own account: what it finds there comes to the responder.
//
// One template for all: where a responder stands in the Region, its bus gets everything and the home Region's bus what is global; elsewhere the
// home Region's bus gets everything. In a partition whose Regions hand nothing on to one another, only where a responder stands.
import {
  Aws,
  CfnCondition,
  CfnParameter,
  DefaultStackSynthesizer,
  Fn,
  type ICfnConditionExpression,
  type IStackSynthesizer,
  Stack,
  Token,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { crossesRegions } from '../../functions/rails/home-region.ts';
import { partitionOf } from '../../functions/sources/boundary.ts';
import { type Placed, rulesOfMember, rulesOfMemberToHome } from '../responder/rules.ts';
import { createForwarding, defaultBus, type Way } from './forwarding.ts';

export interface ForwardingStackProps {
  readonly playbooks: Placed;
  /** The account of the responder. */
  readonly responder: string;
  /** The Regions that it stands in. */
  readonly responderRegions: readonly string[];
  /** The one of them that answers for what is global. */
  readonly homeRegion: string;
}

const isHere = (region: string): ICfnConditionExpression => Fn.conditionEquals(Aws.REGION, region);

const waysOf = (scope: Construct, props: ForwardingStackProps): readonly Way[] => {
  const { playbooks, responder, responderRegions, homeRegion } = props;
  const standsHere = new CfnCondition(scope, 'ResponderStandsHere', {
    expression: Fn.conditionOr(...responderRegions.map(isHere)),
  });
  const all = rulesOfMember(playbooks);
  if (!crossesRegions(partitionOf(homeRegion)))
    return [{ rules: all, bus: defaultBus(responder, Aws.REGION), condition: standsHere }];
  const nearest = Token.asString(Fn.conditionIf(standsHere.logicalId, Aws.REGION, homeRegion));
  const everything: Way = { rules: all, bus: defaultBus(responder, nearest) };
  if (responderRegions.length === 1) return [everything];
  const besides = new CfnCondition(scope, 'HomeIsElsewhere', {
    expression: Fn.conditionAnd(standsHere, Fn.conditionNot(isHere(homeRegion))),
  });
  return [
    everything,
    { rules: rulesOfMemberToHome(playbooks), bus: defaultBus(responder, homeRegion), condition: besides },
  ];
};

export class ForwardingStack extends Stack {
  constructor(scope: Construct, id: string, props: ForwardingStackProps) {
    super(scope, id, {
      description: 'Firebreak: hands what AWS finds in this account and Region on to the responder',
      // Accounts that were never bootstrapped have no version of it to check. (CDK's classes don't say undefined where their interfaces do.)
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    const topic = new CfnParameter(this, 'AlarmTopic', {
      default: '',
      description:
        'Name of an SNS topic of this account and Region that hears of findings which could not be handed on; empty, and nobody is told',
    });
    const told = new CfnCondition(this, 'SomebodyIsTold', {
      expression: Fn.conditionNot(Fn.conditionEquals(topic.valueAsString, '')),
    });
    createForwarding(this, {
      ways: waysOf(this, props),
      buses: props.responderRegions.map((region) => defaultBus(props.responder, region)),
      alarmActions: Token.asList(
        Fn.conditionIf(
          told.logicalId,
          [`arn:${Aws.PARTITION}:sns:${Aws.REGION}:${Aws.ACCOUNT_ID}:${topic.valueAsString}`],
          Aws.NO_VALUE,
        ),
      ),
    });
  }
}
