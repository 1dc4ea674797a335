// What an account holds, read through the SDK: every setting that a playbook turns, and everything beside it that must not change.
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeAddressesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type InstanceAttributeName,
} from '@aws-sdk/client-ec2';
import { DescribeLoadBalancersCommand, ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetAccountAuthorizationDetailsCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import {
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  GetPublicAccessBlockCommand as GetAccountBlockCommand,
  ListAccessPointsCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { isAwsError } from '../../playbooks/language/aws.ts';
import { canonical, type Json } from '../../playbooks/language/json.ts';
import type { Stage } from '../../playbooks/language/scenario.ts';
import { kept } from '../../playbooks/language/unreadable.ts';

/** By what it is: 'instance i-… termination protection'. */
export type Inventory = ReadonlyMap<string, Json>;

type Entry = readonly [name: string, value: Json];

const sorted = <T>(items: readonly T[] | undefined): Json =>
  (items ?? []).map((item) => kept(item)).toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));

const attributes: readonly InstanceAttributeName[] = [
  'disableApiTermination',
  'disableApiStop',
  'instanceInitiatedShutdownBehavior',
  'groupSet',
];

const instances = async ({ aws }: Stage): Promise<readonly Entry[]> => {
  const { Reservations = [] } = await aws(EC2Client).send(new DescribeInstancesCommand({}));
  const all = Reservations.flatMap((reservation) => reservation.Instances ?? []);
  const entries = all.map(async (instance): Promise<readonly Entry[]> => {
    const { InstanceId = '', State, Tags, SecurityGroups, BlockDeviceMappings, IamInstanceProfile } = instance;
    const asked = attributes.map(async (Attribute): Promise<Entry> => {
      const { $metadata: _, ...answer } = await aws(EC2Client).send(
        new DescribeInstanceAttributeCommand({ InstanceId, Attribute }),
      );
      return [`instance ${InstanceId} ${Attribute}`, kept(answer)];
    });
    return [
      [`instance ${InstanceId} state`, State?.Name ?? ''],
      [`instance ${InstanceId} tags`, sorted(Tags)],
      [`instance ${InstanceId} groups`, sorted(SecurityGroups)],
      [`instance ${InstanceId} volumes`, sorted(BlockDeviceMappings)],
      [`instance ${InstanceId} profile`, kept(IamInstanceProfile ?? null)],
      ...(await Promise.all(asked)),
    ];
  });
  return (await Promise.all(entries)).flat();
};

const network = async ({ aws }: Stage): Promise<readonly Entry[]> => {
  const ec2 = aws(EC2Client);
  const [interfaces, groups, addresses] = await Promise.all([
    ec2.send(new DescribeNetworkInterfacesCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
    ec2.send(new DescribeAddressesCommand({})),
  ]);
  return [
    ...(interfaces.NetworkInterfaces ?? []).flatMap((eni): Entry[] => [
      [`interface ${eni.NetworkInterfaceId} groups`, sorted(eni.Groups?.map(({ GroupId }) => GroupId))],
      [`interface ${eni.NetworkInterfaceId} attachment`, kept(eni.Attachment ?? null)],
      [`interface ${eni.NetworkInterfaceId} tags`, sorted(eni.TagSet)],
      [`interface ${eni.NetworkInterfaceId} timeouts`, kept(eni.ConnectionTrackingConfiguration ?? null)],
    ]),
    ...(groups.SecurityGroups ?? []).map((group): Entry => [`security group ${group.GroupId}`, kept(group)]),
    ...(addresses.Addresses ?? []).map(
      // The association's id is new with each association; to what it leads is what counts.
      ({ AllocationId, NetworkInterfaceId, PrivateIpAddress, PublicIp, Tags }): Entry => [
        `address ${AllocationId}`,
        kept({ NetworkInterfaceId, PrivateIpAddress, PublicIp, Tags }),
      ],
    ),
  ];
};

const storage = async ({ aws }: Stage): Promise<readonly Entry[]> => {
  const ec2 = aws(EC2Client);
  const [volumes, snapshots] = await Promise.all([
    ec2.send(new DescribeVolumesCommand({})),
    ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })),
  ]);
  return [
    ...(volumes.Volumes ?? []).map((one): Entry => [`volume ${one.VolumeId}`, kept(one)]),
    ...(snapshots.Snapshots ?? []).map((one): Entry => [`snapshot ${one.SnapshotId}`, kept(one)]),
  ];
};

const scaling = async ({ aws }: Stage): Promise<readonly Entry[]> => {
  const { AutoScalingGroups = [] } = await aws(AutoScalingClient).send(new DescribeAutoScalingGroupsCommand({}));
  return AutoScalingGroups.map((group): Entry => {
    const { AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity, Instances, SuspendedProcesses } = group;
    const members = sorted(Instances?.map(({ InstanceId, LifecycleState }) => ({ InstanceId, LifecycleState })));
    const suspended = sorted(SuspendedProcesses?.map(({ ProcessName }) => ProcessName));
    return [
      `Auto Scaling group ${AutoScalingGroupName}`,
      kept({ MinSize, MaxSize, DesiredCapacity, members, suspended }),
    ];
  });
};

const balancing = async ({ aws }: Stage): Promise<readonly Entry[]> => {
  const v2 = aws(ElasticLoadBalancingV2Client);
  const [{ TargetGroups = [] }, classic] = await Promise.all([
    v2.send(new DescribeTargetGroupsCommand({})),
    aws(ElasticLoadBalancingClient).send(new DescribeLoadBalancersCommand({})),
  ]);
  const targets = TargetGroups.map(async ({ TargetGroupArn }): Promise<Entry> => {
    const { TargetHealthDescriptions } = await v2.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return [`target group ${TargetGroupArn}`, sorted(TargetHealthDescriptions?.map(({ Target }) => Target))];
  });
  return [
    ...(await Promise.all(targets)),
    ...(classic.LoadBalancerDescriptions ?? []).map(
      (one): Entry => [`load balancer ${one.LoadBalancerName}`, sorted(one.Instances)],
    ),
  ];
};

const identities = async ({ aws }: Stage): Promise<readonly Entry[]> => {
  const iam = aws(IAMClient);
  const {
    UserDetailList = [],
    RoleDetailList = [],
    Policies = [],
  } = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User', 'Role', 'LocalManagedPolicy'] }));
  const keys = UserDetailList.map(async ({ UserName }): Promise<readonly Entry[]> => {
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    return AccessKeyMetadata.map(({ AccessKeyId, Status }) => [`access key ${UserName}/${AccessKeyId}`, Status ?? '']);
  });
  return [
    ...(await Promise.all(keys)).flat(),
    ...UserDetailList.map((one): Entry => {
      const { UserPolicyList, AttachedManagedPolicies, GroupList, Tags, PermissionsBoundary } = one;
      const policies = { inline: sorted(UserPolicyList), attached: sorted(AttachedManagedPolicies) };
      return [`user ${one.UserName}`, kept({ ...policies, GroupList, Tags, PermissionsBoundary })];
    }),
    ...RoleDetailList.map((one): Entry => {
      const { RolePolicyList, AttachedManagedPolicies, AssumeRolePolicyDocument, Tags } = one;
      const policies = { inline: sorted(RolePolicyList), attached: sorted(AttachedManagedPolicies) };
      return [`role ${one.RoleName}`, kept({ ...policies, AssumeRolePolicyDocument, Tags })];
    }),
    ...Policies.map((one): Entry => [`policy ${one.Arn}`, kept(one.PolicyVersionList ?? [])]),
  ];
};

/** S3 says by an error that there is none. */
const orNone = async (ask: () => Promise<object>): Promise<Json> => {
  try {
    const { $metadata: _, ...answer } = (await ask()) as { $metadata?: unknown };
    return kept(answer);
  } catch (error) {
    if (error instanceof Error && '$metadata' in error && !isAwsError(error, 'AccessDenied')) return error.name;
    throw error;
  }
};

const buckets = async ({ aws, account }: Stage): Promise<readonly Entry[]> => {
  const s3 = aws(S3Client);
  const control = aws(S3ControlClient);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const entries = Buckets.map(async ({ Name: Bucket = '' }): Promise<readonly Entry[]> => {
    const asked = {
      block: () => s3.send(new GetPublicAccessBlockCommand({ Bucket })),
      policy: () => s3.send(new GetBucketPolicyCommand({ Bucket })),
      ACL: () => s3.send(new GetBucketAclCommand({ Bucket })),
      ownership: () => s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
      website: () => s3.send(new GetBucketWebsiteCommand({ Bucket })),
      CORS: () => s3.send(new GetBucketCorsCommand({ Bucket })),
      tags: () => s3.send(new GetBucketTaggingCommand({ Bucket })),
      'access points': () => control.send(new ListAccessPointsCommand({ AccountId: account, Bucket })),
    };
    return Promise.all(
      Object.entries(asked).map(async ([name, ask]): Promise<Entry> => [`bucket ${Bucket} ${name}`, await orNone(ask)]),
    );
  });
  const block = await orNone(() => control.send(new GetAccountBlockCommand({ AccountId: account })));
  return [['account block', block], ...(await Promise.all(entries)).flat()];
};

/** Everything, in one spelling, so that equal accounts give equal inventories. */
export const inventoryOf = async (stage: Stage): Promise<Inventory> => {
  const parts = [instances, network, storage, scaling, balancing, identities, buckets];
  return new Map((await Promise.all(parts.map((part) => part(stage)))).flat());
};

export type Difference = { readonly what: string; readonly before: Json | undefined; readonly after: Json | undefined };

export const differences = (before: Inventory, after: Inventory): readonly Difference[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .toSorted()
    .map((what) => ({ what, before: before.get(what), after: after.get(what) }))
    .filter((one) => canonical(one.before ?? null) !== canonical(one.after ?? null));

export const saidDifference = ({ what, before, after }: Difference): string => {
  if (before === undefined) return `${what} is new: ${JSON.stringify(after)}`;
  if (after === undefined) return `${what} is gone: it was ${JSON.stringify(before)}`;
  return `${what} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`;
};
