// Time-outs of connection tracking on a network interface.
import type { ConnectionTrackingSpecificationRequest } from '@aws-sdk/client-ec2';
import { tcpEstablishedSeconds } from './ec2-instance-families.ts';
import type { ConnectionTrackingRecord, NetworkInterfaceRecord } from './ec2-records.ts';
import { awsError } from './errors.ts';

const trackingLimits: Readonly<Record<keyof ConnectionTrackingRecord, readonly [low: number, high: number]>> = {
  TcpEstablishedTimeout: [60, 432_000],
  UdpTimeout: [30, 60],
  UdpStreamTimeout: [60, 180],
};

/** A time-out at the default of the instance's type isn't kept: nothing tells it from one that was never set. */
export const setTracking = (
  eni: NetworkInterfaceRecord,
  wanted: ConnectionTrackingSpecificationRequest,
  instanceType?: string,
): void => {
  const defaults = {
    TcpEstablishedTimeout: tcpEstablishedSeconds(instanceType),
    UdpTimeout: 30,
    UdpStreamTimeout: 180,
  };
  const next: ConnectionTrackingRecord = { ...eni.ConnectionTracking };
  for (const key of ['TcpEstablishedTimeout', 'UdpTimeout', 'UdpStreamTimeout'] as const) {
    const value = wanted[key];
    if (value === undefined) continue;
    const [low, high] = trackingLimits[key];
    if (value < low || value > high) {
      throw awsError('InvalidParameterValue', `${key} must be from ${low} to ${high} seconds, not ${value}.`);
    }
    if (value === defaults[key]) delete next[key];
    else next[key] = value;
  }
  if (Object.keys(next).length > 0) eni.ConnectionTracking = next;
  else delete eni.ConnectionTracking;
};
