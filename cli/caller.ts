// Who is calling AWS, with which clients: the SDK's own credential chain, Region and endpoints, so that everything that works with it works here.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientsFrom } from '../functions/adapters/clients.ts';
import { parseArn } from '../playbooks/language/resource.ts';
import { trouble } from './trouble.ts';
import type { Caller, World } from './world.ts';

/** A wrong Region or endpoint shows in seconds instead of minutes; a slow answer of a busy API is waited for. */
const timeouts = { connectionTimeout: 3000, requestTimeout: 30_000, throwOnRequestTimeout: true };
const retries = { retryMode: 'standard', maxAttempts: 5 };

/** The SDK itself does not know AWS_DEFAULT_REGION, which the AWS CLI does. */
const regionFrom = async ({ AWS_REGION, AWS_DEFAULT_REGION }: World['env']): Promise<string | undefined> => {
  if (AWS_REGION || AWS_DEFAULT_REGION) return AWS_REGION || AWS_DEFAULT_REGION;
  try {
    return await new STSClient({}).config.region();
  } catch {
    return undefined;
  }
};

const isBareAddress = (host: string): boolean => host === 'localhost' || /^[\d.]+$/.test(host) || host.startsWith('[');

/** What an endpoint of one's own needs: such servers seldom answer to host names that carry a bucket's name or an account's id. */
export const endpointConfig = (env: World['env'], client: string, region: string): object => {
  if (client === 'S3Client' && (env.AWS_ENDPOINT_URL || env.AWS_ENDPOINT_URL_S3)) return { forcePathStyle: true };
  const control = env.AWS_ENDPOINT_URL_S3_CONTROL || env.AWS_ENDPOINT_URL;
  if (client !== 'S3ControlClient' || !control || !isBareAddress(new URL(control).hostname)) return {};
  const scheme = { name: 'sigv4', signingName: 's3', signingRegion: region, disableDoubleEncoding: true };
  return {
    disableHostPrefix: true,
    endpointProvider: () => ({ url: new URL(control), properties: { authSchemes: [scheme] }, headers: {} }),
  };
};

const checkedUrl = (name: string, url: string | undefined): void => {
  if (url && !URL.canParse(url))
    throw trouble(`${name} is '${url}', which is no URL.`, 'For example: http://127.0.0.1:5000.', 2);
};

/**
 * Asks AWS who is calling. All clients share the credentials found here, so that a sign-in is asked for once.
 * @throws what AWS or the credential chain said.
 */
export const callerFrom = async (env: World['env']): Promise<Caller> => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_S3_CONTROL'])
    checkedUrl(name, env[name]);
  const region = await regionFrom(env);
  const common = { ...retries, requestHandler: timeouts };
  const sts = new STSClient({ ...common, region: region ?? 'us-east-1' });
  const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
  if (!Account || !Arn)
    throw trouble('AWS did not say who is calling.', 'Check AWS_ENDPOINT_URL and the credentials.', 1);
  return {
    partition: parseArn(Arn)?.partition ?? 'aws',
    account: Account,
    arn: Arn,
    region,
    aws: clientsFrom({
      configure: (place, incident, client) => ({
        ...common,
        ...endpointConfig(env, client, place.region),
        credentials: sts.config.credentials,
        // CloudTrail shows it with every call.
        customUserAgent: [['firebreak', incident]],
      }),
    }),
  };
};
