// What is kept of a bucket: how it was exposed, before anything was changed.
import { recorded } from '../language/evidence.ts';

/**
 * Policy, ACL, ownership, block and the rest, as `observe` read them. The ACL must be kept now: once public ACLs are ignored, S3
 * answers the effective ACL, and the grants that stand there can't be read any more.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export const bucketExposure = recorded('s3/bucket-exposure');
