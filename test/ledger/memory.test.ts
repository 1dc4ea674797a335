// The ledger in memory keeps what every ledger keeps.
import { memoryLedger } from '../../gameday/memory-ledger.ts';
import { conformance } from './conformance.ts';

conformance('The ledger in memory', () => {
  const ledger = memoryLedger();
  return { open: () => ledger, remove: () => {} };
});
