// The network comes back before Auto Scaling and the load balancers look at the instance again.
import { expect, it } from 'vitest';
import { cases, stage } from '../laws/staged.ts';

it('puts the network back before the group takes the instance back, and the tag last', async () => {
  const one = cases.find(({ name }) => name === 'crypto-miner');
  if (!one) throw new Error('The scenario crypto-miner is gone.');
  const { respond, practice, calls } = await stage(one);
  const { incident } = await respond();
  const before = calls().length;
  await practice.release(incident, 'restore');
  const writes = calls()
    .slice(before)
    .filter(({ write }) => write)
    .map(({ command, input }) =>
      command === 'ModifyNetworkInterfaceAttribute' && 'Groups' in (input as object) ? 'groups' : command,
    );
  expect(writes.indexOf('groups')).toBeGreaterThanOrEqual(0);
  expect(writes.indexOf('groups')).toBeLessThan(writes.indexOf('ExitStandby'));
  expect(writes.indexOf('ExitStandby')).toBeLessThan(writes.indexOf('DeleteTags'));
});
