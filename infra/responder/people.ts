// How people hear of it: topics for people and for chat, and the queues in which waits what could not be sent, handled or written yet.
import { Duration } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeLastQueue } from '../acknowledge.ts';
import { ownName } from './names.ts';

/** As long as SQS keeps anything: who comes back from a holiday still finds it. */
const keptDays = 14;
/** A note that could not be written so often is put aside. */
const notesTriesMax = 5;
/** AWS advises six times what the function may take. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const notesOutOfSightMinutes = 12;

export interface People {
  readonly topic: Topic;
  readonly chat: Topic;
  /** Events that no delivery got through. */
  readonly unhandled: Queue;
  /** Notices that could not be published. */
  readonly unsent: Queue;
  readonly notes: Queue;
  /** Notes that Security Hub did not take. */
  readonly unwritten: Queue;
}

export const createPeople = (scope: Construct, key: Key, contacts: readonly string[]): People => {
  const queue = (id: string, more: object = {}) =>
    new Queue(scope, id, {
      queueName: ownName(id),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      retentionPeriod: Duration.days(keptDays),
      ...more,
    });
  const topic = new Topic(scope, 'Notices', {
    topicName: ownName('Notices'),
    displayName: 'Firebreak',
    masterKey: key,
    enforceSSL: true,
  });
  const chat = new Topic(scope, 'Chat', {
    topicName: ownName('Chat'),
    displayName: 'Firebreak, for chat',
    masterKey: key,
    enforceSSL: true,
  });
  for (const contact of contacts) topic.addSubscription(new EmailSubscription(contact));
  const unwritten = queue('UnwrittenNotes');
  const notes = queue('Notes', {
    visibilityTimeout: Duration.minutes(notesOutOfSightMinutes),
    deadLetterQueue: { queue: unwritten, maxReceiveCount: notesTriesMax },
  });
  const [unhandled, unsent] = [queue('UnhandledEvents'), queue('UnsentNotices')];
  for (const last of [unhandled, unsent])
    acknowledgeLastQueue(
      last,
      'It is itself where that waits which nobody took; an alarm tells of it, and people send it again.',
    );
  return { topic, chat, unhandled, unsent, notes, unwritten };
};
