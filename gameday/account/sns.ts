// SNS in memory: topics that keep what was published to them.
import type * as SNS from '@aws-sdk/client-sns';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { type State, slice } from './state.ts';
import { newUuid } from './uuid.ts';

interface SubscriptionRecord {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  confirmed: boolean;
}

export interface MessageRecord {
  readonly id: string;
  readonly at: string;
  readonly message: string;
  readonly subject?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TopicRecord {
  readonly arn: string;
  readonly attributes: Record<string, string>;
  readonly subscriptions: SubscriptionRecord[];
  readonly messages: MessageRecord[];
}

interface SnsSlice {
  readonly topics: Record<string, TopicRecord>;
}

const snsSlice = (state: State, account: string, region: string): SnsSlice =>
  slice<SnsSlice>(state, account, region, 'sns', () => ({ topics: {} }));

const invalid = (message: string): Error => awsError('InvalidParameterException', `Invalid parameter: ${message}`);

/** Making a topic that is there already gives the same ARN: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const createTopic = (
  { Name: name = '', Attributes: sent }: SNS.CreateTopicInput,
  request: Request,
): SNS.CreateTopicResponse => {
  if (!/^[\w-]{1,256}$/.test(name)) throw invalid('Topic Name');
  const { topics } = snsSlice(request.state, request.account, request.region);
  const arn = `arn:${request.partition}:sns:${request.region}:${request.account}:${name}`;
  topics[arn] ??= { arn, attributes: { ...sent }, subscriptions: [], messages: [] };
  return { TopicArn: arn };
};

/** A topic of another Region is refused as a wrong parameter, one of another account for want of its policy's leave. */
const topicNamed = (arn: string | undefined, request: Request): TopicRecord => {
  const [, , service, region, account] = (arn ?? '').split(':');
  if (service !== 'sns' || region !== request.region) throw invalid('TopicArn');
  if (account !== request.account) {
    throw awsError(
      'AuthorizationErrorException',
      `User is not authorized to perform this action on resource: ${arn}`,
      403,
    );
  }
  const topic = snsSlice(request.state, request.account, request.region).topics[arn ?? ''];
  if (!topic) throw awsError('NotFoundException', 'Topic does not exist', 404);
  return topic;
};

const mostBytes = 262_144;
const longestSubject = 100;

const publish = (input: SNS.PublishInput, request: Request): SNS.PublishResponse => {
  const topic = topicNamed(input.TopicArn ?? input.TargetArn, request);
  const { Message: message = '', Subject: subject, MessageAttributes: attributes = {} } = input;
  if (message === '') throw invalid('Empty message');
  if (Buffer.byteLength(message) > mostBytes) throw invalid('Message too long');
  // No line breaks, no control characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]*$/.test(subject)) throw invalid('Subject');
  if (subject !== undefined && subject.length >= longestSubject) throw invalid('Subject');
  const id = newUuid(request.newId);
  topic.messages.push({
    id,
    message,
    at: request.now.toISOString(),
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, value.StringValue ?? ''])),
    ...(subject === undefined ? {} : { subject }),
  });
  return { MessageId: id };
};

/** Who gets mail or HTTP must confirm; until then the topic publishes to nobody. */
const needsConfirmation = (protocol: string): boolean => /^(email|email-json|https?)$/.test(protocol);

const subscribe = (input: SNS.SubscribeInput, request: Request): SNS.SubscribeResponse => {
  const topic = topicNamed(input.TopicArn, request);
  const { Protocol: protocol = '', Endpoint: endpoint = '', ReturnSubscriptionArn: wantsArn } = input;
  const known = topic.subscriptions.find((other) => other.protocol === protocol && other.endpoint === endpoint);
  const subscription: SubscriptionRecord = known ?? {
    protocol,
    endpoint,
    arn: `${topic.arn}:${newUuid(request.newId)}`,
    confirmed: !needsConfirmation(protocol),
  };
  if (!known) topic.subscriptions.push(subscription);
  return { SubscriptionArn: subscription.confirmed || wantsArn ? subscription.arn : 'pending confirmation' };
};

const getTopicAttributes = (input: SNS.GetTopicAttributesInput, request: Request): SNS.GetTopicAttributesResponse => {
  const { arn, attributes, subscriptions } = topicNamed(input.TopicArn, request);
  const confirmed = subscriptions.filter((subscription) => subscription.confirmed).length;
  return {
    Attributes: {
      DisplayName: '',
      ...attributes,
      TopicArn: arn,
      Owner: request.account,
      SubscriptionsConfirmed: String(confirmed),
      SubscriptionsPending: String(subscriptions.length - confirmed),
      SubscriptionsDeleted: '0',
    },
  };
};

export const sns: ServiceModel = {
  CreateTopic: createTopic,
  Publish: publish,
  Subscribe: subscribe,
  GetTopicAttributes: getTopicAttributes,
};

const topicOf = (state: State, arn: string): TopicRecord | undefined => {
  const [, , , region = '', account = ''] = arn.split(':');
  return snsSlice(state, account, region).topics[arn];
};

/** Somebody clicks the link in the mail. */
export const confirmSubscriptions = (state: State, topicArn: string): void => {
  for (const subscription of topicOf(state, topicArn)?.subscriptions ?? []) subscription.confirmed = true;
};

export const publishedTo = (state: State, topicArn: string): readonly MessageRecord[] =>
  topicOf(state, topicArn)?.messages ?? [];
