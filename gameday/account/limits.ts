// How many calls AWS admits: token buckets, one an account and Region for each API, or for all that share one. Where a service publishes
// no figures there is no bucket here, so nothing is throttled that might not be.
import type { Clock } from './clock.ts';

/** It holds so many tokens, and gets so many back each second. Each call takes one; a call that finds none is refused. */
export type Bucket = { readonly capacity: number; readonly perSecond: number };

export type Limited = { readonly service: string; readonly command: string; readonly write: boolean };

type Limit = Bucket & {
  /** What draws on the same bucket has the same name. */
  readonly of: string;
};

/**
 * Each API by itself, non-mutating and mutating ones with different buckets, and some with one of their own. Those with more generous
 * figures of their own (CreateTags) are left at their category's.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const ec2Reads: Bucket = { capacity: 100, perSecond: 20 };
const ec2Writes: Bucket = { capacity: 50, perSecond: 5 };
export const modifyNetworkInterface: Bucket = { capacity: 100, perSecond: 5 };
const ec2Others: Readonly<Record<string, Bucket>> = {
  ModifyNetworkInterfaceAttribute: modifyNetworkInterface,
  CreateSnapshots: { capacity: 100, perSecond: 5 },
};

/**
 * All reads of an API version together.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
 */
const loadBalancingReads: Bucket = { capacity: 40, perSecond: 10 };

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html */
const securityHub: Readonly<Record<string, Bucket>> = {
  BatchUpdateFindings: { capacity: 30, perSecond: 10 },
  BatchImportFindings: { capacity: 30, perSecond: 10 },
  GetFindings: { capacity: 6, perSecond: 3 },
};

/**
 * As in every Region but the three largest, which admit more.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const stepFunctions: Readonly<Record<string, Bucket>> = {
  StartExecution: { capacity: 800, perSecond: 150 },
  DescribeExecution: { capacity: 300, perSecond: 15 },
};

const limitOf = ({ service, command, write }: Limited): Limit | undefined => {
  const own = (bucket: Bucket | undefined): Limit | undefined => bucket && { ...bucket, of: `${service} ${command}` };
  if (service === 'EC2') return own(ec2Others[command] ?? (write ? ec2Writes : ec2Reads));
  if (service === 'SecurityHub') return own(securityHub[command]);
  if (service === 'SFN') return own(stepFunctions[command]);
  if (service.startsWith('Elastic Load Balancing') && !write) return { ...loadBalancingReads, of: `${service} reads` };
  return undefined;
};

/** Whether AWS still admits this call. */
export type Admits = (call: Limited & { readonly account: string; readonly region: string }) => boolean;

/** The buckets of all accounts, full at the beginning. */
export const publishedLimits = (now: Clock['now']): Admits => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (call) => {
    const limit = limitOf(call);
    if (!limit) return true;
    const key = `${call.account} ${call.region} ${limit.of}`;
    const at = now().getTime();
    const before = buckets.get(key) ?? { tokens: limit.capacity, at };
    const refilled = before.tokens + ((at - before.at) / 1000) * limit.perSecond;
    const tokens = Math.min(limit.capacity, refilled);
    const admitted = tokens >= 1;
    buckets.set(key, { tokens: admitted ? tokens - 1 : tokens, at });
    return admitted;
  };
};
