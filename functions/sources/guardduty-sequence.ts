// An attack sequence: GuardDuty names nothing under `resource`; what is affected stands in the sequence, in words of its own.
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-attack-sequence-finding-types.html
import * as v from 'valibot';
import type { FoundResource } from '../../playbooks/language/finding.ts';
import { account, id, region, words } from './boundary.ts';
import { distinct, keyAndInstance, type Where } from './found-resource.ts';

const accessKey = v.object({
  principalId: v.nullish(words),
  userName: v.nullish(words),
  userType: v.nullish(words),
});

export const sequenceSchema = v.object({
  resources: v.nullish(
    v.array(
      v.object({
        uid: id,
        name: v.nullish(id),
        resourceType: words,
        accountId: v.nullish(account),
        region: v.nullish(region),
        data: v.nullish(v.object({ accessKey: v.nullish(accessKey) })),
      }),
    ),
  ),
  actors: v.nullish(
    v.array(
      v.object({
        user: v.nullish(
          v.object({
            name: v.nullish(words),
            uid: v.nullish(words),
            type: v.nullish(words),
            credentialUid: v.nullish(v.string()),
          }),
        ),
      }),
    ),
  ),
});

// A map, because an object would answer to 'constructor' as well.
const TYPES: ReadonlyMap<string, string> = new Map([
  ['ACCESS_KEY', 'AWS::IAM::AccessKey'],
  ['AUTOSCALING_AUTO_SCALING_GROUP', 'AWS::AutoScaling::AutoScalingGroup'],
  ['CLOUDFORMATION_STACK', 'AWS::CloudFormation::Stack'],
  ['EC2_IMAGE', 'AWS::EC2::Image'],
  ['EC2_INSTANCE', 'AWS::EC2::Instance'],
  ['EC2_LAUNCH_TEMPLATE', 'AWS::EC2::LaunchTemplate'],
  ['EC2_NETWORK_INTERFACE', 'AWS::EC2::NetworkInterface'],
  ['EC2_VPC', 'AWS::EC2::VPC'],
  ['ECS_CLUSTER', 'AWS::ECS::Cluster'],
  ['EKS_CLUSTER', 'AWS::EKS::Cluster'],
  ['IAM_INSTANCE_PROFILE', 'AWS::IAM::InstanceProfile'],
  ['S3_BUCKET', 'AWS::S3::Bucket'],
]);

export const sequenceResources = (
  sequence: v.InferOutput<typeof sequenceSchema> | null | undefined,
  where: Where,
): readonly FoundResource[] => {
  if (!sequence) return [];
  const named = (sequence.resources ?? []).flatMap(({ uid, resourceType, data, ...found }) => {
    const place = { account: found.accountId ?? where.account, region: found.region ?? where.region };
    const type = TYPES.get(resourceType);
    // `uid` is an ARN or a plain id; of either the last part is the id.
    const plain = uid.split(/[/:]/).at(-1);
    if (type === 'AWS::IAM::AccessKey') return keyAndInstance({ accessKeyId: plain, ...data?.accessKey }, place);
    return type && plain ? [{ type, id: plain, ...place, detail: {} }] : [];
  });
  const actors = (sequence.actors ?? []).flatMap(({ user }) =>
    keyAndInstance(
      user && { accessKeyId: user.credentialUid, principalId: user.uid, userName: user.name, userType: user.type },
      where,
    ),
  );
  return distinct([...named, ...actors]);
};
