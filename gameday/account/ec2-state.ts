// What EC2 remembers in one account and Region, and the few things that every EC2 operation needs.
import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { settleFlows } from './ec2-flows.ts';
import { settleLifecycles } from './ec2-lifecycle.ts';
import type { Ec2 } from './ec2-records.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';
import { type State, slice } from './state.ts';

const empty = (): Ec2 => ({
  vpcs: {},
  subnets: {},
  securityGroups: {},
  networkInterfaces: {},
  addresses: {},
  internetGateways: {},
  natGateways: {},
  routeTables: {},
  vpcEndpoints: {},
  instances: {},
  profileAssociations: {},
  launchTemplates: {},
  volumes: {},
  snapshots: {},
  failingSnapshots: {},
  flows: {},
  tags: {},
});

/** The slice as it is, whatever time has to say about it. */
const rawEc2 = (state: State, account: string, region: string): Ec2 => slice(state, account, region, 'ec2', empty);

/** The slice, after everything that was due by now has come to pass. */
export const ec2Slice = ({
  state,
  account,
  region,
  now,
}: Pick<Request, 'state' | 'account' | 'region' | 'now'>): Ec2 => {
  const ec2 = rawEc2(state, account, region);
  settleLifecycles(ec2, now);
  settleFlows(ec2, now);
  return ec2;
};

/** AWS tells an id that can't be one from one that isn't there, and not always by the same word. */
const malformed: Readonly<Record<string, string>> = {
  'InvalidInstanceID.NotFound': 'InvalidInstanceID.Malformed',
  'InvalidGroup.NotFound': 'InvalidGroupId.Malformed',
  'InvalidNetworkInterfaceID.NotFound': 'InvalidNetworkInterfaceId.Malformed',
  'InvalidVolume.NotFound': 'InvalidVolumeID.Malformed',
  'InvalidSnapshot.NotFound': 'InvalidSnapshotID.Malformed',
  'InvalidVpcID.NotFound': 'InvalidVpcId.Malformed',
};

const isWellFormed = (id: string): boolean => /^[a-z]+-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id);

/** The record of that id, or the error that AWS gives for an id that isn't there. */
export const found = <T>(table: Readonly<Record<string, T>>, id: string | undefined, code: string, what: string): T => {
  const record = id === undefined ? undefined : table[id];
  if (record !== undefined) return record;
  const otherwise = malformed[code];
  if (id !== undefined && otherwise && !isWellFormed(id)) throw awsError(otherwise, `Invalid id: "${id}"`);
  throw awsError(code, `The ${what} '${id ?? ''}' does not exist`);
};

/** Those that are asked for by id, all when none is named; an id that isn't there is an error, as on AWS. */
export const chosen = <T>(
  table: Readonly<Record<string, T>>,
  ids: readonly string[] | undefined,
  code: string,
  what: string,
): readonly T[] => (ids && ids.length > 0 ? ids.map((id) => found(table, id, code, what)) : Object.values(table));

export const tagsOf = (ec2: Ec2, id: string): Tag[] =>
  Object.entries(ec2.tags[id] ?? {}).map(([Key, Value]) => ({ Key, Value }));

export const addTags = (ec2: Ec2, id: string, tags: readonly Tag[] | undefined): void => {
  if (!tags || tags.length === 0) return;
  if (tags.some(({ Key }) => Key?.startsWith('aws:'))) {
    throw awsError('InvalidParameterValue', 'Tag keys starting with "aws:" are reserved for internal use');
  }
  ec2.tags[id] = { ...ec2.tags[id], ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])) };
};

/** Tags a thing that is being created; a specification for another type of resource is an error, as on AWS. */
export const tagNew = (
  ec2: Ec2,
  id: string,
  specifications: readonly TagSpecification[] | undefined,
  type: ResourceType,
  ...others: readonly ResourceType[]
): void => {
  for (const { ResourceType: given, Tags } of specifications ?? []) {
    if (given === type) addTags(ec2, id, Tags);
    else if (!given || !others.includes(given)) {
      throw awsError(
        'InvalidParameterValue',
        `'${given ?? ''}' is not a valid taggable resource type for this operation.`,
      );
    }
  }
};

/** What a filter can ask about a resource: filter name → the values that the resource has there. */
export type Facets = Readonly<Record<string, readonly (string | number | boolean | undefined)[]>>;

const pattern = (value: string): RegExp =>
  new RegExp(
    `^${value
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );

const unknownFilter = (name: string): Error =>
  new Error(`the account in memory doesn't know the EC2 filter '${name}' here: add it beside the others`);

const tagValues = (tags: readonly Tag[], name: string): Facets[string] | undefined => {
  if (name === 'tag-key') return tags.map(({ Key }) => Key);
  if (name.startsWith('tag:')) return tags.filter(({ Key }) => Key === name.slice(4)).map(({ Value }) => Value);
  return undefined;
};

/** Whether a value is one of those that the filter names; without a wild card that is a mere comparison. */
const namedBy = ({ Values = [] }: Filter): ((value: Facets[string][number]) => boolean) => {
  const plain = new Set(Values.filter((value) => !/[*?]/.test(value)));
  const patterns = Values.filter((value) => /[*?]/.test(value)).map(pattern);
  return (value) =>
    value !== undefined && (plain.has(String(value)) || patterns.some((each) => each.test(String(value))));
};

export const matches = (filters: readonly Filter[] | undefined, facets: Facets, tags: readonly Tag[] = []): boolean =>
  (filters ?? []).every((filter) => {
    const { Name = '' } = filter;
    const values = tagValues(tags, Name) ?? facets[Name];
    if (!values) throw unknownFilter(Name);
    return values.some(namedBy(filter));
  });

/** How the values that a filter can ask for are found, of a resource of which there may be thousands: none is looked up that is not asked for. */
export type FacetsOf<T> = Readonly<Record<string, (item: T) => Facets[string]>>;

/** Those that pass every filter. */
export const passing = <T>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  facetsOf: FacetsOf<T>,
  tags: (item: T) => readonly Tag[],
): readonly T[] => {
  const tests = (filters ?? []).map((filter) => {
    const { Name = '' } = filter;
    const isNamed = namedBy(filter);
    const valuesOf = facetsOf[Name];
    if (!valuesOf && !tagValues([], Name)) throw unknownFilter(Name);
    return (item: T) => (valuesOf?.(item) ?? tagValues(tags(item), Name) ?? []).some(isNamed);
  });
  return tests.length === 0 ? items : items.filter((item) => tests.every((test) => test(item)));
};

/** One page of a list, for callers that ask for pages. */
export const page = <T>(
  items: readonly T[],
  { MaxResults, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { readonly items: T[]; readonly NextToken?: string } => {
  const start = Number(NextToken ?? 0);
  if (!Number.isInteger(start)) throw awsError('InvalidParameterValue', 'Unable to parse pagination token');
  const end = start + (MaxResults ?? items.length);
  return end < items.length
    ? { items: items.slice(start, end), NextToken: String(end) }
    : { items: items.slice(start) };
};

export const arn = ({ partition, region, account }: Request, resource: string): string =>
  `arn:${partition}:ec2:${region}:${account}:${resource}`;
