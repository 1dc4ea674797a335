// The guard knows Firebreak's things by their names: so all that the stacks make has to be named so.
import { describe, expect, it } from 'vitest';
import { own } from '../../infra/guard/guard-policy.ts';
import { synthesize } from './synth.ts';

/** Of each type the property with its name, and the ARN that has it. */
const named: Readonly<Record<string, readonly [property: string, arn: (name: string) => string]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName', (name) => `arn:aws:cloudwatch:x:1:alarm:${name}`],
  'AWS::DynamoDB::Table': ['TableName', (name) => `arn:aws:dynamodb:x:1:table/${name}`],
  'AWS::Events::Rule': ['Name', (name) => `arn:aws:events:x:1:rule/${name}`],
  'AWS::IAM::Role': ['RoleName', (name) => `arn:aws:iam::1:role/${name}`],
  'AWS::KMS::Alias': ['AliasName', (name) => `arn:aws:kms:x:1:${name}`],
  'AWS::Lambda::Function': ['FunctionName', (name) => `arn:aws:lambda:x:1:function:${name}`],
  'AWS::Logs::LogGroup': ['LogGroupName', (name) => `arn:aws:logs:x:1:log-group:${name}`],
  'AWS::S3::Bucket': ['BucketName', (name) => `arn:aws:s3:::${name}`],
  'AWS::SNS::Topic': ['TopicName', (name) => `arn:aws:sns:x:1:${name}`],
  'AWS::SQS::Queue': ['QueueName', (name) => `arn:aws:sqs:x:1:${name}`],
  'AWS::SSM::Parameter': ['Name', (name) => `arn:aws:ssm:x:1:parameter${name}`],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', (name) => `arn:aws:states:x:1:stateMachine:${name}`],
};

const literal = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = (value ?? {}) as { 'Fn::Join'?: [string, unknown[]] };
  return join ? join[1].map(literal).join(join[0]) : 'x';
};

const isOwn = (arn: string): boolean =>
  own.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(arn));

const stacks = synthesize({ securityHubActions: true });

describe('what the guard protects', () => {
  it.each(Object.keys(named))('every %s', (type) => {
    const [property, arn] = named[type] ?? ['', String];
    let found = 0;
    for (const { Resources } of stacks.values())
      for (const [id, { Type, Properties }] of Object.entries(Resources)) {
        if (Type !== type) continue;
        found += 1;
        const name = Properties[property];
        expect(name, `${id} has no name of its own`).toBeDefined();
        expect([id, isOwn(arn(literal(name)))]).toEqual([id, true]);
      }
    expect(found).toBeGreaterThan(0);
  });

  it('the stacks themselves, and the key by its tag', () => {
    for (const name of stacks.keys()) expect(isOwn(`arn:aws:cloudformation:x:1:stack/${name}/1`)).toBe(true);
    const keys = [...stacks.values()].flatMap(({ Resources }) =>
      Object.values(Resources).filter(({ Type }) => Type === 'AWS::KMS::Key'),
    );
    expect(keys.length).toBeGreaterThan(0);
    for (const { Properties } of keys) expect(JSON.stringify(Properties.Tags)).toContain('firebreak:key');
  });
});
