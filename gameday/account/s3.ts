// S3 in memory. Its parts: buckets, their ACLs, policies and other configurations, objects.
import type { ServiceModel } from './model.ts';
import { s3Acl } from './s3-acl.ts';
import { s3Buckets } from './s3-buckets.ts';
import { s3Configurations } from './s3-configurations.ts';
import { s3Objects } from './s3-objects.ts';
import { s3Policies } from './s3-policies.ts';

export { canReadAnonymously, canWriteAnonymously, exposuresOf } from './s3-exposure.ts';

export const s3: ServiceModel = { ...s3Buckets, ...s3Acl, ...s3Policies, ...s3Configurations, ...s3Objects };
