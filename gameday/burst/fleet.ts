// The fleet that a burst is about: many instances in one network, launched by one call, as the workers of a batch job are.
import { CreateSubnetCommand, CreateVpcCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { Stage } from '../../playbooks/language/scenario.ts';

/** Answers the instances' ids; the subnet has room for 4,091. Each has one interface and one volume, and is on a Nitro host, as nearly all are. */
export const launchFleet = async ({ aws }: Stage, count: number): Promise<readonly string[]> => {
  const ec2 = aws(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.80.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.80.0.0/20' }));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0a1b2c3d4e5f60001',
      InstanceType: 'm5.large',
      MinCount: count,
      MaxCount: count,
      SubnetId: Subnet?.SubnetId,
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } }],
    }),
  );
  return Instances.flatMap(({ InstanceId }) => InstanceId ?? []);
};
