// The event in which AWS Health tells of a leaked key, and of anything else. Those of global services come in us-east-1,
// and once more in us-west-2 with the same communication id.
//
//   healthEvent({ code: 'AWS_RISK_CREDENTIALS_EXPOSED', keys: [{ id: 'AKIA…', userName: 'build' }], account, region: 'us-east-1', at })
//
// https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
import type { Json } from '../language/json.ts';
import { envelope, type Happening, hex, uuid } from './envelope.ts';

type HealthOptions = Happening & {
  readonly code: string;
  /** 'RISK' unless said otherwise. */
  readonly service?: string;
  readonly keys?: readonly { readonly id: string; readonly userName: string }[];
  /** Where the key was found. */
  readonly exposedAt?: string;
  readonly status?: 'open' | 'closed' | 'upcoming';
  /** The copy that Health sends to the backup Region. */
  readonly backup?: boolean;
  /** 'AWS Health Event' unless said otherwise. */
  readonly detailType?: 'AWS Health Event' | 'AWS Health Abuse Event';
  readonly page?: number;
  readonly pages?: number;
};

export const healthEvent = (options: HealthOptions): Json => {
  const { code, service = 'RISK', keys = [], account, region, at, partition = 'aws', status = 'open' } = options;
  const { backup = false, page = 1, pages = 1 } = options;
  const eventRegion = backup ? 'us-east-1' : region;
  const [key] = keys;
  const time = at.toUTCString();
  return envelope({
    source: 'aws.health',
    detailType: options.detailType ?? 'AWS Health Event',
    account: options.receivedIn ?? account,
    region,
    at,
    resources: keys.map(({ id }) => id),
    detail: {
      eventArn: `arn:${partition}:health:${eventRegion}::event/${service}/${code}/${code}_${uuid(code, account)}`,
      service,
      eventTypeCode: code,
      eventTypeCategory: 'issue',
      eventScopeCode: 'ACCOUNT_SPECIFIC',
      communicationId: hex(64, code, account, at.toISOString()),
      startTime: time,
      lastUpdatedTime: time,
      statusCode: status,
      eventRegion,
      eventDescription: [{ language: 'en_US', latestDescription: `${code} was found in account ${account}.` }],
      ...(key && {
        eventMetadata: {
          publicKey: key.id,
          userName: key.userName,
          accountId: account,
          exposedUrl: options.exposedAt ?? 'https://code.example.com/build/settings.ini',
        },
      }),
      affectedEntities: keys.map(({ id }) => ({
        entityValue: id,
        lastUpdatedTime: time,
        status: 'IMPAIRED',
        tags: {},
      })),
      affectedAccount: account,
      page: String(page),
      totalPages: String(pages),
      backupEvent: String(backup),
    },
  });
};
