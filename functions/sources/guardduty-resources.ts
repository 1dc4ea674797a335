// The resources that a GuardDuty finding names, by its `resource.resourceType`.
import * as v from 'valibot';
import type { FoundResource } from '../../playbooks/language/finding.ts';
import { id, words } from './boundary.ts';
import { keyAndInstance, type Where } from './found-resource.ts';
import { details } from './text.ts';

const named = v.object({ name: v.nullish(id) });

export const resourceSchema = v.object({
  resourceType: words,
  instanceDetails: v.nullish(v.object({ instanceId: v.nullish(id) })),
  accessKeyDetails: v.nullish(
    v.object({
      // Empty when a person signed in to the console.
      accessKeyId: v.nullish(v.string()),
      principalId: v.nullish(words),
      userName: v.nullish(words),
      userType: v.nullish(words),
    }),
  ),
  s3BucketDetails: v.nullish(
    v.array(
      v.object({
        name: id,
        s3ObjectDetails: v.nullish(
          v.array(v.object({ key: v.string(), versionId: v.nullish(words), eTag: v.nullish(words) })),
        ),
      }),
    ),
  ),
  eksClusterDetails: v.nullish(named),
  ecsClusterDetails: v.nullish(
    v.object({ name: v.nullish(id), taskDetails: v.nullish(v.object({ arn: v.nullish(words) })) }),
  ),
  lambdaDetails: v.nullish(v.object({ functionName: v.nullish(id) })),
  rdsDbInstanceDetails: v.nullish(v.object({ dbInstanceIdentifier: v.nullish(id) })),
  rdsLimitlessDbDetails: v.nullish(v.object({ dbShardGroupIdentifier: v.nullish(id) })),
  ebsSnapshotDetails: v.nullish(v.object({ snapshotArn: v.nullish(id) })),
  ec2ImageDetails: v.nullish(v.object({ imageArn: v.nullish(id) })),
});

type Resource = v.InferOutput<typeof resourceSchema>;

export const foundResources = (resource: Resource, where: Where): readonly FoundResource[] => {
  const one = (type: string, name: string | null | undefined, detail = {}): readonly FoundResource[] =>
    name && v.is(id, name) ? [{ type, id: name, ...where, detail: details(detail) }] : [];
  const { instanceDetails, accessKeyDetails: key } = resource;
  // Where a container is the victim, the instance beneath it hosts others as well: it is told, not named as a resource.
  const host = instanceDetails?.instanceId;
  switch (resource.resourceType) {
    case 'Instance':
      return one('AWS::EC2::Instance', instanceDetails?.instanceId);
    case 'AccessKey':
      return keyAndInstance(key, where);
    case 'S3Bucket':
      return [
        ...(resource.s3BucketDetails ?? []).flatMap(({ name }) => one('AWS::S3::Bucket', name)),
        ...keyAndInstance(key, where),
      ];
    case 'S3Object':
      return (resource.s3BucketDetails ?? []).flatMap(({ name, s3ObjectDetails }) =>
        (s3ObjectDetails ?? []).flatMap(({ key: path, ...rest }) => one('AWS::S3::Object', `${name}/${path}`, rest)),
      );
    case 'EKSCluster':
      return one('AWS::EKS::Cluster', resource.eksClusterDetails?.name, { host });
    case 'ECSCluster':
      return one('AWS::ECS::Cluster', resource.ecsClusterDetails?.name, {
        host,
        task: resource.ecsClusterDetails?.taskDetails?.arn,
      });
    case 'Lambda':
      return one('AWS::Lambda::Function', resource.lambdaDetails?.functionName);
    case 'RDSDBInstance':
      return one('AWS::RDS::DBInstance', resource.rdsDbInstanceDetails?.dbInstanceIdentifier);
    case 'RDSLimitlessDB':
      return one('AWS::RDS::DBShardGroup', resource.rdsLimitlessDbDetails?.dbShardGroupIdentifier);
    case 'EBSSnapshot':
      return one('AWS::EC2::Snapshot', resource.ebsSnapshotDetails?.snapshotArn?.split('/').at(-1));
    case 'EC2Image':
      return one('AWS::EC2::Image', resource.ec2ImageDetails?.imageArn?.split('/').at(-1));
    default:
      return [];
  }
};
