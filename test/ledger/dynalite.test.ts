// The ledger's adapter against a DynamoDB in this process, with every npm test. moto_server is another one: npm run test:moto.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { afterAll } from 'vitest';
import { conformance } from './conformance.ts';
import { parallelHolders } from './holders.ts';
import { newTable } from './table.ts';

const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => server.close());

conformance('The ledger in dynalite', () => newTable(url));
parallelHolders('dynalite', () => newTable(url));
