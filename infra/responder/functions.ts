// The functions: each with its bundle, its own role, its log, behind an alias; what it may do is what its handler needs.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  Effect,
  ManagedPolicy,
  PolicyStatement,
  type PolicyStatementProps,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { type Alias, Architecture, Code, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { originalsPrefix } from '../../functions/adapters/s3-originals.ts';
import { denySeconds } from '../../functions/deny.ts';
import { asksDeny, takesHolds } from '../../functions/engine/permissions.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { acknowledgeWildcards } from '../acknowledge.ts';
import type { Bundle } from '../bundles/bundle.ts';
import { type CommonFunction, commonFunctions } from '../bundles/entries.ts';
import { doctorOwnStatements, doctorStatements } from './doctor.ts';
import { externalId, functionName, functionRoleName, idOf, liveAlias, memberRoleName } from './names.ts';
import type { People } from './people.ts';
import type { Storage } from './storage.ts';
import type { WorkflowName } from './workflows.ts';

/** A call of a function takes seconds; the workflow gives up on it after as long. A watch looks at many incidents, and at the next one no more after four minutes. */
const timeoutSecondsOf = (name: string): number => ({ watch: 360, deny: denySeconds })[name] ?? 120;
/** Lambda gives more processor with more memory, and what is waited for at a cold start is the processor. */
const memoryMegabytes = 1024;

export interface Deployed {
  readonly role: Role;
  readonly alias: Alias;
}

export interface FunctionsProps {
  readonly storage: Storage;
  readonly people: People;
  readonly killSwitch: StringParameter;
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly playbooks: ReadonlyMap<string, Playbook>;
  /** Accounts in which the playbooks work; '*' is every account that has made their roles. */
  readonly accounts: readonly string[];
  /** By name, as the machines name the functions in their turn. */
  readonly machines: Readonly<Record<WorkflowName, string>>;
}

const allow = (props: PolicyStatementProps): PolicyStatement => new PolicyStatement({ effect: Effect.ALLOW, ...props });

/** @throws where there is none: the stack was put together wrongly. */
export const deployedNamed = (functions: ReadonlyMap<string, Deployed>, name: string): Deployed => {
  const found = functions.get(name);
  if (!found) throw new Error(`The responder has no function ${name}.`);
  return found;
};

const ledgerStatement = ({ ledger }: Storage, ...actions: readonly string[]): PolicyStatement =>
  allow({ sid: 'Ledger', actions: [...actions], resources: [ledger.tableArn] });

/** It believes the ledger, and so must not be able to write it; it tells nobody, as whoever asked it does. */
const denyStatements = ({ storage }: FunctionsProps): readonly PolicyStatement[] => [
  ledgerStatement(storage, 'dynamodb:GetItem'),
  allow({ sid: 'Key', actions: ['kms:Decrypt'], resources: [storage.key.keyArn] }),
];

/** It looks, and that is all: neither hands nor a voice of its own. */
const heartbeatStatements = (props: FunctionsProps): readonly PolicyStatement[] => [
  ...denyStatements(props),
  allow({ sid: 'Switch', actions: ['ssm:GetParameter'], resources: [props.killSwitch.parameterArn] }),
];

/** What every function does, whatever it is for: its ledger, its log, the switch, telling people. */
const commonStatements = ({ storage, people, killSwitch }: FunctionsProps): readonly PolicyStatement[] => [
  ledgerStatement(storage, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'),
  allow({ sid: 'Switch', actions: ['ssm:GetParameter'], resources: [killSwitch.parameterArn] }),
  allow({ sid: 'Tell', actions: ['sns:Publish'], resources: [people.topic.topicArn, people.chat.topicArn] }),
  allow({ sid: 'Queue', actions: ['sqs:SendMessage'], resources: [people.unsent.queueArn, people.notes.queueArn] }),
  allow({ sid: 'Key', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [storage.key.keyArn] }),
];

/**
 * Originals are added and looked at, never taken away. What is beneath a newer version or a delete marker is looked at as well.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const originalsStatements = ({ evidence }: Storage): readonly PolicyStatement[] => [
  allow({
    sid: 'Originals',
    actions: ['s3:PutObject', 's3:GetObjectVersion'],
    resources: [evidence.arnForObjects(`${originalsPrefix}*`)],
  }),
  allow({
    sid: 'ListOriginals',
    actions: ['s3:ListBucketVersions'],
    resources: [evidence.bucketArn],
    conditions: { StringLike: { 's3:prefix': `${originalsPrefix}*` } },
  }),
];

/** The bus calls receive so, the clock watch, and receive the other two. */
export const calledWithoutWaiting: readonly CommonFunction[] = ['receive', 'answer', 'watch'];

/** Where Lambda puts, in the name of the function, an event with which it failed each time. */
const keepEvents = ({ unhandled }: People): PolicyStatement =>
  allow({ sid: 'Keep', actions: ['sqs:SendMessage'], resources: [unhandled.queueArn] });

/** Who has hands in the accounts of resources. */
const handed = (name: string, { playbooks }: FunctionsProps): boolean =>
  playbooks.has(name) || name === 'note' || name === 'deny';

/** The hands in an account's resources: the role of that name there, in a session that says for which incident. */
const assumeStatement = (scope: Construct, name: string, accounts: readonly string[]): PolicyStatement => {
  const { partition } = Stack.of(scope);
  return allow({
    sid: 'Assume',
    actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    resources: accounts.map((account) => `arn:${partition}:iam::${account}:role/${memberRoleName(name)}`),
  });
};

/** What only this function does. */
const ownStatements = (scope: Construct, name: string, props: FunctionsProps): readonly PolicyStatement[] => {
  const { playbooks, accounts, machines, people, killSwitch } = props;
  const { partition, region, account } = Stack.of(scope);
  const call = (called: string) => `arn:${partition}:lambda:${region}:${account}:function:${called}:${liveAlias}`;
  const start = (...machines: readonly string[]) =>
    allow({ sid: 'Start', actions: ['states:StartExecution'], resources: [...machines] });
  const started = allow({
    sid: 'Started',
    actions: ['states:DescribeExecution'],
    resources: [`${machines.respond.replace(':stateMachine:', ':execution:')}:*`],
  });
  const begin = (...called: readonly string[]) =>
    allow({
      sid: 'Begin',
      actions: ['lambda:InvokeFunction'],
      resources: called.map((one) => call(functionName(one))),
    });
  if (handed(name, props)) {
    const hands = assumeStatement(scope, name, accounts);
    const playbook = playbooks.get(name);
    if (playbook)
      return [
        hands,
        ...(takesHolds(playbook) ? originalsStatements(props.storage) : []),
        ...(asksDeny(playbook) ? [begin('deny')] : []),
      ];
    if (name !== 'note') return [hands];
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    return [hands, allow({ sid: 'Notes', actions, resources: [people.notes.queueArn] })];
  }
  if (name === 'receive') return [start(machines.respond), started, begin('answer', 'watch')];
  if (name === 'watch') return [begin(...playbooks.keys())];
  if (name === 'doctor') return [...doctorOwnStatements(scope, people), begin(...playbooks.keys())];
  if (name === 'answer')
    return [
      start(machines.respond, machines.release),
      started,
      begin('watch'),
      allow({
        sid: 'Wake',
        actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
        resources: [machines.respond],
      }),
      allow({ sid: 'Turn', actions: ['ssm:PutParameter'], resources: [killSwitch.parameterArn] }),
    ];
  return [];
};

const environmentOf = (name: string, role: string, props: FunctionsProps): Record<string, string> => {
  const { storage, people, killSwitch, machines } = props;
  const playbook = props.playbooks.get(name);
  const live = (called: string) => `${functionName(called)}:${liveAlias}`;
  return {
    FIREBREAK_ROLE: role,
    FIREBREAK_LEDGER: storage.ledger.tableName,
    FIREBREAK_SWITCH: killSwitch.parameterName,
    FIREBREAK_TOPIC: people.topic.topicArn,
    FIREBREAK_CHAT_TOPIC: people.chat.topicArn,
    FIREBREAK_UNSENT: people.unsent.queueUrl,
    FIREBREAK_NOTES: people.notes.queueUrl,
    ...(handed(name, props) && {
      FIREBREAK_MEMBER_ROLE: memberRoleName(name),
      FIREBREAK_EXTERNAL_ID: externalId,
    }),
    ...(playbook && takesHolds(playbook) && { FIREBREAK_EVIDENCE: storage.evidence.bucketName }),
    ...((name === 'receive' || name === 'answer') && {
      FIREBREAK_RESPOND: machines.respond,
      FIREBREAK_WATCH: live('watch'),
    }),
    ...(name === 'receive' && { FIREBREAK_ANSWER: live('answer') }),
    ...(name === 'answer' && { FIREBREAK_RELEASE: machines.release }),
  };
};

/** The most that any function of ours may do, whatever is attached to its role later. */
const createBoundary = (scope: Construct, props: FunctionsProps): ManagedPolicy => {
  const { partition, account, region } = Stack.of(scope);
  const here = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const statements = [
    ...commonStatements(props),
    keepEvents(props.people),
    ...originalsStatements(props.storage),
    allow({
      sid: 'Begin',
      actions: ['lambda:InvokeFunction'],
      resources: [here('lambda', 'function:firebreak-*')],
    }),
    allow({ sid: 'Turn', actions: ['ssm:PutParameter'], resources: [props.killSwitch.parameterArn] }),
    allow({
      sid: 'Workflow',
      actions: [
        'states:StartExecution',
        'states:DescribeExecution',
        'states:SendTaskSuccess',
        'states:SendTaskFailure',
      ],
      resources: [here('states', 'stateMachine:firebreak-*'), here('states', 'execution:firebreak-*')],
    }),
    allow({
      sid: 'Notes',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [props.people.notes.queueArn],
    }),
    allow({
      sid: 'Log',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [here('logs', 'log-group:/firebreak/*')],
    }),
    allow({ sid: 'Trace', actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] }),
    allow({
      sid: 'Assume',
      actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      resources: [`arn:${partition}:iam::*:role/firebreak-*`],
    }),
    ...doctorOwnStatements(scope, props.people),
  ];
  const boundary = new ManagedPolicy(scope, 'Boundary', {
    managedPolicyName: `firebreak-functions-${region}`,
    description: "The most that Firebreak's functions may do.",
    statements,
  });
  acknowledgeWildcards(
    boundary,
    statements.flatMap(({ resources }) => resources),
    "It grants nothing: it bounds what the functions' roles may be granted, by Firebreak's own names.",
  );
  return boundary;
};

const createOne = (scope: Construct, name: string, boundary: ManagedPolicy, props: FunctionsProps): Deployed => {
  const { region } = Stack.of(scope);
  const bundle = props.bundles.get(name);
  if (!bundle) throw new Error(`There is no bundle of ${name}: make the bundles of the same playbooks.`);
  const roleName = functionRoleName(name, region);
  const id = idOf(name);
  const logGroup = new LogGroup(scope, `${id}Log`, {
    logGroupName: `/firebreak/${name}`,
    encryptionKey: props.storage.key,
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const role = new Role(scope, `${id}Role`, {
    roleName,
    description: `Firebreak's function ${name}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    permissionsBoundary: boundary,
  });
  const own = { deny: denyStatements, heartbeat: heartbeatStatements, doctor: doctorStatements };
  const common = (own[name as keyof typeof own] ?? commonStatements)(props);
  const kept = calledWithoutWaiting.some((called) => called === name) ? [keepEvents(props.people)] : [];
  const statements = [...common, ...ownStatements(scope, name, props), ...kept];
  for (const statement of statements) role.addToPolicy(statement);
  role.addToPolicy(
    allow({
      sid: 'Log',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  const deployed = new Lambda(scope, id, {
    functionName: functionName(name),
    description: `Firebreak: ${name}`,
    code: Code.fromAsset(bundle.folder),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: memoryMegabytes,
    timeout: Duration.seconds(timeoutSecondsOf(name)),
    tracing: Tracing.ACTIVE,
    role,
    logGroup,
    environment: environmentOf(name, roleName, props),
    environmentEncryption: props.storage.key,
  });
  acknowledgeWildcards(
    role,
    ['*', ...statements.flatMap(({ resources }) => resources)],
    "X-Ray's writes know no resources; executions and originals have names that are made at run time; and roles are assumed by name in " +
      'whichever account has made them, where they trust this one role.',
  );
  return { role, alias: deployed.addAlias(liveAlias) };
};

/** All functions by name; every one of them has a role of its own, within one boundary. */
export const createFunctions = (
  scope: Construct,
  props: FunctionsProps,
): ReadonlyMap<CommonFunction | (string & {}), Deployed> => {
  const boundary = createBoundary(scope, props);
  const names = [...commonFunctions, ...props.playbooks.keys()];
  return new Map(names.map((name) => [name, createOne(scope, name, boundary, props)]));
};
