// What the EC2 settings share: how they look things up, and how their resources are named in permissions.
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type Instance,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { type Aws, type Gone, gone, unless } from '../language/aws.ts';

export type InstanceId = `i-${string}`;
export type InterfaceId = `eni-${string}`;

/** EC2's API is eventually consistent and AWS names no bound: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
export const ec2SettleSeconds = 10;

/** The ARN pattern of all the account's resources of one kind: 'instance', 'network-interface'. */
export const everyEc2 = (kind: string): string => `arn:\${Partition}:ec2:\${Region}:\${Account}:${kind}/*`;

/** The first thing of an answer, or `gone` where AWS knows it no longer. */
export const firstOrGone = async <T>(
  notFound: readonly string[],
  read: () => Promise<readonly T[] | undefined>,
): Promise<T | Gone> => {
  const found = await unless(notFound, undefined, read);
  return found?.[0] ?? gone;
};

/** A terminated instance can still be described for an hour, but nothing of it can be changed any more: it counts as gone. */
export const describeInstance = async (aws: Aws, id: string): Promise<Instance | Gone> => {
  const instance = await firstOrGone(['InvalidInstanceID.NotFound'], async () => {
    const answer = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return answer.Reservations?.flatMap((reservation) => reservation.Instances ?? []);
  });
  return instance !== gone && instance.State?.Name === 'terminated' ? gone : instance;
};

export const describeInterface = (aws: Aws, id: string): Promise<NetworkInterface | Gone> =>
  firstOrGone(['InvalidNetworkInterfaceID.NotFound'], async () => {
    const answer = await aws(EC2Client).send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }));
    return answer.NetworkInterfaces;
  });
