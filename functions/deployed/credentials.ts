// The credentials of a Lambda: what its role was given, in its environment. The bundles put this in place of the SDK's own chain, which would
// bring clients of four more services along and look into files that a function does not have.
import type { AwsCredentialIdentity } from '@smithy/types';

/** Read for each client anew, as Lambda may have renewed them: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export const defaultProvider = () => async (): Promise<AwsCredentialIdentity> => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey)
    throw new Error('Lambda gave this function no credentials: its role is missing, or it runs somewhere else.');
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
