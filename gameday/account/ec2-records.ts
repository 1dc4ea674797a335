// The records that EC2 keeps, under AWS's own names. Plain data: times are milliseconds, what follows from others isn't kept.

export interface VpcRecord {
  readonly VpcId: string;
  readonly CidrBlock: string;
  readonly Ipv6CidrBlock?: string;
  readonly IsDefault: boolean;
}

export interface SubnetRecord {
  readonly SubnetId: string;
  readonly VpcId: string;
  readonly CidrBlock: string;
  readonly Ipv6CidrBlock?: string;
  readonly AvailabilityZone: string;
  readonly DefaultForAz: boolean;
  MapPublicIpOnLaunch: boolean;
}

/** One rule has one peer, as in `DescribeSecurityGroupRules`. Exactly one of the last four is there. */
export interface RuleRecord {
  readonly SecurityGroupRuleId: string;
  readonly IsEgress: boolean;
  readonly IpProtocol: string;
  readonly FromPort: number;
  readonly ToPort: number;
  readonly Description?: string;
  readonly CidrIpv4?: string;
  readonly CidrIpv6?: string;
  readonly PrefixListId?: string;
  readonly ReferencedGroupId?: string;
}

export interface SecurityGroupRecord {
  readonly GroupId: string;
  readonly GroupName: string;
  readonly Description: string;
  readonly VpcId: string;
  rules: RuleRecord[];
}

interface OperatorRecord {
  readonly Managed: boolean;
  readonly Principal: string;
}

export interface InterfaceAttachmentRecord {
  readonly AttachmentId: string;
  /** Absent where a service has attached the interface to something that is no instance of the account. */
  readonly InstanceId?: string;
  readonly InstanceOwnerId: string;
  readonly DeviceIndex: number;
  readonly NetworkCardIndex: number;
  readonly AttachTime: number;
  DeleteOnTermination: boolean;
}

export interface ConnectionTrackingRecord {
  TcpEstablishedTimeout?: number;
  UdpTimeout?: number;
  UdpStreamTimeout?: number;
}

export interface NetworkInterfaceRecord {
  readonly NetworkInterfaceId: string;
  readonly VpcId: string;
  readonly SubnetId: string;
  readonly AvailabilityZone: string;
  readonly MacAddress: string;
  readonly PrivateIpAddresses: string[];
  readonly Ipv6Addresses: string[];
  InterfaceType: string;
  Description: string;
  Groups: string[];
  SourceDestCheck: boolean;
  RequesterManaged: boolean;
  RequesterId?: string;
  Operator?: OperatorRecord;
  Attachment?: InterfaceAttachmentRecord;
  /** The address that AWS gave by itself; an elastic one stands in `addresses` and comes before it. */
  AutoPublicIp?: string;
  ConnectionTracking?: ConnectionTrackingRecord;
}

export interface AddressRecord {
  readonly AllocationId: string;
  readonly PublicIp: string;
  AssociationId?: string;
  NetworkInterfaceId?: string;
  PrivateIpAddress?: string;
}

export interface InternetGatewayRecord {
  readonly InternetGatewayId: string;
  VpcId?: string;
}

export interface NatGatewayRecord {
  readonly NatGatewayId: string;
  readonly VpcId: string;
  readonly SubnetId: string;
  readonly ConnectivityType: 'public' | 'private';
  readonly CreateTime: number;
  readonly NetworkInterfaceId: string;
  readonly AllocationId?: string;
  State: 'available' | 'deleted';
}

export interface RouteRecord {
  readonly DestinationCidrBlock?: string;
  readonly DestinationIpv6CidrBlock?: string;
  readonly DestinationPrefixListId?: string;
  /** `local`, an internet gateway, a virtual private gateway or a gateway endpoint. */
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
  readonly NetworkInterfaceId?: string;
  readonly EgressOnlyInternetGatewayId?: string;
  readonly TransitGatewayId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly Origin: 'CreateRouteTable' | 'CreateRoute';
}

export interface RouteTableRecord {
  readonly RouteTableId: string;
  readonly VpcId: string;
  Routes: RouteRecord[];
  Associations: { readonly RouteTableAssociationId: string; readonly Main: boolean; readonly SubnetId?: string }[];
}

export interface VpcEndpointRecord {
  readonly VpcEndpointId: string;
  readonly VpcEndpointType: 'Interface' | 'Gateway';
  readonly VpcId: string;
  readonly ServiceName: string;
  readonly PolicyDocument?: string;
  readonly PrivateDnsEnabled: boolean;
  readonly CreationTimestamp: number;
  readonly NetworkInterfaceIds: string[];
  readonly RouteTableIds: string[];
  readonly SubnetIds: string[];
  readonly Groups: string[];
}

export type InstanceStateName = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

interface MetadataOptionsRecord {
  readonly HttpTokens: 'optional' | 'required';
  readonly HttpEndpoint: 'enabled' | 'disabled';
  readonly HttpPutResponseHopLimit: number;
  readonly HttpProtocolIpv6: 'enabled' | 'disabled';
  readonly InstanceMetadataTags: 'enabled' | 'disabled';
  /** When the last change will have been applied; absent once it has. */
  appliedAt?: number;
}

export interface InstanceRecord {
  readonly InstanceId: string;
  readonly ReservationId: string;
  readonly ImageId: string;
  readonly InstanceType: string;
  readonly KeyName?: string;
  readonly LaunchTime: number;
  readonly VpcId: string;
  readonly SubnetId: string;
  readonly AvailabilityZone: string;
  readonly RootDeviceName: string;
  readonly UserData?: string;
  State: InstanceStateName;
  /** When a passing state ends: `stopping` in `stopped`, `shutting-down` in `terminated`, that in nothing at all. */
  settlesAt?: number;
  StateTransitionReason: string;
  Lifecycle?: 'spot';
  Operator?: OperatorRecord;
  MetadataOptions: MetadataOptionsRecord;
  DisableApiTermination: boolean;
  DisableApiStop: boolean;
  InstanceInitiatedShutdownBehavior: 'stop' | 'terminate';
}

export interface ProfileAssociationRecord {
  readonly AssociationId: string;
  readonly InstanceId: string;
  readonly Arn: string;
  readonly Id: string;
  readonly Timestamp: number;
}

export interface LaunchTemplateRecord {
  readonly LaunchTemplateId: string;
  readonly LaunchTemplateName: string;
  readonly CreateTime: number;
  /** What `RunInstances` would get. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface VolumeRecord {
  readonly VolumeId: string;
  readonly Size: number;
  readonly VolumeType: string;
  readonly Encrypted: boolean;
  readonly KmsKeyId?: string;
  readonly AvailabilityZone: string;
  readonly CreateTime: number;
  Attachment?: {
    readonly InstanceId: string;
    readonly Device: string;
    readonly AttachTime: number;
    DeleteOnTermination: boolean;
  };
}

export interface SnapshotLockRecord {
  readonly mode: 'governance' | 'compliance';
  readonly createdAt: number;
  readonly duration: number;
  readonly coolOffPeriod?: number;
}

export interface SnapshotRecord {
  readonly SnapshotId: string;
  readonly VolumeId: string;
  readonly VolumeSize: number;
  readonly Encrypted: boolean;
  readonly KmsKeyId?: string;
  readonly Description: string;
  readonly StartTime: number;
  readonly endsAt: number;
  /** The `StateMessage` with which it ends in `error`. */
  readonly failure?: string;
  State: 'pending' | 'completed' | 'error';
  lock?: SnapshotLockRecord;
}

/** A connection that lives on between two packets: what connection tracking is about. */
export interface FlowRecord {
  readonly id: string;
  readonly networkInterfaceId: string;
  /** Who opened it: the instance (`egress`) or the peer (`ingress`). */
  readonly direction: 'ingress' | 'egress';
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly peer: string;
  /** Through a NAT gateway, a Network Load Balancer or the like: tracked whatever the rules say. */
  readonly automaticallyTracked: boolean;
  /** Milliseconds between two packets. */
  readonly packetEvery: number;
  tracked: boolean;
  lastPacketAt: number;
  state: 'open' | 'closed';
}

export interface Ec2 {
  readonly vpcs: Record<string, VpcRecord>;
  readonly subnets: Record<string, SubnetRecord>;
  readonly securityGroups: Record<string, SecurityGroupRecord>;
  readonly networkInterfaces: Record<string, NetworkInterfaceRecord>;
  readonly addresses: Record<string, AddressRecord>;
  readonly internetGateways: Record<string, InternetGatewayRecord>;
  readonly natGateways: Record<string, NatGatewayRecord>;
  readonly routeTables: Record<string, RouteTableRecord>;
  readonly vpcEndpoints: Record<string, VpcEndpointRecord>;
  readonly instances: Record<string, InstanceRecord>;
  readonly profileAssociations: Record<string, ProfileAssociationRecord>;
  readonly launchTemplates: Record<string, LaunchTemplateRecord>;
  readonly volumes: Record<string, VolumeRecord>;
  readonly snapshots: Record<string, SnapshotRecord>;
  /** By volume, the `StateMessage` with which its next snapshot ends. */
  readonly failingSnapshots: Record<string, string>;
  readonly flows: Record<string, FlowRecord>;
  /** By resource id. */
  readonly tags: Record<string, Record<string, string>>;
}
