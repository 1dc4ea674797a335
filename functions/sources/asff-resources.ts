// The resources of a finding in Security Hub's form, in the words that the other detectors use.
// https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
import * as v from 'valibot';
import type { FoundResource } from '../../playbooks/language/finding.ts';
import { parseArn } from '../../playbooks/language/resource.ts';
import { id, region, words } from './boundary.ts';
import { distinct, keyAndInstance, type Where } from './found-resource.ts';

export const asffResource = v.object({
  Type: words,
  Id: id,
  Region: v.nullish(words),
  Details: v.nullish(
    v.object({
      AwsIamAccessKey: v.nullish(
        v.object({
          PrincipalId: v.nullish(words),
          PrincipalName: v.nullish(words),
          PrincipalType: v.nullish(words),
          // What PrincipalName was called before 2020; copies of old findings still have it.
          UserName: v.nullish(words),
        }),
      ),
    }),
  ),
});

export const asffResources = (
  resources: readonly v.InferOutput<typeof asffResource>[],
  { account, region: findingRegion }: Where,
): readonly FoundResource[] =>
  distinct(
    resources.flatMap(({ Type, Id, Region, Details }) => {
      // Global resources have 'aws-global' or nothing here.
      const where = { account, region: v.is(region, Region) ? Region : findingRegion };
      if (Type === 'AwsIamAccessKey') {
        const { PrincipalId, PrincipalName, PrincipalType, UserName } = Details?.AwsIamAccessKey ?? {};
        const principal = { principalId: PrincipalId, userName: PrincipalName ?? UserName, userType: PrincipalType };
        return keyAndInstance({ accessKeyId: Id.split(':').at(-1), ...principal }, where);
      }
      const type = resourceType(Type);
      return type ? [{ type, id: plainId(Id), ...where, detail: {} }] : [];
    }),
  );

/** Services whose name is more than one word, or is written otherwise than ASFF writes it. */
const SERVICES: readonly (readonly [asff: string, name: string])[] = [
  ['ApiGatewayV2', 'ApiGatewayV2'],
  ['ApiGateway', 'ApiGateway'],
  ['AutoScaling', 'AutoScaling'],
  ['CertificateManager', 'CertificateManager'],
  ['CloudFormation', 'CloudFormation'],
  ['CloudFront', 'CloudFront'],
  ['CloudTrail', 'CloudTrail'],
  ['CloudWatch', 'CloudWatch'],
  ['CodeBuild', 'CodeBuild'],
  ['DynamoDb', 'DynamoDB'],
  ['ElasticBeanstalk', 'ElasticBeanstalk'],
  ['Elbv2', 'ElasticLoadBalancingV2'],
  ['Elb', 'ElasticLoadBalancing'],
  ['GuardDuty', 'GuardDuty'],
  ['NetworkFirewall', 'NetworkFirewall'],
  ['OpenSearchService', 'OpenSearchService'],
  ['SageMaker', 'SageMaker'],
  ['SecretsManager', 'SecretsManager'],
  ['StepFunction', 'StepFunctions'],
];

/** AwsRdsDbInstance → AWS::RDS::DBInstance. As near as rules come: a resource nobody answers is only told. */
const resourceType = (asff: string): string | undefined => {
  if (asff === 'AwsAccount') return 'AWS::::Account';
  const [, rest] = /^Aws([A-Z][A-Za-z0-9]+)$/.exec(asff) ?? [];
  if (!rest) return undefined;
  const [known, name] = SERVICES.find(([prefix]) => rest.startsWith(prefix)) ?? [];
  const service = known ?? /^[A-Z][a-z0-9]*/.exec(rest)?.[0] ?? '';
  const kind = rest.slice(service.length).replace(/^Db/, 'DB').replace(/^Vpc$/, 'VPC');
  // Three letters or fewer are an abbreviation: Ec2, Iam, Rds.
  return kind ? `AWS::${name ?? (service.length <= 3 ? service.toUpperCase() : service)}::${kind}` : undefined;
};

const plainId = (text: string): string => {
  const arn = parseArn(text);
  // A key of an object holds slashes of its own.
  if (arn?.service === 's3') return arn.resource;
  return (arn ? arn.resource : text).split(/[/:]/).at(-1) || text;
};
