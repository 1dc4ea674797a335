// The engine as a Lambda runs it: the deployment's ledger, switch, topics and queues, and the hands that the resource's account lends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Context } from 'aws-lambda';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { type Place, parseArn } from '../../playbooks/language/resource.ts';
import { assumedRole } from '../adapters/assumed-role.ts';
import { clientsFrom } from '../adapters/clients.ts';
import { dynamodbLedger } from '../adapters/dynamodb-ledger.ts';
import { sendTo } from '../adapters/queue.ts';
import { switchParameter } from '../adapters/switch-parameter.ts';
import { awaitedLater } from '../engine/awaited-later.ts';
import type { Engine, Progress } from '../engine/engine.ts';
import { forLog } from '../notices/encode.ts';
import { senderFor } from '../notices/send.ts';
import type { Config } from '../rails/config.ts';
import { cachedSwitch } from '../rails/switch.ts';
import type { SwitchKeeper } from '../rails/turning.ts';
import { type Environment, readEnvironment } from './environment.ts';

/** A call that hangs costs the attacker nothing and us the time: AWS is asked again instead. */
const timeouts = { connectionTimeout: 2000, requestTimeout: 10_000, throwOnRequestTimeout: true };

const now = (): Date => new Date();

/** What only some functions can do: they alone carry the clients for it. */
export type Ports = (tools: {
  /** Clients with the function's own role, where it runs. */
  readonly own: Aws;
  readonly environment: Environment;
  readonly switchKeeper: SwitchKeeper;
}) => Partial<Engine>;

/** One line of JSON, which CloudWatch finds by incident. Findings and secrets never stand in a step's text. */
const report = ({ incident, step, text }: Progress): void => {
  process.stdout.write(`${forLog({ at: now().toISOString(), incident, step, text })}\n`);
};

/** Where the function runs, as AWS says with every call. */
const placeIn = ({ invokedFunctionArn }: Pick<Context, 'invokedFunctionArn'>): Place => {
  const arn = parseArn(invokedFunctionArn);
  if (arn?.service !== 'lambda' || !arn.account)
    throw new Error(`'${invokedFunctionArn}' is no ARN of a function: nobody can tell in whose account this runs.`);
  return { partition: arn.partition, account: arn.account, region: arn.region };
};

/** Credentials by account and incident. They last for several calls of one incident, and many incidents pass by. */
type Sessions = Map<string, () => Promise<AwsCredentialIdentity>>;
const sessionsMax = 50;

/** In the account of the resource nobody of ours works but by the role that was made there for this function. */
const lentHands = (
  environment: Environment,
  sts: STSClient,
  sessions: Sessions,
): Pick<Engine, 'aws'> & Required<Pick<Engine, 'lend'>> => {
  const { FIREBREAK_MEMBER_ROLE: role, FIREBREAK_EXTERNAL_ID: externalId } = environment;
  const credentialsFor = ({ partition, account }: Place, incident: string) => {
    if (!role)
      throw new Error('This function has no hands: it was to call AWS on a resource, which playbooks alone do.');
    const key = `${account}/${incident}`;
    const known = sessions.get(key) ?? assumedRole(sts, { partition, account, role, externalId }, incident, now);
    // The last one used is the last one forgotten.
    sessions.delete(key);
    sessions.set(key, known);
    const [oldest = ''] = sessions.size > sessionsMax ? sessions.keys() : [];
    sessions.delete(oldest);
    return known;
  };
  const aws = clientsFrom({
    configure: (place, incident) => ({
      credentials: credentialsFor(place, incident),
      requestHandler: sts.config.requestHandler,
      // CloudTrail shows it with every call.
      customUserAgent: [['firebreak', incident]],
    }),
  });
  // Whoever calls with them hears why they were not lent.
  return { aws, lend: (place, incident) => void awaitedLater(credentialsFor(place, incident)()) };
};

/**
 * Makes the engine of each call. What lasts from call to call is the function's own: its clients, its connections and the switch, which is
 * believed for 5 s. Clients of a resource's account are made anew each time: they belong to one incident, and many incidents pass by.
 * @throws when the deployment is incomplete, naming what is missing.
 */
export const deployedEngine = (
  variables: Readonly<Record<string, string | undefined>>,
  playbooks: ReadonlyMap<string, Playbook>,
  config: Config,
  ports: Ports = () => ({}),
): ((context: Pick<Context, 'invokedFunctionArn' | 'functionName'>) => Engine) => {
  const environment = readEnvironment(variables);
  const common = { region: environment.AWS_REGION, requestHandler: timeouts };
  const sts = new STSClient(common);
  const sqs = new SQSClient(common);
  const own = clientsFrom({ configure: () => common, forAnyIncident: true });
  const keeper = switchParameter(new SSMClient(common), environment.FIREBREAK_SWITCH);
  const readSwitch = cachedSwitch(async () => (await keeper.read())?.position ?? config.mode, now);
  const ledger = dynamodbLedger(new DynamoDBClient(common), environment.FIREBREAK_LEDGER);
  const sender = senderFor({
    aws: (place) => own(place, 'notices', 'write'),
    topic: environment.FIREBREAK_TOPIC,
    ...(environment.FIREBREAK_CHAT_TOPIC && { chatTopic: environment.FIREBREAK_CHAT_TOPIC }),
    deadLetter: sendTo(sqs, environment.FIREBREAK_UNSENT),
    enqueueNote: sendTo(sqs, environment.FIREBREAK_NOTES),
  });
  const sessions: Sessions = new Map();
  const { FIREBREAK_ROLE: role } = environment;
  return (context) => {
    const place = placeIn(context);
    return {
      ledger,
      now,
      pause: (milliseconds) => sleep(milliseconds),
      ...lentHands(environment, sts, sessions),
      playbooks,
      options: {},
      config,
      readSwitch,
      region: place.region,
      actor: `arn:${place.partition}:sts::${place.account}:assumed-role/${role}/${context.functionName}`,
      report,
      ...sender,
      ...ports({ own: own(place, 'own', 'write'), environment, switchKeeper: keeper }),
    };
  };
};
