// Whether a bucket is public, and whether it would be without its own block. S3 judges the policy; the ACL is judged here.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
import type { Json } from '../language/json.ts';
import { isUnreadable } from '../language/unreadable.ts';
import type { Exposure } from './exposure.ts';

type Flag = 'IgnorePublicAcls' | 'RestrictPublicBuckets';

const accountHas = ({ accountBlock }: Exposure, flag: Flag): boolean =>
  typeof accountBlock === 'object' && (accountBlock as { readonly [key: string]: Json } | null)?.[flag] === true;

const bucketHas = ({ block }: Exposure, flag: 'ignorePublicAcls' | 'restrictPublicBuckets'): boolean =>
  typeof block === 'object' && !isUnreadable(block) && block[flag];

const everybody = /^http:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

const publicGrants = ({ grants }: Exposure) =>
  isUnreadable(grants) ? [] : grants.filter(({ grantee }) => everybody.test(grantee));

/** While public ACLs are ignored, S3 answers the ACL without them: what stands in it can't be known. */
const aclMayBePublic = (exposure: Exposure): boolean => {
  if (exposure.ownership === 'BucketOwnerEnforced') return false;
  return isUnreadable(exposure.grants) || bucketHas(exposure, 'ignorePublicAcls') || publicGrants(exposure).length > 0;
};

/** S3's own judgement, which doesn't depend on what is blocked. */
const policyMayBePublic = ({ policy, policyIsPublic }: Exposure): boolean =>
  policy !== null && policyIsPublic !== null && policyIsPublic !== false;

/** Whether the bucket is, or may be, public when its own block is taken away. What can't be known counts as public. */
export const opensWithoutBlock = (exposure: Exposure): boolean =>
  (policyMayBePublic(exposure) && !accountHas(exposure, 'RestrictPublicBuckets')) ||
  (aclMayBePublic(exposure) && !accountHas(exposure, 'IgnorePublicAcls'));

/** Whether it is certain that nobody on the Internet gets in as it is. Of ACLs in use it is not: objects have theirs, unread here. */
export const isClosedNow = (exposure: Exposure): boolean => {
  const restricted = bucketHas(exposure, 'restrictPublicBuckets') || accountHas(exposure, 'RestrictPublicBuckets');
  const ignored = bucketHas(exposure, 'ignorePublicAcls') || accountHas(exposure, 'IgnorePublicAcls');
  const aclsOff = exposure.ownership === 'BucketOwnerEnforced';
  return (restricted || !policyMayBePublic(exposure)) && (ignored || aclsOff);
};
