// The scheduled doctor: counts, tells what changed and only that, and never loses what it could not tell.

import { DescribeRuleCommand, EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reachable } from '../../functions/doctor/reach.ts';
import { doctorHandler } from '../../functions/doctor.ts';
import type { Measure } from '../../functions/engine/measure.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import { createPractice } from '../../gameday/practice.ts';
import { playbooks } from '../laws/staged.ts';
import { account, awsError, denied, handOut, region } from './ground.ts';

const bus = mockClient(EventBridgeClient);
const lambda = mockClient(LambdaClient);
const sns = mockClient(SNSClient);
const sqs = mockClient(SQSClient);
const sts = mockClient(STSClient);
const all = [bus, lambda, sns, sqs, sts];
const topic = `arn:aws:sns:${region}:${account}:firebreak-notices`;

beforeEach(() => {
  for (const mock of all) mock.reset();
  bus.on(DescribeRuleCommand).resolves({ State: 'ENABLED' });
  bus.on(ListTargetsByRuleCommand).resolves({ Targets: [{ Id: 'function', Arn: 'arn' }] });
  lambda.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  lambda.on(InvokeCommand).resolves({ Payload: Buffer.from('{"reached":true,"said":"arn"}') as never });
  sns.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions: [{ SubscriptionArn: `${topic}:1` }] });
  sns.on(PublishCommand).resolves({});
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://sqs.example.com/q' });
  sqs.on(GetQueueAttributesCommand).resolves({
    Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
  });
});
afterAll(() => {
  for (const mock of all) mock.restore();
});

const disabled = () => bus.on(DescribeRuleCommand, { Name: 'firebreak-guardduty' }).resolves({ State: 'DISABLED' });
const told = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input);

const take = () => {
  const practice = createPractice({ playbooks, seed: 3, latency: 'none' });
  const measured: Measure[] = [];
  const engine = {
    ...practice.engine('doctor'),
    own: handOut('write'),
    measure: (what: Measure) => measured.push(what),
  };
  return { engine, look: () => doctorHandler(engine)({}), measured };
};

describe('the scheduled doctor', () => {
  it('says nothing while all is well, and measures it', async () => {
    const { look, measured } = take();
    expect(await look()).toEqual({ ill: 0, unknown: 0, told: 'known' });
    expect([told(), measured]).toEqual([[], [{ values: { NotWell: 0 }, by: {} }]]);
  });

  it('tells once what is ill, with its remedy, and once that it is over', async () => {
    const { look, measured } = take();
    disabled();
    expect(await look()).toEqual({ ill: 1, unknown: 0, told: 'told' });
    expect(await look()).toEqual({ ill: 1, unknown: 0, told: 'known' });
    const [notice] = told();
    expect(notice).toMatchObject({ TopicArn: topic, Subject: expect.stringContaining('not well: 1') });
    const forms = JSON.parse(notice?.Message ?? '') as { default: string; email: string };
    expect(forms.email).toMatch(/ILL {2}rules: firebreak-guardduty\nIt is disabled.*\nNow: .*enable-rule/);
    expect(JSON.parse(forms.default)).toMatchObject({ notWell: [{ subject: 'firebreak-guardduty', state: 'ill' }] });
    bus.on(DescribeRuleCommand, { Name: 'firebreak-guardduty' }).resolves({ State: 'ENABLED' });
    await look();
    expect(told().map(({ Subject }) => Subject)).toEqual([
      expect.stringContaining('not well'),
      expect.stringContaining('well again'),
    ]);
    expect(measured.map(({ values }) => values.NotWell)).toEqual([1, 1, 0]);
  });

  it('counts and tells what it can not look at', async () => {
    const { look, measured } = take();
    sns.on(ListSubscriptionsByTopicCommand).rejects(denied);
    expect(await look()).toEqual({ ill: 0, unknown: 1, told: 'told' });
    expect(measured[0]?.values.NotWell).toBe(1);
  });

  it('fails where nobody could be told, and tells it the next time', async () => {
    const { look } = take();
    disabled();
    sns.on(PublishCommand).rejectsOnce(awsError('InternalError')).resolves({});
    await expect(look()).rejects.toThrow('said AWS');
    expect((await look()).told).toBe('told');
  });
});

describe('a playbook asked whether it reaches an account', () => {
  const ask = async (input: object) => {
    const { engine } = take();
    const aws = (place: object, incident: string) => {
      asked.push([place, incident]);
      return handOut();
    };
    const asked: unknown[] = [];
    const ended = reachable(playbookHandler)({ ...engine, aws: aws as never, region })(input);
    return { answer: await ended, asked };
  };

  it('assumes its role there, in a session that the role lets in', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Arn: 'arn:there' });
    const { answer, asked } = await ask({ do: 'reach', account: '444455556666' });
    expect(answer).toEqual({ reached: true, said: 'arn:there' });
    expect(asked).toEqual([
      [expect.objectContaining({ account: '444455556666', region }), expect.stringMatching(/^fb-doctor-\d+$/)],
    ]);
  });

  it('says what AWS said where it is refused, and fails where nobody knows', async () => {
    sts.on(GetCallerIdentityCommand).rejects(awsError('AccessDenied'));
    expect((await ask({ do: 'reach', account })).answer).toEqual({ reached: false, said: 'AccessDenied: said AWS' });
    sts.on(GetCallerIdentityCommand).rejects(awsError('TimeoutError'));
    await expect(ask({ do: 'reach', account })).rejects.toThrow('said AWS');
  });

  it('refuses what is no account, and works as ever on all else', async () => {
    await expect(ask({ do: 'reach', account: '*' })).rejects.toThrow('is no account id');
    await expect(ask({ do: 'contain', incident: 'fb-000000000000', playbook: 'isolate-instance' })).rejects.toThrow(
      'no such incident',
    );
  });
});
