// What outlives every deployment: the ledger, the evidence, and the one key that protects them.
import { Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { tableKeys } from '../../functions/adapters/dynamodb-ledger.ts';
import { ownName } from './names.ts';

/** So long nobody can delete or change what was kept as evidence, with the bucket's default lock. */
const evidenceDays = 365;
/** An incident's record is read for longer than it is open; backups reach back as far as DynamoDB can. */
const recoveryDays = 35;

export interface Storage {
  readonly key: Key;
  readonly ledger: Table;
  readonly evidence: Bucket;
}

/**
 * Services that encrypt with the key in our name: logs, and what EventBridge, SNS and CloudWatch put into queues and topics.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
const letServicesUse = (key: Key): void => {
  const { account, region, partition } = Stack.of(key);
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Logs',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Messages',
      principals: ['events', 'sns', 'cloudwatch'].map((service) => new ServicePrincipal(`${service}.amazonaws.com`)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
};

export const createStorage = (scope: Construct): Storage => {
  const key = new Key(scope, 'Key', {
    description: 'Firebreak: ledger, evidence, queues, topics and logs',
    alias: ownName('Key'),
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
    pendingWindow: Duration.days(30),
  });
  letServicesUse(key);
  const { account, region } = Stack.of(scope);
  // Buckets have one name space for the world.
  const bucketName = (id: string) => `${ownName(id)}-${account}-${region}`;
  // By this the guard knows it: keys have no names.
  Tags.of(key).add('firebreak:key', 'true');
  const ledger = new Table(scope, 'Ledger', {
    tableName: ownName('Ledger'),
    partitionKey: { name: tableKeys.partition, type: AttributeType.STRING },
    sortKey: { name: tableKeys.sort, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: recoveryDays },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // Log delivery knows neither the lock nor a key of ours: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
  const accessLogs = new Bucket(scope, 'AccessLogs', {
    bucketName: bucketName('AccessLogs'),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    encryption: BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ expiration: Duration.days(evidenceDays) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const evidence = new Bucket(scope, 'Evidence', {
    bucketName: bucketName('Evidence'),
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(evidenceDays)),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    // CDK's classes don't say undefined where their interfaces do.
    serverAccessLogsBucket: accessLogs as IBucket,
    serverAccessLogsPrefix: 'evidence/',
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return { key, ledger, evidence };
};
