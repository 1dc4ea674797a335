// One AWS account of moto's: moto keeps as many as there are roles to assume, so scenarios play side by side and never meet.
import { setTimeout as sleep } from 'node:timers/promises';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { endpointConfig } from '../../cli/caller.ts';
import { clientsFrom } from '../../functions/adapters/clients.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import type { Stage } from '../../playbooks/language/scenario.ts';
import { type Recorder, recordTo } from './recorder.ts';

export interface Account extends Place {
  /** For the command line, as a user has it in the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly recorder: Recorder;
  readonly stage: Stage;
}

export const region = 'eu-central-1';

/** A new account with nobody in it. Scenarios are arranged straight on moto; the command line goes through the recorder. */
export const newAccount = async (moto: string, number: number): Promise<Account> => {
  const account = String(200_000_000_000 + number);
  const place: Place = { partition: 'aws', account, region };
  const sts = new STSClient({
    region,
    endpoint: moto,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'anything' },
  });
  const RoleArn = `arn:aws:iam::${account}:role/responder`;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'responder' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const recorder = await recordTo(moto);
  const clients = clientsFrom({
    configure: (_place, _incident, client) => ({
      endpoint: moto,
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      ...endpointConfig({ AWS_ENDPOINT_URL: moto }, client, region),
    }),
  });
  return {
    ...place,
    recorder,
    env: {
      AWS_ENDPOINT_URL: recorder.url,
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      NO_COLOR: '1',
    },
    stage: {
      ...place,
      aws: clients(place, 'stage', 'write'),
      now: new Date(),
      bring: async (circumstance) => {
        throw new Error(`It can't be brought about on moto that ${circumstance}.`);
      },
      // Moto does at once what takes AWS minutes.
      wait: (seconds) => sleep(seconds * 10),
    },
  };
};
