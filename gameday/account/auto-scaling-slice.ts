// What Auto Scaling remembers in one account and Region.
import type { Launch } from './ec2-launch.ts';
import type { Request } from './model.ts';
import { slice } from './state.ts';

type LifecycleState = 'Pending' | 'InService' | 'EnteringStandby' | 'Standby' | 'Detaching' | 'Terminating';

export interface MemberRecord {
  readonly instanceId: string;
  lifecycle: LifecycleState;
  /** When a passing state ends. */
  settlesAt?: number;
  /** Since when every health check has failed. */
  failingSince?: number;
  /** The verdict. It stands even if the instance is well again. */
  unhealthy?: true;
  protectedFromScaleIn: boolean;
}

export interface LaunchTemplateReference {
  readonly LaunchTemplateId: string;
  readonly LaunchTemplateName: string;
  readonly Version: string;
}

export interface GroupRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly launchTemplate?: LaunchTemplateReference;
  readonly launchConfigurationName?: string;
  readonly subnetIds: readonly string[];
  readonly availabilityZones: readonly string[];
  readonly targetGroupArns: readonly string[];
  readonly classicNames: readonly string[];
  readonly newInstancesProtected: boolean;
  readonly tags: Readonly<Record<string, string>>;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  healthCheckType: string;
  healthCheckGraceSeconds: number;
  members: MemberRecord[];
  /** Process → why it is suspended. */
  readonly suspended: Record<string, string>;
}

export interface AutoScaling {
  readonly groups: Record<string, GroupRecord>;
  readonly launchConfigurations: Record<string, Launch>;
}

export const rawAutoScaling = ({
  state,
  account,
  region,
}: Pick<Request, 'state' | 'account' | 'region'>): AutoScaling =>
  slice<AutoScaling>(state, account, region, 'autoScaling', () => ({ groups: {}, launchConfigurations: {} }));
