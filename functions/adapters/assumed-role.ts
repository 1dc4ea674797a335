// Whose hands work in a resource's account: the role that the account has made for this playbook, in a session named after the incident.
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';

/** As long as Lambda lets a function run; what is begun with them is over by then. */
const durationSeconds = 900;
/** Before they end they are asked for anew. */
const marginMilliseconds = 120_000;

export interface RoleInAccount {
  readonly partition: string;
  readonly account: string;
  readonly role: string;
  readonly externalId: string | undefined;
}

/**
 * Credentials of that role, asked for once while they last. Session and source identity are the incident's id, so that CloudTrail says with
 * every call why it was made; a role can't be assumed from here without both.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 * @throws what AWS said: the role is missing, or does not trust this function.
 */
export const assumedRole = (
  sts: STSClient,
  { partition, account, role, externalId }: RoleInAccount,
  incident: string,
  now: () => Date,
): (() => Promise<AwsCredentialIdentity>) => {
  const assume = async (): Promise<AwsCredentialIdentity> => {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${partition}:iam::${account}:role/${role}`,
        RoleSessionName: incident,
        SourceIdentity: incident,
        DurationSeconds: durationSeconds,
        ...(externalId && { ExternalId: externalId }),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error(`AWS gave no credentials of role ${role} in account ${account}.`);
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  };
  let given: { readonly credentials: Promise<AwsCredentialIdentity>; readonly until: number } | undefined;
  return () => {
    if (given && now().getTime() < given.until) return given.credentials;
    const asked = { credentials: assume(), until: now().getTime() + durationSeconds * 1000 - marginMilliseconds };
    given = asked;
    // What AWS refused once it may grant the next time.
    asked.credentials.catch(() => {
      if (given === asked) given = undefined;
    });
    return asked.credentials;
  };
};
