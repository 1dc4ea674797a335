// The event in which AWS Config says that a rule's judgement of a resource has changed.
//
//   configEvent({ rule: 's3-bucket-public-read-prohibited', resource: { type: 'AWS::S3::Bucket', id: 'invoices' }, account, region, at })
//
// https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
import type { Json } from '../language/json.ts';
import { envelope, type Happening, hex, secondsBefore } from './envelope.ts';

type Compliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

type ConfigOptions = Happening & {
  readonly rule: string;
  readonly resource: { readonly type: string; readonly id: string };
  /** 'NON_COMPLIANT' unless said otherwise. */
  readonly compliance?: Compliance;
  /** The judgement before; 'COMPLIANT' unless said otherwise, null on the first one. */
  readonly before?: Compliance | null;
};

export const configEvent = ({
  rule,
  resource,
  compliance = 'NON_COMPLIANT',
  before = 'COMPLIANT',
  ...where
}: ConfigOptions): Json => {
  const { account, region, at, partition = 'aws' } = where;
  const ruleArn = `arn:${partition}:config:${region}:${account}:config-rule/config-rule-${hex(6, rule, account)}`;
  const evaluation = (complianceType: Compliance, recorded: Date): Json => ({
    evaluationResultIdentifier: {
      evaluationResultQualifier: {
        configRuleName: rule,
        resourceType: resource.type,
        resourceId: resource.id,
        evaluationMode: 'DETECTIVE',
      },
      orderingTimestamp: secondsBefore(recorded, 20),
    },
    complianceType,
    resultRecordedTime: recorded.toISOString(),
    configRuleInvokedTime: secondsBefore(recorded, 1),
    annotation: `The rule found it ${complianceType}.`,
  });
  return envelope({
    source: 'aws.config',
    detailType: 'Config Rules Compliance Change',
    account: where.receivedIn ?? account,
    region,
    at,
    resources: [],
    detail: {
      resourceId: resource.id,
      awsRegion: region,
      awsAccountId: account,
      configRuleName: rule,
      recordVersion: '1.0',
      configRuleARN: ruleArn,
      messageType: 'ComplianceChangeNotification',
      newEvaluationResult: evaluation(compliance, at),
      ...(before && { oldEvaluationResult: evaluation(before, new Date(at.getTime() - 86_400_000)) }),
      notificationCreationTime: at.toISOString(),
      resourceType: resource.type,
    },
  });
};
