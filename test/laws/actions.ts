// Which IAM actions, on which resources, a call asks for. AWS's command and IAM's action differ in places: those stand in this table.
import type { Call } from '../../gameday/account/world.ts';

export type AskedAction = {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
};

const prefixes: Readonly<Record<string, string>> = {
  EC2: 'ec2',
  IAM: 'iam',
  S3: 's3',
  'S3 Control': 's3',
  'Auto Scaling': 'autoscaling',
  'Elastic Load Balancing': 'elasticloadbalancing',
  'Elastic Load Balancing v2': 'elasticloadbalancing',
  STS: 'sts',
  CloudTrail: 'cloudtrail',
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const renamed: Readonly<Record<string, string>> = {
  'S3 GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  'S3 PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  'S3 DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  'S3 HeadBucket': 's3:ListBucket',
  'S3 GetBucketEncryption': 's3:GetEncryptionConfiguration',
  'S3 GetBucketReplication': 's3:GetReplicationConfiguration',
  'S3 GetBucketCors': 's3:GetBucketCORS',
  'S3 Control GetPublicAccessBlock': 's3:GetAccountPublicAccessBlock',
};

type Input = Readonly<Record<string, unknown>>;
type Tags = readonly { readonly Key?: string; readonly Value?: string }[];
type Ask = { readonly action?: string; readonly resource: string; readonly context?: AskedAction['context'] };

const text = (input: Input, name: string): string => (input[name] as string | undefined) ?? '';
const texts = (input: Input, name: string): readonly string[] => (input[name] as readonly string[] | undefined) ?? [];
const requestTags = (tags: Tags): AskedAction['context'] => ({
  ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])),
  'aws:TagKeys': tags.map(({ Key = '' }) => Key),
});
const specified = (input: Input): Tags =>
  ((input.TagSpecifications as readonly { Tags?: Tags }[] | undefined) ?? []).flatMap(({ Tags = [] }) => Tags);

/** What EC2 and the others ask for, by command. Reads that IAM can't confine ask for `*`. */
const asks = (call: Call): readonly Ask[] => {
  const input = (call.input ?? {}) as Input;
  const ec2 = (type: string, id = '0123456789abcdef0') => `arn:aws:ec2:${call.region}:${call.account}:${type}/${id}`;
  const iam = (type: string, name: string) => `arn:aws:iam::${call.account}:${type}/${name}`;
  const group = `arn:aws:autoscaling:${call.region}:${call.account}:autoScalingGroup:00000000-0000-4000-8000-000000000000:autoScalingGroupName/${text(input, 'AutoScalingGroupName')}`;
  const balancer = `arn:aws:elasticloadbalancing:${call.region}:${call.account}:loadbalancer/${text(input, 'LoadBalancerName')}`;
  const bucket = `arn:aws:s3:::${text(input, 'Bucket')}`;
  const user = iam('user', text(input, 'UserName'));
  const role = iam('role', text(input, 'RoleName'));
  const ownGroup = ec2('security-group', text(input, 'GroupId'));
  switch (`${call.service} ${call.command}`) {
    case 'EC2 ModifyNetworkInterfaceAttribute':
      return [
        { resource: ec2('network-interface', text(input, 'NetworkInterfaceId')) },
        ...texts(input, 'Groups').map((id) => ({ resource: ec2('security-group', id) })),
      ];
    case 'EC2 ModifyInstanceAttribute':
    case 'EC2 DescribeInstanceAttribute':
      return [
        { resource: ec2('instance', text(input, 'InstanceId')), context: { 'ec2:Attribute': attributeOf(input) } },
      ];
    case 'EC2 CreateSecurityGroup':
      return [
        { resource: ec2('security-group'), context: requestTags(specified(input)) },
        { resource: ec2('vpc', text(input, 'VpcId')) },
        {
          action: 'ec2:CreateTags',
          resource: ec2('security-group'),
          context: { ...requestTags(specified(input)), 'ec2:CreateAction': 'CreateSecurityGroup' },
        },
      ];
    case 'EC2 RevokeSecurityGroupEgress':
    case 'EC2 AuthorizeSecurityGroupEgress':
    case 'EC2 DeleteSecurityGroup':
      return [{ resource: ownGroup, context: { 'aws:ResourceTag/firebreak:isolation': 'sealed' } }];
    case 'EC2 CreateSnapshots':
      return [
        { resource: ec2('instance') },
        { resource: ec2('volume') },
        {
          resource: `arn:aws:ec2:${call.region}::snapshot/snap-0123456789abcdef0`,
          context: requestTags(specified(input)),
        },
        {
          action: 'ec2:CreateTags',
          resource: `arn:aws:ec2:${call.region}::snapshot/snap-0123456789abcdef0`,
          context: { ...requestTags(specified(input)), 'ec2:CreateAction': 'CreateSnapshots' },
        },
      ];
    case 'EC2 LockSnapshot':
      return [
        {
          resource: `arn:aws:ec2:${call.region}::snapshot/${text(input, 'SnapshotId')}`,
          context: { 'aws:ResourceTag/firebreak:incident': 'fb-000000000000' },
        },
      ];
    case 'EC2 CreateTags':
    case 'EC2 DeleteTags':
      return texts(input, 'Resources').map((id) => ({
        resource: ec2(id.startsWith('i-') ? 'instance' : 'network-interface', id),
        context: requestTags((input.Tags as Tags | undefined) ?? []),
      }));
    case 'EC2 AssociateAddress':
      return [
        { resource: ec2('elastic-ip', text(input, 'AllocationId')) },
        { resource: ec2('network-interface', text(input, 'NetworkInterfaceId')) },
      ];
    case 'EC2 DisassociateAddress':
      return [{ resource: ec2('elastic-ip') }, { resource: ec2('network-interface') }];
    case 'Elastic Load Balancing v2 RegisterTargets':
    case 'Elastic Load Balancing v2 DeregisterTargets':
      return [{ resource: text(input, 'TargetGroupArn') }];
    case 'Elastic Load Balancing RegisterInstancesWithLoadBalancer':
    case 'Elastic Load Balancing DeregisterInstancesFromLoadBalancer':
      return [{ resource: balancer }];
    case 'IAM AttachUserPolicy':
    case 'IAM DetachUserPolicy':
      return [{ resource: user, context: { 'iam:PolicyARN': text(input, 'PolicyArn') } }];
    case 'IAM GetAccessKeyLastUsed':
      return [{ resource: iam('user', 'whoever') }];
    default:
      break;
  }
  if (call.service === 'Auto Scaling' && call.write) return [{ resource: group }];
  if (call.service === 'IAM' && 'InstanceProfileName' in input)
    return [{ resource: iam('instance-profile', text(input, 'InstanceProfileName')) }];
  if (call.service === 'IAM' && 'RoleName' in input) return [{ resource: role }];
  if (call.service === 'IAM' && 'UserName' in input) return [{ resource: user }];
  if (call.service === 'S3') return [{ resource: bucket }];
  if (call.service === 'S3 Control' && 'Name' in input)
    return [{ resource: `arn:aws:s3:${call.region}:${call.account}:accesspoint/${text(input, 'Name')}` }];
  if (call.write)
    throw new Error(
      `${call.service} ${call.command} changes something: say in test/laws/actions.ts on which resource.`,
    );
  return [{ resource: '*' }];
};

const attributes = [
  'DisableApiTermination',
  'DisableApiStop',
  'InstanceInitiatedShutdownBehavior',
  'BlockDeviceMappings',
];
const attributeOf = (input: Input): string =>
  text(input, 'Attribute') || (attributes.find((name) => name in input) ?? '');

/** Every action and resource that AWS checks for this call. */
export const actionsOf = (call: Call): readonly AskedAction[] => {
  const prefix = prefixes[call.service];
  if (!prefix) throw new Error(`Say in test/laws/actions.ts which IAM prefix ${call.service} has.`);
  const own = renamed[`${call.service} ${call.command}`] ?? `${prefix}:${call.command}`;
  return asks(call).map(({ action = own, resource, context = {} }) => ({ action, resource, context }));
};
