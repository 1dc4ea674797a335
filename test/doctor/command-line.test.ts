// firebreak doctor, typed: with a responder, without one, before an uninstall, and where nobody can look.
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { trouble } from '../../cli/trouble.ts';
import type { Caller } from '../../cli/world.ts';
import type { Verdict } from '../../functions/doctor/verdict.ts';
import { anybodyReads, makeBucket, putPolicy } from '../../playbooks/block-public-bucket/arrange.ts';
import { takeSeat } from '../cli/seat.ts';
import { account, awsError, denied, handOut, region } from './ground.ts';

const ssm = mockClient(SSMClient);
beforeEach(() => {
  ssm.reset();
  ssm.on(GetParameterCommand).rejects(awsError('ParameterNotFound'));
});
afterAll(() => ssm.restore());

/** All but what a test answers is refused on the way out: nothing is listening. */
const refusing = async (): Promise<Caller> => ({
  partition: 'aws',
  account,
  arn: `arn:aws:iam::${account}:user/dana`,
  region,
  aws: (_place, _incident, access) => {
    const aws = handOut(access);
    const hand = (client: never) => {
      const made = aws(client) as { send: (...args: never[]) => Promise<unknown> };
      if ((client as { name: string }).name !== 'SSMClient') made.send = () => Promise.reject(denied);
      return made;
    };
    return Object.assign(hand, { partition: aws.partition, account: aws.account, region: aws.region }) as never;
  },
});

const statesIn = (out: string): Record<string, string[]> => {
  const grouped = Object.groupBy(JSON.parse(out) as Verdict[], ({ state }) => state);
  return Object.fromEntries(
    Object.entries(grouped).map(([state, some]) => [state, [...new Set(some.map(({ check }) => check))]]),
  );
};

describe('doctor', () => {
  it('is unknown, and not well, where AWS refuses to be looked at: exit code 4', async () => {
    const seat = takeSeat({ caller: refusing, config: { contacts: ['soc@example.com'] } });
    const { exit, out } = await seat.type('doctor', '--json');
    expect([exit, statesIn(out)]).toEqual([
      4,
      { unknown: ['detectors', 'simulation', 'dry run'], well: ['configuration', 'credentials'] },
    ]);
  });

  it('examines the responder where its marker is', async () => {
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: '{"version":1}' } });
    const seat = takeSeat({ caller: refusing, config: { contacts: ['soc@example.com'] } });
    const { exit, out } = await seat.type('doctor', '--json');
    expect([exit, statesIn(out).unknown]).toEqual([
      4,
      ['detectors', 'quotas', 'rules', 'roles', 'topic', 'switch', 'queues', 'simulation'],
    ]);
  });

  it('says that it does not know whether there is one', async () => {
    ssm.on(GetParameterCommand).rejects(denied);
    const { exit, out } = await takeSeat({ caller: refusing }).type('doctor', '--uninstall', '--json');
    expect([exit, statesIn(out)]).toEqual([4, { unknown: ['responder'], well: ['holds'] }]);
  });

  it('shows what is ill first, with its remedy: exit code 1', async () => {
    const { exit, out } = await takeSeat({ caller: refusing }).type('doctor');
    expect(exit).toBe(1);
    expect(out).toMatch(/^\nill {2}1\n {2}configuration: firebreak\.config\.ts: contacts\n.*\n {4}→ Write contacts/);
    expect(out.indexOf('unknown')).toBeGreaterThan(out.indexOf('→'));
    expect(out.indexOf('\nwell')).toBeGreaterThan(out.indexOf('\nunknown'));
  });

  it('tells of credentials that are none, and looks no further', async () => {
    const caller = () => Promise.reject(trouble('The AWS credentials have expired.', 'Sign in.', 1));
    const { exit, out } = await takeSeat({ caller, config: { contacts: ['soc@example.com'] } }).type(
      'doctor',
      '--json',
    );
    expect([exit, statesIn(out)]).toEqual([1, { ill: ['credentials'], well: ['configuration'] }]);
  });

  it('before an uninstall names what is held, by account, with how it is released', async () => {
    const seat = takeSeat();
    const { stage } = seat.practice;
    const bucket = await makeBucket(stage, 'doctor', 'BucketOwnerEnforced');
    await putPolicy(stage, bucket, [anybodyReads(bucket, stage)]);
    const { incident } = (await seat.type('contain', 'block-public-bucket', bucket, '--yes', '--json')).json;
    seat.sit({ caller: refusing });
    const held = await seat.type('doctor', '--uninstall');
    expect([held.exit, held.out]).toEqual([1, expect.stringContaining(`firebreak release ${incident}`)]);
    expect((await seat.type('doctor', '--account', stage.account)).exit).toBe(1);
    expect((await seat.type('doctor', '--account', '999999999999')).exit).toBe(0);
  });

  it('refuses what is no account', async () => {
    expect(await takeSeat().type('doctor', '--account', 'prod')).toMatchObject({ exit: 2 });
  });
});
