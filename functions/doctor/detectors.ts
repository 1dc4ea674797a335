// Are the detectors on whose findings playbooks answer? One that is off finds nothing, and nothing says so.
import { ConfigServiceClient, DescribeConfigurationRecorderStatusCommand } from '@aws-sdk/client-config-service';
import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { isAwsError } from '../../playbooks/language/aws.ts';
import { answersAny } from './installed.ts';
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('detectors');

type Looking = Pick<Tools, 'aws' | 'playbooks'>;

const guardDuty = async ({ aws }: Looking): Promise<readonly Verdict[]> => {
  const subject = `GuardDuty in ${aws.region}`;
  const turnOn = `Turn it on: aws guardduty create-detector --enable --region ${aws.region}`;
  try {
    // One a Region: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListDetectors.html
    const { DetectorIds: [id] = [] } = await aws(GuardDutyClient).send(new ListDetectorsCommand({}));
    if (!id) return [ill(subject, 'There is no detector: nothing is found.', turnOn)];
    const { Status, Features = [] } = await aws(GuardDutyClient).send(new GetDetectorCommand({ DetectorId: id }));
    if (Status !== 'ENABLED')
      return [
        ill(
          subject,
          `Its detector ${id} is ${Status}: nothing is found.`,
          `Turn it on: aws guardduty update-detector --detector-id ${id} --enable --region ${aws.region}`,
        ),
      ];
    const off = Features.filter((feature) => feature.Status === 'DISABLED').map(({ Name }) => String(Name));
    // Which plans one pays for is one's own choice, so what is off is told and no more.
    return [well(subject, `Its detector is on${off.length > 0 ? `, without ${off.join(', ')}` : ''}.`)];
  } catch (error) {
    return [
      unknown(subject, 'Reading the detector', error, 'Let the caller do guardduty:ListDetectors and GetDetector.'),
    ];
  }
};

const securityHub = async ({ aws }: Looking): Promise<readonly Verdict[]> => {
  const subject = `Security Hub in ${aws.region}`;
  try {
    const { SubscribedAt } = await aws(SecurityHubClient).send(new DescribeHubCommand({}));
    return [well(subject, `It is on since ${SubscribedAt ?? 'some time'}.`)];
  } catch (error) {
    // An account without it is answered either way, and InvalidAccessException says nothing of permissions.
    // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
    if (isAwsError(error, 'InvalidAccessException', 'ResourceNotFoundException'))
      return [
        ill(
          subject,
          'It is off: no controls fail, and no custom action can be chosen.',
          `Turn it on: aws securityhub enable-security-hub --region ${aws.region}`,
        ),
      ];
    return [unknown(subject, 'Reading the hub', error, 'Let the caller do securityhub:DescribeHub.')];
  }
};

const configRecorder = async ({ aws }: Looking): Promise<readonly Verdict[]> => {
  const subject = `AWS Config in ${aws.region}`;
  try {
    const { ConfigurationRecordersStatus: all = [] } = await aws(ConfigServiceClient).send(
      new DescribeConfigurationRecorderStatusCommand({}),
    );
    if (all.length === 0)
      return [
        ill(
          subject,
          'There is no recorder: no rule is evaluated.',
          `Set one up: aws configservice put-configuration-recorder --region ${aws.region}`,
        ),
      ];
    return all.map(({ name = 'default', recording, lastStatus, lastErrorCode, lastErrorMessage }) => {
      if (!recording)
        return ill(
          subject,
          `Its recorder ${name} is stopped: no rule is evaluated.`,
          `Start it: aws configservice start-configuration-recorder --configuration-recorder-name ${name} --region ${aws.region}`,
        );
      if (lastStatus === 'Failure')
        return ill(
          subject,
          `Its recorder ${name} fails: ${lastErrorCode}: ${lastErrorMessage}`,
          "Look at the recorder's role and its delivery channel.",
        );
      return well(subject, `Its recorder ${name} records.`);
    });
  } catch (error) {
    return [
      unknown(subject, 'Reading the recorder', error, 'Let the caller do config:DescribeConfigurationRecorderStatus.'),
    ];
  }
};

/** Only those that some playbook answers; controls of Security Hub are rules of AWS Config beneath. */
export const checkDetectors = async (tools: Looking): Promise<readonly Verdict[]> => {
  const { playbooks } = tools;
  const looks = [
    ...(answersAny(playbooks, 'guardduty') ? [guardDuty(tools)] : []),
    ...(answersAny(playbooks, 'securityhub') ? [securityHub(tools)] : []),
    ...(answersAny(playbooks, 'securityhub', 'config') ? [configRecorder(tools)] : []),
  ];
  return (await Promise.all(looks)).flat();
};
