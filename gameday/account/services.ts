// Which services the account in memory has, by the SDK's service id, and what they do by themselves as time passes.
import { autoScaling } from './auto-scaling.ts';
import { settleGroups } from './auto-scaling-settle.ts';
import { cloudTrail } from './cloudtrail.ts';
import { ec2 } from './ec2.ts';
import { ec2Slice } from './ec2-state.ts';
import { elasticLoadBalancing, elasticLoadBalancingV2 } from './elastic-load-balancing.ts';
import { settleTargets } from './elastic-load-balancing-slice.ts';
import { iam } from './iam.ts';
import type { Request, ServiceModel } from './model.ts';
import { s3 } from './s3.ts';
import { s3Control } from './s3-control.ts';
import { securityHub } from './securityhub.ts';
import { sns } from './sns.ts';
import type { State } from './state.ts';
import { stepFunctions } from './step-functions.ts';
import { sts } from './sts.ts';

export const services: Readonly<Record<string, ServiceModel>> = {
  'Auto Scaling': autoScaling,
  CloudTrail: cloudTrail,
  EC2: ec2,
  'Elastic Load Balancing': elasticLoadBalancing,
  'Elastic Load Balancing v2': elasticLoadBalancingV2,
  IAM: iam,
  S3: s3,
  'S3 Control': s3Control,
  SecurityHub: securityHub,
  SFN: stepFunctions,
  SNS: sns,
  STS: sts,
};

const settling: Readonly<Record<string, (request: Request) => void>> = {
  ec2: ec2Slice,
  elasticLoadBalancing: settleTargets,
  autoScaling: settleGroups,
};

/** Lets every service that is in use somewhere do what is due by now. */
export const passTime = (state: State, requestIn: (account: string, region: string) => Request): void => {
  for (const [account, { regions }] of Object.entries(state.accounts)) {
    for (const [region, inUse] of Object.entries(regions)) {
      for (const [name, settle] of Object.entries(settling)) if (inUse[name]) settle(requestIn(account, region));
    }
  }
};
