// A deployment of the bundles on moto: the table, topics, queues, switch and machines that the stack makes, and the functions as they are bundled.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BucketLocationConstraint, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Context } from 'aws-lambda';
import { loadPlaybooks } from '../../functions/adapters/catalogue.ts';
import { unturned } from '../../functions/adapters/switch-parameter.ts';
import type { Payload } from '../../functions/adapters/workflow.ts';
import { bundleAll } from '../../infra/bundles/bundle.ts';
import { createTable } from '../ledger/table.ts';
import { type Account, region } from './account.ts';
import { serveLambda } from './lambda-endpoint.ts';

type Handler = (event: unknown, context: Partial<Context>) => Promise<unknown>;

export interface Deployment {
  /** Calls the function of that name, as it was bundled. */
  call(name: string, event: unknown): Promise<Payload>;
  /** The functions that were called so far, by whomever. */
  called(): readonly string[];
  stop(): void;
  /** What the executions of a machine were started with. */
  started(machine: 'respond' | 'release'): Promise<readonly string[]>;
}

/** What the stack hands to its functions, made on moto. */
const environmentOn = async ({ stage, account }: Account): Promise<Record<string, string>> => {
  const { aws } = stage;
  await createTable(aws(DynamoDBClient), 'firebreak-ledger');
  const topic = async (Name: string) => (await aws(SNSClient).send(new CreateTopicCommand({ Name }))).TopicArn ?? '';
  const queue = async (QueueName: string) =>
    (await aws(SQSClient).send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
  const machine = async (name: string) => {
    const { stateMachineArn = '' } = await aws(SFNClient).send(
      new CreateStateMachineCommand({
        name,
        definition: JSON.stringify({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } }),
        roleArn: `arn:aws:iam::${account}:role/firebreak-workflow`,
      }),
    );
    return stateMachineArn;
  };
  const parameter = { Name: '/firebreak/switch', Value: unturned, Type: 'String' } as const;
  await aws(SSMClient).send(new PutParameterCommand(parameter));
  const evidence = `firebreak-evidence-${account}-${region}`;
  const LocationConstraint = region as BucketLocationConstraint;
  await aws(S3Client).send(
    new CreateBucketCommand({
      Bucket: evidence,
      ObjectLockEnabledForBucket: true,
      CreateBucketConfiguration: { LocationConstraint },
    }),
  );
  return {
    FIREBREAK_ROLE: 'firebreak-on-moto',
    FIREBREAK_LEDGER: 'firebreak-ledger',
    FIREBREAK_SWITCH: parameter.Name,
    FIREBREAK_TOPIC: await topic('firebreak-notices'),
    FIREBREAK_CHAT_TOPIC: await topic('firebreak-chat'),
    FIREBREAK_UNSENT: await queue('firebreak-unsent'),
    FIREBREAK_NOTES: await queue('firebreak-notes'),
    FIREBREAK_EXTERNAL_ID: 'firebreak',
    FIREBREAK_EVIDENCE: evidence,
    FIREBREAK_RESPOND: await machine('firebreak-respond'),
    FIREBREAK_RELEASE: await machine('firebreak-release'),
    FIREBREAK_ANSWER: 'firebreak-answer:live',
    FIREBREAK_WATCH: 'firebreak-watch:live',
  };
};

/** Bundles every function, and loads it with the environment that the stack would give it. */
export const deployOn = async (account: Account): Promise<Deployment> => {
  const bundles = await bundleAll(await loadPlaybooks(), mkdtempSync(join(tmpdir(), 'firebreak-deployed-')));
  const environment = await environmentOn(account);
  Object.assign(process.env, account.env, environment);
  // One after the other: each reads its environment while it is loaded.
  const loaded = new Map<string, Handler>();
  for (const { name, folder } of bundles.values()) {
    process.env.FIREBREAK_MEMBER_ROLE = `firebreak-${name}`;
    const { handler } = (await import(pathToFileURL(join(folder, 'index.mjs')).href)) as { handler: Handler };
    loaded.set(name, handler);
  }
  const context = (name: string): Partial<Context> => ({
    functionName: `firebreak-${name}`,
    invokedFunctionArn: `arn:aws:lambda:${region}:${account.account}:function:firebreak-${name}:live`,
  });
  const called: string[] = [];
  const call: Deployment['call'] = async (name, event) => {
    called.push(name);
    const handler = loaded.get(name);
    if (!handler) throw new Error(`nothing was bundled as ${name}`);
    return (await handler(event, context(name))) as Payload;
  };
  const lambda = await serveLambda(call);
  process.env.AWS_ENDPOINT_URL_LAMBDA = lambda.url;
  return {
    call,
    called: () => called,
    stop: () => lambda.stop(),
    started: async (machine) => {
      const stateMachineArn = machine === 'respond' ? environment.FIREBREAK_RESPOND : environment.FIREBREAK_RELEASE;
      const { executions = [] } = await account.stage
        .aws(SFNClient)
        .send(new ListExecutionsCommand({ stateMachineArn }));
      return executions.map(({ name = '' }) => name);
    },
  };
};
