// What isolation says that it leaves open: by route, by rule, by what the finding describes. Pure.
import { describe, expect, it } from 'vitest';
import { isolate, seen, seenInterface, targetGroup } from './seen.ts';

const connection = (direction: 'INBOUND' | 'OUTBOUND', remotePort = 443) =>
  ({ kind: 'connection', direction, remoteAddress: '198.51.100.7', remotePort, protocol: 'TCP' }) as const;

const everything = { group: 'sg-web', protocol: '-1', from: 0, to: 65_535 };
const open = [
  { ...everything, direction: 'in' as const },
  { ...everything, direction: 'out' as const },
];
const routes = (target: string, destination = '0.0.0.0/0') => ({
  'subnet-1': [
    { destination: '10.0.0.0/16', target: 'local' },
    { destination, target },
  ],
});

describe('the connection of the finding', () => {
  it.each([
    ['through a NAT gateway', seen({ routes: routes('nat-1') }), connection('OUTBOUND'), /NAT gateway nat-1/],
    [
      'the same, though its rules are open to all',
      seen({ routes: routes('nat-1'), openRules: open }),
      connection('OUTBOUND'),
      /nat-1/,
    ],
    ['through a firewall endpoint', seen({ routes: routes('vpce-1') }), connection('OUTBOUND'), /vpce-1/],
    [
      'by an address that AWS assigned, tracked',
      seen({ routes: routes('igw-1'), interfaces: [seenInterface({ assignedAddress: '203.0.113.9' })] }),
      connection('OUTBOUND'),
      /security groups of eni-1/,
    ],
    ['over a peering', seen({ routes: routes('pcx-1', '198.51.100.0/24') }), connection('OUTBOUND'), /security groups/],
    [
      'in through a network load balancer',
      seen({ routes: routes('igw-1'), targetGroups: [targetGroup('TCP')] }),
      connection('INBOUND'),
      /network load balancer/,
    ],
  ])('%s lives on', (_how, state, activity, words) => {
    const [told, ...more] = isolate(state, activity).ongoing;
    expect(told).toMatch(words);
    expect(more).toEqual([]);
  });

  it.each([
    ['by an Elastic IP, which is detached', seen({ routes: routes('igw-1') }), connection('OUTBOUND')],
    [
      'untracked, so that it falls with its rule',
      seen({
        routes: routes('igw-1'),
        interfaces: [seenInterface({ assignedAddress: '203.0.113.9' })],
        openRules: open,
      }),
      connection('OUTBOUND'),
    ],
    ['without a way there', seen({ routes: routes('nat-1', '192.0.2.0/24') }), connection('OUTBOUND')],
    ['on an instance that does not run', seen({ routes: routes('nat-1'), state: 'stopped' }), connection('OUTBOUND')],
    [
      'that was only a probe',
      seen({ routes: routes('nat-1') }),
      { kind: 'probe', remoteAddress: '198.51.100.7' } as const,
    ],
  ])('%s ends', (_how, state, activity) => {
    expect(isolate(state, activity).ongoing).toEqual([]);
  });

  it.each([
    ['route tables', connection('OUTBOUND')],
    ['target group web', connection('INBOUND')],
  ])('is not said to end where the %s could not be read', (what, activity) => {
    const state = seen({ routes: routes('igw-1'), gaps: [{ what, why: 'AccessDenied' }] });
    expect(isolate(state, activity).ongoing).toEqual([expect.stringContaining(`${what} could not be read`)]);
  });

  it('goes by the narrowest route', () => {
    const both = { 'subnet-1': [...routes('nat-1')['subnet-1'], { destination: '198.51.100.0/24', target: 'igw-1' }] };
    expect(isolate(seen({ routes: both }), connection('OUTBOUND')).ongoing).toEqual([]);
  });
});

describe('what else goes on', () => {
  it('names DNS, which no group filters', () => {
    const [told] = isolate(seen(), { kind: 'dns', domain: 'evil.example' }).ongoing;
    expect(told).toContain('evil.example');
  });

  it('names an interface that belongs to a service, and isolates the others', () => {
    const state = seen({ interfaces: [seenInterface(), seenInterface({ id: 'eni-2', managedBy: 'amazon-rds' })] });
    const { changes, ongoing } = isolate(state);
    expect(ongoing.join()).toContain('eni-2');
    expect(changes.filter(({ setting }) => setting === 'isolation').map(({ id }) => id)).toEqual(['eni-1']);
  });

  it('names a role that could not be read', () => {
    const gaps = [{ what: 'instance profile', why: 'AccessDenied' }];
    const state = seen({ profile: 'arn:aws:iam::111122223333:instance-profile/web', role: null, gaps });
    expect(isolate(state).ongoing.join()).toContain('instance-profile/web');
    expect(isolate(state).residual.join('\n')).toContain('instance profile (AccessDenied)');
  });
});
