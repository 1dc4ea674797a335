// What observe has seen of an instance: everything that the plan, the words and the rails are made from.
import type { InstanceVolume } from '../evidence/ec2-instance-volumes.ts';
import type { Json } from '../language/json.ts';
import type { Place } from '../language/resource.ts';
import type { Membership } from '../settings/auto-scaling.ts';
import type { InstanceId, InterfaceId } from '../settings/ec2.ts';
import type { AllocationId } from '../settings/ec2-address-association.ts';
import type { SeenClassicBalancer, SeenTargetGroup, Serving } from './load-balancers.ts';
import type { Gap } from './reader.ts';

export type SeenElasticAddress = {
  readonly allocation: AllocationId;
  readonly address: string;
  readonly public: string;
};

export type SeenInterface = {
  readonly id: InterfaceId;
  readonly kind: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly addresses: readonly string[];
  readonly elastic: readonly SeenElasticAddress[];
  /** A public address that AWS gave by itself and takes back by itself. */
  readonly assignedAddress: string | null;
  /** The service that it belongs to; null where it is the account's own and can be changed. */
  readonly managedBy: string | null;
};

/** A rule that lets a direction of traffic through to everyone. */
export type OpenRule = {
  readonly group: string;
  readonly direction: 'in' | 'out';
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
};

export type SeenRoute = { readonly destination: string; readonly target: string };

export type SeenGroup = {
  readonly name: string;
  readonly lifecycle: string;
  readonly member: Membership;
  readonly desired: number | null;
  readonly minimum: number | null;
  readonly suspended: readonly string[];
  readonly arn: string | null;
  readonly serving: Serving | null;
};

export type Seen = {
  readonly place: Place;
  readonly instance: InstanceId;
  readonly state: string;
  readonly type: string;
  readonly nitro: boolean | null;
  readonly spot: boolean;
  readonly instanceStoreRoot: boolean;
  readonly image: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly interfaces: readonly SeenInterface[];
  readonly volumes: readonly InstanceVolume[];
  readonly profile: string | null;
  readonly role: { readonly name: string; readonly id: string } | null;
  readonly group: SeenGroup | null;
  readonly targetGroups: readonly SeenTargetGroup[];
  readonly classicBalancers: readonly SeenClassicBalancer[];
  readonly routes: Readonly<Record<string, readonly SeenRoute[]>>;
  readonly openRules: readonly OpenRule[];
  /** Services of the VPCs' own endpoints; asked for only where the agent shall go on to reach them. */
  readonly endpoints: readonly { readonly vpc: string; readonly service: string }[];
  /** EC2's own words, for the evidence: metadata options, launch time, rules. */
  readonly records: { readonly instance: Json; readonly securityGroups: Json };
  /** What could not be read, and why. None of it holds containment up; all of it is told. */
  readonly gaps: readonly Gap[];
};
