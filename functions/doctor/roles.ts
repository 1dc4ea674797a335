// Can each playbook's function still assume its role in each account? The roles trust that function alone, so it is asked to try.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { isAwsError } from '../../playbooks/language/aws.ts';
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('roles');

const answer = v.object({ reached: v.boolean(), said: v.string() });

type Looking = Pick<Tools, 'aws' | 'config' | 'playbooks'>;

/** Where any account may let us in, none is named, and the own one alone is looked at; `firebreak doctor --account` names others. */
const accountsOf = ({ aws, config }: Looking): readonly string[] =>
  Array.isArray(config.accounts) ? config.accounts : [aws.account];

const checkRole = async ({ aws }: Looking, playbook: string, account: string): Promise<Verdict> => {
  const role = `arn:${aws.partition}:iam::${account}:role/firebreak-${playbook}`;
  const deployAgain = 'Deploy the responder again: npx cdk deploy.';
  try {
    const { Payload, FunctionError } = await aws(LambdaClient).send(
      new InvokeCommand({
        FunctionName: `firebreak-${playbook}:live`,
        Payload: JSON.stringify({ do: 'reach', account }),
      }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError) throw new Error(`firebreak-${playbook} failed: ${text}`);
    const { reached, said } = v.parse(answer, JSON.parse(text));
    if (reached) return well(role, 'Its function can assume it.');
    return ill(
      role,
      `Its function can't assume it, so nothing would be contained there: ${said}`,
      `Deploy the roles again in account ${account}. CloudTrail there says who changed or deleted the role.`,
    );
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException'))
      return ill(role, `The function firebreak-${playbook}:live is gone: nobody can assume it.`, deployAgain);
    return unknown(
      role,
      `Asking firebreak-${playbook} to assume it`,
      error,
      `Let the caller do lambda:InvokeFunction, and see the log group /firebreak/${playbook}.`,
    );
  }
};

/** `accounts` in place of those that the configuration names. */
export const checkRoles = (tools: Looking, accounts = accountsOf(tools)): Promise<readonly Verdict[]> =>
  Promise.all(
    accounts.flatMap((account) => [...tools.playbooks.keys()].map((playbook) => checkRole(tools, playbook, account))),
  );
