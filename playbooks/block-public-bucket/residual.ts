// What blocking a bucket leaves open, and what it breaks, for people.

import { same } from '../language/json.ts';
import { isUnreadable } from '../language/unreadable.ts';
import { everythingBlocked } from '../settings/s3.ts';
import type { Seen } from './observe.ts';
import { isClosedNow, opensWithoutBlock } from './publicness.ts';

const when = (condition: boolean, text: string): readonly string[] => (condition ? [text] : []);

type Principals = string | readonly string[];
type Statement = { readonly Effect?: string; readonly Principal?: string | Readonly<Record<string, Principals>> };

const statementsOf = (policy: string): readonly Statement[] => {
  const { Statement: statements = [] } = JSON.parse(policy) as {
    readonly Statement?: Statement | readonly Statement[];
  };
  return [statements].flat();
};

/** Whom else the policy names: other accounts, their users and roles. */
const strangersIn = (policy: string, account: string): readonly string[] => {
  const named = statementsOf(policy)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Principal }) =>
      typeof Principal === 'object' ? [Principal.AWS ?? [], Principal.CanonicalUser ?? []].flat(2) : [],
    );
  return [...new Set(named)].filter((principal) => principal !== '*' && !principal.includes(account)).toSorted();
};

export const residualOf = ({ account, exposure, gaps }: Seen): readonly string[] => {
  const { policy, policyIsPublic, website, cors, accessPoints, multiRegionAccessPoints, ownership, block } = exposure;
  const strangers = typeof policy === 'string' ? strangersIn(policy, account) : [];
  const doors = isUnreadable(accessPoints)
    ? []
    : accessPoints.filter(({ isPublic }) => isPublic === true).map(({ name }) => name);
  const throughDoors = isUnreadable(multiRegionAccessPoints) ? [] : multiRegionAccessPoints;
  return [
    opensWithoutBlock(exposure)
      ? 'Policy and ACL stay as they are, and open the bucket again as soon as the block is lifted: a release leaves the block until they are mended, or until somebody insists (--force).'
      : 'Policy and ACL stay as they are; as far as they can be read, they open the bucket to nobody.',
    ...when(
      isClosedNow(exposure),
      'The bucket is not public as it stands. The finding may be older than a repair; the block forestalls the next mistake.',
    ),
    ...when(
      same(isUnreadable(block) ? null : block, everythingBlocked),
      'The bucket was blocked before: nothing is written, and nothing will be put back.',
    ),
    ...when(
      ownership !== 'BucketOwnerEnforced',
      'ACLs are in use, on objects as well: those are not listed here, and uploads that carry a public ACL fail from now on.',
    ),
    ...when(
      policyIsPublic === true && strangers.length > 0,
      `While the policy is public, it lets no other account in, these included: ${strangers.join(', ')}.`,
    ),
    ...when(
      website !== null && !isUnreadable(website),
      'The website endpoint stops answering. CloudFront goes on if it reads by origin access control, and not if it reads from the website endpoint.',
    ),
    ...when(
      cors !== null && !isUnreadable(cors),
      'Browsers of other sites are allowed by CORS: some application may read from here without credentials, and stops.',
    ),
    ...when(
      doors.length > 0,
      `Access points with a public policy: ${doors.join(', ')}. The bucket's block stops them as well, but their own was fixed when they were made: mend or delete them.`,
    ),
    ...when(throughDoors.length > 0, `Multi-Region Access Points lead here: ${throughDoors.join(', ')}.`),
    'What was read or written before stays so: server access logs or CloudTrail data events tell, if they were on.',
    ...when(gaps.length > 0, `Not in the evidence, as it could not be read: ${gaps.join('; ')}.`),
  ];
};
