// Events that come near to what the rules let in. Those that match nothing stop on the bus; those that are let in all the same are receive's
// to judge, because no pattern could: what they miss by is a type within a family, a role, or a field that may be absent.
import { configEvent } from '../../playbooks/events/config.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { healthEvent } from '../../playbooks/events/health.ts';
import {
  securityHubControlEvent,
  securityHubControlFinding,
  securityHubGuardDutyEvent,
} from '../../playbooks/events/securityhub.ts';
import {
  type Answer,
  config as configAnswer,
  guardDuty as guardDutyAnswer,
  health as healthAnswer,
  securityHub,
} from '../../playbooks/language/answer.ts';
import { bent, fixture } from '../sources/fixture.ts';

const where = { account: '444455556666', region: 'eu-west-1', at: new Date('2026-11-20T10:00:00Z') };
const bucket = { type: 'AWS::S3::Bucket', id: 'invoices' };
const instance = { resource: { instance: { id: 'i-0a1b2c3d4e5f60001' } } };
const buckets = { resource: { buckets: [{ name: 'invoices' }] } };

const guardDuty = (type: string) => guardDutyEvent({ ...where, ...instance, type, severity: 8 });
const ofControl = (control: string) => ({ ...where, control, resource: { bucket: 'invoices' } });
const control = (id: string) => securityHubControlEvent(ofControl(id));
const controlFinding = (id: string) => securityHubControlFinding(ofControl(id));
const config = (rule: string) => configEvent({ ...where, rule, resource: bucket });
const health = (code: string) =>
  healthEvent({ ...where, code, keys: [{ id: 'AKIAIOSFODNN7EXAMPLE', userName: 'build' }] });

const finding = 'guardduty-instance-c2';
const copy = 'securityhub-guardduty-c2';
const failed = 'securityhub-control-s3';
const action = 'securityhub-custom-action';
const product = 'detail.findings.0.ProductArn';
const hub = 'arn:aws:securityhub:eu-central-1';
const ofAccount = `${hub}:111122223333`;

const renamed = (name: string, detailType: string): object => bent(name, { 'detail-type': detailType });
const chosen = (id: string): object => bent(action, { resources: [`${ofAccount}:action/custom/${id}`] });

type NearMiss = readonly [what: string, event: unknown];

/** Fewer answers than the playbooks have, so that a new one doesn't make a near miss a hit. */
export const few: Readonly<Record<string, readonly Answer[]>> = {
  'block-public-bucket': [
    guardDutyAnswer('Policy:S3/BucketPublicAccessGranted'),
    securityHub('S3.2'),
    securityHub('S3.8'),
    configAnswer('s3-bucket-public-read-prohibited'),
  ],
  'disable-access-key': [
    healthAnswer('AWS_RISK_CREDENTIALS_EXPOSED'),
    healthAnswer('AWS_RISK_CREDENTIALS_*_SUSPECTED'),
    healthAnswer('AWS_RISK_IAM_QUARANTINE'),
    guardDutyAnswer('UnauthorizedAccess:IAMUser/*'),
  ],
  'isolate-instance': [
    guardDutyAnswer('Backdoor:EC2/C&CActivity.B*'),
    guardDutyAnswer('Execution:EC2/MaliciousFile'),
    guardDutyAnswer('Execution:Runtime/ReverseShell'),
    guardDutyAnswer('Recon:EC2/PortProbeUnprotectedPort'),
    guardDutyAnswer('Trojan:EC2/BlackholeTraffic*'),
    guardDutyAnswer('UnauthorizedAccess:EC2/SSHBruteForce', { role: 'ACTOR' }),
  ],
};

/** No rule takes them, whatever the playbooks answer. */
export const imitations: readonly NearMiss[] = [
  // Whose event it is.
  ['an application that calls itself GuardDuty', bent(finding, { source: 'custom.guardduty' })],
  ['one that hides the name in its own', bent(finding, { source: 'com.example.aws.guardduty' })],
  ['a source that only begins like it', bent(finding, { source: 'aws.guardduty.example' })],
  ['a source in capitals', bent(finding, { source: 'AWS.GuardDuty' })],
  ['a source without aws.', bent(finding, { source: 'guardduty' })],
  ["another service's source on GuardDuty's detail-type", bent(finding, { source: 'aws.macie' })],
  ["GuardDuty's source on Security Hub's event", bent(copy, { source: 'aws.guardduty' })],
  ["Security Hub's source on GuardDuty's event", bent(finding, { source: 'aws.securityhub' })],
  ['an application that calls itself Security Hub', bent(failed, { source: 'example.securityhub' })],
  ['an application that calls itself Config', bent('config-first-evaluation', { source: 'my.config' })],
  ['an application that calls itself Health', bent('health-exposed', { source: 'my.health' })],
  ['no source at all', bent(finding, { source: undefined })],
  ['a request by hand, which is no event', fixture('manual-request')],
  [
    'a request by hand in the clothes of an event',
    { ...fixture('manual-request'), source: 'firebreak', 'detail-type': 'Request', detail: {} },
  ],

  // What kind of event it is.
  ['a scan of an object', renamed(finding, 'GuardDuty Malware Protection Object Scan Result')],
  ['a malware plan that changed', renamed(finding, 'GuardDuty Malware Protection Resource Status Active')],
  ["a call of GuardDuty's API", renamed(finding, 'AWS API Call via CloudTrail')],
  ['the results of an insight', renamed(action, 'Security Hub Insight Results')],
  ["the new Security Hub's finding in OCSF", fixture('securityhub-v2-ocsf')],
  ['the same on a finding in ASFF', renamed(copy, 'Findings Imported V2')],
  ['a configuration item that changed', renamed('config-first-evaluation', 'Config Configuration Item Change')],
  ['a rule that was evaluated again', renamed('config-first-evaluation', 'Config Rules Re-evaluation Status')],
  ['a detail-type in small letters', renamed(finding, 'guardduty finding')],
  [
    'an exposed key by Trusted Advisor',
    bent('health-exposed', {
      source: 'aws.trustedadvisor',
      'detail-type': 'Trusted Advisor Check Item Refresh Notification',
    }),
  ],

  // GuardDuty's types.
  ['an answered type in small letters', guardDuty('backdoor:ec2/c&cactivity.b')],
  ['an answered type with something before it', guardDuty('CDR-Backdoor:EC2/Spambot')],
  ['an answered family without its resource', guardDuty('Backdoor:EC2')],
  [
    'a finding as GetFindings spells it',
    bent(finding, { 'detail.type': undefined, 'detail.Type': 'Backdoor:EC2/C&CActivity.B' }),
  ],
  [
    'an answered type in another place',
    bent(finding, { 'detail.type': undefined, 'detail.service.type': 'Backdoor:EC2/' }),
  ],

  // Security Hub's findings.
  ["a finding of a customer's own product", fixture('securityhub-other-product')],
  [
    "a finding of one's own that names GuardDuty",
    bent(copy, { [product]: `${ofAccount}:product/111122223333/default` }),
  ],
  ["GuardDuty's product with an account in it", bent(copy, { [product]: `${ofAccount}:product/aws/guardduty` })],
  ["a control's product with an account in it", bent(failed, { [product]: `${ofAccount}:product/aws/securityhub` })],
  ['a finding of Inspector', bent(copy, { [product]: `${hub}::product/aws/inspector` })],
  ['a finding of Macie', bent(copy, { [product]: `${hub}::product/aws/macie` })],
  ['a finding of a partner', bent(copy, { [product]: `${hub}::product/crowdstrike/crowdstrike-falcon` })],
  ['a product that goes on', bent(copy, { [product]: `${hub}::product/aws/guardduty-like` })],
  ['a control that passed', fixture('securityhub-control-passed')],
  ['a control that could not be checked', bent(failed, { 'detail.findings.0.Compliance.Status': 'NOT_AVAILABLE' })],
  ['a control with a warning', bent(failed, { 'detail.findings.0.Compliance.Status': 'WARNING' })],
  ['an answered control by another product', bent(failed, { [product]: `${hub}::product/aws/inspector` })],
  [
    'an answered control in one finding, and a failure in the next',
    bent('securityhub-control-passed', {
      'detail.findings.1': controlFinding('EC2.8'),
    }),
  ],
  ['an event without a finding', bent(copy, { 'detail.findings': [] })],

  // Security Hub's custom actions.
  ["somebody else's custom action", chosen('sendtochat')],
  ['one whose id goes on', chosen('isolateinstance2')],
  ['one whose id has something before it', chosen('dontisolateinstance')],
  [
    'one that only has the name of one of ours',
    bent(action, { resources: [], 'detail.actionName': 'isolateinstance' }),
  ],

  // AWS Config.
  ['a resource that complies again', fixture('config-compliant-again')],
  [
    'a resource that the rule does not concern',
    configEvent({ ...where, rule: 's3-bucket-public-read-prohibited', resource: bucket, compliance: 'NOT_APPLICABLE' }),
  ],
  ['a name with something before it', config('our-s3-bucket-public-read-prohibited')],

  // AWS Health.
  [
    'an answered code in another place',
    bent('health-exposed', { 'detail.eventTypeCode': undefined, 'detail.eventType': 'AWS_RISK_CREDENTIALS_EXPOSED' }),
  ],
];

/** No rule takes them while no more is answered than `few`; a playbook that comes to answer one changes nothing here. */
export const unanswered: readonly NearMiss[] = [
  ['a purpose that nobody knows', fixture('guardduty-unknown-type')],
  ['a malicious object', fixture('guardduty-s3-object')],
  ['an attack sequence', fixture('guardduty-attack-sequence')],
  ['an answered purpose on another resource', guardDuty('Backdoor:Lambda/C&CActivity.B')],
  ['reconnaissance of a principal', guardDuty('Recon:IAMUser/TorIPCaller')],
  ['an unusual discovery', guardDuty('Discovery:IAMUser/AnomalousBehavior')],
  ['a changed password policy', guardDuty('Stealth:IAMUser/PasswordPolicyChange')],
  ["the root user's credentials", guardDuty('Policy:IAMUser/RootCredentialUsage')],
  ['a penetration test', guardDuty('PenTest:S3/KaliLinux')],
  ['a control that no playbook answers', fixture('securityhub-control-account')],
  ['one whose id begins like an answered one', control('S3.20')],
  ['a rule that no playbook answers', fixture('config-conformance-pack-user')],
  ["a rule of Security Hub's that no playbook answers", config('securityhub-s3-bucket-versioning-enabled-1a2b3c4d')],
  ['an instance that is to be retired', fixture('health-other-service')],
  ['an abuse report', bent('health-backup-old-detail-type', { 'detail.eventTypeCode': 'AWS_ABUSE_DOS_REPORT' })],
  ['another risk', health('AWS_RISK_INSTANCE_COMPROMISED')],
  ['a code that begins like an answered one', health('AWS_RISK_IAM_QUARANTINE_LIFTED')],
];

/** The rules of `few` let them in, and no playbook may act upon any. */
export const forReceive: readonly (readonly [what: string, rule: string, event: unknown])[] = [
  ['a type within an answered family', 'firebreak-guardduty', guardDuty('Execution:Runtime/NewBinaryExecuted')],
  ['a type that AWS adds to one', 'firebreak-guardduty', guardDuty('Backdoor:EC2/NewlyInvented')],
  ['a type that begins like an answered one', 'firebreak-guardduty', guardDuty('Execution:EC2/MaliciousFile!Snapshot')],
  [
    'a lifted block of a whole account',
    'firebreak-guardduty',
    guardDutyEvent({ ...where, ...buckets, type: 'Policy:S3/AccountBlockPublicAccessDisabled', severity: 2 }),
  ],
  ['an answered type with our instance as the target', 'firebreak-guardduty', fixture('guardduty-brute-force-target')],
  ['an archived finding', 'firebreak-guardduty', fixture('guardduty-archived')],
  ['a sample', 'firebreak-guardduty', fixture('guardduty-sample')],
  [
    'a copy of a type that no playbook answers',
    'firebreak-securityhub-imported',
    fixture('securityhub-guardduty-null-key'),
  ],
  [
    'an archived copy',
    'firebreak-securityhub-imported',
    securityHubGuardDutyEvent({
      ...where,
      ...instance,
      type: 'Backdoor:EC2/C&CActivity.B',
      severity: 5,
      recordState: 'ARCHIVED',
    }),
  ],
  [
    'a control that somebody suppressed',
    'firebreak-securityhub-imported',
    securityHubControlEvent({ ...ofControl('S3.8'), workflow: 'SUPPRESSED' }),
  ],
  [
    'a control of another resource',
    'firebreak-securityhub-imported',
    securityHubControlEvent({ ...where, control: 'S3.8', resource: { wholeAccount: true } }),
  ],
  [
    'a custom action on what the playbook knows nothing of',
    'firebreak-securityhub-custom-action',
    bent(action, {
      'detail.findings': [controlFinding('S3.8')],
    }),
  ],
  [
    'a Config rule whose name begins like an answered one',
    'firebreak-config',
    config('s3-bucket-public-read-prohibited-strictly'),
  ],
  ['a risk to credentials of a kind that AWS adds', 'firebreak-health', health('AWS_RISK_CREDENTIALS_SOLD')],
  [
    'a leak that is over',
    'firebreak-health',
    healthEvent({
      ...where,
      code: 'AWS_RISK_CREDENTIALS_EXPOSED',
      keys: [{ id: 'AKIAIOSFODNN7EXAMPLE', userName: 'build' }],
      status: 'closed',
    }),
  ],
];
