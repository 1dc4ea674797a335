// Comparing accounts: every difference is found, and only what has a reason is excused.
import { describe, expect, it } from 'vitest';
import type { State } from '../../gameday/account/state.ts';
import { compareAccounts, judgeDifferences, saidDifference } from '../../gameday/compare.ts';

const account = '111122223333';
const world = (ec2: object, iam: object = {}): State => ({
  accounts: { [account]: { global: { iam }, regions: { 'eu-central-1': { ec2 } } } },
});

const judged = (before: object, after: object, supporting: readonly string[] = []) => {
  const { left, explained } = judgeDifferences(compareAccounts(world(before), world(after)), supporting);
  return { left: left.map(saidDifference), explained: explained.map(({ path, why }) => `${path.at(-1)}: ${why}`) };
};

describe('differences', () => {
  it('are found wherever they are, by their path', () => {
    const before = { networkInterfaces: { 'eni-1': { Groups: ['sg-1', 'sg-2'], Description: 'web' } } };
    const after = { networkInterfaces: { 'eni-1': { Groups: ['sg-1', 'sg-3'] } } };
    expect(compareAccounts(world(before), world(after))).toEqual([
      {
        path: [account, 'regions', 'eu-central-1', 'ec2', 'networkInterfaces', 'eni-1', 'Description'],
        change: 'removed',
        before: 'web',
      },
      {
        path: [account, 'regions', 'eu-central-1', 'ec2', 'networkInterfaces', 'eni-1', 'Groups', '1'],
        change: 'changed',
        before: 'sg-2',
        after: 'sg-3',
      },
    ]);
  });

  it('are none between equal states, whatever the order of their keys', () => {
    expect(compareAccounts(world({ a: 1, b: [1, 2] }), world({ b: [1, 2], a: 1 }))).toEqual([]);
  });

  it('see a list that grew, and one that was put in another order', () => {
    expect(compareAccounts(world({ list: [1] }), world({ list: [1, 2] }))).toMatchObject([{ change: 'changed' }]);
    expect(compareAccounts(world({ list: [1, 2] }), world({ list: [2, 1] }))).toHaveLength(2);
  });

  it('see an account that came or went', () => {
    expect(compareAccounts({ accounts: {} }, world({}))).toMatchObject([{ path: [account], change: 'added' }]);
  });
});

describe('what may differ', () => {
  it('evidence that was added, with its tags', () => {
    const after = { snapshots: { 'snap-1': { lock: {} } }, tags: { 'snap-1': { case: 'c' } } };
    expect(judged({ snapshots: {}, tags: {} }, after)).toEqual({
      left: [],
      explained: ['snap-1: evidence', 'snap-1: evidence'],
    });
  });

  it('but no snapshot that was there before', () => {
    const before = { snapshots: { 'snap-1': { public: false } } };
    expect(judged(before, { snapshots: { 'snap-1': { public: true } } }).left).toHaveLength(1);
    expect(judged(before, { snapshots: {} }).left).toHaveLength(1);
  });

  it('a supporting resource, where it is listed', () => {
    const after = { securityGroups: { 'sg-9': { GroupName: 'firebreak' } } };
    expect(judged({ securityGroups: {} }, after).left).toHaveLength(1);
    expect(judged({ securityGroups: {} }, after, ['sg-9'])).toEqual({
      left: [],
      explained: ['sg-9: supporting resource'],
    });
  });

  it('connections that were cut, and the id of an association that was made anew', () => {
    const before = {
      flows: { f: { state: 'open' } },
      addresses: { 'eipalloc-1': { AssociationId: 'a', PrivateIp: 'x' } },
    };
    const after = {
      flows: { f: { state: 'closed' } },
      addresses: { 'eipalloc-1': { AssociationId: 'b', PrivateIp: 'y' } },
    };
    const { left, explained } = judged(before, after);
    expect(left).toEqual(['regions › eu-central-1 › ec2 › addresses › eipalloc-1 › PrivateIp: was "x", is "y"']);
    expect(explained).toEqual(['AssociationId: new id', 'state: live traffic']);
  });
});
