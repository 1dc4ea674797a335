// firebreak doctor: is it well? The configuration, the credentials, the account, and the responder that is deployed there.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { dynamodbLedger } from '../../functions/adapters/dynamodb-ledger.ts';
import { switchParameter } from '../../functions/adapters/switch-parameter.ts';
import { checkConfiguration } from '../../functions/doctor/configuration.ts';
import { checkDeployment } from '../../functions/doctor/deployment.ts';
import { checkDetectors } from '../../functions/doctor/detectors.ts';
import { checkDryRuns } from '../../functions/doctor/dry-run.ts';
import { checkHolds, type Kept } from '../../functions/doctor/holds.ts';
import { ledgerTable } from '../../functions/doctor/installed.ts';
import { checkQuotas } from '../../functions/doctor/quotas.ts';
import { checkRoles } from '../../functions/doctor/roles.ts';
import { checkSimulation } from '../../functions/doctor/simulation.ts';
import { type Tools, type Verdict, verdictsOf, worstFirst } from '../../functions/doctor/verdict.ts';
import { permissionsByHand, permissionsOf } from '../../functions/engine/permissions.ts';
import type { Config } from '../../functions/rails/config.ts';
import { type Aws, isAwsError } from '../../playbooks/language/aws.ts';
import { command, json } from '../command.ts';
import { jsonText, paragraph, plain, type Screen, type Style } from '../screen.ts';
import { inWords, trouble } from '../trouble.ts';
import type { Caller, World } from '../world.ts';

const marker = '/firebreak/responder';
const switchName = '/firebreak/switch';

/** What the person at the command line examines, and with whose hands. */
interface Ground {
  readonly tools: Tools;
  readonly caller: Caller;
  /** May call functions, and try EC2's calls dry: both are writes by name. */
  readonly asking: Aws;
}

/** Whether there is a responder for this account and Region; a verdict where nobody knows. */
const installed = async (aws: Aws): Promise<boolean | Verdict> => {
  try {
    await aws(SSMClient).send(new GetParameterCommand({ Name: marker }));
    return true;
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound')) return false;
    return verdictsOf('responder').unknown(
      marker,
      'Looking whether a responder is deployed',
      error,
      'Let the caller do ssm:GetParameter. Nothing of a deployment was looked at.',
    );
  }
};

const credentialsOf = async (world: World): Promise<Caller | Verdict> => {
  try {
    return await world.caller();
  } catch (error) {
    const { error: said, remedy } = inWords(error);
    return verdictsOf('credentials').ill('who calls', said, remedy);
  }
};

const configurationOf = async (world: World): Promise<Config | Verdict> => {
  try {
    return await world.config();
  } catch (error) {
    const { error: said, remedy } = inWords(error);
    return verdictsOf('configuration').ill('firebreak.config.ts', said, remedy);
  }
};

const isVerdict = (value: object): value is Verdict => 'check' in value && 'state' in value;

const ofDeployment = async ({ tools, asking }: Ground): Promise<readonly Verdict[]> => {
  const { aws, config, playbooks } = tools;
  const keeper = switchParameter(aws(SSMClient), switchName);
  const readSwitch = async () => (await keeper.read())?.position ?? config.mode;
  const role = (name: string) => `arn:${aws.partition}:iam::${aws.account}:role/firebreak-${name}`;
  const [verdicts, ...simulated] = await Promise.all([
    checkDeployment(tools, { readSwitch, asking }),
    ...[...playbooks].map(([name, playbook]) => checkSimulation(aws, role(name), name, permissionsOf(playbook))),
  ]);
  return [...verdicts, ...simulated];
};

/** Without a responder it is the caller who contains. */
const byHand = async ({ tools: { aws, playbooks }, caller, asking }: Ground): Promise<readonly Verdict[]> => {
  const [dry, ...simulated] = await Promise.all([
    checkDryRuns(asking, playbooks),
    ...[...playbooks].map(([name, playbook]) => checkSimulation(aws, caller.arn, name, permissionsByHand(playbook))),
  ]);
  return [...simulated, ...dry];
};

const keptHere = async (world: World): Promise<Kept> => ({
  named: 'the ledger of this machine',
  ledger: await world.ledger('read'),
  howToRelease: (incidents) => `${incidents.map((one) => `firebreak release ${one}`).join('; ')}.`,
});

const keptThere = (aws: Aws): Kept => ({
  named: "the responder's ledger",
  ledger: dynamodbLedger(aws(DynamoDBClient), ledgerTable),
  howToRelease: (incidents) =>
    `have the responder release ${incidents.join(', ')}; docs/operate.md, "Put back what was changed", says how.`,
});

const styles: Readonly<Record<Verdict['state'], Style>> = { ill: 'red', unknown: 'yellow', well: 'green' };

const show = (screen: Screen, verdicts: readonly Verdict[]): void => {
  for (const state of ['ill', 'unknown', 'well'] as const) {
    const group = verdicts.filter((one) => one.state === state);
    if (group.length === 0) continue;
    screen.line(`\n${screen.paint(['bold', styles[state]] as Style, state)}  ${group.length}`);
    for (const { check, subject, said, remedy } of group) {
      paragraph(screen, '  ', `${check}: ${plain(subject)}`);
      paragraph(screen, '    ', said);
      if (remedy) paragraph(screen, '    ', remedy, '→ ');
    }
  }
};

const exitOf = (verdicts: readonly Verdict[]): number => {
  if (verdicts.some(({ state }) => state === 'ill')) return 1;
  return verdicts.some(({ state }) => state === 'unknown') ? 4 : 0;
};

interface Wanted {
  readonly region?: string;
  readonly account?: string;
  readonly uninstall?: boolean;
}

const examined = async (
  world: World,
  { region: given, account, uninstall = false }: Wanted,
): Promise<readonly Verdict[]> => {
  const [config, caller, playbooks] = await Promise.all([
    configurationOf(world),
    credentialsOf(world),
    world.playbooks(),
  ]);
  const valid = isVerdict(config) ? [config] : checkConfiguration({ config, now: world.now });
  if (isVerdict(caller)) return [...valid, caller];
  const known = verdictsOf('credentials').well('who calls', `AWS knows the caller as ${caller.arn}.`);
  if (isVerdict(config)) return [...valid, known];
  const region = given ?? caller.region;
  if (!region) throw trouble('No Region is configured.', 'Add --region, or set AWS_REGION.');
  const place = { partition: caller.partition, account: caller.account, region };
  const aws = caller.aws(place, 'doctor', 'read');
  const ground: Ground = {
    caller,
    asking: caller.aws(place, 'doctor', 'write'),
    tools: { aws, config, playbooks, now: world.now },
  };
  const found = await installed(aws);
  const unseen = typeof found === 'boolean' ? [] : [found];
  if (uninstall || account) {
    const ledgers = [await keptHere(world), ...(found === true ? [keptThere(aws)] : [])];
    const held = await Promise.all(ledgers.map((kept) => checkHolds(kept, account)));
    const tried =
      account && !uninstall && found === true
        ? await checkRoles({ ...ground.tools, aws: ground.asking }, [account])
        : [];
    return [...unseen, ...held.flat(), ...tried];
  }
  const all = await Promise.all([
    checkDetectors(ground.tools),
    found === true ? checkQuotas(ground.tools) : [],
    found === true ? ofDeployment(ground) : [],
    found === false ? byHand(ground) : [],
  ]);
  return [...valid, known, ...unseen, ...all.flat()];
};

export const doctor = command({
  usage: 'doctor',
  summary: 'examines whether it is well: configuration, credentials, and what is deployed',
  about: [
    'What is ill comes first, each with its remedy. What could not be looked at is unknown, and never well. It reads, asks IAM and EC2 what they would let through, and has each function of a deployed responder assume its role; it changes nothing.',
    'With a responder in this account and Region the rules, targets, roles, topic, switch, queues and the room in Lambda are examined; without one, whether the caller may do what the playbooks do.',
    'With --uninstall, what is held still, by account: taken down before it is released, it stays as it is. With --account, what is held there, and whether the responder can assume its roles there.',
    'Exit codes: 0 all is well; 1 something is ill; 4 nothing is ill, but something could not be looked at.',
  ],
  options: {
    region: { type: 'string', value: 'REGION', about: 'instead of the one that is configured' },
    account: { type: 'string', value: 'ACCOUNT', about: 'only what concerns this account, as before it is given up' },
    uninstall: { type: 'boolean', about: 'only what must be released before Firebreak is taken down' },
    json,
  },
  examples: ['firebreak doctor', 'firebreak doctor --uninstall', 'firebreak doctor --account 111122223333 --json'],
  run: async (world, { values }) => {
    if (values.account !== undefined && !/^\d{12}$/.test(values.account))
      throw trouble(`'${values.account}' is no account id.`, 'It has twelve digits.');
    const verdicts = worstFirst(await examined(world, values));
    if (values.json) world.out.line(jsonText(verdicts));
    else show(world.out, verdicts);
    return exitOf(verdicts);
  },
});
