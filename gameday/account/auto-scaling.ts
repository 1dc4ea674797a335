// Auto Scaling, put together from its topics.
import * as groups from './auto-scaling-groups.ts';
import * as members from './auto-scaling-members.ts';
import type { ServiceModel } from './model.ts';

export const autoScaling: ServiceModel = {
  CreateAutoScalingGroup: groups.createAutoScalingGroup,
  CreateLaunchConfiguration: groups.createLaunchConfiguration,
  DeleteAutoScalingGroup: groups.deleteAutoScalingGroup,
  DeleteLaunchConfiguration: groups.deleteLaunchConfiguration,
  DescribeAutoScalingGroups: groups.describeAutoScalingGroups,
  DescribeAutoScalingInstances: groups.describeAutoScalingInstances,
  AttachInstances: members.attachInstances,
  DetachInstances: members.detachInstances,
  EnterStandby: members.enterStandby,
  ExitStandby: members.exitStandby,
  SuspendProcesses: members.suspendProcesses,
  ResumeProcesses: members.resumeProcesses,
  UpdateAutoScalingGroup: groups.updateAutoScalingGroup,
  SetInstanceProtection: members.setInstanceProtection,
};
