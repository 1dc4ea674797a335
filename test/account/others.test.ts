// CloudTrail, SNS, Security Hub and STS of the account in memory, through the real SDK.
import { CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { AssumeRoleCommand, GetAccessKeyInfoCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cloudTrail, recordEvent } from '../../gameday/account/cloudtrail.ts';
import { addRootAccessKey, iam } from '../../gameday/account/iam.ts';
import { securityHub } from '../../gameday/account/securityhub.ts';
import { confirmSubscriptions, publishedTo, sns } from '../../gameday/account/sns.ts';
import { sts } from '../../gameday/account/sts.ts';
import type { World } from '../../gameday/account/world.ts';
import { elsewhere, home, nameOf, type Setup, setUp } from './clients.ts';

let setup: Setup;
let world: World;

beforeEach(() => {
  setup = setUp({ IAM: iam, STS: sts, CloudTrail: cloudTrail, SNS: sns, SecurityHub: securityHub });
  world = setup.world;
});
afterEach(() => expect(world.defects).toEqual([]));

describe('STS', () => {
  const trust = (...actions: readonly string[]) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${home}:root` }, Action: actions }],
    });
  const role = async (RoleName: string, AssumeRolePolicyDocument: string): Promise<string> => {
    const iamElsewhere = setup.client(IAMClient, elsewhere);
    const { Role } = await iamElsewhere.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    return Role?.Arn ?? '';
  };
  const assume = (input: { RoleArn: string; SourceIdentity?: string; DurationSeconds?: number }) =>
    setup.client(STSClient).send(new AssumeRoleCommand({ RoleSessionName: 'case-1', ...input }));

  test('the caller is a role of the account called', async () => {
    const identity = await setup.client(STSClient).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: home, Arn: `arn:aws:sts::${home}:assumed-role/firebreak/gameday` });
  });

  test('a role is assumed by whom its trust policy names', async () => {
    const RoleArn = await role('firebreak', trust('sts:AssumeRole', 'sts:SetSourceIdentity'));
    const answer = await assume({ RoleArn, SourceIdentity: 'incident-1' });
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${elsewhere}:assumed-role/firebreak/case-1`);
    expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:case-1$/);
    expect(answer.SourceIdentity).toBe('incident-1');
    expect(answer.Credentials?.Expiration).toEqual(new Date('2026-11-23T11:00:00Z'));
    const info = new GetAccessKeyInfoCommand({ AccessKeyId: answer.Credentials?.AccessKeyId });
    expect((await setup.client(STSClient).send(info)).Account).toBe(elsewhere);
  });

  test('a role that is not there, or trusts others, is denied alike', async () => {
    const RoleArn = await role('theirs', trust('sts:AssumeRole').replace(home, '123123123123'));
    expect(await nameOf(assume({ RoleArn }))).toBe('AccessDenied');
    expect(await nameOf(assume({ RoleArn: `arn:aws:iam::${elsewhere}:role/none` }))).toBe('AccessDenied');
    expect(await nameOf(assume({ RoleArn: 'arn:aws:iam::000000000000:role/none' }))).toBe('AccessDenied');
    expect(Object.keys(world.state.accounts)).not.toContain('000000000000');
  });

  test('a source identity needs its own action in the trust policy', async () => {
    const RoleArn = await role('firebreak', trust('sts:AssumeRole'));
    expect(await nameOf(assume({ RoleArn }))).toBe('no error');
    expect(await nameOf(assume({ RoleArn, SourceIdentity: 'incident-1' }))).toBe('AccessDenied');
  });

  test('a session lasts no longer than its role allows', async () => {
    const RoleArn = await role('firebreak', trust('sts:AssumeRole'));
    expect(await nameOf(assume({ RoleArn, DurationSeconds: 7200 }))).toBe('ValidationError');
  });

  test('an access key tells its account, a root key’s too', async () => {
    const iamHome = setup.client(IAMClient);
    await iamHome.send(new CreateUserCommand({ UserName: 'bob' }));
    const { AccessKey } = await iamHome.send(new CreateAccessKeyCommand({ UserName: 'bob' }));
    const root = addRootAccessKey(world, elsewhere);
    const ask = async (AccessKeyId: string | undefined) =>
      (await setup.client(STSClient).send(new GetAccessKeyInfoCommand({ AccessKeyId }))).Account;
    expect(await ask(AccessKey?.AccessKeyId)).toBe(home);
    expect(await ask(root)).toBe(elsewhere);
    // The published example of a key that nobody here has: medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
    expect(await ask('ASIAY34FZKBOKMUTVV7A')).toBe('609629065308');
    expect(await nameOf(ask('not-an-access-key'))).toBe('ValidationError');
  });
});

describe('CloudTrail', () => {
  const lookup = (input: LookupEventsCommandInput, region = 'us-east-1') =>
    setup.client(CloudTrailClient, home, region).send(new LookupEventsCommand(input));
  const minutesAgo = (minutes: number) => new Date(world.clock.now().getTime() - minutes * 60_000);
  const createdKey = (at: Date) => ({
    name: 'CreateAccessKey',
    source: 'iam.amazonaws.com',
    at,
    userName: 'bob',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    resources: [{ type: 'AWS::IAM::AccessKey', name: 'AKIANEW' }],
    detail: { requestParameters: { userName: 'backdoor' } },
  });

  test('events are found by one attribute, the newest first, each with its JSON', async () => {
    recordEvent(world, home, 'us-east-1', createdKey(minutesAgo(30)));
    const id = recordEvent(world, home, 'us-east-1', createdKey(minutesAgo(10)));
    recordEvent(world, home, 'us-east-1', { name: 'GetUser', source: 'iam.amazonaws.com', readOnly: true });
    const { Events } = await lookup({
      LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: 'AKIAIOSFODNN7EXAMPLE' }],
    });
    expect(Events?.map(({ EventTime }) => EventTime)).toEqual([minutesAgo(10), minutesAgo(30)]);
    expect(Events?.[0]).toMatchObject({
      EventId: id,
      EventName: 'CreateAccessKey',
      Username: 'bob',
      ReadOnly: 'false',
    });
    expect(JSON.parse(Events?.[0]?.CloudTrailEvent ?? '')).toMatchObject({
      eventID: id,
      eventName: 'CreateAccessKey',
      requestParameters: { userName: 'backdoor' },
    });
    const byName = await lookup({ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'AKIANEW' }] });
    expect(byName.Events).toHaveLength(2);
    expect((await lookup({ StartTime: minutesAgo(20) })).Events).toHaveLength(2);
  });

  test('each Region has its own history', async () => {
    recordEvent(world, home, 'us-east-1', createdKey(minutesAgo(1)));
    expect((await lookup({}, 'eu-west-1')).Events).toEqual([]);
  });

  test('an event is found once it has been delivered, and for 90 days', async () => {
    const deliveredAt = new Date(world.clock.now().getTime() + 300_000);
    recordEvent(world, home, 'us-east-1', { ...createdKey(minutesAgo(0)), deliveredAt });
    expect((await lookup({})).Events).toEqual([]);
    world.clock.advance(300_000);
    expect((await lookup({})).Events).toHaveLength(1);
    world.clock.advance(91 * 86_400_000);
    expect((await lookup({})).Events).toEqual([]);
  });

  test('pages go on by a token', async () => {
    for (let minutes = 1; minutes <= 5; minutes += 1)
      recordEvent(world, home, 'us-east-1', createdKey(minutesAgo(minutes)));
    const first = await lookup({ MaxResults: 3 });
    expect(first.Events).toHaveLength(3);
    const second = await lookup({ MaxResults: 3, NextToken: first.NextToken });
    expect(second.Events).toHaveLength(2);
    expect(second.NextToken).toBeUndefined();
  });

  test('two attributes, a page too large and a time backwards are refused', async () => {
    const attribute = { AttributeKey: 'EventName', AttributeValue: 'x' } as const;
    expect(await nameOf(lookup({ LookupAttributes: [attribute, attribute] }))).toBe('InvalidLookupAttributesException');
    expect(await nameOf(lookup({ MaxResults: 51 }))).toBe('InvalidMaxResultsException');
    expect(await nameOf(lookup({ StartTime: minutesAgo(1), EndTime: minutesAgo(2) }))).toBe(
      'InvalidTimeRangeException',
    );
  });
});

describe('SNS', () => {
  const topic = async (): Promise<string> => {
    const { TopicArn } = await setup.client(SNSClient).send(new CreateTopicCommand({ Name: 'incidents' }));
    return TopicArn ?? '';
  };
  const publish = (TopicArn: string, more: object = {}, region = 'us-east-1') =>
    setup.client(SNSClient, home, region).send(new PublishCommand({ TopicArn, Message: 'contained', ...more }));

  test('a topic keeps what is published', async () => {
    const TopicArn = await topic();
    expect(await topic()).toBe(TopicArn);
    const MessageAttributes = { severity: { DataType: 'String', StringValue: 'high' } };
    const { MessageId } = await publish(TopicArn, { Subject: 'Case 1', MessageAttributes });
    expect(MessageId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(publishedTo(world.state, TopicArn)).toEqual([
      {
        id: MessageId,
        message: 'contained',
        subject: 'Case 1',
        attributes: { severity: 'high' },
        at: '2026-11-23T10:00:00.000Z',
      },
    ]);
  });

  test('a mail’s reader must confirm', async () => {
    const TopicArn = await topic();
    const client = setup.client(SNSClient);
    const { SubscriptionArn } = await client.send(
      new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'soc@example.com' }),
    );
    expect(SubscriptionArn).toBe('pending confirmation');
    const attributes = async () => (await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes;
    expect(await attributes()).toMatchObject({ SubscriptionsConfirmed: '0', SubscriptionsPending: '1', Owner: home });
    confirmSubscriptions(world.state, TopicArn);
    expect(await attributes()).toMatchObject({ SubscriptionsConfirmed: '1', SubscriptionsPending: '0' });
  });

  test('what SNS refuses', async () => {
    const TopicArn = await topic();
    expect(await nameOf(publish(`${TopicArn}-2`))).toBe('NotFoundException');
    expect(await nameOf(publish(TopicArn, {}, 'eu-west-1'))).toBe('InvalidParameterException');
    expect(await nameOf(publish(TopicArn.replace(home, elsewhere)))).toBe('AuthorizationErrorException');
    expect(await nameOf(publish(TopicArn, { Subject: 'x'.repeat(101) }))).toBe('InvalidParameterException');
    expect(await nameOf(publish(TopicArn, { Subject: 'two\nlines' }))).toBe('InvalidParameterException');
    expect(await nameOf(publish(TopicArn, { Message: 'ä'.repeat(131_073) }))).toBe('InvalidParameterException');
  });
});

describe('Security Hub', () => {
  const ProductArn = 'arn:aws:securityhub:us-east-1::product/aws/guardduty';
  const finding = (Id: string, more: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding => ({
    SchemaVersion: '2018-10-08',
    Id,
    ProductArn,
    GeneratorId: 'guardduty',
    AwsAccountId: home,
    Types: ['TTPs'],
    CreatedAt: '2026-11-23T09:00:00Z',
    UpdatedAt: '2026-11-23T09:00:00Z',
    Severity: { Label: 'HIGH' },
    Title: 't',
    Description: 'd',
    Resources: [{ Type: 'AwsEc2Instance', Id: `arn:aws:ec2:us-east-1:${home}:instance/i-1` }],
    ...more,
  });
  const client = () => setup.client(SecurityHubClient);
  const put = (...Findings: AwsSecurityFinding[]) => client().send(new BatchImportFindingsCommand({ Findings }));
  const update = (ids: readonly string[], more: object) =>
    client().send(
      new BatchUpdateFindingsCommand({ FindingIdentifiers: ids.map((Id) => ({ Id, ProductArn })), ...more }),
    );
  const get = async (Id: string) =>
    (await client().send(new GetFindingsCommand({ Filters: { Id: [{ Comparison: 'EQUALS', Value: Id }] } })))
      .Findings?.[0];

  test('an update changes the workflow and the note, and not UpdatedAt', async () => {
    await put(finding('f-1'));
    expect(await get('f-1')).toMatchObject({ Workflow: { Status: 'NEW' }, RecordState: 'ACTIVE' });
    const Note = { Text: 'isolated', UpdatedBy: 'firebreak' };
    const answer = await update(['f-1'], {
      Note,
      Workflow: { Status: 'NOTIFIED' },
      UserDefinedFields: { incident: 'x' },
    });
    expect(answer).toMatchObject({ ProcessedFindings: [{ Id: 'f-1', ProductArn }], UnprocessedFindings: [] });
    expect(await get('f-1')).toMatchObject({
      Workflow: { Status: 'NOTIFIED' },
      Note: { ...Note, UpdatedAt: '2026-11-23T10:00:00.000Z' },
      UpdatedAt: '2026-11-23T09:00:00Z',
    });
    await update(['f-1'], { Note: { Text: 'released', UpdatedBy: 'firebreak' } });
    expect((await get('f-1'))?.Note?.Text).toBe('released');
  });

  test('an import again leaves the customer’s fields', async () => {
    await put(finding('f-1'));
    await update(['f-1'], { Workflow: { Status: 'NOTIFIED' } });
    await put(finding('f-1', { UpdatedAt: '2026-11-23T12:00:00Z', Title: 'again' }));
    expect(await get('f-1')).toMatchObject({
      Workflow: { Status: 'NOTIFIED' },
      Title: 'again',
      UpdatedAt: '2026-11-23T12:00:00Z',
    });
  });

  test('failures are inside a success', async () => {
    await put(finding('f-1'));
    const { ProcessedFindings, UnprocessedFindings } = await update(['f-1', 'f-2', 'f-1'], {
      Workflow: { Status: 'RESOLVED' },
    });
    expect(ProcessedFindings).toHaveLength(1);
    expect(UnprocessedFindings?.map(({ ErrorCode, FindingIdentifier }) => [FindingIdentifier?.Id, ErrorCode])).toEqual([
      ['f-2', 'FindingNotFound'],
      ['f-1', 'DuplicatedFindingIdentifier'],
    ]);
    const imported = await put(finding('mine'), finding('theirs', { AwsAccountId: elsewhere }));
    expect(imported).toMatchObject({ SuccessCount: 1, FailedCount: 1, FailedFindings: [{ Id: 'theirs' }] });
  });

  test('limits are refused', async () => {
    const many = Array.from({ length: 101 }, (_, index) => `f-${index}`);
    expect(await nameOf(update(many, { Workflow: { Status: 'NEW' } }))).toBe('InvalidInputException');
    const Note = { Text: 'x'.repeat(513), UpdatedBy: 'firebreak' };
    expect(await nameOf(update(['f-1'], { Note }))).toBe('InvalidInputException');
  });

  test('findings are filtered', async () => {
    await put(finding('f-1'), finding('f-2', { RecordState: 'ARCHIVED' }), finding('g-3'));
    const ids = async (Filters: object) =>
      (await client().send(new GetFindingsCommand({ Filters }))).Findings?.map(({ Id }) => Id);
    const equals = (Value: string) => ({ Comparison: 'EQUALS', Value });
    expect(await ids({ Id: [{ Comparison: 'PREFIX', Value: 'f-' }], RecordState: [equals('ACTIVE')] })).toEqual([
      'f-1',
    ]);
    expect(await ids({ Id: [equals('f-1'), equals('g-3')] })).toEqual(['f-1', 'g-3']);
    expect(await ids({ WorkflowStatus: [{ Comparison: 'NOT_EQUALS', Value: 'NEW' }] })).toEqual([]);
    const first = await client().send(new GetFindingsCommand({ MaxResults: 2 }));
    expect(first.Findings).toHaveLength(2);
    const second = await client().send(new GetFindingsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect(second.Findings).toHaveLength(1);
  });
});
