// The ledger in DynamoDB, call by call. That it keeps what every ledger keeps is tried against an independent DynamoDB: npm run test:moto.
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamodbLedger, shards } from '../../functions/adapters/dynamodb-ledger.ts';

const table = 'firebreak-ledger';
const mock = mockClient(DynamoDBClient);
const ledger = dynamodbLedger(new DynamoDBClient({ region: 'eu-central-1' }), table);

beforeEach(() => mock.reset());
afterAll(() => mock.restore());

const tooLate = new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
const throttled = Object.assign(new Error('Too fast'), { name: 'ProvisionedThroughputExceededException' });

const puts = () => mock.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input);
const queries = () => mock.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input);

describe('a write', () => {
  it('of a new record depends on there being none', async () => {
    mock.on(PutItemCommand).resolves({});
    expect(await ledger.write('holds', 'one', { a: 1 }, 0)).toBe(true);
    expect(puts()).toMatchObject([
      {
        TableName: table,
        Item: { key: { S: 'one' }, value: { S: '{"a":1}' }, version: { N: '1' } },
        ConditionExpression: 'attribute_not_exists(#version)',
      },
    ]);
  });

  it('of one that stands depends on its version', async () => {
    mock.on(PutItemCommand).resolves({});
    await ledger.write('holds', 'one', 'b', 4);
    expect(puts()).toMatchObject([
      {
        Item: { version: { N: '5' } },
        ConditionExpression: '#version = :expected',
        ExpressionAttributeValues: { ':expected': { N: '4' } },
      },
    ]);
  });

  it('that came too late is false, and anything else is said', async () => {
    mock.on(PutItemCommand).rejectsOnce(tooLate).rejects(throttled);
    expect(await ledger.write('holds', 'one', 'b', 4)).toBe(false);
    await expect(ledger.write('holds', 'one', 'b', 4)).rejects.toThrow('Too fast');
  });
});

describe('a read', () => {
  it('is consistent, or it would miss what was just written', async () => {
    mock.on(GetItemCommand).resolves({});
    mock.on(QueryCommand).resolves({});
    expect(await ledger.read('holds', 'one')).toBeUndefined();
    await ledger.list('holds', 'one/');
    const inputs = [...mock.commandCalls(GetItemCommand), ...mock.commandCalls(QueryCommand)];
    expect(inputs.map(({ args: [{ input }] }) => input.ConsistentRead)).toEqual([true, true]);
  });

  it('of what is no record of ours fails in words', async () => {
    mock.on(GetItemCommand).resolves({ Item: { key: { S: 'one' } } });
    await expect(ledger.read('holds', 'one')).rejects.toThrow(/holds an item that is no record: .*one/);
  });
});

describe('a list', () => {
  it('goes on where a page ended', async () => {
    const item = (key: string) => ({ key: { S: key }, value: { S: 'null' }, version: { N: '1' } });
    const next = { shard: { S: 'x' }, key: { S: 'a/1' } };
    mock
      .on(QueryCommand)
      .resolvesOnce({ Items: [item('a/2'), item('a/1')], LastEvaluatedKey: next })
      .resolvesOnce({ Items: [item('a/0')] });
    expect((await ledger.list('journal', 'a/')).map(({ key }) => key)).toEqual(['a/0', 'a/1', 'a/2']);
    expect(queries()[1]?.ExclusiveStartKey).toEqual(next);
  });

  it('asks one shard where the prefix names a whole group, and each of them otherwise', async () => {
    mock.on(QueryCommand).resolves({});
    await ledger.list('journal', 'fb-0123456789ab/');
    expect(queries()).toHaveLength(1);
    await ledger.list('incidents', '');
    expect(new Set(queries().map(({ ExpressionAttributeValues: values }) => values?.[':shard']?.S)).size).toBe(
      shards + 1,
    );
  });

  it('finds a record in the shard that it was written to', async () => {
    mock.on(PutItemCommand).resolves({});
    mock.on(QueryCommand).resolves({});
    for (let number = 0; number < 50; number++) {
      mock.resetHistory();
      await ledger.write('journal', `fb-${number}/0001`, null, 0);
      await ledger.list('journal', `fb-${number}/`);
      expect(queries()[0]?.ExpressionAttributeValues?.[':shard']).toEqual(puts()[0]?.Item?.shard);
    }
  });
});
