// The settings of load balancers: ids that can be taken apart again, and what counts as registered.

import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Aws } from '../../playbooks/language/aws.ts';
import { gone } from '../../playbooks/language/aws.ts';
import { target, targetId } from '../../playbooks/settings/elastic-load-balancing.ts';

const group = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/0123456789abcdef';
const client = mockClient(ElasticLoadBalancingV2Client);
const aws = ((Client: new (config: object) => unknown) => new Client({ region: 'eu-central-1' })) as unknown as Aws;

afterEach(() => client.reset());
// Other tests of the same process use real clients.
afterAll(() => client.restore());

const health = (description: TargetHealthDescription): void => {
  client.on(DescribeTargetHealthCommand).resolves({ TargetHealthDescriptions: [description] });
};

describe('a target', () => {
  it.each([
    ['an address', { Id: '10.0.1.7', Port: 443 }],
    ['an IPv6 address', { Id: '2001:db8::7', Port: 443 }],
    ['an address of another network', { Id: '10.9.0.7', Port: 8443, AvailabilityZone: 'all' }],
  ])('%s: its id names all that a registration needs', async (_what, description) => {
    health({ Target: description, TargetHealth: { State: 'healthy' } });
    const id = targetId(group, description);
    expect(await target.read(aws, id)).toBe('registered');
    await target.write(aws, id, 'registered');
    expect(client.commandCalls(RegisterTargetsCommand)[0]?.args[0].input).toEqual({
      TargetGroupArn: group,
      Targets: [description],
    });
  });

  it.each([
    ['healthy', undefined, 'registered'],
    ['unhealthy', 'Target.Timeout', 'registered'],
    ['unused', 'Target.NotInUse', 'registered'],
    ['initial', 'Elb.RegistrationInProgress', 'registered'],
    ['draining', 'Target.DeregistrationInProgress', 'deregistered'],
    ['unhealthy.draining', 'Target.DeregistrationInProgress', 'deregistered'],
    ['unused', 'Target.NotRegistered', 'deregistered'],
  ] as const)('%s (%s) reads as %s', async (State, Reason, value) => {
    health({ Target: { Id: '10.0.1.7', Port: 443 }, TargetHealth: { State, ...(Reason && { Reason }) } });
    expect(await target.read(aws, targetId(group, { Id: '10.0.1.7', Port: 443 }))).toBe(value);
  });

  it('is told from the same target on another port', async () => {
    health({ Target: { Id: '10.0.1.7', Port: 80 }, TargetHealth: { State: 'healthy' } });
    expect(await target.read(aws, targetId(group, { Id: '10.0.1.7', Port: 443 }))).toBe('deregistered');
  });

  it.each(['TargetGroupNotFound', 'TargetGroupNotFoundException'])('%s: gone', async (name) => {
    client.on(DescribeTargetHealthCommand).rejects(Object.assign(new Error(name), { name }));
    expect(await target.read(aws, targetId(group, { Id: '10.0.1.7', Port: 443 }))).toBe(gone);
  });

  it('refuses an id that names none', async () => {
    await expect(target.read(aws, 'arn:aws:x/y:z')).rejects.toThrow('names no target');
  });
});
