// What S3 stores for a bucket and gives back as it is: website, CORS, tags, logging, versioning, encryption, replication.
import type * as S3 from '@aws-sdk/client-s3';
import { awsError } from './errors.ts';
import type { Operation, ServiceModel } from './model.ts';
import { type BucketInput, openBucket } from './s3-slice.ts';

const put =
  <Input extends BucketInput>(
    action: string,
    name: string,
    configuration: (input: Input) => object | undefined,
  ): Operation =>
  (input: Input, request) => {
    const { configurations } = openBucket(input, action, request);
    const sent = configuration(input) ?? {};
    // Logging is switched off by an empty configuration.
    if (Object.keys(sent).length === 0) delete configurations[name];
    else configurations[name] = structuredClone(sent);
    return {};
  };

/** `missing` is what the answer is while nothing is stored: an error, or a default. */
const get =
  (action: string, name: string, missing: () => object): Operation =>
  (input: BucketInput, request) =>
    structuredClone(openBucket(input, action, request).configurations[name] ?? missing());

const remove =
  (action: string, name: string): Operation =>
  (input: BucketInput, request) => {
    delete openBucket(input, action, request).configurations[name];
    return {};
  };

const notFound = (name: string, message: string) => (): never => {
  throw awsError(name, message, 404);
};

/** Every bucket is encrypted since 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
const encryptedByDefault = (): S3.GetBucketEncryptionOutput => ({
  ServerSideEncryptionConfiguration: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
  },
});

const noWebsite = notFound('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration');
const noCors = notFound('NoSuchCORSConfiguration', 'The CORS configuration does not exist');
const noTags = notFound('NoSuchTagSet', 'The TagSet does not exist');
const noReplication = notFound('ReplicationConfigurationNotFoundError', 'The replication configuration was not found');

// The actions aren't always named like the operations:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
export const s3Configurations: ServiceModel = {
  GetBucketWebsite: get('s3:GetBucketWebsite', 'website', noWebsite),
  PutBucketWebsite: put<S3.PutBucketWebsiteRequest>(
    's3:PutBucketWebsite',
    'website',
    (input) => input.WebsiteConfiguration,
  ),
  DeleteBucketWebsite: remove('s3:DeleteBucketWebsite', 'website'),
  GetBucketCors: get('s3:GetBucketCORS', 'cors', noCors),
  PutBucketCors: put<S3.PutBucketCorsRequest>('s3:PutBucketCORS', 'cors', (input) => input.CORSConfiguration),
  DeleteBucketCors: remove('s3:PutBucketCORS', 'cors'),
  GetBucketTagging: get('s3:GetBucketTagging', 'tagging', noTags),
  PutBucketTagging: put<S3.PutBucketTaggingRequest>('s3:PutBucketTagging', 'tagging', (input) => input.Tagging),
  DeleteBucketTagging: remove('s3:PutBucketTagging', 'tagging'),
  GetBucketLogging: get('s3:GetBucketLogging', 'logging', () => ({})),
  PutBucketLogging: put<S3.PutBucketLoggingRequest>(
    's3:PutBucketLogging',
    'logging',
    (input) => input.BucketLoggingStatus,
  ),
  GetBucketVersioning: get('s3:GetBucketVersioning', 'versioning', () => ({})),
  PutBucketVersioning: put<S3.PutBucketVersioningRequest>(
    's3:PutBucketVersioning',
    'versioning',
    (input) => input.VersioningConfiguration,
  ),
  GetBucketEncryption: get('s3:GetEncryptionConfiguration', 'encryption', encryptedByDefault),
  PutBucketEncryption: put<S3.PutBucketEncryptionRequest>('s3:PutEncryptionConfiguration', 'encryption', (input) => ({
    ServerSideEncryptionConfiguration: input.ServerSideEncryptionConfiguration,
  })),
  GetBucketReplication: get('s3:GetReplicationConfiguration', 'replication', noReplication),
  PutBucketReplication: put<S3.PutBucketReplicationRequest>(
    's3:PutReplicationConfiguration',
    'replication',
    (input) => ({
      ReplicationConfiguration: input.ReplicationConfiguration,
    }),
  ),
};
