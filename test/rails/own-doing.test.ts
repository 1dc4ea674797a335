// What Firebreak did itself is ignored only where everything matches; what merely looks like us asks.
import { describe, expect, it } from 'vitest';
import { claimedIncidents, type OwnRecord, ownDoingRail, ownRecords } from '../../functions/rails/own-doing.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import { finding, here, on, own } from './ground.ts';

const incident = 'fb-0123456789ab';
const config = on();

const byRole = (userName: string, session: string, part: Partial<Finding> = {}): Finding =>
  finding({
    type: 'Persistence:IAMUser/AnomalousBehavior',
    resources: [
      {
        type: 'AWS::IAM::AccessKey',
        id: 'ASIAIOSFODNN7EXAMPLE',
        account: own,
        region: here,
        detail: { principalId: `AROAEXAMPLE:${session}`, userName, userType: 'AssumedRole' },
      },
    ],
    activity: { kind: 'api', api: 'UpdateAccessKey' },
    ...part,
  });

const record: OwnRecord = {
  account: own,
  findings: ['known'],
  calls: [{ api: 'UpdateAccessKey', at: '2026-11-02T03:00:00.000Z' }],
};
const known = new Map([[incident, record]]);
const verdict = (one: Finding, records = known) => ownDoingRail(one, config, records).map(({ do: how }) => how);

describe('by the actor', () => {
  it('role, session and journalled call match: it is ours', () => {
    expect(verdict(byRole('firebreak-disable-access-key', incident))).toEqual(['ignore']);
  });

  it.each<[string, Finding, typeof known]>([
    ['a role of another name, in a session named after an incident', byRole('admin', incident), known],
    ['our role, in a session of another name', byRole('firebreak-disable-access-key', 'mallory'), known],
    ['our role, and an incident that there is not', byRole('firebreak-disable-access-key', 'fb-ffffffffffff'), known],
    [
      'a call that the journal has not',
      byRole('firebreak-disable-access-key', incident, { activity: { kind: 'api', api: 'CreateUser' } }),
      known,
    ],
    ['no call at all', byRole('firebreak-disable-access-key', incident, { activity: { kind: 'other' } }), known],
    [
      'the same call in another account',
      byRole('firebreak-disable-access-key', incident),
      new Map([[incident, { ...record, account: '444455556666' }]]),
    ],
    [
      'a call of two days ago',
      byRole('firebreak-disable-access-key', incident),
      new Map([[incident, { ...record, calls: [{ api: 'UpdateAccessKey', at: '2026-10-31T03:00:00.000Z' }] }]]),
    ],
    [
      'a call that came only after it',
      byRole('firebreak-disable-access-key', incident),
      new Map([[incident, { ...record, calls: [{ api: 'UpdateAccessKey', at: '2026-11-02T03:30:00.000Z' }] }]]),
    ],
  ])('%s: a person decides', (_what, one, records) => expect(verdict(one, records)).toEqual(['ask']));

  it('one of ours beside a stranger is not ours', () => {
    const [ours] = byRole('firebreak-disable-access-key', incident).resources;
    const [stranger] = byRole('admin', 'mallory').resources;
    if (!ours || !stranger) throw new Error('both are named');
    expect(verdict(byRole('', '', { resources: [ours, stranger] }))).toEqual(['ask']);
  });

  it('somebody who does not look like us is nobody of ours, and the ledger is not asked', () => {
    const one = byRole('build', 'session');
    expect(verdict(one)).toEqual([]);
    expect(claimedIncidents(one, config)).toEqual([]);
  });

  it('a ledger that cannot be read asks', async () => {
    const one = byRole('firebreak-disable-access-key', incident);
    const broken = async () => {
      throw new Error('ProvisionedThroughputExceeded');
    };
    const records = await ownRecords(
      { read: broken, write: broken, list: broken },
      new Map(),
      claimedIncidents(one, config),
    );
    expect(ownDoingRail(one, config, records)).toMatchObject([
      { do: 'ask', reason: expect.stringContaining('ProvisionedThroughputExceeded') },
    ]);
  });
});

describe('by the note in Security Hub', () => {
  const noted = (part: Partial<Finding> = {}, by = 'firebreak', incidents: readonly string[] = [incident]): Finding =>
    finding({
      id: 'known',
      channel: 'securityhub-imported',
      hub: {
        productArn: `arn:aws:securityhub:${here}::product/aws/guardduty`,
        note: { by, at: '2026-11-02T03:05:00.000Z', incidents },
      },
      ...part,
    });

  it('the echo of our own note is ignored', () => expect(verdict(noted())).toEqual(['ignore']));

  it('news since our note is no echo', () =>
    expect(verdict(noted({ updatedAt: '2026-11-02T04:00:00.000Z' }))).toEqual([]));

  it("somebody else's note is nobody's echo", () => expect(verdict(noted({}, 'mallory'))).toEqual([]));

  it.each<[string, Finding]>([
    ['on a finding that the incident never answered', noted({ id: 'another' })],
    ['with an incident that there is not', noted({}, 'firebreak', ['fb-ffffffffffff'])],
    ['with no incident', noted({}, 'firebreak', [])],
  ])('a note signed as ours %s asks: it could hide the attack', (_what, one) => expect(verdict(one)).toEqual(['ask']));

  it('what a person chose is never an echo', () =>
    expect(verdict(noted({ requested: { playbook: 'a', by: 'b', reason: 'c' } }))).toEqual([]));
});
