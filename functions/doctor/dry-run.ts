// EC2 says of a call whether it would have succeeded, without doing it. It is asked of one instance that is there, as it stands.
import {
  CreateSnapshotsCommand,
  DescribeInstancesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { type Aws, isAwsError } from '../../playbooks/language/aws.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { permissionsByHand } from '../engine/permissions.ts';
import { type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('dry run');

type Call = { readonly action: string; readonly on: string; run(aws: Aws): Promise<unknown> };

/** What containing an instance, and taking its evidence, comes down to. */
const callsOn = async (aws: Aws): Promise<readonly Call[]> => {
  // The least that EC2 gives at once: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
  const { Reservations = [] } = await aws(EC2Client).send(new DescribeInstancesCommand({ MaxResults: 5 }));
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  const [eni] = instance?.NetworkInterfaces ?? [];
  const { InstanceId } = instance ?? {};
  if (!InstanceId) return [];
  return [
    {
      action: 'ec2:CreateSnapshots',
      on: InstanceId,
      run: (hands) =>
        hands(EC2Client).send(new CreateSnapshotsCommand({ DryRun: true, InstanceSpecification: { InstanceId } })),
    },
    ...(eni?.NetworkInterfaceId
      ? [
          {
            action: 'ec2:ModifyNetworkInterfaceAttribute',
            on: eni.NetworkInterfaceId,
            run: (hands: Aws) =>
              hands(EC2Client).send(
                new ModifyNetworkInterfaceAttributeCommand({
                  DryRun: true,
                  NetworkInterfaceId: eni.NetworkInterfaceId,
                  // As they are: a dry run that was taken for a real one would change nothing.
                  Groups: (eni.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
                }),
              ),
          },
        ]
      : []),
  ];
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html: either way it answers with an error. */
const tried = async (aws: Aws, { action, on, run }: Call): Promise<Verdict> => {
  const subject = `${action} on ${on}`;
  try {
    await run(aws);
    throw new Error('EC2 answered a dry run without saying how it would have ended');
  } catch (error) {
    if (isAwsError(error, 'DryRunOperation')) return well(subject, 'It would have succeeded.');
    if (isAwsError(error, 'UnauthorizedOperation'))
      return ill(
        subject,
        'It would have been refused.',
        `Let the caller do ${action}. 'aws sts decode-authorization-message' tells which policy refuses.`,
      );
    return unknown(subject, 'The dry run', error, 'Run it again. See whether the instance is still there.');
  }
};

/** Those that some playbook makes; none where there is no instance, of which nothing is claimed then. `aws` may write, since a dry run is a write to all but EC2. */
export const checkDryRuns = async (aws: Aws, playbooks: ReadonlyMap<string, Playbook>): Promise<readonly Verdict[]> => {
  const made = new Set(
    [...playbooks.values()].flatMap((one) => permissionsByHand(one).flatMap(({ actions }) => actions)),
  );
  const subject = `EC2 in ${aws.region}`;
  try {
    const calls = (await callsOn(aws)).filter(({ action }) => made.has(action));
    return await Promise.all(calls.map((call) => tried(aws, call)));
  } catch (error) {
    return [
      unknown(subject, 'Looking for an instance to try it on', error, 'Let the caller do ec2:DescribeInstances.'),
    ];
  }
};
