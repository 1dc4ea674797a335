// AWS Config's judgements: a rule's view of one resource has changed.
// https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
import * as v from 'valibot';
import type { Finding } from '../../playbooks/language/finding.ts';
import { account, type Envelope, id, isoTime, parse, partitionOf, region, type Unreadable, words } from './boundary.ts';
import { clean } from './text.ts';

const detail = v.object({
  awsAccountId: account,
  awsRegion: region,
  configRuleName: id,
  configRuleARN: id,
  resourceType: id,
  resourceId: id,
  // Config says NON_COMPLIANT, COMPLIANT, NOT_APPLICABLE or INSUFFICIENT_DATA; only the first is a finding to act upon.
  newEvaluationResult: v.object({ complianceType: words, resultRecordedTime: v.nullish(words) }),
});

export const readConfig = (event: Envelope): readonly [Finding | Unreadable] => {
  const parsed = parse('The Config compliance change', v.object({ detail }), event);
  if ('unreadable' in parsed) return [parsed];
  const { detail: found } = parsed.value;
  const { complianceType, resultRecordedTime } = found.newEvaluationResult;
  const place = { account: found.awsAccountId, region: found.awsRegion };
  const type = ruleName(found.configRuleName);
  return [
    {
      detector: 'config',
      channel: 'config',
      id: `${found.configRuleARN}/${found.resourceType}/${found.resourceId}`,
      type,
      title: clean(`${type}: ${found.resourceType} ${found.resourceId} is ${complianceType}`),
      severity: 'MEDIUM',
      partition: partitionOf(found.awsRegion),
      ...place,
      // For a user, `resourceId` is the unique id (AIDA…), not the name.
      resources: [{ type: found.resourceType, id: found.resourceId, ...place, detail: {} }],
      sample: false,
      standing: complianceType === 'NON_COMPLIANT' ? 'active' : 'resolved',
      updatedAt: isoTime(resultRecordedTime, event.time),
      count: 1,
    },
  ];
};

/** The rule's name without what Security Hub and conformance packs put around it. */
export const ruleName = (name: string): string =>
  name.replace(/^securityhub-(.+)-[0-9a-f]{6,8}$/, '$1').replace(/-conformance-pack-[a-z0-9]+$/, '');
