import { bucketExposure } from '../evidence/s3.ts';
import { config, guardDuty, securityHub } from '../language/answer.ts';
import { playbook } from '../language/playbook.ts';
import { isUnreadable } from '../language/unreadable.ts';
import { bucket } from '../resources/s3.ts';
import { everythingBlocked, publicAccessBlock } from '../settings/s3.ts';
import { toReadTheExposure } from './exposure.ts';
import { locate } from './locate.ts';
import { observe } from './observe.ts';
import { opensWithoutBlock } from './publicness.ts';
import { residualOf } from './residual.ts';

export default playbook({
  title: 'Block public access to a bucket',
  containment: 'technique-and-access',
  resource: bucket,
  answers: [
    guardDuty('Policy:S3/BucketAnonymousAccessGranted'),
    guardDuty('Policy:S3/BucketPublicAccessGranted'),
    // The block was lifted: not yet an exposure, and perhaps on purpose.
    guardDuty('Policy:S3/BucketBlockPublicAccessDisabled', { do: 'ask' }),
    securityHub('S3.2'),
    securityHub('S3.3'),
    securityHub('S3.8', { do: 'ask' }),
    config('s3-bucket-public-read-prohibited'),
    config('s3-bucket-public-write-prohibited'),
    config('s3-bucket-level-public-access-prohibited'),
  ],
  approval: 'automatic',
  settings: { block: publicAccessBlock },
  evidence: { exposure: bucketExposure },
  permissions: toReadTheExposure,
  locate,
  observe,
  preserve: (seen, take) => [take.exposure(seen.bucket, seen)],
  bearing: ({ exposure: { tags } }) => ({ arns: [], tags: isUnreadable(tags) ? null : tags, shares: [] }),
  contain: (seen, set) => [
    // Judged anew at release: once policy and ACL are mended, the block may go.
    set.block(seen.bucket, everythingBlocked, { release: opensWithoutBlock(seen.exposure) ? 'keep' : 'restore' }),
  ],
  residual: residualOf,
});
