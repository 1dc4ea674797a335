// CloudTrail in memory: the event history of a Region, and nothing else.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
import type * as CloudTrail from '@aws-sdk/client-cloudtrail';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { type State, slice } from './state.ts';
import { newUuid } from './uuid.ts';
import type { World } from './world.ts';

/** Something that happened, as whoever arranges it tells it. */
export interface RecordedEvent {
  readonly name: string;
  /** `iam.amazonaws.com` */
  readonly source: string;
  /** Now, when left out. */
  readonly at?: Date;
  /** An event isn't found at once: some five minutes later on average. Here at once, when left out. */
  readonly deliveredAt?: Date;
  readonly readOnly?: boolean;
  readonly userName?: string;
  readonly accessKeyId?: string;
  readonly resources?: readonly { readonly type: string; readonly name: string }[];
  /** What else the event's JSON holds: `userIdentity`, `requestParameters`, `responseElements`, `sourceIPAddress`. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

interface EventRecord {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly at: string;
  readonly deliveredAt: string;
  readonly readOnly: boolean;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly resources: readonly { readonly type: string; readonly name: string }[];
  readonly json: string;
}

interface CloudTrailSlice {
  readonly events: EventRecord[];
}

const cloudTrailSlice = (state: State, account: string, region: string): CloudTrailSlice =>
  slice<CloudTrailSlice>(state, account, region, 'cloudtrail', () => ({ events: [] }));

/** Puts an event into a Region's history and gives its id. Events of IAM and STS belong into us-east-1. */
export const recordEvent = (
  world: Pick<World, 'state' | 'clock' | 'newId'>,
  account: string,
  region: string,
  event: RecordedEvent,
): string => {
  const id = newUuid(world.newId);
  const at = (event.at ?? world.clock.now()).toISOString();
  const { userName = '', accessKeyId = '', resources = [], readOnly = false } = event;
  const json = JSON.stringify({
    eventVersion: '1.11',
    eventTime: at.replace(/\.\d+Z$/, 'Z'),
    eventSource: event.source,
    eventName: event.name,
    awsRegion: region,
    eventID: id,
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    userIdentity: { accountId: account, ...(userName && { userName }), ...(accessKeyId && { accessKeyId }) },
    ...event.detail,
  });
  cloudTrailSlice(world.state, account, region).events.push({
    id,
    name: event.name,
    source: event.source,
    at,
    deliveredAt: (event.deliveredAt ?? new Date(at)).toISOString(),
    readOnly,
    userName,
    accessKeyId,
    resources: resources.map(({ type, name }) => ({ type, name })),
    json,
  });
  return id;
};

const attributes: Readonly<Record<CloudTrail.LookupAttributeKey, (event: EventRecord) => readonly string[]>> = {
  AccessKeyId: ({ accessKeyId }) => [accessKeyId],
  EventId: ({ id }) => [id],
  EventName: ({ name }) => [name],
  EventSource: ({ source }) => [source],
  ReadOnly: ({ readOnly }) => [String(readOnly)],
  ResourceName: ({ resources }) => resources.map(({ name }) => name),
  ResourceType: ({ resources }) => resources.map(({ type }) => type),
  Username: ({ userName }) => [userName],
};

const describe = (event: EventRecord): CloudTrail.Event => ({
  EventId: event.id,
  EventName: event.name,
  EventSource: event.source,
  EventTime: new Date(event.at),
  ReadOnly: String(event.readOnly),
  Resources: event.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
  CloudTrailEvent: event.json,
  ...(event.userName ? { Username: event.userName } : {}),
  ...(event.accessKeyId ? { AccessKeyId: event.accessKeyId } : {}),
});

const mostAtOnce = 50;
const daysKept = 90;
const dayMilliseconds = 86_400_000;

const checkInput = (input: CloudTrail.LookupEventsRequest): void => {
  const { LookupAttributes: lookup = [], MaxResults: most = mostAtOnce, StartTime: start, EndTime: end } = input;
  if (lookup.length > 1) {
    throw awsError('InvalidLookupAttributesException', 'You can only specify one lookup attribute.');
  }
  if (most < 1 || most > mostAtOnce) {
    throw awsError('InvalidMaxResultsException', `A page holds from 1 to ${mostAtOnce} events.`);
  }
  if (start && end && start > end) {
    throw awsError('InvalidTimeRangeException', 'The start time must come before the end time.');
  }
};

/** The events asked for, the newest first. Seconds are as fine as an event's time is. */
const found = (input: CloudTrail.LookupEventsRequest, request: Request): readonly EventRecord[] => {
  const { LookupAttributes: [lookup] = [], StartTime: start, EndTime: end = request.now } = input;
  const oldest = new Date(request.now.getTime() - daysKept * dayMilliseconds);
  const from = start && start > oldest ? start : oldest;
  const isWanted = (event: EventRecord): boolean =>
    !lookup?.AttributeKey || attributes[lookup.AttributeKey](event).includes(lookup.AttributeValue ?? '');
  return cloudTrailSlice(request.state, request.account, request.region)
    .events.filter((event) => new Date(event.deliveredAt) <= request.now && isWanted(event))
    .filter(({ at }) => new Date(at) >= from && new Date(at) <= end)
    .toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
};

const lookupEvents = (input: CloudTrail.LookupEventsRequest, request: Request): CloudTrail.LookupEventsResponse => {
  checkInput(input);
  const skip = Number(input.NextToken ?? 0);
  if (!Number.isInteger(skip)) throw awsError('InvalidNextTokenException', 'The token is not valid.');
  const events = found(input, request);
  const next = skip + (input.MaxResults ?? mostAtOnce);
  return {
    Events: events.slice(skip, next).map(describe),
    ...(next < events.length ? { NextToken: String(next) } : {}),
  };
};

export const cloudTrail: ServiceModel = { LookupEvents: lookupEvents };
