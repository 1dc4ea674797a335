// How an EC2 instance is named: i-…, or its ARN.
import { parseArn, placeOf, type ResourceKind } from '../language/resource.ts';

const instanceId = /^i-[0-9a-f]{8,17}$/;

export const ec2Instance: ResourceKind = {
  type: 'AWS::EC2::Instance',
  scope: 'regional',
  noun: 'EC2 instance',
  example: 'i-0123456789abcdef0',
  parse: (text) => {
    if (instanceId.test(text)) return { id: text };
    const arn = parseArn(text);
    const id = arn?.resource.replace(/^instance\//, '');
    return arn?.service === 'ec2' && id && instanceId.test(id) ? { id, ...placeOf(arn) } : undefined;
  },
  arn: (id, { partition, account, region }) => `arn:${partition}:ec2:${region}:${account}:instance/${id}`,
};
