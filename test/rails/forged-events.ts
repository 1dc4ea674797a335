// Events that are forged, replayed or sent to the wrong place, each with what it is forged from.
import type { ConfigInput } from '../../functions/rails/config.ts';
import { configEvent } from '../../playbooks/events/config.ts';
import {
  securityHubControlFinding,
  securityHubCustomActionEvent,
  securityHubGuardDutyEvent,
} from '../../playbooks/events/securityhub.ts';
import type { Json } from '../../playbooks/language/json.ts';
import {
  altered,
  type Ground,
  here,
  leakedKey,
  openBucket,
  openByConfig,
  openByControl,
  own,
  stolenKey,
} from './ground.ts';

const other = '444455556666';
const first = ['detail', 'findings', 0] as const;
const bucketOf = ({ arranged }: Ground): string => (arranged as { bucket: string }).bucket;

type Forge = (staged: Ground) => Json;
export type Forged = readonly [what: string, make: typeof stolenKey, forge: Forge, input?: ConfigInput];

const signed =
  (productArn: string, id: string, incidents: string): Forge =>
  (staged) => {
    const asff = securityHubGuardDutyEvent({
      type: 'CredentialAccess:IAMUser/CompromisedCredentials',
      severity: 8,
      account: own,
      region: here,
      at: staged.practice.stage.now,
      resource: {
        accessKey: {
          id: (staged.arranged as { key: string }).key,
          userName: (staged.arranged as { userName: string }).userName,
          userType: 'IAMUser',
        },
      },
    });
    const noted = altered(asff, [...first, 'Note'], {
      Text: 'Contained.',
      UpdatedBy: 'firebreak',
      UpdatedAt: '2026-11-02T03:30:00.000Z',
    });
    const marked = altered(noted, [...first, 'UserDefinedFields'], { 'firebreak:incident': incidents });
    const named = altered(marked, [...first, 'ProductArn'], productArn);
    return id ? altered(named, [...first, 'Id'], id) : named;
  };

/** The event as it is, with another value at one place. */
const withIt =
  (path: readonly (string | number)[], value: Json | ((staged: Ground) => Json)): Forge =>
  (staged) =>
    altered(staged.event, path, typeof value === 'function' ? value(staged) : value);

const guardDutyArn = (service: string, region: string, account: string) =>
  `arn:aws:${service}:${region}:${account}:detector/12abc34d567e8fa901bc2d34e56789f0/finding/76ba0ac2845071e23ccdeb2ae03bfded`;
const hub = (rest: string) => `arn:aws:securityhub:${here}:${rest}`;

const hidden =
  (role: string, session: string): Forge =>
  (staged) =>
    altered(staged.event, ['detail', 'resource', 'accessKeyDetails'], {
      accessKeyId: (staged.arranged as { key: string }).key,
      principalId: `AROAEXAMPLE:${session}`,
      userName: role,
      userType: 'AssumedRole',
    });

export const request =
  (part: { readonly [key: string]: Json }): Forge =>
  (staged) => ({
    playbook: 'block-public-bucket',
    resource: bucketOf(staged),
    reason: 'because I say so',
    ...part,
  });

export const action =
  (name: string, part: (finding: Json) => Json = (finding) => finding): Forge =>
  (staged) => {
    const { account, region, now } = staged.practice.stage;
    const finding = securityHubControlFinding({
      control: 'S3.2',
      resource: { bucket: bucketOf(staged) },
      account,
      region,
      at: now,
    });
    return securityHubCustomActionEvent({
      action: name,
      name: 'Block',
      findings: [part(finding)],
      account,
      region,
      at: now,
    });
  };

export const closed: Forge = (staged) =>
  configEvent({
    rule: 's3-bucket-public-read-prohibited',
    resource: { type: 'AWS::S3::Bucket', id: bucketOf(staged) },
    account: own,
    region: here,
    at: staged.practice.stage.now,
  });

export const forgedEvents: readonly Forged[] = [
  ['a source that only looks like AWS', stolenKey, withIt(['source'], 'mallory.guardduty')],
  ['a custom event with a detector’s detail', stolenKey, withIt(['detail-type'], 'GuardDuty finding')],
  ["one service's source with another's detail-type", stolenKey, withIt(['source'], 'aws.securityhub')],
  ['an account that speaks of another', stolenKey, withIt(['account'], other)],
  [
    'a victim that is another than the event’s account, seen from a third',
    stolenKey,
    withIt(['detail', 'accountId'], other),
  ],
  ['GuardDuty of another Region', stolenKey, withIt(['region'], 'us-east-1')],
  [
    'a finding whose id is of another account',
    stolenKey,
    withIt(['detail', 'arn'], guardDutyArn('guardduty', here, other)),
  ],
  [
    'a finding whose id is of another Region',
    stolenKey,
    withIt(['detail', 'arn'], guardDutyArn('guardduty', 'us-east-1', own)),
  ],
  ['a finding whose id is of another service', stolenKey, withIt(['detail', 'arn'], guardDutyArn('s3', here, own))],
  ['a sample', stolenKey, withIt(['detail', 'service', 'additionalInfo', 'sample'], true)],
  [
    'a sample that says so in a string only',
    stolenKey,
    withIt(['detail', 'service', 'additionalInfo', 'value'], '{"sample":true}'),
  ],
  ['an archived finding', stolenKey, withIt(['detail', 'service', 'archived'], true)],
  ['a finding of two days ago, sent again', stolenKey, withIt(['detail', 'updatedAt'], '2026-10-31T03:04:05.000Z')],
  ['a finding of next year', stolenKey, withIt(['detail', 'updatedAt'], '2027-11-02T03:04:05.000Z')],
  ['a replay from an archive', stolenKey, withIt(['replay-name'], 'again')],
  ['an account that is not answered for', stolenKey, ({ event }) => event, { accounts: [other] }],
  ['a Region that is not answered for', openBucket, ({ event }) => event, { regions: ['us-east-1'] }],
  ['a closed case of Health', leakedKey, withIt(['detail', 'statusCode'], 'closed')],
  ['Health of another account', leakedKey, withIt(['detail', 'affectedAccount'], other)],
  [
    'a finding that a customer imported',
    openByControl,
    withIt([...first, 'ProductArn'], hub(`${own}:product/${own}/default`)),
  ],
  [
    'a product that calls itself AWS',
    openByControl,
    withIt([...first, 'ProductArn'], hub(`${own}:product/aws/securityhub`)),
  ],
  ["another of AWS's products", openByControl, withIt([...first, 'ProductArn'], hub(':product/aws/inspector'))],
  ['a control that passed', openByControl, withIt([...first, 'Compliance', 'Status'], 'PASSED')],
  ['a suppressed finding', openByControl, withIt([...first, 'Workflow', 'Status'], 'SUPPRESSED')],
  ['a resolved finding', openByControl, withIt([...first, 'Workflow', 'Status'], 'RESOLVED')],
  ['an archived record', openByControl, withIt([...first, 'RecordState'], 'ARCHIVED')],
  ["a member's control about another account", openByControl, withIt([...first, 'AwsAccountId'], '222233334444')],
  ['a Config rule that nobody trusts', openByConfig, ({ event }) => event, { trustedConfigRules: [] }],
  [
    'a rule of the same name in the guise of Security Hub',
    openByConfig,
    withIt(['detail', 'configRuleName'], 'securityhub-s3-bucket-public-read-prohibited-1a2b3c'),
    { trustedConfigRules: ['securityhub-*'] },
  ],
  [
    'a Config rule with the id of another account',
    openByConfig,
    withIt(['detail', 'configRuleARN'], `arn:aws:config:${here}:${other}:config-rule/config-rule-1a2b3c`),
  ],
  ['a compliant resource', openByConfig, withIt(['detail', 'newEvaluationResult', 'complianceType'], 'COMPLIANT')],
  [
    'our own doing, by role and session, that no journal has',
    stolenKey,
    hidden('firebreak-disable-access-key', 'fb-0123456789ab'),
  ],
  ['our role in a session of another name', stolenKey, hidden('firebreak-disable-access-key', 'mallory')],
  ['a session named after an incident', stolenKey, hidden('admin', 'fb-0123456789ab')],
  [
    'a note signed as ours, on a finding that nobody answered',
    stolenKey,
    signed(hub(':product/aws/guardduty'), '', 'fb-0123456789ab'),
  ],
  ['a custom action that there is not', openBucket, action('deleteeverything')],
  [
    'a custom action of another shape',
    openBucket,
    (staged) => altered(action('blockpublicbucket')(staged), ['resources'], ['arn:aws:iam::111122223333:user/mallory']),
  ],
  [
    'a chosen finding that a customer imported',
    openBucket,
    action('blockpublicbucket', (finding) => altered(finding, ['ProductArn'], hub(`${own}:product/${own}/default`))),
  ],
  ['a request with a field of its own', openBucket, request({ approval: true })],
  ['a request for what there is not', openBucket, request({ playbook: 'delete-bucket' })],
  [
    'a request that says two accounts',
    openBucket,
    request({ resource: `arn:aws:ec2:${here}:${own}:instance/i-0a1b2c3d4e5f60001`, account: other }),
  ],
  ['a request while the switch is on observe', openBucket, request({}), { mode: 'observe' }],
  ['a request while the switch is off', openBucket, request({}), { mode: 'off' }],
];
