import { guardDutyEvent } from '../events/guardduty.ts';
import { type Stage, scenario } from '../language/scenario.ts';
import { isKept, makeServer, removeServer, swapDataVolume } from './arrange.ts';

const unusualPort = (instance: string, { account, region, now }: Stage) =>
  guardDutyEvent({
    type: 'Behavior:EC2/NetworkPortUnusual',
    severity: 5,
    account,
    region,
    at: now,
    role: 'ACTOR',
    resource: { instance: { id: instance } },
    action: { connection: { direction: 'OUTBOUND', remoteAddress: '198.51.100.7', remotePort: 4444 } },
  });

const escalation = (instance: string, { account, region, now }: Stage) =>
  guardDutyEvent({
    type: 'PrivilegeEscalation:Runtime/ElevationToRoot',
    severity: 5,
    account,
    region,
    at: now,
    resource: { instance: { id: instance } },
    action: { runtime: { process: '/tmp/exploit' } },
  });

const twoVolumes = scenario({
  title: 'An unusual port',
  story:
    'A server with a boot and a data volume talks on a port that it has never used: it may be the new release, it may be a backdoor. ' +
    'Whoever looks into it next morning needs both volumes, as they were at one moment.',
  arrange: makeServer,
  finding: ({ instance }, stage) => unusualPort(instance, stage),
  harm: async ({ instance }, { aws }) => !(await isKept(aws, instance)),
  cleanUp: removeServer,
});

const failingSnapshot = scenario({
  title: 'A snapshot that ends in error',
  story:
    'A process made itself root, and the snapshots are asked for in time; minutes later they end in error. ' +
    'A responder that reports the request as the evidence has none.',
  outcome: 'failed',
  needs: ['next snapshot ends in error'],
  arrange: async (stage) => {
    const server = await makeServer(stage);
    await stage.bring('next snapshot ends in error', server.instance);
    return server;
  },
  finding: ({ instance }, stage) => escalation(instance, stage),
  harm: async ({ instance }, { aws }) => !(await isKept(aws, instance)),
  cleanUp: removeServer,
});

const lookalike = scenario({
  title: 'A snapshot that only looks like the evidence',
  story:
    'An operator has snapshotted the data volume by hand, named it after the instance, and then swapped the volume. ' +
    'Whoever goes by names and descriptions finds evidence here, of a volume that is not there any more.',
  arrange: async (stage) => swapDataVolume(await makeServer(stage), stage),
  finding: ({ instance }, stage) => unusualPort(instance, stage),
  harm: async ({ instance }, { aws }) => !(await isKept(aws, instance)),
  cleanUp: removeServer,
});

export default {
  'unusual-port': twoVolumes,
  'failing-snapshot': failingSnapshot,
  'look-alike': lookalike,
};
