// EC2, put together from its topics.
import * as addresses from './ec2-addresses.ts';
import * as attributes from './ec2-attributes.ts';
import * as endpoints from './ec2-endpoints.ts';
import * as types from './ec2-instance-types.ts';
import * as instances from './ec2-instances.ts';
import * as interfaceAttributes from './ec2-interface-attributes.ts';
import * as interfaces from './ec2-interfaces.ts';
import * as launching from './ec2-launch.ts';
import * as profiles from './ec2-profiles.ts';
import * as routing from './ec2-routing.ts';
import * as groups from './ec2-security-groups.ts';
import * as locks from './ec2-snapshot-locks.ts';
import * as snapshots from './ec2-snapshots.ts';
import * as tags from './ec2-tags.ts';
import * as volumes from './ec2-volumes.ts';
import * as vpc from './ec2-vpc.ts';
import { awsError } from './errors.ts';
import type { Operation, ServiceModel } from './model.ts';

const operations: ServiceModel = {
  CreateVpc: vpc.createVpc(groups.addDefaultGroup),
  DescribeVpcs: vpc.describeVpcs,
  DeleteVpc: vpc.deleteVpc,
  CreateSubnet: vpc.createSubnet,
  DescribeSubnets: vpc.describeSubnets,
  ModifySubnetAttribute: vpc.modifySubnetAttribute,
  DeleteSubnet: vpc.deleteSubnet,
  CreateSecurityGroup: groups.createSecurityGroup,
  DescribeSecurityGroups: groups.describeSecurityGroups,
  DeleteSecurityGroup: groups.deleteSecurityGroup,
  DescribeSecurityGroupRules: groups.describeSecurityGroupRules,
  AuthorizeSecurityGroupIngress: groups.authorizeSecurityGroupIngress,
  AuthorizeSecurityGroupEgress: groups.authorizeSecurityGroupEgress,
  RevokeSecurityGroupIngress: groups.revokeSecurityGroupIngress,
  RevokeSecurityGroupEgress: groups.revokeSecurityGroupEgress,
  DescribeNetworkInterfaces: interfaces.describeNetworkInterfaces,
  CreateNetworkInterface: interfaces.createNetworkInterface,
  AttachNetworkInterface: interfaces.attachNetworkInterface,
  DetachNetworkInterface: interfaces.detachNetworkInterface,
  DeleteNetworkInterface: interfaces.deleteNetworkInterface,
  ModifyNetworkInterfaceAttribute: interfaceAttributes.modifyNetworkInterfaceAttribute,
  AllocateAddress: addresses.allocateAddress,
  AssociateAddress: addresses.associateAddress,
  DisassociateAddress: addresses.disassociateAddress,
  ReleaseAddress: addresses.releaseAddress,
  DescribeAddresses: addresses.describeAddresses,
  CreateInternetGateway: routing.createInternetGateway,
  AttachInternetGateway: routing.attachInternetGateway,
  DetachInternetGateway: routing.detachInternetGateway,
  DeleteInternetGateway: routing.deleteInternetGateway,
  DescribeInternetGateways: routing.describeInternetGateways,
  CreateNatGateway: routing.createNatGateway,
  DeleteNatGateway: routing.deleteNatGateway,
  DescribeNatGateways: routing.describeNatGateways,
  CreateRouteTable: routing.createRouteTable,
  CreateRoute: routing.createRoute,
  AssociateRouteTable: routing.associateRouteTable,
  DisassociateRouteTable: routing.disassociateRouteTable,
  DeleteRouteTable: routing.deleteRouteTable,
  DescribeRouteTables: routing.describeRouteTables,
  DescribePrefixLists: endpoints.describePrefixLists,
  CreateVpcEndpoint: endpoints.createVpcEndpoint,
  DescribeVpcEndpoints: endpoints.describeVpcEndpoints,
  DeleteVpcEndpoints: endpoints.deleteVpcEndpoints,
  DescribeInstanceTypes: types.describeInstanceTypes,
  CreateLaunchTemplate: launching.createLaunchTemplate,
  DeleteLaunchTemplate: launching.deleteLaunchTemplate,
  DescribeInstances: instances.describeInstances,
  RunInstances: instances.runInstances,
  StopInstances: instances.stopInstances,
  StartInstances: instances.startInstances,
  TerminateInstances: instances.terminateInstances,
  DescribeInstanceAttribute: attributes.describeInstanceAttribute,
  ModifyInstanceAttribute: attributes.modifyInstanceAttribute,
  ModifyInstanceMetadataOptions: attributes.modifyInstanceMetadataOptions,
  DescribeIamInstanceProfileAssociations: profiles.describeIamInstanceProfileAssociations,
  AssociateIamInstanceProfile: profiles.associateIamInstanceProfile,
  DisassociateIamInstanceProfile: profiles.disassociateIamInstanceProfile,
  ReplaceIamInstanceProfileAssociation: profiles.replaceIamInstanceProfileAssociation,
  CreateVolume: volumes.createVolume,
  AttachVolume: volumes.attachVolume,
  DetachVolume: volumes.detachVolume,
  DeleteVolume: volumes.deleteVolume,
  DescribeVolumes: volumes.describeVolumes,
  CreateSnapshot: snapshots.createSnapshot,
  CreateSnapshots: snapshots.createSnapshots,
  DescribeSnapshots: snapshots.describeSnapshots,
  DeleteSnapshot: snapshots.deleteSnapshot,
  LockSnapshot: locks.lockSnapshot,
  UnlockSnapshot: locks.unlockSnapshot,
  DescribeLockedSnapshots: locks.describeLockedSnapshots,
  CreateTags: tags.createTags,
  DeleteTags: tags.deleteTags,
  DescribeTags: tags.describeTags,
};

/** EC2 can be asked whether a call would be allowed; it answers by an error either way. */
const withDryRun =
  (operation: Operation): Operation =>
  (input: { readonly DryRun?: boolean }, request) => {
    if (input.DryRun) {
      throw awsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    }
    return operation(input as never, request);
  };

export const ec2: ServiceModel = Object.fromEntries(
  Object.entries(operations).map(([command, operation]) => [command, withDryRun(operation)]),
);
