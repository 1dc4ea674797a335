// Event rails, one by one: what each says of an event, in words that name the way to change it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../functions/rails/config.ts';
import { type Decision, stricter, strictest } from '../../functions/rails/decision.ts';
import { type Arrival, eventRails } from '../../functions/rails/event.ts';
import { readEvent } from '../../functions/sources/read-event.ts';
import { configEvent } from '../../playbooks/events/config.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { securityHubControlEvent } from '../../playbooks/events/securityhub.ts';
import type { Disposition } from '../../playbooks/language/answer.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { finding, here, on, own } from './ground.ts';

const other = '444455556666';
const now = new Date('2026-11-02T03:05:00.000Z');
const at = new Date('2026-11-02T03:04:05.000Z');

const arrival = (part: Partial<Arrival> = {}, of: Partial<Finding> = {}): Arrival => ({
  finding: finding(of),
  target: {
    type: 'AWS::EC2::Instance',
    id: 'i-1',
    partition: 'aws',
    account: own,
    region: here,
    detail: {},
    ...part.target,
  },
  playbook: 'isolate-instance',
  scope: 'regional',
  event: { account: own, region: here },
  own: { account: own, region: here },
  position: 'on',
  now,
  ...part,
});

const said = (one: Arrival, input: ConfigInput = {}): readonly string[] =>
  eventRails(one, on(input)).map(({ rule, do: how, reason }) => `${rule} → ${how}: ${reason}`);

const at444 = { type: 'AWS::EC2::Instance', id: 'i-1', partition: 'aws', account: other, region: here, detail: {} };
const ofOther = {
  account: other,
  id: `arn:aws:guardduty:${here}:${other}:detector/1/finding/2`,
} satisfies Partial<Finding>;
const hub = (productArn: string) => ({ hub: { productArn } });

/** Read from an event of a builder, as it comes in. */
const read = (event: Json): Partial<Finding> => {
  const reading = readEvent(event, now);
  if ('unreadable' in reading) throw new Error(reading.unreadable);
  return reading.findings[0] ?? {};
};

describe('an event that agrees with itself goes on', () => {
  it.each<[string, Arrival]>([
    ["the member's own", arrival()],
    ["a member's, in the administrator account where Firebreak runs", arrival({ target: at444 }, ofOther)],
    [
      "GuardDuty's copy in Security Hub, told in the aggregation Region",
      arrival(
        { event: { account: own, region: 'us-east-1' } },
        { channel: 'securityhub-imported', ...hub(`arn:aws:securityhub:${here}::product/aws/guardduty`) },
      ),
    ],
    [
      'a control',
      arrival(
        {},
        read(
          securityHubControlEvent({
            control: 'S3.2',
            resource: { bucket: 'a-bucket' },
            account: own,
            region: here,
            at,
          }),
        ),
      ),
    ],
    [
      'a Config rule that is trusted',
      arrival(
        {},
        read(
          configEvent({
            rule: 's3-bucket-public-read-prohibited',
            resource: { type: 'AWS::S3::Bucket', id: 'a-bucket' },
            account: own,
            region: here,
            at,
          }),
        ),
      ),
    ],
    [
      'a request by hand',
      arrival({ event: { account: '', region: '' } }, { channel: 'manual', detector: 'manual', id: 'manual/1' }),
    ],
  ])('%s', (_what, one) => expect(said(one)).toEqual([]));

  it('a rule is trusted by its ARN too', () => {
    const one = arrival(
      {},
      read(
        configEvent({
          rule: 'mine',
          resource: { type: 'AWS::S3::Bucket', id: 'a-bucket' },
          account: own,
          region: here,
          at,
        }),
      ),
    );
    expect(said(one)).toHaveLength(1);
    expect(said(one, { trustedConfigRules: [`arn:aws:config:${here}:${own}:config-rule/config-rule-*`] })).toEqual([]);
  });

  it("a listed administrator's account may speak of others", () => {
    const one = arrival({ target: at444, event: { account: '999988887777', region: here } }, ofOther);
    expect(said(one)).toEqual([expect.stringContaining('list 999988887777 in administrators')]);
    expect(said(one, { administrators: ['999988887777'] })).toEqual([]);
  });
});

describe('each rail, and how it is changed', () => {
  it.each<[string, Arrival, ConfigInput, string]>([
    [
      'another account speaks',
      arrival({ event: { account: other, region: here } }),
      {},
      `authentic → tell: the event does not agree with itself: it came from account ${other}`,
    ],
    [
      'a member names a resource of another',
      arrival(
        { target: at444, event: { account: '222233334444', region: here }, own: { account: own, region: here } },
        { account: '222233334444', id: `arn:aws:guardduty:${here}:222233334444:detector/1/finding/2` },
      ),
      {},
      'authentic → tell',
    ],
    ['GuardDuty of another Region', arrival({ event: { account: own, region: 'us-east-1' } }), {}, 'authentic → tell'],
    [
      'an id of another account',
      arrival({}, { id: `arn:aws:guardduty:${here}:${other}:detector/1/finding/2` }),
      {},
      `authentic → tell: the event does not agree with itself: its id is of account ${other}`,
    ],
    [
      'an id of another Region',
      arrival({}, { id: `arn:aws:guardduty:us-east-1:${own}:detector/1/finding/2` }),
      {},
      'its id is of Region us-east-1',
    ],
    [
      'an id of another service',
      arrival({}, { id: `arn:aws:s3:${here}:${own}:detector/1` }),
      {},
      'is no ARN of guardduty',
    ],
    [
      'a replay',
      arrival({ event: { account: own, region: here, replay: 'again' } }),
      {},
      'authentic → ask: somebody replayed it',
    ],
    [
      'an account that is not ours',
      arrival(),
      { accounts: [other] },
      `answered for → tell: account ${own} is none that this deployment answers for; list it under accounts`,
    ],
    [
      'an account that is not our own',
      arrival({ target: at444 }, ofOther),
      { accounts: 'own' },
      `answered for → tell: account ${other}`,
    ],
    [
      'a Region that is not ours',
      arrival(),
      { regions: ['us-east-1'] },
      `answered for → tell: Region ${here} is none that this deployment answers for; list it under regions`,
    ],
    [
      'a product of a customer',
      arrival(
        {},
        { channel: 'securityhub-imported', ...hub(`arn:aws:securityhub:${here}:${own}:product/${own}/default`) },
      ),
      {},
      "Security Hub product → tell: the finding is of arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default, and only AWS's own products are acted upon",
    ],
    [
      "a customer's that a person chose",
      arrival(
        {},
        { channel: 'securityhub-custom-action', ...hub(`arn:aws:securityhub:${here}:${own}:product/${own}/default`) },
      ),
      {},
      'Security Hub product → ask',
    ],
    [
      'a partner that calls itself AWS',
      arrival(
        {},
        { channel: 'securityhub-imported', ...hub(`arn:aws:securityhub:${here}:${own}:product/aws/guardduty`) },
      ),
      {},
      'Security Hub product → tell',
    ],
    ['no product at all', arrival({}, { channel: 'securityhub-imported' }), {}, 'Security Hub product → tell'],
    [
      'an archived finding',
      arrival({}, { standing: 'archived' }),
      {},
      'standing → ignore: the finding is archived, so there is nothing to respond to',
    ],
    [
      'a sample',
      arrival({}, { sample: true }),
      {},
      'sample → plan: a sample finding is planned and told, never acted upon',
    ],
    [
      'an old finding',
      arrival({}, { updatedAt: '2026-11-02T01:00:00.000Z' }),
      {},
      'age → ask: the finding is of 2026-11-02T01:00:00.000Z, 125 minutes ago; staleAfterMinutes is 60',
    ],
    [
      'a finding of tomorrow',
      arrival({}, { updatedAt: '2026-11-03T03:00:00.000Z' }),
      {},
      'age → ask: the finding says that it is of 2026-11-03T03:00:00.000Z, which is still to come',
    ],
    [
      'a global resource away from home',
      arrival({ scope: 'global' }),
      { homeRegion: 'us-east-1' },
      'home Region → tell: global resources are answered for in us-east-1, not in eu-central-1',
    ],
    [
      'the switch on observe',
      arrival({ position: 'observe' }),
      {},
      "kill switch → plan: the kill switch is on 'observe'",
    ],
    ['the switch off', arrival({ position: 'off' }), {}, "kill switch → tell: the kill switch is 'off'"],
    [
      'the switch unread',
      arrival({ position: { unread: 'AccessDenied' } }),
      {},
      "kill switch → ask: the kill switch can't be read (AccessDenied)",
    ],
    [
      'a playbook that asks',
      arrival(),
      { playbooks: { 'isolate-instance': { mode: 'ask' } } },
      "playbook mode → ask: playbooks.isolate-instance.mode is 'ask'",
    ],
    [
      'a playbook that plans',
      arrival(),
      { playbooks: { 'isolate-instance': { mode: 'plan' } } },
      'playbook mode → plan',
    ],
    [
      'a playbook that is off',
      arrival(),
      { playbooks: { 'isolate-instance': { mode: 'off' } } },
      'playbook mode → tell',
    ],
  ])('%s', (_what, one, input, words) => {
    expect(said(one, input)).toEqual([expect.stringContaining(words)]);
  });

  it('a Config rule that is not trusted asks', () => {
    const event = configEvent({
      rule: 'securityhub-anything-1a2b3c',
      resource: { type: 'AWS::S3::Bucket', id: 'a-bucket' },
      account: own,
      region: here,
      at,
    });
    expect(said(arrival({}, read(event)))).toEqual([
      expect.stringContaining('Config rule → ask: the rule anything is none that is trusted'),
    ]);
  });

  it("GuardDuty's own event from one account about another is nobody's but an administrator's", () => {
    const event = guardDutyEvent({
      type: 'Backdoor:EC2/C&CActivity.B',
      severity: 8,
      account: other,
      region: here,
      at,
      receivedIn: '222233334444',
      resource: { instance: { id: 'i-0a1b2c3d4e5f60001' } },
    });
    const one = arrival({ target: at444, event: { account: '222233334444', region: here } }, read(event));
    expect(said(one)).toEqual([expect.stringContaining('authentic → tell')]);
  });
});

describe('of several the strictest counts', () => {
  const far = fc.constantFrom<Disposition>('contain', 'ask', 'plan', 'tell', 'ignore');
  const decisions = fc.array(far.map((how): Decision => ({ rule: 'age', do: how, reason: '' })));

  it('whatever the order, none of them is stricter', () => {
    fc.assert(
      fc.property(decisions, (all) => {
        const found = strictest(all);
        return all.length === 0
          ? found === undefined
          : found !== undefined && all.every((one) => stricter(one.do, found.do) <= 0);
      }),
    );
  });

  it('an archived sample in an observing deployment is ignored', () => {
    const all = eventRails(arrival({ position: 'observe' }, { standing: 'archived', sample: true }), on());
    expect(strictest(all)).toMatchObject({ rule: 'standing', do: 'ignore' });
  });
});
