// What the findings of several detectors name in the same way.
import * as v from 'valibot';
import type { FoundResource } from '../../playbooks/language/finding.ts';
import { id } from './boundary.ts';
import { details } from './text.ts';

/** Where a resource is, as far as the finding says. */
export type Where = { readonly account: string; readonly region: string };

type Key = {
  readonly accessKeyId?: string | null | undefined;
  readonly principalId?: string | null | undefined;
  readonly userName?: string | null | undefined;
  readonly userType?: string | null | undefined;
};

/**
 * A key, and the instance that it was made for: EC2 names its role sessions after the instance. Whoever assumes a role by
 * other means chooses the name freely, so `by` says what the instance is known from: a lead, unless the finding's type confirms it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export const keyAndInstance = (key: Key | null | undefined, where: Where): readonly FoundResource[] => {
  if (!key) return [];
  const { accessKeyId, ...principal } = key;
  const [, instanceId] = /:(i-(?:[0-9a-f]{8}|[0-9a-f]{17}))$/.exec(key.principalId ?? '') ?? [];
  return [
    // Security Hub writes 'null' where there is no key.
    ...(accessKeyId && accessKeyId !== 'null' && v.is(id, accessKeyId)
      ? [{ type: 'AWS::IAM::AccessKey', id: accessKeyId, ...where, detail: details(principal) }]
      : []),
    ...(instanceId ? [{ type: 'AWS::EC2::Instance', id: instanceId, ...where, detail: { by: 'principalId' } }] : []),
  ];
};

/** Without repetitions. */
export const distinct = (resources: readonly FoundResource[]): readonly FoundResource[] =>
  resources.filter(
    (one, index) => index === resources.findIndex((other) => other.type === one.type && other.id === one.id),
  );
