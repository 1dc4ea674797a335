// What GuardDuty saw being done: `service.action` of a finding, and what goes with it.
import type { Json } from '../language/json.ts';

export type GuardDutyAction =
  | {
      readonly connection: {
        readonly direction: 'INBOUND' | 'OUTBOUND' | 'UNKNOWN';
        readonly remoteAddress: string;
        readonly remotePort: number;
        readonly localPort?: number;
        readonly protocol?: string;
      };
    }
  | { readonly dns: { readonly domain: string; readonly protocol?: string } }
  | { readonly api: { readonly name: string; readonly service: string; readonly remoteAddress: string } }
  | { readonly probe: { readonly remoteAddress: string; readonly localPort: number } }
  /** A finding of the runtime agent: the action is empty, and what was seen is in a string. */
  | { readonly runtime: { readonly process: string; readonly threat?: string } };

type Deed = {
  readonly action: Json;
  readonly additionalInfo?: { readonly [key: string]: Json };
  readonly evidence?: Json;
};

const remoteIpDetails = (address: string) => ({
  ipAddressV4: address,
  organization: { asn: '64496', asnOrg: 'Example ASN', isp: 'Example ISP', org: 'Example Org' },
  country: { countryName: 'Example Country' },
  city: { cityName: 'Example City' },
  geoLocation: { lat: 0, lon: 0 },
});

const threat = (name: string) => ({
  threatIntelligenceDetails: [{ threatListName: 'Amazon', threatNames: [name] }],
});

export const guardDutyAction = (action?: GuardDutyAction): Deed => {
  if (!action) return { action: {} };
  if ('connection' in action) {
    const { direction, remoteAddress, remotePort, localPort = 49152, protocol = 'TCP' } = action.connection;
    return {
      action: {
        actionType: 'NETWORK_CONNECTION',
        networkConnectionAction: {
          connectionDirection: direction,
          localIpDetails: { ipAddressV4: '10.0.0.10' },
          remoteIpDetails: remoteIpDetails(remoteAddress),
          remotePortDetails: { port: remotePort, portName: 'Unknown' },
          localPortDetails: { port: localPort, portName: 'Unknown' },
          localNetworkInterface: 'eni-0a1b2c3d4e5f60001',
          protocol,
          blocked: false,
        },
      },
      evidence: threat('CommandAndControl'),
    };
  }
  if ('dns' in action) {
    const { domain, protocol = 'UDP' } = action.dns;
    return {
      action: {
        actionType: 'DNS_REQUEST',
        dnsRequestAction: { domain, domainWithSuffix: domain, protocol, blocked: false, vpcOwnerAccountId: null },
      },
      evidence: threat('MaliciousDomain'),
    };
  }
  if ('api' in action) {
    const { name, service, remoteAddress } = action.api;
    return {
      action: {
        actionType: 'AWS_API_CALL',
        awsApiCallAction: {
          api: name,
          serviceName: service,
          callerType: 'Remote IP',
          remoteIpDetails: remoteIpDetails(remoteAddress),
          affectedResources: {},
          userAgent: 'aws-cli/2',
        },
      },
    };
  }
  if ('probe' in action) {
    const { remoteAddress, localPort } = action.probe;
    return {
      action: {
        actionType: 'PORT_PROBE',
        portProbeAction: {
          blocked: false,
          portProbeDetails: [
            {
              localPortDetails: { port: localPort, portName: 'Unknown' },
              localIpDetails: { ipAddressV4: '10.0.0.10' },
              remoteIpDetails: remoteIpDetails(remoteAddress),
            },
          ],
        },
      },
    };
  }
  const { process, threat: name } = action.runtime;
  return {
    action: {},
    additionalInfo: {
      agentDetails: { agentVersion: '1', agentId: 'agent-1' },
      ...(name && { threatName: name }),
      process,
    },
  };
};
