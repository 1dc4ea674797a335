// The ledger in DynamoDB keeps what every ledger keeps, on a DynamoDB that none of us wrote.
import { afterAll, describe, it } from 'vitest';
import { conformance } from '../ledger/conformance.ts';
import { parallelHolders } from '../ledger/holders.ts';
import { newTable } from '../ledger/table.ts';
import { startMoto } from './server.ts';

const moto = await startMoto();
afterAll(() => moto?.stop());

if (moto) {
  conformance('The ledger in DynamoDB', () => newTable(moto.url));
  parallelHolders('moto_server', () => newTable(moto.url));
} else
  describe('The ledger in DynamoDB', () =>
    it('can be tried where moto_server is', ({ skip }) => skip('there is no moto_server on this machine')));
