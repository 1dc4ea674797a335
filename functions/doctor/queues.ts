// Does anything lie in a queue that nobody took up? SQS itself does not say how old it is; the alarms do.
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isAwsError } from '../../playbooks/language/aws.ts';
import { lastQueues } from './installed.ts';
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('queues');

type Looking = Pick<Tools, 'aws'>;

const checkQueue = async ({ aws }: Looking, name: string, means: string): Promise<Verdict> => {
  try {
    const { QueueUrl } = await aws(SQSClient).send(new GetQueueUrlCommand({ QueueName: name }));
    const { Attributes } = await aws(SQSClient).send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    const [waiting, inWork] = [
      Attributes?.ApproximateNumberOfMessages,
      Attributes?.ApproximateNumberOfMessagesNotVisible,
    ].map(Number);
    const all = (waiting ?? Number.NaN) + (inWork ?? Number.NaN);
    if (Number.isNaN(all)) throw new Error('AWS did not say how many messages wait');
    if (all === 0) return well(name, 'Nothing waits in it.');
    return ill(
      name,
      `About ${all} wait in it. ${means}`,
      'docs/operate.md, "Queues in which something waits", says it step by step.',
    );
  } catch (error) {
    if (isAwsError(error, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'))
      return ill(
        name,
        'It is gone: what nobody takes up is lost.',
        'Deploy the responder again: npx cdk deploy. CloudTrail says who called DeleteQueue.',
      );
    return unknown(
      name,
      'Counting what waits in it',
      error,
      'Let the caller do sqs:GetQueueUrl and sqs:GetQueueAttributes.',
    );
  }
};

export const checkQueues = (tools: Looking): Promise<readonly Verdict[]> =>
  Promise.all(Object.entries(lastQueues).map(([name, means]) => checkQueue(tools, name, means)));
