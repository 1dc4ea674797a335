// Puts messages into a queue of SQS.
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** @throws what AWS said. */
export const sendTo =
  (sqs: SQSClient, queue: string) =>
  async (message: object): Promise<void> => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(message) }));
  };
