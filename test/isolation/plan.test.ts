// What isolation plans, in which order, and what it leaves alone. Pure.
import { describe, expect, it } from 'vitest';
import { whyNot } from '../../playbooks/isolate-instance/observe.ts';
import { isolate, seen, seenInterface, targetGroup } from './seen.ts';

const settingsOf = (state: Parameters<typeof isolate>[0], options = {}) =>
  isolate(state, undefined, options).changes.map(({ setting }) => setting);

const group = (over: object) => ({
  name: 'web',
  lifecycle: 'InService',
  member: 'in-service' as const,
  desired: 2,
  minimum: 1,
  suspended: [],
  arn: 'arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:1:autoScalingGroupName/web',
  serving: { of: 'Auto Scaling group web', total: 2, remaining: 1 },
  ...over,
});

describe('the order', () => {
  it('is: out of the group, then at once what cuts the attacker off, then what protects, then the tag', () => {
    const state = seen({
      group: group({}),
      role: { name: 'web', id: 'AROA1' },
      targetGroups: [targetGroup('HTTP')],
      classicBalancers: [
        { id: 'old/i-0a1b2c3d4e5f60001', serving: { of: 'load balancer old', total: 2, remaining: 1 } },
      ],
      interfaces: [seenInterface(), seenInterface({ id: 'eni-2', elastic: [] })],
    });
    const { changes } = isolate(state);
    expect(changes.map(({ setting, id }) => `${setting} ${id}`)).toEqual([
      'standby web/i-0a1b2c3d4e5f60001',
      'isolation eni-1',
      'isolation eni-2',
      'address eipalloc-1',
      'credentials web/AROA1:i-0a1b2c3d4e5f60001',
      'target arn:x/y:443',
      'classic old/i-0a1b2c3d4e5f60001',
      'tracking eni-1',
      'tracking eni-2',
      'termination i-0a1b2c3d4e5f60001',
      'stop i-0a1b2c3d4e5f60001',
      'shutdown i-0a1b2c3d4e5f60001',
      'retention i-0a1b2c3d4e5f60001//dev/xvda',
      'tag i-0a1b2c3d4e5f60001',
    ]);
    expect(changes.filter(({ effect }) => effect === 'containing').map(({ setting }) => setting)).toEqual([
      'isolation',
      'isolation',
      'address',
      'credentials',
      'target',
      'classic',
    ]);
  });
});

describe('what an instance can not have is not planned', () => {
  it('no protection for Spot', () => {
    const planned = settingsOf(seen({ spot: true }));
    for (const setting of ['termination', 'stop', 'shutdown']) expect(planned).not.toContain(setting);
  });
  it('no stop protection for an instance-store root', () => {
    const planned = settingsOf(seen({ instanceStoreRoot: true }));
    expect(planned).toContain('termination');
    expect(planned).not.toContain('stop');
  });
  it.each([false, null])('no idle timeouts where it is not Nitro, or not known to be (%s)', (nitro) => {
    expect(settingsOf(seen({ nitro }))).not.toContain('tracking');
  });
  it('not the volumes of a service', () => {
    const [volume] = seen().volumes;
    if (!volume) throw new Error('there is one');
    expect(settingsOf(seen({ volumes: [{ ...volume, managed: true }] }))).not.toContain('retention');
  });
});

describe('Auto Scaling', () => {
  it.each([
    ['in service, above the minimum', group({}), ['standby']],
    ['in service, the size unknown', group({ desired: null, minimum: null }), ['standby']],
    ['at the minimum', group({ desired: 1 }), ['suspended']],
    [
      'in standby already, which took one from the desired capacity',
      group({ lifecycle: 'Standby', member: 'standby', desired: 1 }),
      ['standby'],
    ],
    ['on its way into service', group({ lifecycle: 'Pending:Wait' }), ['suspended']],
    ['on its way out', group({ lifecycle: 'Terminating:Wait' }), []],
    ['without a group', null, []],
  ])('%s', (_state, of, planned) => {
    expect(settingsOf(seen({ group: of })).filter((name) => ['standby', 'suspended'].includes(name))).toEqual(planned);
  });

  it('suspends on top of what is suspended already', () => {
    const { changes } = isolate(seen({ group: group({ desired: 1, suspended: ['ScheduledActions', 'Terminate'] }) }));
    expect(changes.find(({ setting }) => setting === 'suspended')?.to).toEqual([
      'AZRebalance',
      'HealthCheck',
      'ReplaceUnhealthy',
      'ScheduledActions',
      'Terminate',
    ]);
  });
});

describe('nothing to turn', () => {
  it.each([
    ['every interface is a service’s', { State: { Name: 'running' as const } }, 'amazon-elb', /belong to AWS services/],
    [
      'the instance is a service’s',
      { Operator: { Managed: true, Principal: 'eks.amazonaws.com' } },
      null,
      /managed by eks/,
    ],
    ['it is shutting down', { State: { Name: 'shutting-down' as const } }, null, /shutting down/],
    ['it is still starting', { State: { Name: 'pending' as const } }, null, /in a minute/],
  ])('is refused in words where %s', (_why, instance, managedBy, words) => {
    expect(whyNot({ InstanceId: 'i-1', ...instance }, [seenInterface({ managedBy })])).toMatch(words);
  });
  it('is left to the engine where there is no interface', () => {
    expect(isolate(seen({ interfaces: [] })).changes).toEqual([]);
  });
});

describe('what it bears upon', () => {
  it('names what is cut off with the instance, its tags, and who would go on serving', () => {
    const { bearing } = isolate(
      seen({ tags: { team: 'shop' }, group: group({}), targetGroups: [targetGroup('HTTP')] }),
    );
    expect(bearing).toEqual({
      arns: [
        'arn:aws:ec2:eu-central-1:111122223333:network-interface/eni-1',
        'arn:aws:ec2:eu-central-1:111122223333:elastic-ip/eipalloc-1',
      ],
      tags: { team: 'shop' },
      shares: [
        { of: 'Auto Scaling group web', total: 2, remaining: 1 },
        { of: 'target group web', total: 4, remaining: 3 },
      ],
      unread: [],
    });
  });

  it('counts a group whose work has to rest among it', () => {
    expect(isolate(seen({ group: group({ desired: 1 }) })).bearing.arns.at(-1)).toContain('autoScalingGroupName/web');
  });

  it('says what it could not look into', () => {
    const gaps = [
      { what: 'target groups', why: 'AccessDenied' },
      { what: 'volumes', why: 'AccessDenied' },
    ];
    expect(isolate(seen({ gaps })).bearing.unread).toEqual(['target groups: AccessDenied']);
  });
});
