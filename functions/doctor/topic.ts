// Does anybody hear what Firebreak says? A subscription that was never confirmed gets nothing, and nothing fails.
import { paginateListSubscriptionsByTopic, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { isAwsError } from '../../playbooks/language/aws.ts';
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('topic');

type Looking = Pick<Tools, 'aws' | 'config'>;

const subscriptionsOf = async ({ aws }: Looking, topic: string): Promise<readonly Subscription[]> => {
  const all: Subscription[] = [];
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
    { client: aws(SNSClient) },
    { TopicArn: topic },
  ))
    all.push(...Subscriptions);
  // https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html: they stay in the list for up to two days.
  return all.filter(({ SubscriptionArn }) => SubscriptionArn !== 'Deleted');
};

const isConfirmed = ({ SubscriptionArn = '' }: Subscription): boolean => SubscriptionArn.startsWith('arn:');

/** SNS answers 'PendingConfirmation' in place of an ARN: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
export const checkTopic = async (tools: Looking, topic: string): Promise<readonly Verdict[]> => {
  const { config } = tools;
  try {
    const all = await subscriptionsOf(tools, topic);
    const pending = all
      .filter((one) => !isConfirmed(one))
      .map(({ Endpoint = 'somebody' }) =>
        ill(
          `${topic} to ${Endpoint}`,
          'It was never confirmed: nothing is sent there.',
          `Follow the link in the mail that ${Endpoint} got; it lasts for two days. After that: aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint ${Endpoint}`,
        ),
      );
    const lost = config.contacts
      .filter((contact) => !all.some(({ Endpoint }) => Endpoint === contact))
      .map((contact) =>
        ill(
          `${topic} to ${contact}`,
          'It is configured as a contact, and is not subscribed: it hears nothing.',
          `aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint ${contact}`,
        ),
      );
    const confirmed = all.filter(isConfirmed).length;
    const heard =
      confirmed > 0
        ? well(topic, `${confirmed} confirmed.`)
        : ill(
            topic,
            'Nobody is subscribed and confirmed: what is contained, nobody hears.',
            `aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint MAIL`,
          );
    return [heard, ...pending, ...lost];
  } catch (error) {
    if (isAwsError(error, 'NotFoundException'))
      return [ill(topic, 'It is gone: nobody hears anything.', 'Deploy the responder again: npx cdk deploy.')];
    return [unknown(topic, 'Listing who is subscribed', error, 'Let the caller do sns:ListSubscriptionsByTopic.')];
  }
};
