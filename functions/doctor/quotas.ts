// Is there room in Lambda for an attack on many resources at once?
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, ill, unknown } = verdictsOf('quotas');

/** What receives, asks, closes and watches meanwhile. */
const besides = 20;

/** New accounts begin with as few as ten: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const checkQuotas = async ({ aws, config }: Pick<Tools, 'aws' | 'config'>): Promise<readonly Verdict[]> => {
  const subject = `Lambda's concurrency in ${aws.region}`;
  const wanted = config.pace.incidentsAtOnce + besides;
  try {
    const { AccountLimit } = await aws(LambdaClient).send(new GetAccountSettingsCommand({}));
    const free = AccountLimit?.UnreservedConcurrentExecutions;
    if (free === undefined) throw new Error('AWS did not say how much of it is unreserved');
    if (free >= wanted) return [well(subject, `${free} at once, and ${wanted} are wanted.`)];
    return [
      ill(
        subject,
        `${free} functions can run at once, and ${wanted} are wanted when an attack is on many resources: answers would come late.`,
        `Ask for more: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region ${aws.region}; or lower pace.incidentsAtOnce.`,
      ),
    ];
  } catch (error) {
    return [unknown(subject, "Reading the account's settings", error, 'Let the caller do lambda:GetAccountSettings.')];
  }
};
