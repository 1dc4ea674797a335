// Would AWS let through what the playbooks do? IAM answers for each action that they declare, and nothing is called.
import {
  type ContextEntry,
  type EvaluationResult,
  GetRoleCommand,
  IAMClient,
  paginateSimulatePrincipalPolicy,
} from '@aws-sdk/client-iam';
import { type Aws, isAwsError } from '../../playbooks/language/aws.ts';
import type { Statement } from '../../playbooks/language/statement.ts';
import { type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('simulation');

/** A pattern stands for resources that there may be: one of them is as good as any. */
const example = (pattern: string, { partition, account, region }: Aws): string =>
  pattern === '*'
    ? pattern
    : pattern
        .replaceAll('${Partition}', partition)
        .replaceAll('${Account}', account)
        .replaceAll('${Region}', region)
        .replaceAll('*', 'example');

/** What the condition asks for is there: whether it will be is not what is asked here. */
const contextOf = ({ conditions = {} }: Statement, aws: Aws): ContextEntry[] =>
  Object.values(conditions).flatMap((keys) =>
    Object.entries(keys).map(([name, values]) => ({
      ContextKeyName: name,
      ContextKeyValues: [values].flat().map((value) => example(value, aws)),
      ContextKeyType: Array.isArray(values) ? ('stringList' as const) : ('string' as const),
    })),
  );

const evaluated = async (aws: Aws, principal: string, statement: Statement): Promise<readonly EvaluationResult[]> => {
  const found: EvaluationResult[] = [];
  const pages = paginateSimulatePrincipalPolicy(
    { client: aws(IAMClient) },
    {
      PolicySourceArn: principal,
      ActionNames: [...statement.actions],
      ResourceArns: statement.resources.map((pattern) => example(pattern, aws)),
      ContextEntries: contextOf(statement, aws),
    },
  );
  for await (const { EvaluationResults = [] } of pages) found.push(...EvaluationResults);
  return found;
};

/** Whose policies are asked about, as IAM names him: the ARN of a session has no path, and that of its role may. */
const principalOf = async (aws: Aws, arn: string): Promise<string> => {
  const [, role] = /:assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (!role) return arn;
  const { Role } = await aws(IAMClient).send(new GetRoleCommand({ RoleName: role }));
  return Role?.Arn ?? arn;
};

/**
 * One verdict a playbook. A statement with several resources lets an action through if any of them does: an action needs some of them, seldom all.
 * A policy of the resource's own is not asked, which may still refuse or allow: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export const checkSimulation = async (
  aws: Aws,
  caller: string,
  playbook: string,
  statements: readonly Statement[],
): Promise<Verdict> => {
  const subject = `${playbook} as ${caller}`;
  try {
    const principal = await principalOf(aws, caller);
    const results = (await Promise.all(statements.map((one) => evaluated(aws, principal, one)))).flat();
    const allowed = new Set(
      results.filter(({ EvalDecision }) => EvalDecision === 'allowed').map(({ EvalActionName }) => EvalActionName),
    );
    const asked = [...new Set(statements.flatMap(({ actions }) => actions))].toSorted();
    const answered = new Set(results.map(({ EvalActionName }) => EvalActionName));
    const silent = asked.filter((action) => !answered.has(action));
    if (silent.length > 0) throw new Error(`IAM did not answer for ${silent.join(', ')}`);
    const denied = asked.filter((action) => !allowed.has(action));
    if (denied.length === 0) return well(subject, `All of its ${asked.length} actions would be let through.`);
    return ill(
      subject,
      `${denied.length} of its ${asked.length} actions would be refused: ${denied.join(', ')}.`,
      `Let ${principal} do them; 'firebreak playbooks' lists what is needed. A boundary or a service control policy may be what refuses.`,
    );
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException'))
      return ill(subject, 'There is nobody of that name.', `Deploy the roles again in account ${aws.account}.`);
    return unknown(
      subject,
      'Simulating its calls',
      error,
      'Let the caller do iam:SimulatePrincipalPolicy and iam:GetRole. The root user can not be simulated.',
    );
  }
};
