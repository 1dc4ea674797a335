// Each check of the doctor: what is well, what is ill with its remedy, and that what can't be read is never well.
import { ConfigServiceClient, DescribeConfigurationRecorderStatusCommand } from '@aws-sdk/client-config-service';
import {
  CreateSnapshotsCommand,
  DescribeInstancesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { DescribeRuleCommand, EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../functions/doctor/configuration.ts';
import { checkDetectors } from '../../functions/doctor/detectors.ts';
import { checkDryRuns } from '../../functions/doctor/dry-run.ts';
import { checkHolds } from '../../functions/doctor/holds.ts';
import { lastQueues, ruleNames } from '../../functions/doctor/installed.ts';
import { checkQueues } from '../../functions/doctor/queues.ts';
import { checkQuotas } from '../../functions/doctor/quotas.ts';
import { checkRoles } from '../../functions/doctor/roles.ts';
import { checkRules } from '../../functions/doctor/rules.ts';
import { checkSimulation } from '../../functions/doctor/simulation.ts';
import { checkSwitch } from '../../functions/doctor/switch.ts';
import { checkTopic } from '../../functions/doctor/topic.ts';
import { type Verdict, worstFirst } from '../../functions/doctor/verdict.ts';
import type { Ledger } from '../../functions/engine/ledger.ts';
import { playbooks } from '../laws/staged.ts';
import { account, awsError, denied, handOut, region, toolsWith } from './ground.ts';

const guardDuty = mockClient(GuardDutyClient);
const hub = mockClient(SecurityHubClient);
const recorder = mockClient(ConfigServiceClient);
const bus = mockClient(EventBridgeClient);
const lambda = mockClient(LambdaClient);
const sns = mockClient(SNSClient);
const sqs = mockClient(SQSClient);
const iam = mockClient(IAMClient);
const ec2 = mockClient(EC2Client);
const all = [guardDuty, hub, recorder, bus, lambda, sns, sqs, iam, ec2];
beforeEach(() => all.forEach((mock) => void mock.reset()));
afterAll(() => {
  for (const mock of all) mock.restore();
});

/** Distinct states; and whatever isn't well says what to do. */
const statesOf = (verdicts: readonly Verdict[]): readonly string[] => {
  for (const { state, said, remedy } of verdicts) {
    expect(said).not.toBe('');
    expect(remedy === '').toBe(state === 'well');
  }
  return [...new Set(verdicts.map(({ state }) => state))].toSorted();
};
const sayings = (verdicts: readonly Verdict[]): string =>
  verdicts.map(({ subject, said, remedy }) => `${subject} ${said} ${remedy}`).join('\n');

describe('detectors', () => {
  const on = () => {
    guardDuty.on(ListDetectorsCommand).resolves({ DetectorIds: ['d1'] });
    guardDuty
      .on(GetDetectorCommand)
      .resolves({ Status: 'ENABLED', Features: [{ Name: 'RDS_LOGIN_EVENTS', Status: 'DISABLED' }] });
    hub.on(DescribeHubCommand).resolves({ SubscribedAt: '2026-01-01T00:00:00Z' });
    recorder
      .on(DescribeConfigurationRecorderStatusCommand)
      .resolves({ ConfigurationRecordersStatus: [{ name: 'default', recording: true, lastStatus: 'Success' }] });
  };

  it('are well when all are on; what one does not pay for is told', async () => {
    on();
    const verdicts = await checkDetectors(toolsWith());
    expect([verdicts.length, statesOf(verdicts)]).toEqual([3, ['well']]);
    expect(sayings(verdicts)).toContain('without RDS_LOGIN_EVENTS');
  });

  it.each([
    ['no detector', () => guardDuty.on(ListDetectorsCommand).resolves({ DetectorIds: [] }), 'create-detector'],
    [
      'one that is suspended',
      () => guardDuty.on(GetDetectorCommand).resolves({ Status: 'DISABLED' }),
      'update-detector',
    ],
    ['no hub', () => hub.on(DescribeHubCommand).rejects(awsError('InvalidAccessException')), 'enable-security-hub'],
    [
      'no recorder',
      () => recorder.on(DescribeConfigurationRecorderStatusCommand).resolves({}),
      'put-configuration-recorder',
    ],
    [
      'a stopped recorder',
      () =>
        recorder
          .on(DescribeConfigurationRecorderStatusCommand)
          .resolves({ ConfigurationRecordersStatus: [{ recording: false }] }),
      'start-configuration-recorder',
    ],
    [
      'a failing recorder',
      () =>
        recorder.on(DescribeConfigurationRecorderStatusCommand).resolves({
          ConfigurationRecordersStatus: [{ recording: true, lastStatus: 'Failure', lastErrorCode: 'NoSuchBucket' }],
        }),
      'NoSuchBucket',
    ],
  ])('%s is ill', async (_what, broken, word) => {
    on();
    broken();
    const ill = (await checkDetectors(toolsWith())).filter(({ state }) => state === 'ill');
    expect([ill.length, statesOf(ill), sayings(ill)]).toEqual([1, ['ill'], expect.stringContaining(word)]);
  });

  it('are unknown when AWS refuses', async () => {
    guardDuty.on(ListDetectorsCommand).rejects(denied);
    hub.on(DescribeHubCommand).rejects(denied);
    recorder.on(DescribeConfigurationRecorderStatusCommand).rejects(denied);
    const verdicts = await checkDetectors(toolsWith());
    expect([verdicts.length, statesOf(verdicts)]).toEqual([3, ['unknown']]);
    expect(sayings(verdicts)).toContain('User is not authorized');
  });
});

describe('rules', () => {
  const arn = `arn:aws:lambda:${region}:${account}:function:firebreak-receive:live`;
  const on = () => {
    bus.on(DescribeRuleCommand).resolves({ State: 'ENABLED' });
    bus.on(ListTargetsByRuleCommand).resolves({ Targets: [{ Id: 'function', Arn: arn }] });
    lambda.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  };

  it('are well, each of them, when enabled with a target that is there', async () => {
    on();
    const verdicts = await checkRules(toolsWith());
    expect(statesOf(verdicts)).toEqual(['well']);
    expect(verdicts.map(({ subject }) => subject)).toEqual(ruleNames(playbooks));
  });

  const gone = awsError('ResourceNotFoundException');
  it.each([
    [
      'disabled',
      () => bus.on(DescribeRuleCommand, { Name: 'firebreak-guardduty' }).resolves({ State: 'DISABLED' }),
      'enable-rule',
    ],
    ['gone', () => bus.on(DescribeRuleCommand, { Name: 'firebreak-guardduty' }).rejects(gone), 'gone'],
    [
      'without a target',
      () => bus.on(ListTargetsByRuleCommand, { Rule: 'firebreak-guardduty' }).resolves({}),
      'no target',
    ],
  ])('one that is %s is ill', async (_what, broken, word) => {
    on();
    broken();
    const ill = (await checkRules(toolsWith())).filter(({ state }) => state !== 'well');
    expect([ill.length, statesOf(ill), sayings(ill)]).toEqual([1, ['ill'], expect.stringContaining(word)]);
  });

  it.each([
    ['is gone', () => lambda.on(GetFunctionConfigurationCommand).rejects(gone)],
    ["can't run", () => lambda.on(GetFunctionConfigurationCommand).resolves({ State: 'Failed', StateReason: 'key' })],
  ])('whose target %s are ill', async (word, broken) => {
    on();
    broken();
    const verdicts = await checkRules(toolsWith());
    expect([statesOf(verdicts), sayings(verdicts)]).toEqual([['ill'], expect.stringContaining(word)]);
  });

  it.each([
    ['the rule', () => bus.on(DescribeRuleCommand).rejects(denied)],
    ['its targets', () => bus.on(ListTargetsByRuleCommand).rejects(denied)],
    ['the function', () => lambda.on(GetFunctionConfigurationCommand).rejects(denied)],
  ])('are unknown when %s can not be read', async (_what, broken) => {
    on();
    broken();
    expect(statesOf(await checkRules(toolsWith()))).toEqual(['unknown']);
  });
});

describe('roles', () => {
  const answers = (reached: boolean, said: string) =>
    lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify({ reached, said })) as never });
  const tools = (accounts: readonly string[] = [account]) => toolsWith({ accounts: [...accounts] }, 'write');

  it('are tried for each playbook in each account', async () => {
    answers(true, 'arn');
    const verdicts = await checkRoles(tools([account, '444455556666']));
    expect([verdicts.length, statesOf(verdicts)]).toEqual([playbooks.size * 2, ['well']]);
    const asked = lambda.commandCalls(InvokeCommand).map(({ args: [{ input }] }) => input);
    expect(asked).toContainEqual({
      FunctionName: 'firebreak-isolate-instance:live',
      Payload: JSON.stringify({ do: 'reach', account: '444455556666' }),
    });
  });

  it('are ill when refused, and when the function is gone', async () => {
    answers(false, 'AccessDenied: not authorized to perform sts:AssumeRole');
    const refused = await checkRoles(tools());
    expect([statesOf(refused), sayings(refused)]).toEqual([['ill'], expect.stringContaining('sts:AssumeRole')]);
    lambda.on(InvokeCommand).rejects(awsError('ResourceNotFoundException'));
    expect(statesOf(await checkRoles(tools()))).toEqual(['ill']);
  });

  it.each([
    ['the caller may not ask', () => lambda.on(InvokeCommand).rejects(denied)],
    ['the function fails', () => lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled' })],
    ['it answers something else', () => lambda.on(InvokeCommand).resolves({ Payload: Buffer.from('{}') as never })],
  ])('are unknown when %s', async (_what, broken) => {
    broken();
    expect(statesOf(await checkRoles(tools()))).toEqual(['unknown']);
  });
});

describe('the topic', () => {
  const topic = `arn:aws:sns:${region}:${account}:firebreak-notices`;
  const contacts = ['soc@example.com'];
  const subscribed = (...arns: readonly string[]) =>
    sns.on(ListSubscriptionsByTopicCommand).resolves({
      Subscriptions: arns.map((SubscriptionArn) => ({
        SubscriptionArn,
        Endpoint: 'soc@example.com',
        Protocol: 'email',
      })),
    });
  const check = () => checkTopic(toolsWith({ contacts }), topic);

  it('is well when somebody confirmed', async () => {
    subscribed(`${topic}:1`);
    expect(statesOf(await check())).toEqual(['well']);
  });

  it('is ill when nobody did, and names who has not', async () => {
    subscribed('PendingConfirmation');
    const verdicts = await check();
    expect([verdicts.length, statesOf(verdicts)]).toEqual([2, ['ill']]);
    expect(sayings(verdicts)).toMatch(/soc@example\.com It was never confirmed/);
  });

  it('is ill when a contact has unsubscribed', async () => {
    subscribed('Deleted');
    expect(sayings(await check())).toMatch(/soc@example\.com It is configured as a contact, and is not subscribed/);
  });

  it('is ill when gone, and unknown when not to be read', async () => {
    sns.on(ListSubscriptionsByTopicCommand).rejects(awsError('NotFoundException'));
    expect(statesOf(await check())).toEqual(['ill']);
    sns.on(ListSubscriptionsByTopicCommand).rejects(denied);
    expect(statesOf(await check())).toEqual(['unknown']);
  });
});

describe('quotas', () => {
  const free = (count: number | undefined) =>
    lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit: { UnreservedConcurrentExecutions: count } });

  it.each([
    [35, 'well'],
    [34, 'ill'],
    [undefined, 'unknown'],
  ])('with %s functions at once are %s', async (count, state) => {
    free(count);
    expect(statesOf(await checkQuotas(toolsWith()))).toEqual([state]);
  });

  it('are unknown when AWS refuses', async () => {
    lambda.on(GetAccountSettingsCommand).rejects(denied);
    expect(statesOf(await checkQuotas(toolsWith()))).toEqual(['unknown']);
  });
});

describe('the switch', () => {
  it.each(['on', 'observe', 'off'] as const)('is well at %s', async (position) => {
    const verdicts = await checkSwitch(toolsWith(), async () => position);
    expect([statesOf(verdicts), sayings(verdicts)]).toEqual([['well'], expect.stringContaining(position)]);
  });

  it('is unknown when it can not be read', async () => {
    const verdicts = await checkSwitch(toolsWith(), () => Promise.reject(denied));
    expect([statesOf(verdicts), sayings(verdicts)]).toEqual([['unknown'], expect.stringContaining('not authorized')]);
  });
});

describe('the configuration', () => {
  const until = (day: string) => ({
    contacts: ['soc@example.com'],
    protected: [{ arn: 'arn:aws:s3:::site', owner: 'soc', reason: 'a public site', until: day }],
  });

  it('is well with contacts and exemptions that last until today', () => {
    expect(statesOf(checkConfiguration(toolsWith(until('2026-03-01'))))).toEqual(['well']);
  });

  it('is ill where an exemption has ended, or nobody is told', () => {
    expect(sayings(checkConfiguration(toolsWith(until('2026-02-28'))))).toMatch(/'a public site' ended on 2026-02-28/);
    expect(statesOf(checkConfiguration(toolsWith()))).toEqual(['ill']);
  });
});

describe('queues', () => {
  const holding = (visible: string, hidden: string) => {
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://sqs.example.com/q' });
    sqs.on(GetQueueAttributesCommand).resolves({
      Attributes: { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden },
    });
  };

  it.each([
    ['0', '0', 'well'],
    ['2', '0', 'ill'],
    ['0', '1', 'ill'],
  ])('with %s waiting and %s in work are %s', async (visible, hidden, state) => {
    holding(visible, hidden);
    const verdicts = await checkQueues(toolsWith());
    expect([verdicts.map(({ subject }) => subject), statesOf(verdicts)]).toEqual([Object.keys(lastQueues), [state]]);
  });

  it('are ill when gone, unknown when AWS refuses or does not say', async () => {
    sqs.on(GetQueueUrlCommand).rejects(awsError('QueueDoesNotExist'));
    expect(statesOf(await checkQueues(toolsWith()))).toEqual(['ill']);
    sqs.on(GetQueueUrlCommand).rejects(denied);
    expect(statesOf(await checkQueues(toolsWith()))).toEqual(['unknown']);
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://sqs.example.com/q' });
    sqs.on(GetQueueAttributesCommand).resolves({});
    expect(statesOf(await checkQueues(toolsWith()))).toEqual(['unknown']);
  });
});

describe('a simulation', () => {
  const statements = [
    { actions: ['ec2:DescribeInstances'], resources: ['*'] },
    {
      actions: ['s3:PutBucketPolicy'],
      resources: ['arn:${Partition}:s3:::*'],
      conditions: { StringEquals: { 'aws:ResourceAccount': '${Account}' } },
    },
  ];
  const dana = `arn:aws:iam::${account}:user/dana`;
  const decides = (decision: (action: string) => 'allowed' | 'implicitDeny' | 'explicitDeny') =>
    iam.on(SimulatePrincipalPolicyCommand).callsFake(({ ActionNames }: { ActionNames: string[] }) => ({
      EvaluationResults: ActionNames.map((action) => ({ EvalActionName: action, EvalDecision: decision(action) })),
    }));
  const check = (caller = dana) => checkSimulation(handOut(), caller, 'some-playbook', statements);

  it('asks about resources of this place with what conditions want, and is well where all is let through', async () => {
    decides(() => 'allowed');
    expect(statesOf([await check()])).toEqual(['well']);
    expect(iam.commandCalls(SimulatePrincipalPolicyCommand).map(({ args: [{ input }] }) => input)).toContainEqual(
      expect.objectContaining({
        PolicySourceArn: dana,
        ResourceArns: ['arn:aws:s3:::example'],
        ContextEntries: [
          { ContextKeyName: 'aws:ResourceAccount', ContextKeyValues: [account], ContextKeyType: 'string' },
        ],
      }),
    );
  });

  it.each(['implicitDeny', 'explicitDeny'] as const)('is ill where there is an %s, and names it', async (deny) => {
    decides((action) => (action === 's3:PutBucketPolicy' ? deny : 'allowed'));
    const verdict = await check();
    expect([verdict.state, verdict.said]).toEqual(['ill', '1 of its 2 actions would be refused: s3:PutBucketPolicy.']);
  });

  it('asks about the role of a session, with its path', async () => {
    decides(() => 'allowed');
    const Arn = `arn:aws:iam::${account}:role/aws-reserved/sso/Admin`;
    iam.on(GetRoleCommand, { RoleName: 'Admin' }).resolves({ Role: { Arn } as never });
    await check(`arn:aws:sts::${account}:assumed-role/Admin/dana`);
    expect(iam.commandCalls(SimulatePrincipalPolicyCommand)[0]?.args[0].input.PolicySourceArn).toBe(Arn);
  });

  it('is unknown where IAM refuses or is silent, and ill where there is no such role', async () => {
    iam.on(SimulatePrincipalPolicyCommand).rejects(denied);
    expect((await check()).state).toBe('unknown');
    iam.on(SimulatePrincipalPolicyCommand).resolves({ EvaluationResults: [] });
    expect((await check()).said).toContain('s3:PutBucketPolicy');
    expect((await check()).state).toBe('unknown');
    iam.on(SimulatePrincipalPolicyCommand).rejects(awsError('NoSuchEntityException'));
    expect((await check()).state).toBe('ill');
  });
});

describe('dry runs', () => {
  const instances = (...ids: readonly string[]) =>
    ec2.on(DescribeInstancesCommand).resolves({
      Reservations: ids.map((InstanceId) => ({
        Instances: [
          { InstanceId, NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [{ GroupId: 'sg-1' }] }] },
        ],
      })),
    });
  const ends = (error: Error) => {
    ec2.on(CreateSnapshotsCommand).rejects(error);
    ec2.on(ModifyNetworkInterfaceAttributeCommand).rejects(error);
  };
  const check = () => checkDryRuns(handOut('write'), playbooks);

  it.each([
    ['DryRunOperation', 'well'],
    ['UnauthorizedOperation', 'ill'],
    ['InvalidInstanceID.NotFound', 'unknown'],
  ])('%s is %s', async (name, state) => {
    instances('i-1');
    ends(awsError(name));
    const verdicts = await check();
    expect([verdicts.length, statesOf(verdicts)]).toEqual([2, [state]]);
  });

  it('are dry, all of them, and of what stands', async () => {
    instances('i-1');
    ends(awsError('DryRunOperation'));
    await check();
    const sent = ec2.calls().map(({ args: [{ input }] }) => input as { DryRun?: boolean });
    expect(sent.filter((input) => !('MaxResults' in input)).map(({ DryRun }) => DryRun)).toEqual([true, true]);
    expect(sent).toContainEqual({ DryRun: true, NetworkInterfaceId: 'eni-1', Groups: ['sg-1'] });
  });

  it('answered as if done are unknown; without an instance there is none; refused a look are unknown', async () => {
    instances('i-1');
    ec2.on(CreateSnapshotsCommand).resolves({});
    ec2.on(ModifyNetworkInterfaceAttributeCommand).resolves({});
    expect(statesOf(await check())).toEqual(['unknown']);
    instances();
    expect(await check()).toEqual([]);
    ec2.on(DescribeInstancesCommand).rejects(denied);
    expect(statesOf(await check())).toEqual(['unknown']);
  });
});

describe('what is held', () => {
  const hold = (of: string, phase: string) => ({
    key: `${of}/global/iam/access-key/AKIDEXAMPLE`,
    version: 1,
    value: {
      setting: 'iam/access-key',
      id: 'AKIDEXAMPLE',
      account: of,
      region: 'global',
      phase,
      holders: { 'fb-1': 'Inactive' },
      releaser: null,
    },
  });
  const ledgerOf = (...records: readonly ReturnType<typeof hold>[]): Ledger => ({
    read: async () => undefined,
    write: async () => true,
    list: async (_collection, prefix) => records.filter(({ key }) => key.startsWith(prefix)) as never,
  });
  const kept = (ledger: Ledger) => ({
    named: 'the ledger',
    ledger,
    howToRelease: (ids: readonly string[]) => `release ${ids.join()}`,
  });

  it('is well when free, ill when held or on its way back, with who holds it', async () => {
    expect(statesOf(await checkHolds(kept(ledgerOf(hold(account, 'free')))))).toEqual(['well']);
    for (const phase of ['held', 'releasing']) {
      const verdicts = await checkHolds(kept(ledgerOf(hold(account, phase))));
      expect([statesOf(verdicts), sayings(verdicts)]).toEqual([['ill'], expect.stringContaining('release fb-1')]);
    }
  });

  it('is narrowed to one account', async () => {
    const ledger = ledgerOf(hold(account, 'held'), hold('444455556666', 'free'));
    expect(statesOf(await checkHolds(kept(ledger), '444455556666'))).toEqual(['well']);
    expect(statesOf(await checkHolds(kept(ledger), account))).toEqual(['ill']);
  });

  it('is unknown when the ledger can not be read', async () => {
    const ledger = { ...ledgerOf(), list: () => Promise.reject(denied) };
    expect(statesOf(await checkHolds(kept(ledger)))).toEqual(['unknown']);
  });
});

it('what is ill comes first, then what is unknown', () => {
  const of = (state: Verdict['state']) => ({ check: '', subject: '', state, said: '', remedy: '' });
  expect(worstFirst([of('well'), of('unknown'), of('ill')]).map(({ state }) => state)).toEqual([
    'ill',
    'unknown',
    'well',
  ]);
});
