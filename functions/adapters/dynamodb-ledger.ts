// The ledger in a DynamoDB table: what a deployment uses. One item a record; what a write depends on is a condition of that write.
import { createHash } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Json } from '../../playbooks/language/json.ts';
import type { Collection, Ledger, LedgerRecord } from '../engine/ledger.ts';

/**
 * A partition takes 1,000 write units a second, and an incident's record several with each write: a burst spreads over so many.
 * Never changed for a table that holds something: records would not be found any more.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export const shards = 16;

/** The names of the table's keys: the partition, and the record's own key in it. */
export const tableKeys = { partition: 'shard', sort: 'key' } as const;

type Item = Record<string, AttributeValue>;

/** What stands before the first slash keeps records together that are listed together: the blocks of one journal. */
const shardOf = (collection: Collection, key: string): string => {
  const [group = ''] = key.split('/');
  return `${collection}/${createHash('sha256').update(group).digest().readUInt16BE(0) % shards}`;
};

/** Where records are that begin so: in one shard if the prefix names their whole group. */
const shardsOf = (collection: Collection, prefix: string): readonly string[] =>
  prefix.includes('/')
    ? [shardOf(collection, prefix)]
    : Array.from({ length: shards }, (_, index) => `${collection}/${index}`);

const recordOf = ({ key, value, version }: Item): LedgerRecord => {
  if (key?.S === undefined || value?.S === undefined || version?.N === undefined)
    throw new Error(`The ledger's table holds an item that is no record: ${JSON.stringify(key)}.`);
  return { key: key.S, value: JSON.parse(value.S) as Json, version: Number(version.N) };
};

const byKey = (a: LedgerRecord, b: LedgerRecord): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/**
 * The ledger in this table, whose keys are both strings, named as `tableKeys` says. Every read is consistent: what was written before is seen.
 * Throws what AWS said, but for a write that came too late, which answers false.
 */
export const dynamodbLedger = (client: DynamoDBClient, table: string): Ledger => {
  const listShard = async (shard: string, prefix: string): Promise<readonly LedgerRecord[]> => {
    const found: LedgerRecord[] = [];
    let from: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          // An empty string is none that a key could begin with, as far as DynamoDB is concerned.
          KeyConditionExpression: prefix === '' ? '#shard = :shard' : '#shard = :shard AND begins_with(#key, :prefix)',
          ExpressionAttributeNames: { '#shard': tableKeys.partition, ...(prefix !== '' && { '#key': tableKeys.sort }) },
          ExpressionAttributeValues: { ':shard': { S: shard }, ...(prefix !== '' && { ':prefix': { S: prefix } }) },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      found.push(...Items.map(recordOf));
      from = LastEvaluatedKey;
    } while (from);
    return found;
  };
  return {
    read: async (collection, key) => {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: table,
          ConsistentRead: true,
          Key: { [tableKeys.partition]: { S: shardOf(collection, key) }, [tableKeys.sort]: { S: key } },
        }),
      );
      return Item && recordOf(Item);
    },
    write: async (collection, key, value, expectedVersion) => {
      const isNew = expectedVersion === 0;
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              [tableKeys.partition]: { S: shardOf(collection, key) },
              [tableKeys.sort]: { S: key },
              value: { S: JSON.stringify(value) },
              version: { N: String(expectedVersion + 1) },
            },
            ConditionExpression: isNew ? 'attribute_not_exists(#version)' : '#version = :expected',
            ExpressionAttributeNames: { '#version': 'version' },
            ...(!isNew && { ExpressionAttributeValues: { ':expected': { N: String(expectedVersion) } } }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    list: async (collection, prefix) => {
      const lists = await Promise.all(shardsOf(collection, prefix).map((shard) => listShard(shard, prefix)));
      return lists.flat().toSorted(byKey);
    },
  };
};
