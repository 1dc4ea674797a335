// Resource rails: exemptions, crown jewels, shares, and harm that must be there to be seen.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentChange } from '../../functions/engine/incident.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import { resourceRails, shareRail, type Weighed } from '../../functions/rails/resource.ts';
import { finding, here, on, own } from './ground.ts';

const arn = `arn:aws:ec2:${here}:${own}:instance/i-1`;
const change: IncidentChange = {
  as: 'block',
  setting: 's3/block',
  id: 'b',
  from: false,
  to: true,
  fromSaid: 'open',
  toSaid: 'blocked',
  effect: 'containing',
  release: 'restore',
  state: 'planned',
  note: '',
  failure: '',
  dated: false,
};

const weighed = (part: Partial<Weighed> = {}): Weighed => ({
  target: { type: 'AWS::EC2::Instance', id: 'i-1', partition: 'aws', account: own, region: here, detail: {} },
  arn,
  bearing: { arns: [], tags: {}, shares: [] },
  changes: [change],
  finding: finding(),
  units: [],
  now: new Date('2026-11-02T03:04:05.000Z'),
  ...part,
});

const said = (one: Weighed, input: ConfigInput): readonly string[] =>
  resourceRails(one, on(input)).map(({ rule, do: how, reason }) => `${rule} → ${how}: ${reason}`);

const entry = { owner: 'payments', reason: 'card terminals', until: '2026-12-31' };
const tagged = (tags: Record<string, string> | null) => weighed({ bearing: { arns: [], tags, shares: [] } });

describe('exempt', () => {
  it.each<[string, Weighed, ConfigInput['protected']]>([
    ['by ARN', weighed(), [{ ...entry, arn }]],
    ['by a pattern', weighed(), [{ ...entry, arn: `arn:aws:ec2:*:${own}:instance/*` }]],
    [
      'by what else it would cut off',
      weighed({ bearing: { arns: ['arn:aws:iam::111122223333:role/ci/deploy'], tags: {}, shares: [] } }),
      [{ ...entry, arn: 'arn:aws:iam::*:role/ci/*' }],
    ],
    ['by account', weighed(), [{ ...entry, account: own }]],
    ['by unit', weighed({ units: ['ou-ab12-cdef3456', 'r-ab12'] }), [{ ...entry, ou: 'ou-ab12-cdef3456' }]],
    ['by a tag on what is listed', tagged({ tier: 'lab' }), [{ ...entry, arn, tag: 'tier=lab' }]],
    ['by a tag of any value', tagged({ tier: 'lab' }), [{ ...entry, account: own, tag: 'tier' }]],
    ['on the last day', weighed({ now: new Date('2026-12-31T23:59:59.000Z') }), [{ ...entry, arn }]],
  ])('%s', (_what, one, entries) => {
    expect(said(one, { protected: entries })).toEqual([
      'protected → tell: it is exempt by protected[0] of firebreak.config.ts (payments: card terminals, until 2026-12-31); to have it contained, take that entry out',
    ]);
  });

  it.each<[string, Weighed, ConfigInput['protected']]>([
    ['another ARN', weighed(), [{ ...entry, arn: 'arn:aws:ec2:*:*:instance/i-2' }]],
    [
      'a tag on what is not listed',
      tagged({ tier: 'lab' }),
      [{ ...entry, arn: 'arn:aws:ec2:*:*:instance/i-2', tag: 'tier=lab' }],
    ],
    ['the tag with another value', tagged({ tier: 'prod' }), [{ ...entry, arn, tag: 'tier=lab' }]],
    ['without the tag', tagged({}), [{ ...entry, arn, tag: 'tier=lab' }]],
    ['a tag called as an object is', tagged({}), [{ ...entry, arn, tag: 'constructor' }]],
    ['another account', weighed(), [{ ...entry, account: '444455556666' }]],
    ['another unit', weighed({ units: ['ou-ab12-00000000'] }), [{ ...entry, ou: 'ou-ab12-cdef3456' }]],
    ['after the last day', weighed({ now: new Date('2027-01-01T00:00:00.000Z') }), [{ ...entry, arn }]],
  ])('not: %s', (_what, one, entries) => expect(said(one, { protected: entries })).toEqual([]));

  it('no tag exempts what is not listed', () => {
    const tag = fc.stringMatching(/^[a-z]{1,8}(=[a-z]{0,8})?$/);
    fc.assert(
      fc.property(tag, (one) => {
        const [key = '', value = ''] = one.split('=');
        const protectedBy = [{ ...entry, arn: 'arn:aws:ec2:*:*:instance/i-2', tag: one }];
        return said(tagged({ [key]: value }), { protected: protectedBy }).length === 0;
      }),
    );
  });

  it('what cannot be told asks', () => {
    expect(
      said(weighed({ units: { unread: 'AccessDenied' } }), { protected: [{ ...entry, ou: 'ou-ab12-cdef3456' }] }),
    ).toEqual([expect.stringMatching(/^protected → ask: whether it is exempt .* can't be told: .*AccessDenied/)]);
    expect(said(tagged(null), { protected: [{ ...entry, arn, tag: 'tier=lab' }] })).toEqual([
      expect.stringContaining('this playbook does not look at tags'),
    ]);
    expect(said(tagged(null), { protected: [{ ...entry, arn: 'arn:aws:s3:::other', tag: 'tier=lab' }] })).toEqual([]);
  });

  it("Firebreak's own role is cut off only by a person's word", () => {
    const one = weighed({
      bearing: { arns: [`arn:aws:iam::${own}:role/firebreak-isolate-instance`], tags: {}, shares: [] },
    });
    expect(said(one, {})).toEqual([expect.stringContaining('protected → ask')]);
  });
});

describe('crown jewels ask', () => {
  it('by a tag alone, without an end', () => {
    const input = { crownJewels: [{ tag: 'data=cardholder', owner: 'payments', reason: 'regulated' }] };
    expect(said(tagged({ data: 'cardholder' }), input)).toEqual([
      'crown jewel → ask: it is one by crownJewels[0] of firebreak.config.ts (payments: regulated)',
    ]);
    expect(said(tagged({ data: 'public' }), input)).toEqual([]);
    expect(said(tagged(null), input)).toEqual([expect.stringContaining("can't be told")]);
  });
});

describe('share of a group', () => {
  const of = 'Auto Scaling group web';
  it.each([
    [{ total: 4, remaining: 3 }, {}, 'goes on'],
    [{ total: 4, remaining: 2 }, {}, 'goes on'],
    [{ total: 4, remaining: 1 }, {}, 'asks'],
    [{ total: 2, remaining: 1 }, {}, 'goes on'],
    [{ total: 2, remaining: 1 }, { min: 2 }, 'asks'],
    [{ total: 1, remaining: 0 }, {}, 'asks'],
    [{ total: 100, remaining: 99 }, { percent: 0 }, 'asks'],
    [{ total: 3, remaining: 2 }, { percent: 33 }, 'asks'],
    [{ total: 3, remaining: 2 }, { percent: 34 }, 'goes on'],
  ] as const)('%o with %o %s', (share, limits, how) => {
    expect(shareRail({ of, ...share }, on({ share: limits })).length).toBe(how === 'asks' ? 1 : 0);
  });

  it('what was taken just now counts, though it may not be seen yet', () => {
    const share = { of, total: 10, remaining: 9 };
    expect(shareRail(share, on(), 4)).toEqual([]);
    expect(shareRail(share, on(), 5)).toMatchObject([
      {
        do: 'ask',
        reason:
          '6 of 10 in Auto Scaling group web would serve no more (5 of them just now), 4 would; share allows 50 % and leaves at least 1',
      },
    ]);
  });

  it('what could not be read asks', () => {
    const one = weighed({
      bearing: { arns: [], tags: {}, shares: [], unread: ['AccessDenied for the target groups'] },
    });
    expect(said(one, {})).toEqual([expect.stringContaining('AccessDenied for the target groups')]);
  });
});

describe('what Config says must be there to be seen', () => {
  const byConfig = finding({ detector: 'config', channel: 'config', type: 's3-bucket-public-read-prohibited' });

  it('open: it goes on', () => expect(said(weighed({ finding: byConfig }), {})).toEqual([]));

  it('closed already: planned and told', () => {
    const closed = { ...change, from: true };
    expect(said(weighed({ finding: byConfig, changes: [closed] }), {})).toEqual([
      expect.stringContaining(
        'harm seen → plan: s3-bucket-public-read-prohibited says non-compliant, and everything stands',
      ),
    ]);
    expect(said(weighed({ changes: [closed] }), {})).toEqual([]);
  });

  it('unreadable: a person decides', () => {
    const unreadable = { ...change, from: null, note: 'Could not be read: AccessDenied' };
    expect(said(weighed({ finding: byConfig, changes: [unreadable] }), {})).toEqual([
      expect.stringContaining(
        "harm seen → ask: s3-bucket-public-read-prohibited says non-compliant, and what stands can't be read",
      ),
    ]);
  });
});
