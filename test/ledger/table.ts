// A table for the ledger, on a DynamoDB that none of us wrote.
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { dynamodbLedger, tableKeys } from '../../functions/adapters/dynamodb-ledger.ts';
import type { Store } from './conformance.ts';

/** As the stack makes it. */
export const createTable = async (client: DynamoDBClient, TableName: string): Promise<void> => {
  const { partition, sort } = tableKeys;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partition, sort].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
};

let tables = 0;

/** A new one each time; whoever opens it gets a client of his own, as each function has. */
export const newTable = async (url: string): Promise<Store> => {
  const client = () =>
    new DynamoDBClient({
      region: 'eu-central-1',
      endpoint: url,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'anything' },
    });
  const TableName = `ledger-${++tables}`;
  await createTable(client(), TableName);
  return {
    open: () => dynamodbLedger(client(), TableName),
    remove: async () => {
      await client().send(new DeleteTableCommand({ TableName }));
    },
  };
};
