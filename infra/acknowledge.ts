// What a check finds and is as it should be, with the reason: it stands in the code beside what it is about, and a new finding still fails.
import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** As the check writes what is known only where it is deployed: `<AWS::Partition>`. */
const spelt = (resolved: unknown): string => {
  if (typeof resolved === 'string') return resolved;
  const {
    Ref: ref,
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
  } = resolved as { Ref?: string; 'Fn::Join'?: [string, readonly unknown[]]; 'Fn::GetAtt'?: readonly string[] };
  if (join) return join[1].map(spelt).join(join[0]);
  if (attribute) return `<${attribute.join('.')}>`;
  return ref ? `<${ref}>` : JSON.stringify(resolved);
};

const acknowledge = (construct: IConstruct, rule: string, reason: string): void =>
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });

/** Permissions that name no single resource: of these resources, and of no others. */
export const acknowledgeWildcards = (construct: IConstruct, resources: readonly string[], reason: string): void => {
  const all = resources.map((resource) => spelt(Stack.of(construct).resolve(resource)));
  for (const resource of new Set(all))
    if (resource.includes('*')) acknowledge(construct, `IAM5[Resource::${resource}]`, reason);
};

/** A queue without a dead-letter queue. */
export const acknowledgeLastQueue = (construct: IConstruct, reason: string): void =>
  acknowledge(construct, 'SQS3', reason);
