// The ledger in DynamoDB keeps what every ledger keeps, on a DynamoDB that none of us wrote.
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, it } from 'vitest';
import { dynamodbLedger, tableKeys } from '../../functions/adapters/dynamodb-ledger.ts';
import { conformance } from '../ledger/conformance.ts';
import { startMoto } from './server.ts';

const moto = await startMoto();
afterAll(() => moto?.stop());

let tables = 0;

const newTable = async (url: string) => {
  const client = () =>
    new DynamoDBClient({
      region: 'eu-central-1',
      endpoint: url,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'anything' },
    });
  const TableName = `ledger-${++tables}`;
  const { partition, sort } = tableKeys;
  await client().send(
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
  await waitUntilTableExists({ client: client(), maxWaitTime: 30, minDelay: 1 }, { TableName });
  return {
    open: () => dynamodbLedger(client(), TableName),
    remove: async () => {
      await client().send(new DeleteTableCommand({ TableName }));
    },
  };
};

if (moto) conformance('The ledger in DynamoDB', () => newTable(moto.url));
else
  describe('The ledger in DynamoDB', () =>
    it('can be tried where moto_server is', ({ skip }) => skip('there is no moto_server on this machine')));
