// What a GuardDuty finding describes as going on. Read by path, because Security Hub flattens the very same tree into strings.
import type { Activity } from '../../playbooks/language/finding.ts';
import { clean } from './text.ts';

/** What stands at a path under `service.action`: 'networkConnectionAction/protocol', 'portProbeAction/portProbeDetails.0_/…'. */
type Read = (path: string) => string | undefined;

/** A text or number in a tree of objects and lists. */
export const readerOf =
  (tree: unknown): Read =>
  (path) =>
    leaf(path.split(/\/|\.(?=\d+_)/).reduce(step, tree));

const step = (node: unknown, name: string): unknown => {
  if (Array.isArray(node)) return node[Number.parseInt(name, 10)];
  return typeof node === 'object' && node !== null ? (node as Readonly<Record<string, unknown>>)[name] : undefined;
};

export const leaf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? clean(String(value), 256) || undefined : undefined;

export const activityOf = (read: Read): Activity => {
  switch (read('actionType')) {
    case 'NETWORK_CONNECTION':
      return { kind: 'connection', ...connection(read) };
    case 'DNS_REQUEST':
      return {
        kind: 'dns',
        ...text('domain', read('dnsRequestAction/domain')),
        ...protocol(read('dnsRequestAction/protocol')),
      };
    case 'AWS_API_CALL':
      return { kind: 'api', ...text('api', read('awsApiCallAction/api')), ...remote(read, 'awsApiCallAction') };
    case 'PORT_PROBE':
      return { kind: 'probe', ...remote(read, 'portProbeAction/portProbeDetails.0_') };
    default:
      // The runtime agent's findings have an empty action.
      return { kind: 'other' };
  }
};

const connection = (read: Read): Partial<Activity> => {
  const direction = read('networkConnectionAction/connectionDirection');
  const port = Number(read('networkConnectionAction/remotePortDetails/port') ?? Number.NaN);
  return {
    ...((direction === 'INBOUND' || direction === 'OUTBOUND') && { direction }),
    ...remote(read, 'networkConnectionAction'),
    ...(Number.isInteger(port) && { remotePort: port }),
    ...protocol(read('networkConnectionAction/protocol')),
  };
};

const remote = (read: Read, at: string): Partial<Activity> =>
  text('remoteAddress', read(`${at}/remoteIpDetails/ipAddressV4`) ?? read(`${at}/remoteIpDetails/ipAddressV6`));

const protocol = (value: string | undefined): Partial<Activity> => text('protocol', value);

const text = (key: 'api' | 'domain' | 'protocol' | 'remoteAddress', value: string | undefined): Partial<Activity> =>
  value === undefined ? {} : { [key]: value };
