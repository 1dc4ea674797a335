// A web server as the playbook sees it, with whatever a test wants otherwise.

import isolateInstance from '../../playbooks/isolate-instance/playbook.ts';
import type { Seen, SeenInterface } from '../../playbooks/isolate-instance/seen.ts';
import type { Activity } from '../../playbooks/language/finding.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { isRefusal, type Proposal, type Refusal } from '../../playbooks/language/playbook.ts';

export const seenInterface = (over: Partial<SeenInterface> = {}): SeenInterface => ({
  id: 'eni-1',
  kind: 'interface',
  vpc: 'vpc-1',
  subnet: 'subnet-1',
  groups: ['sg-web'],
  addresses: ['10.0.1.7'],
  elastic: [{ allocation: 'eipalloc-1', address: '10.0.1.7', public: '203.0.113.7' }],
  assignedAddress: null,
  managedBy: null,
  ...over,
});

export const seen = (over: Partial<Seen> = {}): Seen => ({
  place: { partition: 'aws', account: '111122223333', region: 'eu-central-1' },
  instance: 'i-0a1b2c3d4e5f60001',
  state: 'running',
  type: 'm5.large',
  nitro: true,
  spot: false,
  instanceStoreRoot: false,
  image: 'ami-1',
  tags: {},
  interfaces: [seenInterface()],
  volumes: [
    {
      volume: 'vol-1',
      device: '/dev/xvda',
      boot: true,
      size: 8,
      encrypted: false,
      kmsKey: null,
      deleteOnTermination: true,
      managed: false,
    },
  ],
  profile: null,
  role: null,
  group: null,
  targetGroups: [],
  classicBalancers: [],
  routes: {},
  openRules: [],
  endpoints: [],
  records: { instance: null, securityGroups: null },
  gaps: [],
  ...over,
});

/** A target group in which the instance serves beside some others. */
export const targetGroup = (protocol: string, remaining = 3): Seen['targetGroups'][number] => ({
  arn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/0123456789abcdef',
  targets: [{ id: 'arn:x/y:443', protocol }],
  serving: { of: 'target group web', total: 4, remaining },
});

const propose = (state: Seen, activity?: Activity, options: object = {}): Proposal | Refusal =>
  isolateInstance.propose(state satisfies Json, {
    incident: 'fb-1',
    plannedAt: '2026-11-02T03:04:05.000Z',
    options: { variant: 'sealed', ...options },
    target: {
      type: 'AWS::EC2::Instance',
      id: state.instance,
      partition: 'aws',
      account: '111122223333',
      region: 'eu-central-1',
      detail: {},
    },
    ...(activity && { finding: { activity } as never }),
  });

export const isolate = (state: Seen, activity?: Activity, options: object = {}): Proposal => {
  const proposal = propose(state, activity, options);
  if (isRefusal(proposal)) throw new Error(proposal.refused);
  return proposal;
};
