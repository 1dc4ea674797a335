import { guardDutyEvent } from '../events/guardduty.ts';
import { type Stage, scenario } from '../language/scenario.ts';
import { attacker, groundFor, openGroupOf, regroup } from './arrange.ts';
import { cleanUp } from './arranged.ts';
import { canTalk, isSessionDenied, isTrackedByNat } from './judge.ts';

/** GuardDuty's finding of a live connection from the instance to the attacker. */
const calling = (type: string, instance: string, interfaceId: string, { account, region, now }: Stage, port: number) =>
  guardDutyEvent({
    type,
    severity: 8,
    account,
    region,
    at: now,
    role: 'ACTOR',
    resource: { instance: { id: instance, interfaceId } },
    action: { connection: { direction: 'OUTBOUND', remoteAddress: attacker, remotePort: port } },
  });

const cryptoMiner = scenario({
  title: 'A miner on a web server',
  story:
    'A web server behind a load balancer mines Bitcoin, with the credentials of its role at hand. ' +
    'Cut off without further ado, it would fail its health checks, and Auto Scaling would terminate it with all evidence.',
  arrange: async (stage) => {
    const ground = groundFor(stage, 'miner');
    const network = await ground.network('10.10');
    const role = await ground.role();
    const eni = await ground.networkInterface(network.subnet, [network.web]);
    const instance = await ground.instance(eni, role.roleName);
    await ground.publicAddress(eni);
    const targets = await ground.targetGroup(network.vpc, 'instance');
    await ground.scalingGroup(instance, { ...network, others: 1, minimum: 1 }, targets);
    return { instance, eni, role, made: ground.made };
  },
  finding: ({ instance, eni }, stage) => calling('CryptoCurrency:EC2/BitcoinTool.B', instance, eni, stage, 3333),
  harm: async ({ instance, role }, { aws }) =>
    (await canTalk(aws, instance, attacker)) || !(await isSessionDenied(aws, role, instance)),
  cleanUp: ({ made }, stage) => cleanUp(made, stage),
});

const twoNetworks = scenario({
  title: 'An instance with a foot in two networks',
  story:
    'A gateway between two VPCs, one with IPv6, talks to a command-and-control server; the second foot leads into a quiet network. ' +
    'A security group belongs to one VPC, so isolation needs one in each; and load balancers of both kinds know the instance.',
  arrange: async (stage) => {
    const ground = groundFor(stage, 'gateway');
    const front = await ground.network('10.20', true);
    const back = await ground.network('10.21');
    const first = await ground.networkInterface(front.subnet, [front.web], true);
    const second = await ground.networkInterface(back.subnet, [back.web, await ground.webGroup(back.vpc, 'admin')]);
    const instance = await ground.instance(first);
    await ground.secondInterface(second, instance);
    await ground.classicBalancer(front.subnet, instance);
    await ground.registerAddress(await ground.targetGroup(back.vpc, 'ip'), second);
    return { instance, first, made: ground.made };
  },
  finding: ({ instance }, { account, region, now }) =>
    guardDutyEvent({
      type: 'Backdoor:Runtime/C&CActivity.B',
      severity: 8,
      account,
      region,
      at: now,
      resource: { instance: { id: instance } },
      action: { runtime: { process: '/tmp/kworkerd' } },
    }),
  harm: ({ instance }, { aws }) => canTalk(aws, instance, attacker, '2001:db8:ffff::7'),
  meddle: ({ first }, stage) => openGroupOf(stage, first),
  cleanUp: ({ made }, stage) => cleanUp(made, stage),
});

const liveConnection = scenario({
  title: 'A live connection through a NAT gateway',
  story:
    'An instance without a public address keeps a connection to its master open through a NAT gateway. ' +
    'AWS tracks such a flow whatever the groups say: whoever calls this contained is wrong until it falls silent.',
  outcome: 'partly-contained',
  arrange: async (stage) => {
    const ground = groundFor(stage, 'nat');
    const network = await ground.network('10.30');
    const inner = await ground.privateSubnet(network, '10.30');
    const eni = await ground.networkInterface(inner, [network.web]);
    return { eni, instance: await ground.instance(eni), made: ground.made };
  },
  finding: ({ instance, eni }, stage) => calling('Backdoor:EC2/C&CActivity.B', instance, eni, stage, 443),
  harm: async ({ instance }, { aws }) =>
    (await canTalk(aws, instance, attacker)) || (await isTrackedByNat(aws, instance)),
  cleanUp: ({ made }, stage) => cleanUp(made, stage),
});

const groupAtMinimum = scenario({
  title: 'The only member of its group',
  story:
    'The instance is the only one of an Auto Scaling group that may not have fewer, and attacks others by SSH. ' +
    'Standby is refused here, and a replacement would have the same hole: so the group has to leave the instance alone.',
  arrange: async (stage) => {
    const ground = groundFor(stage, 'minimum');
    const network = await ground.network('10.40');
    const eni = await ground.networkInterface(network.subnet, [network.web]);
    const instance = await ground.instance(eni);
    await ground.publicAddress(eni);
    const targets = await ground.targetGroup(network.vpc, 'instance');
    await ground.scalingGroup(instance, { ...network, others: 0, minimum: 1 }, targets);
    return { instance, eni, made: ground.made };
  },
  finding: ({ instance, eni }, stage) => calling('UnauthorizedAccess:EC2/SSHBruteForce', instance, eni, stage, 22),
  harm: ({ instance }, { aws }) => canTalk(aws, instance, attacker),
  cleanUp: ({ made }, stage) => cleanUp(made, stage),
});

const serviceManaged = scenario({
  title: 'A node that belongs to a service',
  story:
    'The instance is a node of EKS Auto Mode and visits Tor. ' +
    'AWS lets nobody but the service change it, so a responder that reports success here has done nothing.',
  outcome: 'refused',
  needs: ['instance is service-managed'],
  arrange: async (stage) => {
    const ground = groundFor(stage, 'node');
    const network = await ground.network('10.50');
    const eni = await ground.networkInterface(network.subnet, [network.web]);
    const instance = await ground.instance(eni);
    await stage.bring('instance is service-managed', instance);
    return { instance, eni, made: ground.made };
  },
  finding: ({ instance, eni }, stage) => calling('UnauthorizedAccess:EC2/TorClient', instance, eni, stage, 9001),
  harm: ({ instance }, { aws }) => canTalk(aws, instance, attacker),
  cleanUp: async ({ instance, made }, stage) => {
    await stage.bring('service gives the instance back', instance);
    await cleanUp(made, stage);
  },
});

const underInvestigation = scenario({
  title: 'Cut off, but for the investigators',
  story:
    'A reverse shell runs on an instance that investigators want to look into through Systems Manager. ' +
    "The agent must still reach the VPC's own endpoints, and nothing else may get out by that way.",
  options: { variant: 'forensic' },
  arrange: async (stage) => {
    const ground = groundFor(stage, 'forensic');
    const network = await ground.network('10.60');
    await ground.endpoints(network);
    const role = await ground.role();
    const eni = await ground.networkInterface(network.subnet, [network.web]);
    const colleagues = await ground.webGroup(network.vpc, 'colleagues');
    return { instance: await ground.instance(eni, role.roleName), eni, role, colleagues, made: ground.made };
  },
  finding: ({ instance }, { account, region, now }) =>
    guardDutyEvent({
      type: 'Execution:Runtime/ReverseShell',
      severity: 8,
      account,
      region,
      at: now,
      resource: { instance: { id: instance } },
      action: { runtime: { process: '/bin/bash' } },
    }),
  harm: async ({ instance, role }, { aws }) =>
    (await canTalk(aws, instance, attacker)) || !(await isSessionDenied(aws, role, instance)),
  meddle: ({ eni, colleagues }, stage) => regroup(stage, eni, colleagues),
  cleanUp: ({ made }, stage) => cleanUp(made, stage),
});

export default {
  'crypto-miner': cryptoMiner,
  'two-networks': twoNetworks,
  'live-connection': liveConnection,
  'group-at-minimum': groupAtMinimum,
  'service-managed': serviceManaged,
  'under-investigation': underInvestigation,
};
