// How an access key is named.
import type { ResourceKind } from '../language/resource.ts';

// AKIA: long-term, of a user or of root. ASIA: temporary, of a session.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
const keyId = /^(?:AWS::IAM::AccessKey:)?((?:AKIA|ASIA)[A-Z0-9]{12,124})$/;

export const isTemporary = (id: string): boolean => id.startsWith('ASIA');

export const accessKey: ResourceKind = {
  type: 'AWS::IAM::AccessKey',
  scope: 'global',
  noun: 'access key',
  example: 'AKIAIOSFODNN7EXAMPLE',
  parse: (text) => {
    const [, id] = keyId.exec(text) ?? [];
    return id === undefined ? undefined : { id };
  },
  // Keys have no ARN; Security Hub writes the type before the id, which is read above.
  arn: (id) => id,
};
