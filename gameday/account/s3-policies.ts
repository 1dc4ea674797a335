// Bucket policies: what S3 takes, and what it says of them.
import type * as S3 from '@aws-sdk/client-s3';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { list, type PolicyStatement, statementsOf, unknownOperator } from './policy-evaluation.ts';
import { isPublicPolicy } from './policy-publicness.ts';
import { accessDenied, type BucketInput, bucketArn, effectiveBlock, openBucket } from './s3-slice.ts';
import { callerArn } from './sts.ts';

const mostBytes = 20 * 1024;

const malformed = (message: string): Error => awsError('MalformedPolicy', message);

const parse = (document: string): readonly PolicyStatement[] => {
  try {
    return statementsOf(document);
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
};

const isOf = (resource: string, arn: string): boolean => resource === '*' || resource.startsWith(arn);

/** What S3 checks before it takes a policy, of a bucket or of an access point. */
export const checkResourcePolicy = (document: string, arn: string): void => {
  if (Buffer.byteLength(document) > mostBytes) throw malformed('Policies must be 20480 bytes or less');
  const statements = parse(document);
  if (statements.length === 0) throw malformed('Missing required field Statement');
  for (const statement of statements) {
    const { Effect: effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement;
    if (effect !== 'Allow' && effect !== 'Deny') throw malformed(`Invalid effect: ${String(effect)}`);
    if ((Principal ?? NotPrincipal) === undefined) throw malformed('Missing required field Principal');
    if ((Action ?? NotAction) === undefined) throw malformed('Missing required field Action');
    const operator = unknownOperator(statement.Condition);
    if (operator !== undefined) throw malformed(`Invalid Condition type : ${operator}`);
    const resources = list(Resource ?? NotResource);
    if (resources.length === 0) throw malformed('Missing required field Resource');
    if (!resources.every((resource) => isOf(resource, arn))) throw malformed('Policy has invalid resource');
  }
};

/** S3 refuses a public policy while BlockPublicPolicy is on, and leaves the stored one as it is. */
export const refusePublicPolicy = (action: string, arn: string, request: Request): Error =>
  accessDenied(
    `User: ${callerArn(request)} is not authorized to perform: ${action} on resource: "${arn}" because public policies are blocked by the BlockPublicPolicy block public access setting.`,
  );

const putBucketPolicy = (input: S3.PutBucketPolicyRequest, request: Request): object => {
  const bucket = openBucket(input, 's3:PutBucketPolicy', request);
  const { Policy: document = '' } = input;
  checkResourcePolicy(document, bucketArn(bucket));
  if (isPublicPolicy(document) && effectiveBlock(request.state, bucket).BlockPublicPolicy) {
    throw refusePublicPolicy('s3:PutBucketPolicy', bucketArn(bucket), request);
  }
  bucket.policy = document;
  return {};
};

const noPolicy = (): Error => awsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);

/** S3 keeps what a policy says, not its spaces. */
export const withoutSpaces = (document: string): string => JSON.stringify(JSON.parse(document));

const getBucketPolicy = (input: BucketInput, request: Request): S3.GetBucketPolicyOutput => {
  const { policy } = openBucket(input, 's3:GetBucketPolicy', request);
  if (policy === undefined) throw noPolicy();
  return { Policy: withoutSpaces(policy) };
};

/** Judged on the stored policy alone: a public access block makes no difference to the answer. */
const getBucketPolicyStatus = (input: BucketInput, request: Request): S3.GetBucketPolicyStatusOutput => {
  const { policy } = openBucket(input, 's3:GetBucketPolicyStatus', request);
  if (policy === undefined) throw noPolicy();
  return { PolicyStatus: { IsPublic: isPublicPolicy(policy) } };
};

const deleteBucketPolicy = (input: BucketInput, request: Request): object => {
  delete openBucket(input, 's3:DeleteBucketPolicy', request).policy;
  return {};
};

export const s3Policies = {
  PutBucketPolicy: putBucketPolicy,
  GetBucketPolicy: getBucketPolicy,
  GetBucketPolicyStatus: getBucketPolicyStatus,
  DeleteBucketPolicy: deleteBucketPolicy,
} satisfies ServiceModel;
