// What GuardDuty says was affected: `resource` of a finding, with everything that stands beside it.
import type { Json } from '../language/json.ts';
import type { Place } from '../language/resource.ts';

type AccessKey = {
  readonly id: string;
  readonly userName: string;
  readonly userType: 'IAMUser' | 'AssumedRole' | 'Role' | 'Root' | 'FederatedUser' | 'AWSAccount' | 'AWSService';
  /** AIDA… for a user, AROA…:session for a role: AROA…:i-… when the role is an instance's. */
  readonly principalId?: string;
};

export type GuardDutyResource =
  | {
      readonly instance: {
        readonly id: string;
        readonly interfaceId?: string;
        readonly vpcId?: string;
        readonly subnetId?: string;
        readonly groupIds?: readonly string[];
        readonly privateAddress?: string;
        readonly publicAddress?: string;
        readonly profileArn?: string;
        readonly imageId?: string;
      };
    }
  | { readonly accessKey: AccessKey }
  | {
      readonly buckets: readonly { readonly name: string; readonly access?: 'PUBLIC' | 'NOT_PUBLIC' }[];
      readonly accessKey?: AccessKey;
    }
  /** Any other: `details` stands beside `resourceType` as it is. */
  | { readonly resourceType: string; readonly details?: { readonly [key: string]: Json } };

/** Which one it is, for a title and for an id. */
export const victim = (resource: GuardDutyResource): string => {
  if ('instance' in resource) return resource.instance.id;
  if ('buckets' in resource) return resource.buckets.map(({ name }) => name).join(', ');
  if ('accessKey' in resource) return resource.accessKey.id;
  return resource.resourceType;
};

export const guardDutyResource = (resource: GuardDutyResource, place: Place): Json => {
  if ('instance' in resource)
    return { resourceType: 'Instance', instanceDetails: instanceDetails(resource.instance, place) };
  if ('buckets' in resource)
    return {
      resourceType: 'S3Bucket',
      ...(resource.accessKey && { accessKeyDetails: accessKeyDetails(resource.accessKey) }),
      s3BucketDetails: resource.buckets.map(({ name, access = 'PUBLIC' }) => bucketDetails(name, access, place)),
    };
  if ('accessKey' in resource)
    return { resourceType: 'AccessKey', accessKeyDetails: accessKeyDetails(resource.accessKey) };
  return { resourceType: resource.resourceType, ...resource.details };
};

/** The principal that goes with a key where none is given. */
export const principalOf = ({ principalId, userType, userName }: AccessKey): string =>
  principalId ?? (userType === 'IAMUser' ? 'AIDA1111222233334444A' : `AROA1111222233334444A:${userName}`);

const accessKeyDetails = (key: AccessKey): Json => ({
  accessKeyId: key.id,
  principalId: principalOf(key),
  userType: key.userType,
  userName: key.userName,
});

const instanceDetails = (
  instance: Extract<GuardDutyResource, { instance: unknown }>['instance'],
  { partition, account, region }: Place,
): Json => {
  const privateIpAddress = instance.privateAddress ?? '10.0.0.10';
  const privateDnsName = `ip-${privateIpAddress.replaceAll('.', '-')}.${region}.compute.internal`;
  return {
    instanceId: instance.id,
    instanceType: 'm5.large',
    outpostArn: null,
    launchTime: '2026-01-15T08:00:00.000Z',
    platform: null,
    productCodes: [],
    iamInstanceProfile: {
      arn: instance.profileArn ?? `arn:${partition}:iam::${account}:instance-profile/web`,
      id: 'AIPA1111222233334444A',
    },
    networkInterfaces: [
      {
        ipv6Addresses: [],
        networkInterfaceId: instance.interfaceId ?? 'eni-0a1b2c3d4e5f60001',
        privateDnsName,
        privateIpAddress,
        privateIpAddresses: [{ privateDnsName, privateIpAddress }],
        subnetId: instance.subnetId ?? 'subnet-0a1b2c3d4e5f60001',
        vpcId: instance.vpcId ?? 'vpc-0a1b2c3d4e5f60001',
        securityGroups: (instance.groupIds ?? ['sg-0a1b2c3d4e5f60001']).map((groupId) => ({
          groupName: 'web',
          groupId,
        })),
        publicDnsName: '',
        ...(instance.publicAddress && { publicIp: instance.publicAddress }),
      },
    ],
    tags: [{ key: 'Name', value: 'web' }],
    instanceState: 'running',
    availabilityZone: `${region}a`,
    imageId: instance.imageId ?? 'ami-0a1b2c3d4e5f60001',
    imageDescription: 'Amazon Linux 2023',
  };
};

const bucketDetails = (name: string, access: 'PUBLIC' | 'NOT_PUBLIC', { partition, account }: Place): Json => {
  const open = access === 'PUBLIC';
  const blocked = {
    ignorePublicAcls: !open,
    restrictPublicBuckets: !open,
    blockPublicAcls: !open,
    blockPublicPolicy: !open,
  };
  return {
    arn: `arn:${partition}:s3:::${name}`,
    name,
    type: 'Destination',
    createdAt: 1_736_928_000,
    owner: { id: account.padEnd(64, '0') },
    tags: [{ key: 'team', value: 'finance' }],
    defaultServerSideEncryption: { encryptionType: 'SSEAlgorithm', kmsMasterKeyArn: null },
    publicAccess: {
      permissionConfiguration: {
        bucketLevelPermissions: {
          accessControlList: { allowsPublicReadAccess: false, allowsPublicWriteAccess: false },
          bucketPolicy: { allowsPublicReadAccess: open, allowsPublicWriteAccess: false },
          blockPublicAccess: blocked,
        },
        accountLevelPermissions: {
          blockPublicAccess: {
            ignorePublicAcls: false,
            restrictPublicBuckets: false,
            blockPublicAcls: false,
            blockPublicPolicy: false,
          },
        },
      },
      effectivePermission: access,
    },
  };
};
