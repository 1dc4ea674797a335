// Permissions, as settings, evidence and playbooks declare them. The IAM policies, the docs and the least-privilege test are derived.

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One IAM allow. Resources are ARN patterns in which `${Partition}`, `${Account}` and `${Region}` stand for the place of the incident. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
}

/** Actions on any resource: for the many reads that IAM can't confine. */
export const allow = (...actions: readonly string[]): Statement => ({ actions, resources: ['*'] });

export const allowOn = (
  resources: readonly string[],
  actions: readonly string[],
  conditions?: Conditions,
): Statement => ({ actions, resources, ...(conditions && { conditions }) });
